"""Direct quotations and who said them."""

import pytest

from tests.quotes_builders import read, said, speakers

TRUMP, PUTIN, ZELENSKY, PESKOV = "Donald Trump", "Vladimir Putin", "Volodymyr Zelensky", "Dmitry Peskov"


@pytest.mark.parametrize(
    "text",
    [
        "“We will meet soon,” Trump said.",
        "“We will meet soon,” said Trump.",
        "“Will we meet soon?” Trump asked reporters.",
        "“We will meet soon!” Trump wrote on Friday.",
        "“We will meet soon,” Donald Trump, who was in Berlin, told reporters.",
        "“We will meet soon,” a tired Trump said.",
        "“We will meet soon,” Trump (R-Florida) said in Berlin.",
        "“We will meet soon”, Trump also said.",
        "“We will meet soon,” according to Trump.",
        "Trump said: “We will meet soon.”",
        "Trump said on Friday that “we will meet soon” in Berlin.",
        "Trump, speaking in Berlin after the talks, said, “We will meet soon.”",
        "According to Trump, “we will meet soon” in Berlin.",
        "Trump has called it a plan that “will meet everybody's needs”.",
        "On Friday in Berlin, Trump praised a city that is “very dear to us”.",
        "Trump: “We will meet soon.”",
        "After Putin left, Trump said, “We will meet soon.”",
        "Trump met Putin and warned that “we will not wait” for him.",
        "The talks were “a very good start”, Trump said on Friday.",
        "BERLIN (Reuters) - Trump said “we will meet soon” in Berlin.",
        "“As a friend,” Trump went on. “I say no.”",
    ],
)
def test_the_speaker_is_the_subject_of_the_verb_of_saying(text: str) -> None:
    assert set(speakers(text)) == {TRUMP}


def test_the_words_between_the_marks_are_exact() -> None:
    text = "“We won’t wait – not a day,” Trump said."
    (quote,), _ = read(text)
    assert quote.text == "We won’t wait – not a day,"
    assert quote.cue is not None
    assert quote.cue.text == "said"


def test_short_words_in_marks_are_no_quotation() -> None:
    assert said("Trump called it a “good deal” and “great”.") == []
    assert said("Trump called it “90 per cent” done.") == [("90 per cent", TRUMP)]


@pytest.mark.parametrize(
    "text",
    [
        "The “Coalition of the Willing” met in Berlin.",
        "Trump appeared on “Face the Nation” on Sunday.",
        "The summit's motto is “Make Europe Safe Again” this year.",
    ],
)
def test_titles_and_mottos_are_no_quotations(text: str) -> None:
    assert said(text) == []


def test_capitalised_words_beside_a_verb_of_saying_are_a_quotation() -> None:
    assert said("“Peace Through Strength,” Trump said.") == [("Peace Through Strength,", TRUMP)]


def test_he_is_whoever_spoke_before() -> None:
    text = "Zelensky said he had thanked Trump. “It was a long night,” he said.\n\nHe added: “We are all tired now.”"
    assert speakers(text) == [ZELENSKY, ZELENSKY]


def test_a_quotation_of_its_own_belongs_to_who_spoke_before_it() -> None:
    text = "“We will meet soon,” Trump said. “It will be a big meeting.”\n\n“Nobody has seen one like it.”"
    assert speakers(text) == [TRUMP] * 3


def test_a_sentence_that_leads_in_names_the_speaker() -> None:
    assert speakers("Putin was in no hurry.\n\n“We can wait until spring.”") == [PUTIN]


def test_a_new_speaker_ends_the_run() -> None:
    text = "“We will meet soon,” Trump said.\n\nPeskov was less sure. “Nothing is fixed yet,” he said."
    assert speakers(text) == [TRUMP, PESKOV]


def test_a_question_that_ends_the_sentence_still_finds_its_speaker() -> None:
    assert speakers("“Who is to blame?” Putin asked. Nobody answered.") == [PUTIN]


def test_what_follows_a_finished_quotation_may_lead_in_the_next() -> None:
    text = "“We will meet soon.” Putin said: “We shall see about that.”"
    assert speakers(text)[1] == PUTIN


def test_an_agency_behind_the_sentence_is_the_witness_and_not_the_speaker() -> None:
    assert speakers("Putin said the deal would be “a grave step back”, Reuters reports.") == [PUTIN]


def test_a_countrys_view_within_a_persons_words_is_that_persons() -> None:
    assert speakers("Peskov said Moscow viewed the plan calmly but “many points need work”.") == [PESKOV]


def test_a_passive_verb_has_no_speaker() -> None:
    text = "Zelensky told the BBC that borders could be discussed after a “full and lasting truce”."
    assert speakers(text) == [ZELENSKY]


def test_of_several_who_speak_together_the_first_is_named() -> None:
    assert speakers("“We made good progress,” Rubio and Zelensky said in a statement.") == ["Marco Rubio", ZELENSKY][:1]


def test_a_participle_may_have_its_own_subject() -> None:
    assert speakers("Trump will call Putin, with the White House saying “we are very close now”.") == ["White House"]


def test_a_body_may_speak() -> None:
    assert speakers("“No such talks are planned,” the Kremlin said.") == ["Kremlin"]


@pytest.mark.parametrize("source", ["a senior official", "one diplomat", "a spokesman for the ministry", "officials"])
def test_who_is_not_named_is_no_speaker(source: str) -> None:
    assert speakers(f"Trump was asleep. “The talks went well enough,” {source} said.") == [None]


def test_any_verb_behind_a_quotation_is_one_of_saying() -> None:
    assert speakers("Putin was late. “Not again, my friends,” quavered Trump.") == [TRUMP]
    assert speakers("Putin was late. “Not again, my friends,” quavered a NATO envoy.") == [None]


@pytest.mark.parametrize(
    "text", ["“The talks went well,” a Senate staffer said.", "A Senate staffer said: “The talks went well.”"]
)
def test_somebody_without_a_name_is_not_taken_for_whoever_spoke_before(text: str) -> None:
    assert speakers(f"“We will meet soon,” Trump said.\n\n{text}") == [TRUMP, None]


def test_a_description_is_settled_by_office() -> None:
    assert speakers("“We are in contact,” the Kremlin spokesman said.") == [PESKOV]
    assert speakers("“We are in contact,” said the Ukrainian president.") == [ZELENSKY]


def test_a_name_that_was_not_tagged_is_taken_as_it_stands() -> None:
    assert speakers("“The shop stays open,” said Bryn Oakes, who owns it.") == ["Bryn Oakes"]


@pytest.mark.parametrize(
    "title",
    [
        "Trump: 'We will meet soon'",
        "'We will meet soon': Trump",
        "'We will meet soon', says Trump - ahead of summit",
        "Trump says 'we will meet soon' in Berlin",
        "Talks tackle 'a few hard points' in Berlin: Trump",
    ],
)
def test_headlines_have_their_own_ways(title: str) -> None:
    assert speakers("Trump spoke in Berlin.", title=title) == [TRUMP]


def test_a_headline_repeats_what_the_text_has_a_speaker_for() -> None:
    text = "The talks went on all night. “We have never been closer to a deal,” Rubio said."
    assert speakers(text, title="'Never been closer to a deal': leaders meet")[0] == "Marco Rubio"


def test_a_quotation_that_the_attribution_splits_is_one_utterance() -> None:
    quotes, _ = read("“We can all,” Trump said, “wait for spring.”\n\n“The roads are dry then,” Putin said.")
    assert [quote.part_of for quote in quotes] == [1, 1, 2]
    assert [quote.speaker for quote in quotes] == [TRUMP, TRUMP, PUTIN]


def test_a_quotation_over_paragraphs_is_one_utterance() -> None:
    quotes, _ = read("Trump wrote:\n\n“We will meet soon.\n\n“It will be big.”\n\n“I doubt it all,” Putin said.")
    assert [(quote.speaker, quote.part_of) for quote in quotes] == [(TRUMP, 1), (TRUMP, 1), (PUTIN, 2)]


def test_two_fragments_in_one_sentence_share_the_speaker_but_are_two() -> None:
    quotes, _ = read("Trump called it “a very fine plan” and “a good first step”.")
    assert [(quote.speaker, quote.part_of) for quote in quotes] == [(TRUMP, 1), (TRUMP, 2)]


def test_words_that_a_feed_cut_off_are_left_out() -> None:
    assert said("Trump was pleased. “I am very...") == []


def test_whom_the_words_are_about_is_told_the_surest_first() -> None:
    (quote,), _ = read("Asked about Rubio, Trump said: “Putin knows that Ukraine will not wait.”")
    assert quote.about[:2] == ("Vladimir Putin", "Ukraine")
    (quote,), _ = read("Asked about Rubio, Trump said: “We have a very good man.”")
    assert quote.about == ("Marco Rubio",)


def test_a_digest_of_one_speakers_words_stays_that_speakers() -> None:
    text = (
        "Kallas spoke in Berlin.\n\nShe told ministers that time was short.\n\nThis is the digest of her words.\n\n"
        "“The plan needs work,” Kallas said.\n\nMoscow is acting as “a party to the war”.\n\n"
        "Ukraine “has every right to reply”."
    )
    assert speakers(text) == ["Kaja Kallas"] * 3
