"""The overview's reads: how far a window reaches, what is news in it, and what holds whatever the window."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.records.telling.digests import Facts
from monitor.records.telling.subscribers import Period
from monitor.store import Store
from monitor.store.board import overview, standing
from tests.telling_builders import arrive, at, meeting, nothing, one_of_each, stream, weave
from tests.woven_builders import PUTIN, TRUMP, ZELENSKY, quote, step, when

DAY = timedelta(days=1)
NOW = at(3, 12)
LEADERS = (TRUMP, PUTIN, ZELENSKY)


def facts(store: Store, *, since: Any = None, now: Any = NOW) -> Facts:
    since = since or now - DAY
    return store.board.overview.facts(stream(since=since), since=since, now=now, feeds=1, dark=())


def test_a_store_without_matches_has_nothing_to_tell(store: Store) -> None:
    reach = store.board.overview.reach(DAY, now=NOW)
    assert (reach.since, reach.anchor, reach.is_cut) == (NOW - DAY, None, False)
    found = store.board.overview.standing(LEADERS, person="Ann", now=NOW)
    assert (found.newest, found.newest_match, found.latest, found.stories, found.words) == (None, 0, (), (), ())


def test_windows_are_counted_back_from_the_newest_match_where_that_is_old(store: Store) -> None:
    arrive(store, 1, when=at(0, 8))
    reach = store.board.overview.reach(DAY, now=at(0, 20))
    assert (reach.since, reach.anchor) == (at(-1, 20), None)
    late = store.board.overview.reach(DAY, now=at(30))
    assert late.anchor == at(0, 8) + timedelta(minutes=1)
    assert late.since == late.anchor - DAY


def test_a_window_with_more_than_is_looked_at_begins_later_and_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "MOST_NEWS", 2)
    for n in range(4):
        arrive(store, n, when=at(3, n))
    reach = store.board.overview.reach(DAY, now=NOW)
    assert reach.is_cut
    assert reach.since == at(3, 1) + timedelta(minutes=1)
    assert not store.board.overview.reach(timedelta(hours=10, minutes=30), now=NOW).is_cut


def test_the_overview_knows_of_the_news_what_a_digest_does(store: Store) -> None:
    for n in range(4):
        arrive(store, n, one_of_each(n), when=at(3, 2 + n), by=f"paper{n}")
    weave(store)
    ours = facts(store)
    period = Period(start=NOW - DAY, end=NOW)
    theirs = store.facts.of(stream(since=NOW - DAY), period=period, covers_from=NOW - DAY, now=NOW, feeds=1)
    assert ours == theirs
    assert ours.rungs
    assert ours.changes


def test_what_comes_in_is_told_at_once_and_nothing_is_made_twice(store: Store) -> None:
    arrive(store, 1, one_of_each(1), when=at(3, 2))
    weave(store)
    first = facts(store)
    assert facts(store) is first
    arrive(store, 2, one_of_each(2), when=at(3, 3), by="wire")
    weave(store)
    assert len(facts(store).statements) == len(first.statements) + 1


def test_a_weapon_is_settled_anew_when_something_new_is_told_of_it(store: Store) -> None:
    arrive(store, 1, nothing(aid=(step(step="considered", by=TRUMP),)), when=at(3, 2))
    weave(store)
    assert [rung.step for rung in facts(store).rungs] == ["considered"]
    arrive(store, 2, nothing(aid=(step(step="announced", by=TRUMP, firmness="official_act"),)), when=at(3, 4))
    weave(store)
    (rung,) = facts(store).rungs
    assert rung.step == "announced"
    assert [told.source.outlet for told in rung.history] == ["news", "news"]


def test_the_oldest_report_looked_at_is_no_news_where_older_ones_are_not(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        arrive(store, n, nothing(aid=(step(step="considered", by=TRUMP),)), when=at(3, 2 + n), by=f"paper{n}")
    weave(store)
    assert [change.kind for change in facts(store).changes] == ["ladder"]
    monkeypatch.setattr(standing, "REPORTS", 2)
    found = facts(store, since=NOW - 2 * DAY)
    assert not found.changes or all(change.kind == "ladder" for change in found.changes)
    with Store.open(store._database.engine.url.render_as_string(hide_password=False)) as fresh:
        found = facts(fresh, since=NOW - DAY)
        assert [rung.step for rung in found.rungs] == ["considered"]
        assert found.changes == ()


def test_what_took_place_stands_whatever_the_window(store: Store) -> None:
    arrive(store, 1, nothing(events=(meeting("held", when=when(at(1).date())),)), when=at(2))
    off = meeting("called_off", when=when(at(2).date()), where="Geneva", participants=(TRUMP, ZELENSKY))
    arrive(store, 2, nothing(events=(off,)), when=at(2, 9))
    arrive(store, 3, nothing(events=(meeting("planned"),)), when=at(2, 10), by="wire")
    weave(store)
    found = store.board.overview.standing(LEADERS, person="Ann", now=NOW)
    assert [each.status for each in found.held] == ["called_off", "held"]
    assert [(mark.status, mark.where) for mark in found.annotations] == [("called_off", "Geneva"), ("held", "Budapest")]


def test_leaders_are_told_with_their_latest_words(store: Store) -> None:
    for n, text in enumerate(("We shall see about that", "There will be a meeting soon", "Nothing is decided yet")):
        arrive(store, n, nothing(quotes=(quote(text),)), when=at(1 + n))
    weave(store)
    found = store.board.overview.standing((*LEADERS, "Nobody"), person="Ann", now=NOW)
    (words,) = found.words
    assert words.name == TRUMP
    assert [each.text for each in words.statements] == ["Nothing is decided yet", "There will be a meeting soon"]


def test_stories_of_most_origins_come_first_and_matches_newest_first(store: Store) -> None:
    for n in range(3):
        arrive(store, n, when=at(3, n), by=f"paper{n}", title="One and the same summit in Budapest", text="One text.")
    arrive(store, 9, when=at(3, 9), title="Grain", text="Grain ships leave the port of Odesa after weeks of waiting.")
    weave(store)
    found = store.board.overview.standing(LEADERS, person="Ann", now=NOW)
    assert found.stories == tuple(sorted(found.stories, key=lambda story: -story.origins))
    assert found.latest[0].title == "Grain"
    assert found.newest == at(3, 9) + timedelta(minutes=1)
    assert found.newest_match == 4
