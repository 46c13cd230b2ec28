"""A subscription's whole life against a hub on loopback: asked, confirmed, pushed to, renewed, ended."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from monitor.daemon.callback import CallbackServer
from monitor.errors import ParseError
from monitor.fetch import Fetcher, FetchLimits
from monitor.jobs.services import Done, Services
from monitor.jobs.subscribe import subscribe
from monitor.records.feeds import Document, Feed
from monitor.records.subscriptions import Subscription, SubscriptionState
from monitor.store import Store
from monitor.store.polling.subscriptions import Subscriptions
from tests.store_builders import add_feed
from tests.websub_hub import TOPIC, Clock, Hub, ask, offer, services, signature

BODY = b"<rss version='2.0'><channel><title>News</title></channel></rss>"


@dataclass
class House:
    """A feed whose hub and callback server are real, and a list for what is pushed."""

    hub: Hub
    feed: Feed
    subscriptions: Subscriptions
    services: Services
    clock: Clock
    server: CallbackServer
    taken: list[tuple[int, Document]]
    arrived: threading.Semaphore

    def round(self) -> Done:
        """One round of the job, and all that follows from it."""
        done = subscribe(self.services, callback=f"{self.server.address}/websub")
        self.hub.settle()
        return done

    def subscribe(self) -> Subscription:
        self.round()
        return self.only()

    def only(self) -> Subscription:
        (row,) = self.subscriptions.all()
        return row

    def wait_for_push(self) -> None:
        assert self.arrived.acquire(timeout=10)


@dataclass
class Taker:
    taken: list[tuple[int, Document]] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self, feed_id: int, document: Document) -> None:
        try:
            if document.body == b"no feed":
                raise ParseError("no feed")
            self.taken.append((feed_id, document))
        finally:
            self.arrived.release()


@pytest.fixture
def house(store: Store) -> Iterator[House]:
    subscriptions, clock, taker, feed = store.subscriptions, Clock(), Taker(), add_feed(store)
    server = CallbackServer("127.0.0.1", 0, subscriptions=subscriptions, take=taker, clock=clock, dice=lambda: 0.0)
    with Hub() as hub:
        offer(store, feed, hub.url)
        yield House(
            hub=hub,
            feed=feed,
            subscriptions=subscriptions,
            services=services(store, clock),
            clock=clock,
            server=server,
            taken=taker.taken,
            arrived=taker.arrived,
        )
    server.close()


def until(true: Callable[[], bool]) -> bool:
    """Wait for what another thread does next."""
    for _ in range(500):
        if true():
            return True
        threading.Event().wait(0.01)
    return False


def test_a_feed_that_names_a_hub_is_subscribed_and_its_pushes_arrive(house: House) -> None:
    row = house.subscribe()
    assert (row.state, row.failures) == (SubscriptionState.VERIFIED, 0)
    assert row.lease_until == house.clock() + timedelta(days=10)
    assert row.renew_at == house.clock() + timedelta(days=6.5)
    for method in ("sha1", "sha256", "sha384", "sha512"):
        assert house.hub.push(TOPIC, BODY + method.encode(), method) == [202]
        house.wait_for_push()
    feed_ids, documents = zip(*house.taken, strict=True)
    assert set(feed_ids) == {house.feed.id}
    assert documents[0].body == BODY + b"sha1"
    assert documents[0].content_type == "application/rss+xml"
    assert (documents[0].url, documents[0].final_url) == (TOPIC, TOPIC)
    assert until(lambda: house.only().pushes == 4)
    assert house.subscriptions.live(house.feed.id, now=house.clock())


def test_the_programs_own_fetcher_asks_and_its_refused_requests_come_back_as_reasons(
    house: House, store: Store
) -> None:
    with Fetcher(FetchLimits(allow_private=("127.0.0.0/8",), host_gap=0.0)) as fetcher:
        house.services = services(store, house.clock, fetcher)
        house.hub.manner = "refuse"
        assert "403" in (house.subscribe().last_error or "")
        house.hub.manner = "accept"
        house.clock.forward(days=2)
        house.round()
    assert house.only().state is SubscriptionState.VERIFIED
    assert house.hub.requests[-1]["hub.topic"] == TOPIC


def test_a_second_round_with_nothing_due_does_nothing(house: House) -> None:
    house.subscribe()
    before = house.only()
    assert not house.round()
    assert house.only() == before
    assert len(house.hub.requests) == 1


def test_without_a_callback_address_nothing_is_asked(house: House) -> None:
    assert not subscribe(house.services, callback="")
    assert house.hub.requests == []


def test_a_hub_that_confirms_before_it_answers_the_request_is_believed(house: House) -> None:
    house.hub.manner = "at once"
    assert house.subscribe().state is SubscriptionState.VERIFIED


def test_a_push_with_a_wrong_signature_or_none_is_answered_alike_and_ignored(house: House) -> None:
    row = house.subscribe()
    assert house.hub.push(TOPIC, BODY, X_Hub_Signature=signature("guess", BODY)) == [202]
    assert house.hub.push(TOPIC, BODY, X_Hub_Signature="sha256=") == [202]
    assert house.hub.push(TOPIC, BODY, X_Hub_Signature=signature(row.secret, b"other")) == [202]
    assert house.hub.push(TOPIC, BODY + b" ") == [202]
    house.wait_for_push()
    assert [document.body for _, document in house.taken] == [BODY + b" "]


def test_an_old_push_sent_again_is_handed_on_as_a_poll_would_be(house: House) -> None:
    house.subscribe()
    for _ in range(3):
        assert house.hub.push(TOPIC, BODY) == [202]
        house.wait_for_push()
    assert [document.body for _, document in house.taken] == [BODY] * 3


def test_a_push_from_which_nothing_can_be_taken_does_not_count_and_ends_nothing(house: House) -> None:
    house.subscribe()
    assert house.hub.push(TOPIC, b"no feed") == [202]
    house.wait_for_push()
    assert house.hub.push(TOPIC, BODY) == [202]
    house.wait_for_push()
    assert until(lambda: house.only().pushes == 1)


def test_a_lease_is_renewed_before_it_ends_under_the_same_callback(house: House) -> None:
    first = house.subscribe()
    house.clock.forward(days=6)
    assert not house.round()
    house.clock.forward(days=1)
    assert house.round().counts["subscriptions_asked"] == 1
    again = house.only()
    assert again.state is SubscriptionState.VERIFIED
    assert again.lease_until == house.clock() + timedelta(days=10)
    assert again.token == first.token
    assert len(house.hub.subscribers) == 1
    assert house.hub.push(TOPIC, BODY) == [202]


def test_a_hub_that_is_down_is_asked_again_later_and_then_works(house: House) -> None:
    house.hub.manner = "down"
    row = house.subscribe()
    assert (row.state, row.failures) == (SubscriptionState.FAILED, 1)
    assert "503" in (row.last_error or "")
    assert not house.round()
    house.clock.forward(minutes=6)
    house.round()
    assert house.only().failures == 2
    house.clock.forward(minutes=6)
    assert not house.round()
    house.hub.manner = "accept"
    house.clock.forward(minutes=6)
    house.round()
    assert (house.only().state, house.only().last_error) == (SubscriptionState.VERIFIED, None)


def test_a_hub_that_goes_down_for_a_renewal_leaves_the_lease_as_it_is(house: House) -> None:
    house.subscribe()
    assert house.hub.push(TOPIC, BODY) == [202]
    house.wait_for_push()
    house.hub.manner = "down"
    house.clock.forward(days=7)
    house.round()
    assert house.only().state is SubscriptionState.FAILED
    assert until(lambda: house.subscriptions.live(house.feed.id, now=house.clock()))
    assert house.hub.push(TOPIC, BODY) == [202]
    house.wait_for_push()
    house.clock.forward(days=4)
    assert not house.subscriptions.live(house.feed.id, now=house.clock())


def test_a_hub_that_says_yes_and_never_confirms_is_asked_again(house: House) -> None:
    house.hub.manner = "silent"
    row = house.subscribe()
    assert (row.state, row.failures, row.lease_until) == (SubscriptionState.REQUESTED, 1, None)
    house.clock.forward(minutes=6)
    assert house.round().counts["subscriptions_asked"] == 1


def test_a_hub_that_refuses_is_left_alone_for_a_day(house: House) -> None:
    house.hub.manner = "refuse"
    house.subscribe()
    house.clock.forward(hours=23)
    assert not house.round()
    house.clock.forward(hours=2)
    assert house.round()


def test_a_hub_that_denies_is_left_alone_for_a_week(house: House) -> None:
    house.hub.manner = "deny"
    row = house.subscribe()
    assert house.hub.answers == [(200, b"")]
    assert row.state is SubscriptionState.DENIED
    assert "members only" in (row.last_error or "")
    house.clock.forward(days=6)
    assert not house.round()
    house.hub.manner = "accept"
    house.clock.forward(days=2)
    house.round()
    assert house.only().state is SubscriptionState.VERIFIED


def test_a_lease_of_no_time_is_not_confirmed_and_one_of_a_century_is_cut(house: House) -> None:
    house.hub.lease = 0
    row = house.subscribe()
    assert house.hub.answers == [(404, b"")]
    assert (row.state, row.lease_until) == (SubscriptionState.FAILED, None)
    assert "0 s only" in (row.last_error or "")
    house.hub.lease = 100 * 365 * 24 * 3600
    house.clock.forward(minutes=6)
    house.round()
    assert house.only().lease_until == house.clock() + timedelta(days=30)


def test_the_hub_is_told_when_a_feed_is_removed_and_its_pushes_are_turned_away(house: House, store: Store) -> None:
    house.subscribe()
    ((_, callback),) = house.hub.subscribers
    store.feeds.remove(house.feed.id)
    assert house.round().counts == {"unsubscriptions_asked": 1, "subscriptions_tidied": 1}
    assert house.hub.requests[-1]["hub.mode"] == "unsubscribe"
    assert house.hub.subscribers == {}
    assert house.hub.answers[-1][0] == 200
    assert ask(callback, BODY)[0] == 410
    assert not house.round()
    house.clock.forward(days=10)
    assert house.round().counts == {"subscriptions_tidied": 1}
    assert house.subscriptions.all() == ()
    assert ask(callback, BODY)[0] == 404


def test_a_hub_that_does_not_hear_of_the_end_is_told_three_times_and_then_let_be(house: House, store: Store) -> None:
    house.subscribe()
    store.feeds.remove(house.feed.id)
    house.hub.manner = "down"
    for _ in range(5):
        house.round()
        house.clock.forward(hours=1)
    assert [form["hub.mode"] for form in house.hub.requests] == ["subscribe"] + ["unsubscribe"] * 3
    assert house.hub.push(TOPIC, BODY) == [410]


def test_a_process_that_dies_while_it_asks_has_lost_nothing(house: House) -> None:
    class Dies:
        def fetch(self, requests: object) -> Iterator[object]:
            raise KeyboardInterrupt

    dying = services(house.services.store, house.clock, Dies())
    with pytest.raises(KeyboardInterrupt):
        subscribe(dying, callback=house.server.address)
    house.clock.forward(minutes=6)
    house.round()
    assert house.only().state is SubscriptionState.VERIFIED
