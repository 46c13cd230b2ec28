"""How much there was in a period, and whether all of it was read; on both databases."""

from collections.abc import Callable

import pytest

from monitor.records.articles import EntryState
from monitor.records.telling.digests import DarkFeed
from monitor.store import Store
from tests.store_builders import article, findings, item, poll, read, screened
from tests.telling_builders import arrive, at, facts, outlet, stream, weave


def test_days_are_those_of_the_zone(store: Store) -> None:
    arrive(store, 1, when=at(0, 21.5))
    arrive(store, 2, when=at(0, 22.5))
    found = facts(store, at(0), at(2), of=stream(since=at(0), zone="Europe/Kyiv"))
    assert [(count.day.day, count.count) for count in found.volume] == [(16, 1), (17, 1)]
    found = facts(store, at(0), at(2), of=stream(since=at(0), zone="Asia/Kathmandu"))
    assert [(count.day.day, count.count) for count in found.volume] == [(17, 2)]


def test_the_volume_looks_two_weeks_back_and_no_further_than_the_period(store: Store) -> None:
    for n, moment in enumerate((at(-14, 12), at(-12, 0), at(0, 12), at(1, 7))):
        arrive(store, n, when=moment)
    found = facts(store, at(0), at(1))
    assert [count.day for count in found.volume] == [at(-12).date(), at(0).date()]


def test_coverage_counts_what_was_seen_matched_and_left_unread(store: Store) -> None:
    arrive(store, 1, when=at(0, 10))
    stored = arrive(store, 2, when=at(0, 11))
    store.findings.record(stored, findings(0.1), now=at(0, 11.1))
    poll(store, outlet(store), item(3), item(4), at=at(0, 12))
    dark = (DarkFeed(title="News", state="silent", since=None),)
    found = facts(store, at(0), at(1), feeds=7, dark=dark).coverage
    assert (found.seen, found.matched, found.unread, found.feeds, found.dark) == (4, 1, 2, 7, dark)


WAITING: dict[str, Callable[[Store], object]] = {
    "to be screened": lambda store: poll(store, outlet(store), item("w"), at=at(0, 10)),
    "to be read": lambda store: to_read(store),
    "to be understood": lambda store: to_understand(store),
    "to be woven in": lambda store: arrive(store, "w", when=at(0, 10)),
}


def to_read(store: Store) -> int:
    (entry_id,) = poll(store, outlet(store), item("w"), at=at(0, 10)).new_entry_ids
    store.entries.record_screen([screened(entry_id)], now=at(0, 10))
    return entry_id


def to_understand(store: Store) -> None:
    store.entries.record_read([read(to_read(store), article("w"))], now=at(0, 10))


@pytest.mark.parametrize("what", WAITING)
def test_a_period_is_not_settled_while_anything_of_it_waits(store: Store, what: str) -> None:
    assert store.facts.is_settled(at(1))
    WAITING[what](store)
    assert not store.facts.is_settled(at(1))
    assert store.facts.is_settled(at(0, 9))


def test_what_is_woven_in_waits_no_more(store: Store) -> None:
    arrive(store, 1, when=at(0, 10))
    weave(store)
    assert store.facts.is_settled(at(1))


def test_nobody_waits_for_a_back_catalogue_or_for_what_is_tried_again_tomorrow(store: Store) -> None:
    poll(store, outlet(store, "new", silent=False), item(1), at=at(0, 10))
    entry_id = to_read(store)
    assert not store.facts.is_settled(at(1))
    failed = read(entry_id, None, state=EntryState.TO_READ, reason="timeout", retry_at=at(1, 12))
    store.entries.record_read([failed], now=at(0, 11))
    assert store.facts.is_settled(at(1))
