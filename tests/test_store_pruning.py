"""Pruning goes by when a feed last held an entry; what was pruned never comes back."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.records.articles import EntryState
from monitor.store import Store
from tests.store_builders import MINUTE, NOW, add_feed, article, findings, item, poll, read, screened, states, to_read

DAY = timedelta(days=1)
KEEP = timedelta(days=30)


def prune(store: Store, *, now: object = None) -> int:
    return store.upkeep.prune_entries(now=now or NOW + 60 * DAY, unseen_for=KEEP)  # type: ignore[arg-type]


def ruled_out(store: Store, *entry_ids: int) -> None:
    store.entries.record_screen([screened(entry_id, EntryState.RULED_OUT) for entry_id in entry_ids], now=NOW)


def test_a_pruned_entry_never_returns_under_address_or_guid(store: Store) -> None:
    # miniflux/v2#1510, nextcloud/news#1908, rssguard#951, yarr#282, FreshRSS#3532
    feed = add_feed(store)
    ruled_out(store, *poll(store, feed, item(1), item(2)).new_entry_ids)
    poll(store, feed, item(3), at=NOW + MINUTE)
    assert prune(store) == 2
    back = poll(store, feed, item(1), item(2, url="https://news.example/renamed"), at=NOW + 61 * DAY)
    assert (back.new_entry_ids, back.changed_entry_ids, back.gap) == ((), (), False)
    edited = poll(store, feed, item(1, title="Edited"), at=NOW + 62 * DAY)
    assert (edited.new_entry_ids, edited.changed_entry_ids) == ((), ())
    assert states(store) == {EntryState.NEW: 1}


def test_what_the_feed_still_holds_is_not_pruned_however_old(store: Store) -> None:
    feed = add_feed(store)
    ruled_out(store, *poll(store, feed, item(1)).new_entry_ids)
    poll(store, feed, item(1), at=NOW + 59 * DAY)
    assert prune(store) == 0
    assert prune(store) == 0
    assert poll(store, feed, item(1), at=NOW + 60 * DAY).new_entry_ids == ()


def test_matches_labels_and_what_is_under_way_stay(store: Store) -> None:
    feed = add_feed(store)
    ids = poll(store, feed, *(item(n) for n in range(4))).new_entry_ids
    to_read(store, *ids[:3])
    results = [read(entry_id, article(n)) for n, entry_id in enumerate(ids[:3])]
    store.entries.record_read(results, now=NOW)
    waiting = {stored.article.title: stored for stored in store.findings.claim(now=NOW, limit=9, holder="t", lease=DAY)}
    store.findings.record(waiting["Story 0"], findings(0.9), now=NOW)
    store.findings.record(waiting["Story 1"], findings(0.1), now=NOW)
    poll(store, feed, item(9), at=NOW + MINUTE)
    assert prune(store) == 1
    assert states(store) == {EntryState.NEW: 2, EntryState.TO_ANALYSE: 1, EntryState.MATCHED: 1}
    assert {row.name: row.rows for row in store.upkeep.stats().tables}["articles"] == 2
    assert store.upkeep.check() == ()


def test_an_article_that_another_feed_still_has_stays(store: Store) -> None:
    a, b = add_feed(store), add_feed(store, "https://b.example/rss")
    both = [poll(store, feed, item(1)).new_entry_ids[0] for feed in (a, b)]
    to_read(store, *both)
    store.entries.record_read([read(entry_id, article(1)) for entry_id in both], now=NOW)
    (stored,) = store.findings.claim(now=NOW, limit=9, holder="t", lease=DAY)
    store.findings.record(stored, findings(0.1), now=NOW)
    poll(store, a, item(2), at=NOW + MINUTE)
    poll(store, b, item(1), at=NOW + 59 * DAY)
    assert prune(store) == 1
    assert {row.name: row.rows for row in store.upkeep.stats().tables}["articles"] == 1


def test_tombstones_go_when_no_document_has_held_the_entry_for_very_long(store: Store) -> None:
    feed = add_feed(store)
    ruled_out(store, *poll(store, feed, item(1)).new_entry_ids)
    poll(store, feed, item(2), at=NOW + MINUTE)
    assert prune(store) == 1
    store.upkeep.prune(now=NOW + 399 * DAY, polls_older_than=KEEP)
    assert poll(store, feed, item(1), item(2), at=NOW + 399 * DAY).new_entry_ids == ()
    poll(store, feed, item(2), at=NOW + 399 * DAY + MINUTE)
    store.upkeep.prune(now=NOW + 900 * DAY, polls_older_than=KEEP)
    assert len(poll(store, feed, item(1), item(2), at=NOW + 900 * DAY).new_entry_ids) == 1


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(0, 9), min_size=1, max_size=12), at=st.integers(1, 100))
def test_prune_then_poll_again_brings_nothing_new(store: Store, numbers: list[int], at: int) -> None:
    known = store.feeds.by_url("https://news.example/rss")
    if known is not None:
        store.feeds.remove(known.id, purge=True)
    feed = add_feed(store)
    document = [item(n) for n in numbers]
    ruled_out(store, *poll(store, feed, *document).new_entry_ids)
    poll(store, feed, item("last"), at=NOW + MINUTE)
    while prune(store, now=NOW + (30 + at) * DAY):
        pass
    assert poll(store, feed, *document, item("last"), at=NOW + 200 * DAY).new_entry_ids == ()
