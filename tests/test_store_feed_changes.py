"""What a person changes about a feed, and what is told about its past."""

from datetime import timedelta

import pytest

from monitor.errors import ConfigError
from monitor.records.feeds import FeedSpec
from monitor.store import Store
from monitor.store.polling.feed_changes import FeedChanges
from tests.store_builders import MINUTE, NOW, add_feed, item, poll, spec

NEW = "https://news.example/new.rss"


def changes(store: Store) -> FeedChanges:
    return FeedChanges(store._database)


def test_what_is_said_about_a_feed_changes_and_the_rest_stays(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1), etag='"e1"')
    before = store.feeds.get(feed.id)
    assert before is not None
    after = changes(store).say(feed.spec.url, now=NOW, title="Better", country="PL", family="")
    assert after.spec == FeedSpec(url=feed.spec.url, title="Better", outlet="The News", country="PL")
    assert (after.etag, after.next_poll_at, after.conditional) == ('"e1"', before.next_poll_at, True)
    assert changes(store).say(feed.id, now=NOW) == after


def test_validators_are_switched_off_and_on_by_hand(store: Store) -> None:
    feed = add_feed(store)
    assert not changes(store).say(feed.id, now=NOW, conditional=False).conditional
    poll(store, feed, item(1))
    assert not changes(store).find(feed.id).conditional
    assert changes(store).say(feed.id, now=NOW, conditional=True).conditional


def test_a_feed_at_a_new_address_is_asked_at_once_keeps_its_entries_and_is_still_known_by_the_old_one(
    store: Store,
) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1), etag='"e1"', body_hash="h")
    poll(store, feed, at=NOW + MINUTE, outcome="failed", error="HTTP 410", http_status=410, gone=True)
    later = NOW + timedelta(hours=1)
    moved = changes(store).say(feed.id, now=later, url=f" {NEW} ")
    assert (moved.spec.url, moved.moved_from, moved.moved_at) == (NEW, feed.spec.url, later)
    assert (moved.etag, moved.body_hash, moved.gone_at, moved.failures, moved.last_error) == (None, None, None, 0, None)
    assert (moved.next_poll_at, moved.rhythm) == (later, "")
    assert store.feeds.sync([spec()], now=later) == 0
    assert store.feeds.by_url(feed.spec.url) == store.feeds.by_url(NEW)
    assert poll(store, moved, item(1), item(2), at=later).new_entry_ids == (2,)
    back = changes(store).say(NEW, now=later, url=feed.spec.url)
    assert (back.spec.url, back.moved_from) == (feed.spec.url, NEW)


def test_an_address_that_another_feed_has_or_had_is_refused_and_nothing_changes(store: Store) -> None:
    feed, other = add_feed(store), add_feed(store, "https://b.example/rss", title="B")
    with pytest.raises(ConfigError, match=r"feed 2 \(B\) has the address https://b.example/rss"):
        changes(store).say(feed.id, now=NOW, title="X", url=other.spec.url)
    changes(store).say(other.id, now=NOW, url=NEW)
    with pytest.raises(ConfigError, match="had, before it moved, the address"):
        changes(store).say(feed.id, now=NOW, url=other.spec.url)
    store.feeds.remove(other.id)
    with pytest.raises(ConfigError, match="which was removed"):
        changes(store).say(feed.id, now=NOW, url=NEW)
    assert store.feeds.get(feed.id) == feed


@pytest.mark.parametrize("unknown", [99, "https://nowhere.example/rss"])
def test_a_feed_that_is_not_there_is_named(store: Store, unknown: int | str) -> None:
    with pytest.raises(ConfigError, match=f"no feed {unknown!r}"):
        changes(store).say(unknown, now=NOW, title="X")


def test_no_web_address_is_taken(store: Store) -> None:
    with pytest.raises(ConfigError, match="not a web address"):
        changes(store).say(add_feed(store).id, now=NOW, url="news.example/rss")


def test_the_last_polls_are_told_newest_first(store: Store) -> None:
    feed = add_feed(store)
    poll(store, feed, item(1), item(2), bytes_read=500, elapsed=0.5)
    poll(store, feed, at=NOW + MINUTE, outcome="failed", error="HTTP 503", http_status=503)
    poll(store, feed, item(3), at=NOW + 2 * MINUTE)
    newest, failed = changes(store).polls(feed.id, limit=2)
    assert (newest.polled_at, newest.new_entries, newest.gap) == (NOW + 2 * MINUTE, 1, True)
    assert (failed.outcome, failed.http_status, failed.error) == ("failed", 503, "HTTP 503")
    assert len(changes(store).polls(feed.id, limit=9)) == 3


def test_a_feed_s_subscription_is_told(store: Store) -> None:
    feed = add_feed(store)
    assert changes(store).subscription(feed.id) is None
    poll(store, feed, item(1), hub="https://hub.example/", topic=feed.spec.url)
    store.subscriptions.wanted(now=NOW, move_after=timedelta(days=1))
    found = changes(store).subscription(feed.id)
    assert found is not None
    assert (found.hub, found.state) == ("https://hub.example/", "requested")
