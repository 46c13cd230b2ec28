"""The funnel: entries claimed, screened, read, counted, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest

from monitor.records.articles import Entry, EntryState, FunnelRow, PageKind
from monitor.store import Store
from tests.store_builders import (
    LEASE,
    MINUTE,
    NOW,
    add_feed,
    article,
    findings,
    item,
    matched,
    poll,
    read,
    screened,
    states,
    to_read,
)

NEW, TO_READ, TO_ANALYSE = EntryState.NEW, EntryState.TO_READ, EntryState.TO_ANALYSE


def claim(store: Store, state: EntryState = NEW, *, holder: str = "a", minutes: float = 0) -> tuple[Entry, ...]:
    return store.entries.claim(state, now=NOW + minutes * MINUTE, limit=99, holder=holder, lease=LEASE)


def get(store: Store, entry_id: int) -> Entry:
    entry = store.entries.get(entry_id)
    assert entry is not None
    return entry


def test_the_freshest_is_claimed_first_and_a_date_to_come_is_not_fresher_than_now(store: Store) -> None:
    old, dateless, fresh = (
        item(1, published=NOW - 60 * MINUTE),
        item(2, published=None),
        item(3, published=NOW - MINUTE),
    )
    future = item(4, published=NOW + timedelta(days=400))
    feed = add_feed(store)
    poll(store, feed, old, dateless, fresh, future)
    poll(store, feed, item(5, published=None), at=NOW + MINUTE)
    assert [entry.title for entry in claim(store)] == ["Story 5", "Story 4", "Story 2", "Story 3", "Story 1"]
    assert get(store, 4).published == NOW + timedelta(days=400)


def test_an_entry_is_claimed_once_until_its_lease_ends(store: Store) -> None:
    poll(store, add_feed(store), item(1), item(2))
    assert len(store.entries.claim(NEW, now=NOW, limit=1, holder="a", lease=LEASE)) == 1
    assert len(claim(store, holder="b")) == 1
    assert claim(store, holder="c") == ()
    assert len(claim(store, holder="c", minutes=5)) == 2


def test_released_entries_can_be_claimed_at_once(store: Store) -> None:
    poll(store, add_feed(store), item(1), item(2))
    claim(store, holder="a")
    assert store.entries.release("b") == 0
    assert store.entries.release("a") == 2
    assert len(claim(store, holder="b")) == 2


def test_threads_that_claim_at_once_never_share_an_entry(store: Store) -> None:
    poll(store, add_feed(store), *(item(n) for n in range(60)))
    start = Barrier(4)

    def work(holder: str) -> list[int]:
        start.wait()
        mine: list[int] = []
        while taken := store.entries.claim(NEW, now=NOW, limit=4, holder=holder, lease=LEASE):
            mine += [entry.id for entry in taken]
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [entry_id for ids in pool.map(work, "abcd") for entry_id in ids]
    assert len(taken) == len(set(taken))
    assert len(taken) + len(claim(store, holder="e")) == 60


def test_the_gate_s_word_moves_entries_and_keeps_score_reason_and_language(store: Store) -> None:
    poll(store, add_feed(store), item(1, language="xx"), item(2, language="xx"))
    results = [
        screened(1),
        screened(2, EntryState.RULED_OUT, reason="gate 0.01 < 0.05", gate_score=0.01, language=""),
    ]
    store.entries.record_screen(results, now=NOW)
    assert states(store) == {TO_READ: 1, EntryState.RULED_OUT: 1}
    assert (get(store, 1).gate_score, get(store, 1).language) == (0.8, "en")
    out = get(store, 2)
    assert (out.reason, out.gate_score, out.language) == ("gate 0.01 < 0.05", 0.01, "xx")


def test_a_late_word_of_the_gate_does_not_undo_what_came_after(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    to_read(store, 1)
    store.entries.record_read([read(1, article(1))], now=NOW)
    store.entries.record_screen([screened(1, EntryState.RULED_OUT)], now=NOW)
    store.entries.record_screen([], now=NOW)
    assert states(store) == {TO_ANALYSE: 1}


def test_a_read_page_becomes_an_article_that_waits_for_the_model(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    to_read(store, 1)
    store.entries.record_read([read(1, article(1, published=NOW, source="Wire"))], now=NOW)
    assert states(store) == {TO_ANALYSE: 1}
    (stored,) = store.findings.claim(now=NOW, limit=5, holder="a", lease=LEASE)
    assert stored.entry_ids == (1,)
    assert stored.article == replace(article(1, published=NOW, source="Wire"), id=str(stored.article_id))


def test_an_article_takes_date_and_outlet_from_its_entry_when_the_page_says_nothing(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    to_read(store, 1)
    store.entries.record_read([read(1, article(1, url=""))], now=NOW)
    (stored,) = store.findings.claim(now=NOW, limit=5, holder="a", lease=LEASE)
    found = stored.article
    assert (found.url, found.published, found.source) == (
        "https://news.example/story/1",
        NOW - timedelta(hours=1),
        "The News",
    )


def test_a_page_to_be_tried_again_waits_and_counts_its_tries(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    to_read(store, 1)
    claim(store, TO_READ)
    later = NOW + 30 * MINUTE
    store.entries.record_read([read(1, None, retry_at=later, reason="HTTP 503")], now=NOW)
    assert claim(store, TO_READ, holder="b", minutes=29) == ()
    (again,) = claim(store, TO_READ, holder="b", minutes=30)
    assert (again.attempts, again.reason) == (1, "HTTP 503")
    store.entries.record_read([read(1, article(1))], now=later)
    assert get(store, 1).attempts == 1


def test_a_page_without_article_ends_with_its_reason(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    to_read(store, 1)
    wall = read(1, None, page_kind=PageKind.WALL, state=EntryState.SKIPPED, reason="consent wall")
    store.entries.record_read([wall], now=NOW)
    assert states(store) == {EntryState.SKIPPED: 1}
    assert get(store, 1).reason == "consent wall"


def test_a_result_that_says_nothing_is_a_bug_and_stores_nothing(store: Store) -> None:
    poll(store, add_feed(store), item(1), item(2))
    to_read(store, 1, 2)
    with pytest.raises(ValueError, match="neither article"):
        store.entries.record_read([read(1, article(1)), read(2, None)], now=NOW)
    assert states(store) == {TO_READ: 2}


def test_the_same_read_recorded_twice_changes_nothing(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    to_read(store, 1)
    store.entries.record_read([read(1, article(1))], now=NOW)
    store.entries.record_read([read(1, article(1, text="Other")), read(77, article(7))], now=NOW)
    sizes = {table.name: table.rows for table in store.upkeep.stats().tables}
    assert (sizes["articles"], sizes["article_versions"]) == (1, 1)


def test_one_page_from_two_feeds_is_one_article_and_one_match(store: Store) -> None:
    matched(store, 1)
    other = add_feed(store, "https://b.example/rss", outlet="B")
    (entry_id,) = poll(store, other, item(1), at=NOW + MINUTE).new_entry_ids
    to_read(store, entry_id)
    store.entries.record_read([read(entry_id, article(1))], now=NOW + MINUTE)
    assert (get(store, entry_id).state, get(store, entry_id).reason) == (EntryState.MATCHED, "same article as entry 1")
    assert len(store.findings.last_matches(9)) == 1
    assert store.findings.claim(now=NOW, limit=9, holder="b", lease=LEASE) == ()


def test_two_entries_of_one_article_wait_together_and_end_together(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    poll(store, add_feed(store, "https://b.example/rss"), item(1))
    to_read(store, 1, 2)
    store.entries.record_read([read(1, article(1)), read(2, article(1))], now=NOW)
    (stored,) = store.findings.claim(now=NOW, limit=9, holder="a", lease=LEASE)
    assert stored.entry_ids == (1, 2)
    store.findings.record(stored, findings(0.1), now=NOW)
    assert states(store) == {EntryState.UNMATCHED: 2}
    assert get(store, 2).reason == "talks 0.10 < 0.50, missile_aid 0.10 < 0.50"


def test_two_new_entries_of_a_known_article_in_one_round_are_looked_at_one_after_the_other(store: Store) -> None:
    matched(store, 1)
    for host in "bc":
        poll(store, add_feed(store, f"https://{host}.example/rss"), item(1), at=NOW + MINUTE)
    to_read(store, 2, 3)
    changed = article(1, text="Putin did not come.")
    store.entries.record_read([read(2, article(1)), read(3, changed)], now=NOW + MINUTE)
    assert (get(store, 2).state, get(store, 2).reason) == (EntryState.MATCHED, "same article as entry 1")
    assert get(store, 3).state is TO_ANALYSE
    (stored,) = store.findings.claim(now=NOW + MINUTE, limit=9, holder="b", lease=LEASE)
    assert (stored.article.text, stored.entry_ids) == ("Putin did not come.", (3,))


def test_a_round_of_pages_holds_articles_refusals_and_later_tries(store: Store) -> None:
    poll(store, add_feed(store), *map(item, range(4)))
    to_read(store, 1, 2, 3, 4)
    results = [
        read(1, article(0), language="en"),
        read(2, None, state=EntryState.SKIPPED, reason="no text"),
        read(3, None, retry_at=NOW + MINUTE, reason="HTTP 503"),
        read(4, article(3), language="en"),
    ]
    store.entries.record_read(results, now=NOW)
    assert states(store) == {TO_READ: 1, TO_ANALYSE: 2, EntryState.SKIPPED: 1}
    assert [entry.attempts for entry in map(partial(get, store), range(1, 5))] == [0, 1, 1, 0]
    assert len(store.findings.claim(now=NOW, limit=9, holder="b", lease=LEASE)) == 2


def test_an_unchanged_text_read_again_goes_straight_back_to_its_end(store: Store) -> None:
    matched(store, 1)
    (feed,) = store.feeds.all()
    poll(store, feed, item(1, title="Story 1, new title"), at=NOW + 30 * MINUTE)
    store.entries.record_read([read(1, article(1))], now=NOW + 31 * MINUTE)
    assert (get(store, 1).state, get(store, 1).reason) == (
        EntryState.MATCHED,
        "same text as analysed on 2026-11-20",
    )


def test_a_changed_text_is_a_new_version_and_updates_the_match_row(store: Store) -> None:
    matched(store, 1)
    (before,) = store.findings.last_matches(9)
    (feed,) = store.feeds.all()
    poll(store, feed, item(1, title="Corrected"), at=NOW + 30 * MINUTE)
    store.entries.record_read([read(1, article(1, text="Putin did not come."))], now=NOW + 31 * MINUTE)
    assert states(store) == {TO_ANALYSE: 1}
    (stored,) = store.findings.claim(now=NOW + 32 * MINUTE, limit=9, holder="b", lease=LEASE)
    assert stored.article.text == "Putin did not come."
    store.findings.record(stored, findings(0.6), now=NOW + 33 * MINUTE)
    (after,) = store.findings.last_matches(9)
    assert (after.id, after.matched_at, after.score) == (before.id, before.matched_at, 0.6)
    assert [hit.article_id for hit in store.search.search("Putin come")] == [stored.article_id]
    assert store.search.search("Budapest") == ()


def test_a_poorer_text_never_replaces_the_page_s(store: Store) -> None:
    matched(store, 1)
    other = add_feed(store, "https://b.example/rss")
    (entry_id,) = poll(store, other, item(1), at=NOW + MINUTE).new_entry_ids
    to_read(store, entry_id)
    store.entries.record_read([read(entry_id, article(1, text="A lead."), text_source="feed summary")], now=NOW)
    assert get(store, entry_id).state is EntryState.MATCHED
    assert store.search.search("Budapest")


def test_the_page_s_text_replaces_a_poorer_one(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    poll(store, add_feed(store, "https://b.example/rss"), item(1))
    to_read(store, 1, 2)
    store.entries.record_read([read(1, article(1, text="A lead."), text_source="feed summary")], now=NOW)
    store.entries.record_read([read(2, article(1))], now=NOW)
    (stored,) = store.findings.claim(now=NOW, limit=9, holder="a", lease=LEASE)
    assert stored.article.text == "Trump and Putin met in Budapest."
    assert stored.entry_ids == (1, 2)


def test_workers_that_read_the_same_pages_at_once_make_one_article_each(store: Store) -> None:
    ids = []
    for feed in range(4):
        ids.append(poll(store, add_feed(store, f"https://{feed}.example/rss"), *map(item, range(8))).new_entry_ids)
        to_read(store, *ids[-1])
    start = Barrier(4)

    def work(mine: tuple[int, ...]) -> None:
        start.wait()
        results = [read(entry_id, article(n)) for n, entry_id in enumerate(mine)]
        store.entries.record_read(results[::-1] if mine[0] % 2 else results, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, ids))
    assert states(store) == {TO_ANALYSE: 32}
    assert len(store.findings.claim(now=NOW, limit=99, holder="a", lease=LEASE)) == 8


def test_the_funnel_counts_every_entry_by_state_and_kind_of_reason(store: Store) -> None:
    poll(store, add_feed(store), *map(item, range(5)))
    for n, score in ((1, 0.01), (2, 0.02)):
        store.entries.record_screen([screened(n, EntryState.RULED_OUT, reason=f"gate {score} < 0.05")], now=NOW)
    store.entries.record_screen([screened(3, EntryState.SKIPPED, reason="too old")], now=NOW)
    expected = (
        FunnelRow(state=NEW, reason="", count=2),
        FunnelRow(state=EntryState.RULED_OUT, reason="gate N < N", count=2),
        FunnelRow(state=EntryState.SKIPPED, reason="too old", count=1),
    )
    assert store.entries.funnel() == expected == store.entries.funnel(since=NOW)
    assert store.entries.funnel(since=NOW + MINUTE) == ()
    assert [row.state for row in store.entries.by_state()] == list(EntryState)


def test_a_hostile_page_costs_nobody_else_in_the_batch(store: Store) -> None:
    poll(store, add_feed(store), item(1), item(2))
    to_read(store, 1, 2)
    hostile = article(1, text="nul \x00 half \udc00 " + "слово " * 100_000, url="https://news.example/" + "y" * 9000)
    store.entries.record_read([read(1, hostile), read(2, article(2))], now=NOW)
    assert states(store) == {TO_ANALYSE: 2}
    assert len(store.search.search("слово")) == 1
