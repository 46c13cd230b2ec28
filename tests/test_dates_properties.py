"""What holds of dates in any text: spans, intervals, sameness, and time spent on hostile ones."""

import time
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.records.articles import Article
from monitor.understand import dates
from monitor.understand.dates.intervals import around, easter, part, shift
from monitor.understand.prose import Prose

WORDS = (
    "Friday monday Sunday's last next this the of week weekend month year years ago later earlier in two 2 15 15th "
    "2025  1999 2025-10-15 31/12/2025 October Oct. May march - to and between since until by from early late mid "
    "end beginning  today overnight tonight morning 10:30 9 a.m. GMT spring a few several couple half quarter first "
    "third same before  after recent Christmas Easter , . ( ) \n said will met to is was \u0130 99999 decades day "
    "days on at within over"
).split(" ")
texts = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)
moments = st.none() | st.datetimes(timezones=st.just(UTC))


def prose(title: str, text: str, published: datetime | None, source: str = "") -> Prose:
    return Prose(Article(id="1", title=title, text=text, published=published, source=source))


@given(title=texts, text=texts | st.text(max_size=300), published=moments, source=st.sampled_from(["", "BBC", "CNN"]))
@settings(max_examples=300, deadline=None)
def test_mentions_lie_in_the_document_in_order_and_intervals_are_ordered(
    title: str, text: str, published: datetime | None, source: str
) -> None:
    article = prose(title, text, published, source)
    mentions = dates.find(article)
    for mention in mentions:
        assert 0 <= mention.start < mention.end <= len(article.document)
        assert mention.text == article.document[mention.start : mention.end]
        assert mention.tense in {"past", "present", "future"}
        if mention.when is not None:
            assert mention.when.start <= mention.when.end
            assert mention.when.certainty in {"exact", "approximate"}
    assert all(one.end <= other.start for one, other in pairwise(mentions))
    assert mentions == dates.find(prose(title, text, published, source))


@given(text=texts, published=moments, start=st.integers(0, 400), length=st.integers(0, 50))
@settings(max_examples=200, deadline=None)
def test_a_clause_has_one_of_the_mentions_or_none(
    text: str, published: datetime | None, start: int, length: int
) -> None:
    article = prose("", text, published)
    times = dates.find(article)
    assert dates.of(times, start, start + length, article) in {None, *times}


@given(text=texts, published=moments)
@settings(max_examples=200, deadline=None)
def test_without_a_publication_date_nothing_relative_is_guessed(text: str, published: datetime | None) -> None:
    lone = "They spoke on Friday and will meet next week. " + text.replace("\n", " ")
    first, second, *_ = dates.find(prose("", lone, None))
    assert (first.text, first.when, second.text, second.when) == ("Friday", None, "next week", None)


@given(day=st.dates(min_value=date(1000, 1, 1), max_value=date(9000, 1, 1)))
def test_calendar_units_hold_their_day_and_follow_on_each_other(day: date) -> None:
    for unit in ("week", "month", "quarter", "year", "decade"):
        start, end = around(day, unit)
        assert start <= day <= end
        assert around(end, unit, 1)[0] == shift(end, 1, "day")
        for which in ("early", "mid", "late", "start", "end"):
            first, last = part((start, end), which)
            assert start <= first <= last <= end


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2000, 4, 23), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2038, 4, 25)]
)
def test_easter_falls_where_the_calendar_has_it(year: int, month: int, day: int) -> None:
    assert (easter(year).month, easter(year).day) == (month, day)


@pytest.mark.parametrize(
    "piece",
    ["Friday ", "last ", "2025-", "1", "1,", "the ", "to to ", "Oct. ", "A", "\n", "9:59 ", "A, ", "early in ", "'s",
     "\u0130", "said on Friday ", "since the ", "KYIV, ", "10/10/", "two and a half ",
     "about "],
)  # fmt: skip
def test_hostile_texts_of_a_hundred_thousand_characters_take_no_second(piece: str) -> None:
    article = prose("", piece * (100_000 // len(piece)), datetime(2025, 10, 15, tzinfo=UTC))
    assert article.sentences is not None
    begun = time.process_time()
    times = dates.find(article)
    if times:
        dates.of(times, 50_000, 50_010, article)
    assert time.process_time() - begun < 5.0
