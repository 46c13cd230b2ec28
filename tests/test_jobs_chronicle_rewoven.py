"""What an article says now takes the place of what it said before; ids stay where they can. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.chronicle import happenings
from monitor.jobs.rewoven import Rewoven, rewoven
from monitor.records.chronicle import EventReport, Happening, Source
from monitor.records.findings import Event
from tests.store_builders import NOW
from tests.woven_builders import DAY, PUTIN, TRUMP, ZELENSKY, event, origin, when

TYPES = st.sampled_from(("meeting", "visit", "call", "ceasefire"))
STATUSES = st.sampled_from(("planned", "held", "called_off", "proposed"))
PEOPLE = st.sampled_from(((TRUMP, PUTIN), (TRUMP, ZELENSKY), (PUTIN,), ()))
DAYS = st.none() | st.integers(-20, 20).map(lambda days: when(DAY + timedelta(days=days)))
EVENTS = st.lists(
    st.builds(
        lambda start, kind, status, people, days: event(
            "They met.", start, type=kind, status=status, participants=people, when=days
        ),
        st.integers(0, 500),
        TYPES,
        STATUSES,
        PEOPLE,
        DAYS,
    ),
    max_size=3,
)


def reports(article: int, events: Sequence[Event]) -> list[EventReport]:
    published = NOW - timedelta(hours=article)
    source = Source(article_id=article, url=f"https://x.example/{article}", title="", outlet="X", published=published)
    return [EventReport(source=source, origin=origin(f"outlet {article}"), event=each) for each in events]


def woven(near: Sequence[Happening], article: int, told: Sequence[EventReport]) -> Rewoven[Happening]:
    return rewoven(
        near,
        of_article=lambda each: any(report.source.article_id == article for report in each.reports),
        without=lambda each: happenings.without(each, article),
        weave=lambda rest: happenings.weave(rest, told),
        alike=lambda one, other: one.type == other.type,
    )


def stored(found: Rewoven[Happening], start: int) -> list[Happening]:
    """Everything near with the ids that the store would give."""
    new = {each.id: start + place for place, each in enumerate(each for each in found.near if each.id < 1)}
    return [replace(each, id=new.get(each.id, each.id)) for each in found.near]


@given(st.lists(EVENTS, min_size=1, max_size=4))
def test_an_article_told_again_in_the_same_words_changes_nothing(articles: list[list[Event]]) -> None:
    near: list[Happening] = []
    for article, events in enumerate(articles, 1):
        near = stored(woven(near, article, reports(article, events)), 100 * article)
    # The last one: what came after an earlier one may have changed where that would go now.
    again = woven(near, len(articles), reports(len(articles), articles[-1]))
    assert (again.changed, again.gone) == ((), ())


@given(st.lists(EVENTS, min_size=1, max_size=4), EVENTS)
def test_an_article_that_is_taken_out_leaves_what_was_there_before(
    articles: list[list[Event]], last: list[Event]
) -> None:
    near: list[Happening] = []
    for article, events in enumerate(articles, 1):
        near = stored(woven(near, article, reports(article, events)), 100 * article)
    with_it = stored(woven(near, 9, reports(9, last)), 1000)
    left = woven(with_it, 9, [])
    assert sorted(left.near, key=lambda each: each.id) == sorted(near, key=lambda each: each.id)
    assert set(left.gone) == {each.id for each in with_it} - {each.id for each in near}


@given(EVENTS, EVENTS)
def test_every_report_stands_in_one_happening(first: list[Event], second: list[Event]) -> None:
    near = stored(woven([], 1, reports(1, first)), 100)
    now = woven(near, 1, reports(1, second)).near
    told = [report for each in now for report in each.reports]
    assert sorted(map(repr, told)) == sorted(map(repr, set(reports(1, second))))


def test_what_is_told_in_other_words_keeps_its_id_and_the_rest_is_new_or_gone() -> None:
    meeting, call = event(), event("A call.", 90, type="call")
    near = stored(woven([], 1, reports(1, [meeting, call])), 100)
    ids = {each.type: each.id for each in near}
    other = event("They will meet in Vienna.", where="Vienna")
    now = woven(near, 1, reports(1, [other, event("A truce.", 200, type="ceasefire", participants=(ZELENSKY,))]))
    assert {each.type: each.id for each in now.near} == {"meeting": ids["meeting"], "ceasefire": -2}
    assert now.gone == (ids["call"],)
