"""Dates in whole texts: datelines, stamps, live blogs, what is no time, and which time a clause has."""

from datetime import UTC, date, datetime

import pytest

from monitor.records.articles import Article
from monitor.records.findings import TimeMention, When
from monitor.understand import dates
from monitor.understand.prose import Prose

WEDNESDAY = datetime(2025, 10, 15, 12, tzinfo=UTC)


def prose(
    text: str, *, title: str = "", published: datetime | None = WEDNESDAY, source: str = "", url: str = ""
) -> Prose:
    return Prose(Article(id="1", title=title, text=text, published=published, source=source, url=url))


def found(text: str, **about: object) -> list[tuple[str, str]]:
    return [(mention.text, _days(mention.when)) for mention in dates.find(prose(text, **about))]  # type: ignore[arg-type]


def _days(when: When | None) -> str:
    if when is None:
        return ""
    return str(when.start) if when.start == when.end else f"{when.start}..{when.end}"


@pytest.mark.parametrize(
    "text",
    [
        "He may march on the capital while the sun sat low.",
        "A 30-day ceasefire and a three-day visit were proposed.",
        "The town fell in three weeks.",
        "It was the first call in two years.",
        "Black Friday sales rose.",
        "The Sunday Times and USA Today reported it.",
        "He wants to end the war in one day.",
        "About 2000 soldiers and 1,950 drones cost $2024 each.",
        "The 19th package of sanctions and the third round followed.",
        "At the end of the day it is about land.",
        "The spring offensive failed and the fall of the city came.",
        "They spoke every Monday.",
        "Sisters Ada and June came third.",
        "The ratio was 10:30 in the first half.",
        "The price is 3.50 or 12/7 of that.",
    ],
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert found(text) == []


def test_a_dateline_gives_the_day_when_nobody_else_does() -> None:
    text = "KYIV, Oct 13, 2025 (Wire) - The delegation left on Sunday and will be back on Friday."
    assert found(text, published=None) == [
        ("Oct 13, 2025", "2025-10-13"),
        ("Sunday", "2025-10-12"),
        ("Friday", "2025-10-17"),
    ]


def test_a_dateline_near_the_publication_is_the_day_of_writing() -> None:
    assert found("KYIV, Oct 13 (Wire) - The delegation left today.")[1] == ("today", "2025-10-13")
    assert found("MOSCOW, October 13. /Wire/. The delegation left today.")[1] == ("today", "2025-10-13")


def test_an_old_dateline_is_not_the_day_of_writing() -> None:
    assert found("KYIV, Sept 1 (Wire) - The delegation left today.")[1] == ("today", "2025-10-15")


def test_a_printed_time_of_publication_stands_for_a_missing_one() -> None:
    text = "Published 12:30 BST, 13 October 2025\n\nThe delegation left yesterday."
    assert found(text, published=None)[-1] == ("yesterday", "2025-10-12")


def test_lines_of_a_live_blog_belong_to_its_day() -> None:
    text = "10:32 GMT\n\nThe motorcade has arrived.\n\n9:10 a.m. ET: The two shake hands.\n\n14:05\n\nThe doors close."
    assert found(text) == [
        ("10:32 GMT", "2025-10-15"),
        ("9:10 a.m. ET", "2025-10-15"),
        ("14:05", "2025-10-15"),
    ]


def test_a_date_without_publication_takes_its_year_from_the_sentence() -> None:
    assert ("March 16", "2014-03-16") in found("In 2014, a vote on March 16 was rejected.", published=None)


def test_a_day_that_no_calendar_has_is_not_resolved() -> None:
    assert found("It was signed on 30 February 2025.") == [("30 February 2025", "")]


def test_days_beyond_the_calendar_are_not_resolved() -> None:
    assert found("It happened 999 decades ago.") == [("999 decades ago", "")]


def test_a_word_that_grows_in_small_letters_moves_no_span() -> None:
    # The capital I with a dot becomes two characters.
    text = "İstanbul, İzmir: they met on Friday."
    (mention,) = dates.find(prose(text))
    assert mention.text == "Friday"
    assert prose(text).document[mention.start : mention.end] == "Friday"


def test_a_lone_expression_is_resolved_without_a_text() -> None:
    assert dates.resolve("next week", WEDNESDAY) == When(
        start=date(2025, 10, 20), end=date(2025, 10, 26), certainty="exact"
    )
    assert dates.resolve("nothing of the kind", WEDNESDAY) is None
    assert dates.resolve("Friday", None) is None


def test_a_lone_expression_follows_the_zone() -> None:
    late = datetime(2025, 10, 14, 2, tzinfo=UTC)
    assert dates.resolve("today", late, "America/New_York") == dates.resolve("2025-10-13", None)
    assert dates.resolve("today", late, "Europe/Kyiv") == dates.resolve("2025-10-14", None)


def test_a_zone_that_nobody_knows_is_utc() -> None:
    assert dates.resolve("today", WEDNESDAY, "Nowhere/Land") == dates.resolve("2025-10-15", None)


def _time_of(text: str, clause: str, *, title: str = "", tense: str = "") -> str | None:
    article = prose(text, title=title)
    start = article.document.index(clause)
    times = dates.find(article)
    mention: TimeMention | None = dates.of(times, start, start + len(clause), article, tense=tense)
    return mention.text if mention else None


@pytest.mark.parametrize(
    ("text", "clause", "time"),
    [
        ("The ministers met on Monday and will speak again on Friday.", "ministers met", "Monday"),
        ("The ministers met on Monday and will speak again on Friday.", "speak again", "Friday"),
        ("He arrived on Thursday ahead of a meeting with the king on Saturday.", "a meeting with the king", "Saturday"),
        ("He arrived on Thursday ahead of a meeting with the king on Saturday.", "arrived", "Thursday"),
        ("The spokesman said on Monday that the leaders would meet next week.", "the leaders would meet", "next week"),
        ("On Tuesday, the envoys held talks in Jeddah.", "held talks", "Tuesday"),
        ("The call last week changed little. It lasted a while.", "It lasted", "last week"),
        ("It is the first visit since 2019.", "first visit", None),
        ("No day is named here. They met.", "They met", None),
    ],
)
def test_a_clause_has_the_time_that_stands_beside_it(text: str, clause: str, time: str | None) -> None:
    assert _time_of(text, clause) == time


def test_the_day_of_saying_is_taken_where_no_other_is_told() -> None:
    text = "The delegations said on Sunday they had made progress in the talks."
    assert _time_of(text, "made progress in the talks") == "Sunday"


def test_a_headline_takes_its_day_from_the_lead() -> None:
    assert _time_of("The two spoke by telephone on Monday.", "call", title="Leaders hold long call") == "Monday"


def test_times_of_the_other_tense_are_passed_over() -> None:
    text = "They spoke on Monday; the next meeting, on Friday, is being prepared."
    assert _time_of(text, "They spoke", tense="future") == "Friday"
    assert _time_of(text, "meeting", tense="past") == "Monday"


def test_an_empty_document_has_no_times() -> None:
    empty = prose("")
    assert dates.find(empty) == ()
    assert dates.of((), 0, 0, empty) is None


def test_a_text_of_nothing_but_days_is_read_so_far_and_no_farther() -> None:
    assert len(dates.find(prose("Friday. " * 3000))) == 2000
