"""Feeds: added, synchronised, removed, claimed when due, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from monitor.errors import ConfigError
from monitor.records.feeds import FeedCounts, FeedSpec
from monitor.store import Store
from tests.store_builders import LEASE, MINUTE, NOW, add_feed, item, matched, poll, spec, states


def test_an_added_feed_is_due_at_once(store: Store) -> None:
    feed = store.feeds.add(spec(family="F", state_controlled=True, kind="wire", homepage="https://n.example"), now=NOW)
    assert store.feeds.get(feed.id) == feed == store.feeds.by_url("https://news.example/rss")
    assert feed.spec == spec(family="F", state_controlled=True, kind="wire", homepage="https://n.example")
    assert (feed.active, feed.added_at, feed.next_poll_at, feed.last_status) == (True, NOW, NOW, "never polled")


def test_adding_a_feed_twice_is_a_mistake_that_changes_nothing(store: Store) -> None:
    add_feed(store)
    with pytest.raises(ConfigError, match=r"https://news\.example/rss is already there as number 1"):
        store.feeds.add(spec(title="Other"), now=NOW)
    assert [feed.spec.title for feed in store.feeds.all()] == ["News"]


def test_sync_adds_what_is_missing_refreshes_the_rest_and_leaves_removed_feeds_removed(store: Store) -> None:
    known, gone = add_feed(store), add_feed(store, "https://gone.example/rss")
    store.feeds.remove(gone.id)
    wanted = [spec(title="News, renamed"), spec("https://gone.example/rss"), spec("https://b.example/rss")]
    assert store.feeds.sync(wanted, now=NOW + MINUTE) == 1
    assert [feed.spec.url for feed in store.feeds.all()] == ["https://news.example/rss", "https://b.example/rss"]
    refreshed = store.feeds.get(known.id)
    assert refreshed is not None
    assert (refreshed.spec.title, refreshed.added_at) == ("News, renamed", NOW)
    assert store.feeds.sync(wanted, now=NOW) == 0


def test_a_removed_feed_is_hidden_and_not_polled_but_keeps_what_it_brought(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1))
    assert store.feeds.remove("https://news.example/rss").id == feed.id
    assert store.feeds.all() == ()
    assert len(store.feeds.all(removed=True)) == 1
    assert store.feeds.claim_due(now=NOW + 60 * MINUTE, limit=9, holder="a", lease=LEASE) == ()
    assert sum(states(store).values()) == 1


def test_a_removed_feed_can_be_added_again(store: Store) -> None:
    feed = add_feed(store)
    store.feeds.remove(feed.id)
    back = store.feeds.add(spec(title="Back"), now=NOW + MINUTE)
    assert (back.id, back.spec.title, back.active, back.next_poll_at) == (feed.id, "Back", True, NOW + MINUTE)


def test_purging_a_feed_deletes_what_only_it_brought(store: Store) -> None:
    matched(store, 1)
    first = store.feeds.all()[0]
    other = add_feed(store, "https://other.example/rss")
    poll(store, other, item("other"))
    store.feeds.remove(first.id, purge=True)
    sizes = {table.name: table.rows for table in store.upkeep.stats().tables}
    assert (sizes["feeds"], sizes["entries"], sizes["articles"], sizes["matches"]) == (1, 1, 0, 0)
    assert store.search.search("Budapest") == ()
    assert store.upkeep.check() == ()


def test_removing_an_unknown_feed_names_the_command_that_lists_them(store: Store) -> None:
    with pytest.raises(ConfigError, match="monitor feeds list"):
        store.feeds.remove(99)
    with pytest.raises(ConfigError, match=r"nowhere\.example"):
        store.feeds.remove("https://nowhere.example/rss", purge=True)
    assert store.feeds.get(99) is None


def test_due_feeds_are_claimed_longest_overdue_first_and_not_twice(store: Store) -> None:
    feeds = [add_feed(store, f"https://{n}.example/rss") for n in range(3)]
    poll(store, feeds[0], next_poll_at=NOW + 3 * MINUTE)
    poll(store, feeds[1], next_poll_at=NOW + 2 * MINUTE)
    poll(store, feeds[2], next_poll_at=NOW + 60 * MINUTE)
    at = NOW + 5 * MINUTE
    claimed = store.feeds.claim_due(now=at, limit=5, holder="a", lease=LEASE)
    assert [feed.id for feed in claimed] == [feeds[1].id, feeds[0].id]
    assert store.feeds.claim_due(now=at, limit=5, holder="b", lease=LEASE) == ()


def test_a_claim_that_was_never_finished_comes_back_when_its_lease_ends(store: Store) -> None:
    add_feed(store)
    assert store.feeds.claim_due(now=NOW, limit=1, holder="crashed", lease=LEASE)
    assert store.feeds.claim_due(now=NOW + LEASE - timedelta(seconds=1), limit=1, holder="b", lease=LEASE) == ()
    assert store.feeds.claim_due(now=NOW + LEASE, limit=1, holder="b", lease=LEASE)


def test_release_gives_back_only_what_the_holder_has(store: Store) -> None:
    for n in range(3):
        add_feed(store, f"https://{n}.example/rss")
    store.feeds.claim_due(now=NOW, limit=2, holder="a", lease=LEASE)
    store.feeds.claim_due(now=NOW, limit=1, holder="b", lease=LEASE)
    assert store.feeds.release("a") == 2
    assert store.feeds.release("a") == 0
    assert len(store.feeds.claim_due(now=NOW, limit=5, holder="c", lease=LEASE)) == 2


def test_threads_that_claim_at_once_never_share_a_feed(store: Store) -> None:
    store.feeds.sync([spec(f"https://{n}.example/rss") for n in range(40)], now=NOW)
    start = Barrier(4)

    def work(holder: str) -> list[int]:
        start.wait()
        mine: list[int] = []
        while claimed := store.feeds.claim_due(now=NOW, limit=3, holder=holder, lease=LEASE):
            mine += [feed.id for feed in claimed]
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [feed_id for ids in pool.map(work, "abcd") for feed_id in ids]
    assert len(taken) == len(set(taken))
    # Postgres may leave a row to a claim that skipped it in passing; a later round takes it.
    rest = store.feeds.claim_due(now=NOW, limit=40, holder="e", lease=LEASE)
    assert len(taken) + len(rest) == 40


def test_counts_tell_how_the_feeds_are(store: Store) -> None:
    a, b, _ = (add_feed(store, f"https://{n}.example/rss") for n in range(3))
    poll(store, a, outcome="failed", error="HTTP 503", http_status=503)
    poll(store, b)
    assert store.feeds.counts(now=NOW + MINUTE) == FeedCounts(active=3, due=1, failing=1, never_polled=1)


def test_the_last_errors_are_those_of_feeds_that_still_fail(store: Store) -> None:
    a, b, c = (add_feed(store, f"https://{n}.example/rss") for n in range(3))
    poll(store, a, outcome="failed", error="first")
    poll(store, b, outcome="failed", error="second", at=NOW + MINUTE)
    poll(store, c, outcome="failed", error="mended")
    poll(store, c, at=NOW + 2 * MINUTE)
    assert store.feeds.last_errors(5) == ("second", "first")
    assert store.feeds.last_errors(1) == ("second",)


def test_a_naive_time_is_refused_as_the_bug_it_is(store: Store) -> None:
    with pytest.raises(Exception, match="naive time"):
        store.feeds.add(spec(), now=NOW.replace(tzinfo=None))


def test_what_no_database_stores_is_replaced_not_refused(store: Store) -> None:
    feed = store.feeds.add(spec(title="nul \x00 and half \ud83d pair"), now=NOW)
    assert feed.spec.title == "nul \ufffd and half \ufffd pair"


def test_a_catalogue_larger_than_one_statement_takes_is_looked_up_in_parts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postgres takes 65,535 parameters: a hundred thousand feeds at once were refused."""
    monkeypatch.setattr("monitor.store.polling.feeds._ASKED_TOGETHER", 2)
    specs = [FeedSpec(url=f"https://news{n}.example/rss") for n in range(5)]
    assert store.feeds.sync(specs[1:4], now=NOW) == 3
    assert store.feeds.sync(specs, now=NOW) == 2
    assert len(store.feeds.all()) == 5
