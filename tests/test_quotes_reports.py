"""Reported speech, apart from direct quotations."""

from tests.quotes_builders import read


def reported(text: str) -> list[tuple[str, str | None]]:
    return [(report.text, report.speaker) for report in read(text)[1]]


def test_what_stands_behind_that_is_reported() -> None:
    text = "Peskov told reporters on Monday that no date had been set for a summit."
    assert reported(text) == [("no date had been set for a summit", "Dmitry Peskov")]


def test_that_may_be_missing() -> None:
    assert reported("Trump said he would call Putin next week.") == [("he would call Putin next week", "Donald Trump")]


def test_the_attribution_may_end_the_sentence() -> None:
    text = "The first talks will be held in Budapest, Rubio said on Friday."
    assert reported(text) == [("The first talks will be held in Budapest", "Marco Rubio")]


def test_according_to_names_the_source_at_either_end() -> None:
    assert reported("According to Peskov, the two sides remain far apart.") == [
        ("the two sides remain far apart", "Dmitry Peskov")
    ]
    assert reported("The two sides remain far apart, according to Peskov.") == [
        ("The two sides remain far apart", "Dmitry Peskov")
    ]


def test_two_verbs_of_one_subject_make_two_reports() -> None:
    text = "Zelensky said the drones came at night and added that two houses were hit."
    assert reported(text) == [
        ("the drones came at night", "Volodymyr Zelensky"),
        ("two houses were hit", "Volodymyr Zelensky"),
    ]


def test_quoted_words_within_a_report_leave_it_one() -> None:
    text = "Trump said that the talks were “a good start” but would take time."
    assert reported(text) == [("the talks were “a good start” but would take time", "Donald Trump")]


def test_a_direct_quotation_is_no_report() -> None:
    assert reported("Trump said: “We will meet soon.”") == []
    assert reported("“We will meet soon,” Trump said.") == []


def test_an_unnamed_source_is_reported_without_a_name() -> None:
    assert reported("A senior official said the convoy had crossed the border.") == [
        ("the convoy had crossed the border", None)
    ]


def test_cue_channel_and_subject_are_told() -> None:
    (report,) = read("Trump told CNN that Putin wanted peace very much.")[1]
    assert (report.cue and report.cue.text, report.channel, report.about) == (
        "told",
        "interview:CNN",
        ("Vladimir Putin",),
    )


def test_what_follows_the_attribution_of_a_quotation_is_no_report() -> None:
    assert reported("“We will meet soon,” Trump said as the leaders sat down for lunch.") == []
    assert reported("“We are ready,” said Olena Marchuk, chief surgeon at a hospital in Kyiv.") == []


def test_a_date_between_verb_and_content_is_left_out() -> None:
    text = "Trump said on Friday evening the talks had gone well."
    assert reported(text) == [("the talks had gone well", "Donald Trump")]


def test_marks_within_a_report_stay_in_pairs() -> None:
    assert reported("Peskov said the plan caused some “extreme concern”.") == [
        ("the plan caused some “extreme concern”", "Dmitry Peskov")
    ]
