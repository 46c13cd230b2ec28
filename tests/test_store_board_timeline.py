"""The timeline's reads: events by day, the filters, the pages, and one event with all that is told of it."""

from datetime import date

import pytest

from monitor.errors import QueryError
from monitor.records.board.timeline import EventLine, TimelineView
from monitor.store import Store
from monitor.store.board import timeline
from tests.telling_builders import arrive, at, meeting, nothing, weave
from tests.woven_builders import PUTIN, TRUMP, ZELENSKY, reaction, when

NOW = at(8)


def tell(store: Store, n: int, *events: object, **fields: object) -> None:
    arrive(store, n, nothing(events=events), **({"when": at(0, 7 + n % 12)} | fields))  # type: ignore[arg-type]


def days_apart(store: Store, number: int) -> None:
    """So many meetings, a fortnight apart each, so that none is taken for another."""
    for n in range(number):
        on = when(date(2026, 11, 1 + n * 3))
        tell(store, n, meeting("held", when=on, where=f"Town {n}", participants=(f"Person {n}", PUTIN)))
    weave(store)


def ids(view: TimelineView) -> list[int]:
    return [event.id for event in view.events]


def test_an_empty_store_is_told_from_a_filter_that_nothing_fits(store: Store) -> None:
    assert store.board.timeline.page(now=NOW).nothing_yet
    tell(store, 1, meeting())
    weave(store)
    view = store.board.timeline.page(now=NOW, who="Nobody")
    assert (view.events, view.nothing_yet) == ((), False)


def test_an_event_is_told_with_the_sentence_that_made_it_what_it_is(store: Store) -> None:
    tell(store, 1, meeting("planned"))
    tell(store, 2, meeting("called_off"), by="wire", when=at(1))
    weave(store)
    (event,) = store.board.timeline.page(now=NOW).events
    assert (event.status, event.participants, event.where) == ("called_off", (TRUMP, PUTIN), "Budapest")
    assert (event.turns, event.disputed, event.articles, event.origins) == (1, False, 2, 2)
    assert event.source is not None
    assert (event.source.outlet, event.evidence) == ("wire", "The two will meet in Budapest.")


def test_events_are_found_by_who_type_status_and_days(store: Store) -> None:
    tell(store, 1, meeting("planned"))
    tell(store, 2, meeting("held", type="call", participants=(ZELENSKY, PUTIN), when=when(at(-4).date()), where=None))
    weave(store)
    page = store.board.timeline.page
    meeting_id, call_id = ids(page(now=NOW))
    assert ids(page(now=NOW, who=ZELENSKY)) == [call_id]
    assert ids(page(now=NOW, who=PUTIN, status="planned", type="meeting")) == [meeting_id]
    assert ids(page(now=NOW, status="held")) == ids(page(now=NOW, type="call")) == [call_id]
    assert ids(page(now=NOW, since=at(0).date())) == [meeting_id]
    assert ids(page(now=NOW, until=at(0).date())) == [call_id]
    assert page(now=NOW).names == (PUTIN, TRUMP, ZELENSKY)


@pytest.mark.parametrize("who", [None, PUTIN])
def test_pages_follow_each_other_without_a_gap(store: Store, who: str | None) -> None:
    days_apart(store, 7)
    whole = ids(store.board.timeline.page(now=NOW, who=who))
    found: list[int] = []
    after = None
    for _ in range(4):
        view = store.board.timeline.page(now=NOW, who=who, limit=2, after=after)
        found += ids(view)
        after = view.next
    assert after is None
    assert found == whole
    assert len(whole) == 7


def test_a_rare_event_is_looked_for_bit_by_bit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    days_apart(store, 6)
    monkeypatch.setattr(timeline, "LOOKED", 2)
    page = store.board.timeline.page
    view = page(now=NOW, who="Person 0", type="meeting")
    assert (len(view.events), view.next) == (1, None)
    found: list[EventLine] = []
    after, pages = None, 0
    while pages == 0 or after:
        view = page(now=NOW, who=PUTIN, type="call", after=after)
        found, after, pages = [*found, *view.events], view.next, pages + 1
    assert (found, pages) == ([], 4)


def test_a_place_in_the_list_that_is_none_is_refused(store: Store) -> None:
    for after in ("x", "1-", "9" * 39 + "-1", "1-1" * 30, "٣-1"):
        with pytest.raises(QueryError):
            store.board.timeline.page(now=NOW, after=after)


def test_the_chart_has_the_days_around_now_or_those_asked_for(store: Store) -> None:
    tell(store, 1, meeting("held", when=when(date(2026, 1, 5)), participants=(ZELENSKY, PUTIN), where="Geneva"))
    tell(store, 2, meeting())
    weave(store)
    view = store.board.timeline.page(now=NOW)
    assert [mark.status for mark in view.marks] == ["planned"]
    assert len(view.events) == 2
    asked = store.board.timeline.page(now=NOW, since=date(2026, 1, 1), until=date(2026, 1, 31))
    assert [mark.where for mark in asked.marks] == ["Geneva"]


def test_one_event_has_its_history_voices_stories_and_replies(store: Store) -> None:
    tell(store, 1, meeting("planned"))
    told = nothing(events=(meeting("called_off"),), reactions=(reaction(about=f"meeting: {TRUMP}, {PUTIN}"),))
    arrive(store, 2, told, when=at(1), by="wire")
    weave(store)
    (line,) = store.board.timeline.page(now=NOW).events
    view = store.board.timeline.event(line.id, now=NOW)
    assert view is not None
    assert view.event == line
    assert [turn.after for turn in view.history] == ["planned", "called_off"]
    assert [report.source.outlet for report in view.reports] == ["wire", "news"]
    assert sorted(voice.articles for voice in view.voices) == [1, 1]
    assert (view.reports_left_out, view.contradictions) == (0, ())
    assert sum(story.articles for story in view.stories) == 2
    assert [reply.kind for reply in view.replies] == ["warning"]
    assert store.board.timeline.event(line.id + 1000, now=NOW) is None


def test_an_event_of_many_reports_shows_the_newest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        tell(store, n, meeting("planned"), by=f"outlet{n}", when=at(0, 7 + n))
    weave(store)
    monkeypatch.setattr(timeline, "MOST", 2)
    (line,) = store.board.timeline.page(now=NOW).events
    view = store.board.timeline.event(line.id, now=NOW)
    assert view is not None
    # The first is there because the history names it.
    assert [report.source.outlet for report in view.reports] == ["outlet4", "outlet3", "outlet0"]
    assert view.reports_left_out == 2
