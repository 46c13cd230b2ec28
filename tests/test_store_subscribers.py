"""Subscriptions: one for each wish, what ends and begins anew, and streams of those who get the same digest."""

from datetime import timedelta

import pytest

from monitor.records.telling.messages import DeliveryState
from monitor.records.telling.subscribers import Added, Cadence, Schedule, Selection, SubscriberState
from monitor.store import Store
from tests.ledger_builders import (
    ALL,
    DAILY,
    DAY,
    NOW,
    TODAY,
    YESTERDAY,
    add,
    begun,
    enter,
    state_of,
    subscribed,
)

ACTIVE, PAUSED, ENDED, PENDING = (
    SubscriberState.ACTIVE,
    SubscriberState.PAUSED,
    SubscriberState.ENDED,
    SubscriberState.PENDING,
)


def test_a_subscription_is_kept_as_it_was_asked_for(store: Store) -> None:
    schedule = Schedule(cadence=Cadence.WEEKLY, zone="Asia/Kathmandu", hour=23, weekday=6)
    selection = Selection(topics=("talks", "missiles"), search='who:"Putin" NOT topic:x', languages=("en", "uk"))
    subscriber, added = add(
        store, "Ann@Reader.example", schedule=schedule, selection=selection, skip_empty=True, now=NOW
    )
    assert added is Added.NEW
    assert (subscriber.recipient, subscriber.recipient_key) == ("Ann@Reader.example", "ann@reader.example")
    assert (subscriber.schedule, subscriber.selection, subscriber.skip_empty) == (schedule, selection, True)
    assert (subscriber.state, subscriber.created_at, subscriber.since) == (ACTIVE, NOW, NOW)
    assert (subscriber.confirmed_at, subscriber.told_until, subscriber.last_sent_at) == (None, None, None)
    assert store.subscribers.get(subscriber.id) == subscriber
    assert store.subscribers.of("ann@reader.example") == (subscriber,)
    assert store.subscribers.get(subscriber.id + 1) is None


def test_adding_one_that_is_there_changes_nothing(store: Store) -> None:
    first = subscribed(store, selection=Selection(topics=("a", "b")))
    again, added = add(store, "ANN@reader.example", selection=Selection(topics=("b", "a")), pending=True, now=NOW)
    assert (again, added) == (first, Added.KNOWN)
    assert len(store.subscribers.listed()) == 1


def test_a_recipient_may_have_several_digests(store: Store) -> None:
    subscribed(store)
    subscribed(store, schedule=Schedule(cadence=Cadence.HOURLY), stream="hourly")
    subscribed(store, selection=Selection(search="Budapest"), stream="other")
    assert len(store.subscribers.of("ann@reader.example")) == 3


def test_another_hour_is_taken_over_and_nothing_that_is_over_is_sent_for_it(store: Store) -> None:
    first = subscribed(store)
    later = Schedule(cadence=Cadence.DAILY, zone="Europe/Kyiv", hour=9)
    changed, added = add(store, schedule=later, stream="at nine", now=NOW)
    assert (added, changed.id, changed.schedule, changed.since) == (Added.CHANGED, first.id, later, NOW)
    assert store.subscribers.members("daily") == ()
    assert store.subscribers.members("at nine", until=TODAY.end) == ()
    quieter, added = add(store, schedule=later, stream="at nine", skip_empty=True, now=NOW + DAY)
    assert (added, quieter.skip_empty, quieter.since) == (Added.CHANGED, True, NOW)


@pytest.mark.parametrize("pending", [False, True])
def test_one_that_has_ended_begins_anew_and_is_asked_again(store: Store, pending: bool) -> None:
    first = subscribed(store)
    store.subscribers.end(first.id, now=NOW)
    revived, added = add(store, "Ann@reader.example", pending=pending, now=NOW + DAY)
    assert (added, revived.id, revived.since) == (Added.REVIVED, first.id, NOW + DAY)
    assert (revived.state, revived.recipient) == (PENDING if pending else ACTIVE, "Ann@reader.example")
    assert revived.created_at == first.created_at


def test_whoever_paused_after_saying_yes_is_not_asked_again(store: Store) -> None:
    asked = subscribed(store, pending=True)
    store.subscribers.confirm(asked.id, now=NOW)
    store.subscribers.pause(asked.id, now=NOW)
    revived, added = add(store, pending=True, now=NOW + DAY)
    assert (added, revived.state, revived.since) == (Added.REVIVED, ACTIVE, NOW + DAY)


def test_one_that_waits_for_a_yes_gets_nothing_before_it(store: Store) -> None:
    asked, added = add(store, pending=True)
    assert (asked.state, added) == (PENDING, Added.NEW)
    assert store.subscribers.streams(now=NOW) == ()
    assert add(store, pending=True, now=NOW) == (asked, Added.KNOWN)
    confirmed = store.subscribers.confirm(asked.id, now=NOW)
    assert confirmed is not None
    assert (confirmed.state, confirmed.confirmed_at, confirmed.since) == (ACTIVE, NOW, NOW)
    assert store.subscribers.confirm(asked.id, now=NOW + DAY) == confirmed
    assert [stream.subscribers for stream in store.subscribers.streams(now=NOW)] == [1]


def test_an_old_link_does_not_bring_back_what_has_ended(store: Store) -> None:
    asked = subscribed(store, pending=True)
    store.subscribers.end(asked.id, now=NOW)
    for late in (store.subscribers.confirm, store.subscribers.resume, store.subscribers.pause):
        after = late(asked.id, now=NOW)
        assert after is not None
        assert after.state is ENDED
    assert store.subscribers.end(asked.id + 1, now=NOW) is None


def test_a_resumed_one_gets_only_periods_that_end_from_then_on(store: Store) -> None:
    subscriber = subscribed(store)
    paused = store.subscribers.pause(subscriber.id, now=YESTERDAY.end)
    assert paused is not None
    assert paused.state is PAUSED
    assert store.subscribers.members("daily") == ()
    resumed = store.subscribers.resume(subscriber.id, now=NOW)
    assert resumed is not None
    assert (resumed.state, resumed.since) == (ACTIVE, NOW)
    assert store.subscribers.members("daily", until=TODAY.end) == ()
    assert store.subscribers.members("daily", until=TODAY.end + DAY) == (resumed,)


@pytest.mark.parametrize("leave", ["pause", "end"])
def test_whoever_leaves_is_not_sent_what_already_waits(store: Store, leave: str) -> None:
    leaving, staying = subscribed(store), subscribed(store, "bob@reader.example")
    enter(store, "old", subscriber_id=leaving.id)
    under_way = begun(store)
    enter(store, "waits", subscriber_id=leaving.id)
    enter(store, "other", subscriber_id=staying.id)
    getattr(store.subscribers, leave)(leaving.id, now=NOW)
    states = {each.ledger_key: each.state for each in store.deliveries.listed()}
    assert states == {
        "old": DeliveryState.SENDING, "waits": DeliveryState.SKIPPED, "other": DeliveryState.COMPOSED
    }  # fmt: skip
    assert state_of(store, under_way.id) == "sending"


def test_streams_count_their_active_members_and_begin_with_the_first(store: Store) -> None:
    for n in range(3):
        subscribed(store, f"{n}@reader.example", now=YESTERDAY.start + timedelta(hours=2 - n))
    gone = subscribed(store, "gone@reader.example", now=YESTERDAY.start - DAY)
    store.subscribers.end(gone.id, now=NOW)
    hourly = Schedule(cadence=Cadence.HOURLY)
    subscribed(store, "h@reader.example", schedule=hourly, stream="hourly", now=NOW)
    daily, other = store.subscribers.streams(now=NOW)
    assert (daily.key, daily.schedule, daily.selection) == ("daily", DAILY, ALL)
    assert (daily.subscribers, daily.since) == (3, YESTERDAY.start)
    assert (other.key, other.schedule, other.subscribers, other.since) == ("hourly", hourly, 1, NOW)
    assert [stream.key for stream in store.subscribers.streams(now=NOW - timedelta(seconds=1))] == ["daily"]


def test_members_come_in_pages_and_only_while_they_wait_for_the_period(store: Store) -> None:
    ids = [subscribed(store, f"{n}@reader.example").id for n in range(5)]
    subscribed(store, "else@reader.example", stream="other")
    first = store.subscribers.members("daily", until=TODAY.end, limit=2)
    second = store.subscribers.members("daily", until=TODAY.end, limit=9, after=first[-1].id)
    assert [member.id for member in (*first, *second)] == ids
    assert store.subscribers.settled(ids[:4], until=TODAY.end) == 4
    assert [member.id for member in store.subscribers.members("daily", until=TODAY.end)] == ids[4:]
    assert [member.id for member in store.subscribers.members("daily", until=TODAY.end + DAY)] == ids
    assert store.subscribers.settled(ids, until=TODAY.end, sent_at=NOW) == 1
    assert store.subscribers.settled(ids, until=YESTERDAY.end) == 0
    members = store.subscribers.members("daily")
    assert {(member.told_until, member.last_sent_at) for member in members} == {(TODAY.end, NOW)}


def test_lists_go_by_state_and_page(store: Store) -> None:
    ids = [subscribed(store, f"{n}@reader.example").id for n in range(4)]
    store.subscribers.pause(ids[1], now=NOW)
    assert [row.id for row in store.subscribers.listed(state=ACTIVE)] == [ids[0], ids[2], ids[3]]
    assert [row.id for row in store.subscribers.listed(after=ids[0], limit=2)] == ids[1:3]
    assert store.subscribers.counts() == ((ACTIVE, 3), (PAUSED, 1))


def test_a_hostile_address_harms_nothing(store: Store) -> None:
    nasty = "a\x00'; DROP TABLE subscribers;--\r\nBcc: x@\ud800.example"
    subscriber = subscribed(store, nasty, recipient_key="key", selection=Selection(search="\x00" * 10))
    assert subscriber.recipient.startswith("a\ufffd'; DROP")
    assert store.subscribers.of("key") == (subscriber,)


def test_a_signing_key_is_made_once_and_stays(store: Store, database_url: str) -> None:
    key = store.signing.key("unsubscribe")
    assert len(key) == 32
    assert store.signing.key("confirm") != key
    with Store.open(database_url) as other:
        assert other.signing.key("unsubscribe") == key
