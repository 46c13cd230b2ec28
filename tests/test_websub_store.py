"""Subscriptions in the store: one per feed, asked for in time, and told when they end."""

from datetime import datetime, timedelta

import pytest

from monitor.records.feeds import Feed
from monitor.records.subscriptions import Subscription, SubscriptionState
from monitor.store import Store
from monitor.store.polling.subscriptions import Subscriptions
from tests.store_builders import LEASE, NOW, add_feed
from tests.websub_hub import TOPIC, offer

HUB = "https://hub.example/"
DAY = timedelta(days=1)


@pytest.fixture
def subscriptions(store: Store) -> Subscriptions:
    return store.subscriptions


@pytest.fixture
def feed(store: Store) -> Feed:
    return named(store)


def named(store: Store, url: str = "https://news.example/rss", hub: str = HUB) -> Feed:
    """A feed that names a hub."""
    feed = add_feed(store, url)
    offer(store, feed, hub)
    return feed


def due(subscriptions: Subscriptions, holder: str = "a", now: datetime = NOW) -> tuple[Subscription, ...]:
    return subscriptions.due(now=now, limit=10, holder=holder, lease=LEASE)


def asked(subscriptions: Subscriptions, feed: Feed) -> Subscription:
    subscriptions.wanted(now=NOW, move_after=DAY)
    (row,) = due(subscriptions)
    subscriptions.requested({row.id: NOW + timedelta(minutes=5)}, now=NOW)
    return only(subscriptions)


def verified(subscriptions: Subscriptions, feed: Feed) -> Subscription:
    row = asked(subscriptions, feed)
    assert subscriptions.verified(row.token, lease_until=NOW + 10 * DAY, renew_at=NOW + 6 * DAY)
    return only(subscriptions)


def only(subscriptions: Subscriptions) -> Subscription:
    (row,) = subscriptions.all()
    return row


def test_an_offer_is_taken_once_and_is_due_at_once(subscriptions: Subscriptions, feed: Feed) -> None:
    assert subscriptions.wanted(now=NOW, move_after=DAY) == 1
    assert subscriptions.wanted(now=NOW, move_after=DAY) == 0
    (row,) = due(subscriptions)
    assert (row.feed_id, row.hub, row.topic, row.state) == (feed.id, HUB, TOPIC, SubscriptionState.REQUESTED)
    assert row.requested_at is None


def test_tokens_and_secrets_are_long_and_of_one_subscription_only(store: Store, subscriptions: Subscriptions) -> None:
    for n in range(20):
        named(store, f"https://news.example/{n}")
    assert subscriptions.wanted(now=NOW, move_after=DAY) == 20
    chances = [text for row in subscriptions.all() for text in (row.token, row.secret)]
    assert len(set(chances)) == 40
    assert all(43 <= len(text) < 200 for text in chances)


def test_one_that_is_claimed_goes_to_nobody_else_until_given_back(subscriptions: Subscriptions, feed: Feed) -> None:
    subscriptions.wanted(now=NOW, move_after=DAY)
    assert len(due(subscriptions, "a")) == 1
    assert due(subscriptions, "b") == ()
    assert subscriptions.release("a") == 1
    assert len(due(subscriptions, "b")) == 1
    assert len(due(subscriptions, "a", NOW + 2 * LEASE)) == 1


def test_a_request_that_nobody_confirms_is_due_again_at_the_time_noted(
    subscriptions: Subscriptions, feed: Feed
) -> None:
    row = asked(subscriptions, feed)
    assert (row.requested_at, row.failures) == (NOW, 1)
    assert due(subscriptions, now=NOW + timedelta(minutes=4)) == ()
    assert len(due(subscriptions, now=NOW + timedelta(minutes=5))) == 1


def test_a_confirmation_wins_over_a_failure_that_is_noted_after_it(subscriptions: Subscriptions, feed: Feed) -> None:
    row = verified(subscriptions, feed)
    assert not subscriptions.failed(row.id, asked_at=NOW, error="timeout", ask_again_at=NOW)
    assert only(subscriptions) == row
    assert (row.state, row.failures, row.last_error) == (SubscriptionState.VERIFIED, 0, None)


def test_a_failure_keeps_the_lease_that_still_runs(subscriptions: Subscriptions, feed: Feed) -> None:
    row = verified(subscriptions, feed)
    later = NOW + 6 * DAY
    assert [again.id for again in due(subscriptions, now=later)] == [row.id]
    subscriptions.requested({row.id: later + DAY}, now=later)
    assert subscriptions.failed(row.id, asked_at=later, error="down", ask_again_at=later + DAY)
    after = only(subscriptions)
    assert (after.state, after.lease_until, after.last_error) == (SubscriptionState.FAILED, row.lease_until, "down")


def test_a_token_finds_its_subscription_and_a_strange_one_none(subscriptions: Subscriptions, feed: Feed) -> None:
    row = asked(subscriptions, feed)
    assert subscriptions.by_token(row.token) == row
    assert subscriptions.by_token("t" * 43) is None


def test_it_is_live_only_after_a_push_and_until_one_is_missed(subscriptions: Subscriptions, feed: Feed) -> None:
    row = verified(subscriptions, feed)
    assert not subscriptions.live(feed.id, now=NOW)
    assert subscriptions.pushed(row.token, now=NOW)
    assert subscriptions.live(feed.id, now=NOW)
    assert subscriptions.missed(feed.id, now=NOW + timedelta(hours=1))
    assert not subscriptions.live(feed.id, now=NOW + timedelta(hours=1))
    assert subscriptions.pushed(row.token, now=NOW + timedelta(hours=2))
    assert subscriptions.live(feed.id, now=NOW + timedelta(hours=2))
    assert not subscriptions.live(feed.id, now=NOW + 10 * DAY)
    assert not subscriptions.live(feed.id + 1, now=NOW)
    assert only(subscriptions).pushes == 2


def test_a_denied_one_is_not_live_and_is_asked_for_much_later(subscriptions: Subscriptions, feed: Feed) -> None:
    row = verified(subscriptions, feed)
    subscriptions.pushed(row.token, now=NOW)
    assert subscriptions.denied(row.token, reason="members only", ask_again_at=NOW + 7 * DAY)
    assert not subscriptions.live(feed.id, now=NOW)
    assert only(subscriptions).last_error == "members only"
    assert due(subscriptions, now=NOW + 6 * DAY) == ()
    assert len(due(subscriptions, now=NOW + 7 * DAY)) == 1


def test_another_hub_takes_the_place_of_the_old_one_but_not_every_minute(
    store: Store, subscriptions: Subscriptions, feed: Feed
) -> None:
    old = verified(subscriptions, feed)
    offer(store, feed, "https://other.example/")
    assert subscriptions.wanted(now=NOW + timedelta(hours=1), move_after=DAY) == 0
    assert subscriptions.wanted(now=NOW + DAY, move_after=DAY) == 1
    ended, new = subscriptions.all()
    assert (ended.id, ended.state) == (old.id, SubscriptionState.ENDED)
    assert (new.hub, new.state) == ("https://other.example/", SubscriptionState.REQUESTED)
    assert new.token != old.token
    assert {row.id for row in due(subscriptions, now=NOW + DAY)} == {ended.id, new.id}


def test_an_end_that_the_hub_confirmed_stays_until_its_lease_is_over(subscriptions: Subscriptions, feed: Feed) -> None:
    row = verified(subscriptions, feed)
    assert subscriptions.remove(feed.id, now=NOW) == 1
    assert subscriptions.remove(feed.id, now=NOW) == 0
    assert subscriptions.unsubscribed(row.token)
    assert due(subscriptions, now=NOW + 9 * DAY) == ()
    assert subscriptions.tidy(now=NOW + 9 * DAY) == 0
    assert subscriptions.tidy(now=NOW + 10 * DAY) == 1
    assert subscriptions.all() == ()


def test_an_ended_one_is_neither_confirmed_nor_counted_and_a_denial_ends_it_for_good(
    subscriptions: Subscriptions, feed: Feed
) -> None:
    row = verified(subscriptions, feed)
    subscriptions.remove(feed.id, now=NOW)
    assert not subscriptions.verified(row.token, lease_until=NOW + DAY, renew_at=NOW)
    assert not subscriptions.pushed(row.token, now=NOW)
    assert subscriptions.denied(row.token, reason="", ask_again_at=NOW)
    assert subscriptions.all() == ()


def test_what_no_hub_agreed_to_is_simply_dropped(subscriptions: Subscriptions, feed: Feed) -> None:
    asked(subscriptions, feed)
    assert subscriptions.remove(feed.id, now=NOW) == 1
    assert subscriptions.all() == ()


def test_a_removed_feed_loses_its_subscription_and_gets_a_new_one_when_it_comes_back(
    store: Store, subscriptions: Subscriptions, feed: Feed
) -> None:
    old = verified(subscriptions, feed)
    store.feeds.remove(feed.id)
    offer(store, feed, "https://other.example/")
    assert subscriptions.wanted(now=NOW + DAY, move_after=DAY) == 0
    assert subscriptions.tidy(now=NOW) == 1
    assert only(subscriptions).state is SubscriptionState.ENDED
    add_feed(store)
    assert subscriptions.wanted(now=NOW, move_after=DAY) == 1
    assert [row.token == old.token for row in subscriptions.all()] == [True, False]


def test_a_purged_feed_takes_its_subscription_along(store: Store, subscriptions: Subscriptions, feed: Feed) -> None:
    verified(subscriptions, feed)
    store.feeds.remove(feed.id, purge=True)
    assert subscriptions.all() == ()


def test_a_feed_without_a_hub_or_with_one_that_is_no_web_address_is_left_alone(store: Store) -> None:
    for n, hub in enumerate(("", "mailto:hub@example.org", "/relative")):
        named(store, f"https://news.example/{n}", hub)
    assert store.subscriptions.wanted(now=NOW, move_after=DAY) == 0


def test_what_a_hub_says_is_stored_even_with_characters_that_no_database_takes(
    subscriptions: Subscriptions, feed: Feed
) -> None:
    row = asked(subscriptions, feed)
    assert subscriptions.denied(row.token, reason="no\x00\ud800", ask_again_at=NOW)
    assert only(subscriptions).last_error == "no\ufffd\ufffd"
