"""What the map reads: places by the matched articles that name them, events with a place, both within days."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from monitor.records.board.map import WhereaboutsTold
from monitor.records.findings import Entity, Span
from monitor.store import Store
from monitor.store.board import map as reads
from tests.telling_builders import arrive, at, meeting, nothing, weave
from tests.woven_builders import PUTIN, when

DAY = timedelta(days=1)
BEGIN, END = at(0).date(), at(6).date()


def naming(*names: str, type_: str = "place") -> tuple[Entity, ...]:
    """Each is named twice."""
    return tuple(
        Entity(
            name=name,
            type=type_,
            id="Q1899" if name == "Kyiv" else None,
            mentions=tuple(Span(start=n * 20 + k, end=n * 20 + k + 4, text=name) for k in (0, 9)),
        )
        for n, name in enumerate(names)
    )


def three(store: Store) -> None:
    for n, names in enumerate((("Kyiv", "Budapest"), ("Kyiv",), ("Kyiv", "Istanbul"))):
        arrive(store, n, nothing(entities=naming(*names)), when=at(n, 9))


def meet(store: Store, n: int, on: date, **fields: object) -> None:
    given = {"when": when(on), "where": f"Town {n}", "participants": (f"Person {n}", PUTIN)} | fields
    arrive(store, f"e{n}", nothing(events=(meeting("planned", **given),)), when=at(0, 8 + n))


def page(store: Store, since: date = BEGIN, until: date = END) -> WhereaboutsTold:
    return store.board.map.page(since=since, until=until)


def counts(view: WhereaboutsTold) -> list[tuple[str, int]]:
    return [(place.name, place.articles) for place in view.places]


def test_an_empty_store_says_that_there_is_nothing_on_any_day(store: Store) -> None:
    view = page(store)
    assert (view.places, view.events, view.looked_at, view.newest_match, view.last_event) == ((), (), 0, None, None)


def test_places_are_counted_by_articles_the_most_named_first(store: Store) -> None:
    three(store)
    view = page(store)
    assert counts(view) == [("Kyiv", 3), ("Budapest", 1), ("Istanbul", 1)]
    assert view.places[0].wikidata == "Q1899"
    assert (view.looked_at, view.more_articles) == (3, False)


def test_people_are_no_places(store: Store) -> None:
    arrive(store, 1, nothing(entities=(*naming("Kyiv"), *naming("Orban", type_="person"))), when=at(0, 9))
    assert counts(page(store)) == [("Kyiv", 1)]


def test_only_articles_that_matched_within_the_days_are_counted(store: Store) -> None:
    three(store)
    assert counts(page(store, at(1).date(), at(1).date())) == [("Kyiv", 1)]
    before = page(store, BEGIN - 9 * DAY, BEGIN - DAY)
    assert (before.places, before.newest_match is not None) == ((), True)


def test_an_article_that_is_withdrawn_names_no_place(store: Store) -> None:
    three(store)
    with store._database.write() as connection:
        connection.exec_driver_sql("UPDATE matches SET withdrawn_at = matched_at WHERE article_id <> 2")
    view = page(store)
    assert (counts(view), view.looked_at) == ([("Kyiv", 1)], 1)
    assert view.newest_match is not None
    assert view.newest_match.date() == at(1).date()


def test_of_many_articles_the_newest_are_counted_and_the_view_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(store)
    monkeypatch.setattr(reads, "LOOKED", 1)
    view = page(store)
    assert (counts(view), view.looked_at, view.more_articles) == ([("Istanbul", 1), ("Kyiv", 1)], 1, True)


def test_an_article_of_two_topics_counts_once(store: Store) -> None:
    given = nothing(entities=naming("Kyiv"))
    both = tuple(replace(topic, score=0.9, match=True) for topic in given.topics)
    arrive(store, 1, replace(given, topics=both), when=at(0, 9))
    with store._database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM matches").scalar() == 2
    view = page(store)
    assert (counts(view), view.looked_at) == ([("Kyiv", 1)], 1)


def test_events_that_take_place_in_these_days_are_shown_the_latest_first(store: Store) -> None:
    meet(store, 1, BEGIN + DAY)
    meet(store, 2, BEGIN + 4 * DAY)
    meet(store, 3, BEGIN - 9 * DAY)
    meet(store, 4, END + DAY)
    weave(store)
    view = page(store)
    assert [event.place for event in view.events] == ["Town 2", "Town 1"]
    assert view.events[0].participants == ("Person 2", PUTIN)
    assert (view.events[0].status, view.events[0].happens_on) == ("planned", BEGIN + 4 * DAY)
    assert view.last_event == END + DAY


def test_an_event_that_began_before_and_goes_on_is_shown(store: Store) -> None:
    meet(store, 1, BEGIN, when=when(BEGIN - 3 * DAY, BEGIN + DAY))
    weave(store)
    assert [event.place for event in page(store).events] == ["Town 1"]


def test_an_event_without_a_place_is_none_for_the_map(store: Store) -> None:
    meet(store, 1, BEGIN, where=None)
    weave(store)
    view = page(store)
    assert (view.events, view.last_event) == ((), BEGIN)


def test_of_many_events_the_latest_are_shown_and_the_view_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        meet(store, n, BEGIN + n * 2 * DAY)
    weave(store)
    monkeypatch.setattr(reads, "EVENTS", 2)
    view = page(store)
    assert ([event.place for event in view.events], view.more_events) == (["Town 2", "Town 1"], True)


def test_days_at_the_ends_of_the_calendar_are_answered(store: Store) -> None:
    three(store)
    view = page(store, date.min, date.max)
    assert counts(view)[0] == ("Kyiv", 3)
    assert (view.since, view.until) == (reads.FIRST, reads.LAST)


def test_what_is_read_is_found_by_indexes_and_has_an_end(sqlite_url: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    with Store.open(sqlite_url) as store:
        three(store)
        engine = store._database.engine
        event.listen(engine, "before_cursor_execute", note)
        page(store)
        event.remove(engine, "before_cursor_execute", note)
        with store._database.read() as connection:
            plans = [
                (statement, str(row[3]))
                for statement, parameters in asked
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]
    assert len(asked) == 5
    # What a query has put together itself ends; so does a walk from the newest on, with a limit.
    walks = [(statement, line) for statement, line in plans if line.startswith("SCAN") and "anon_" not in line]
    assert {line for _, line in walks} == {"SCAN matches USING INDEX ix_matches_matched_at"}
    assert all("LIMIT" in statement for statement, _ in walks)
    # Neither all places there are, nor all mentions of one.
    assert not [line for _, line in plans if "(type=?)" in line or "ix_mentions_entity_id" in line]
