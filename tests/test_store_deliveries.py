"""The ledger: entered once, claimed by one holder at a time, ended as the other side says, and listed."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from monitor.errors import ConfigError, StoreError
from monitor.records.telling.messages import Channel, DeliveryState, Outcome, Reply
from monitor.store import Store
from tests.ledger_builders import (
    ACCEPTED,
    DAY,
    MINUTE,
    NOW,
    POSTPONED,
    REFUSED,
    TODAY,
    begun,
    claim,
    edition,
    enter,
    new,
    state_of,
    subscribed,
)

SENT, FAILED, COMPOSED, SKIPPED = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.COMPOSED,
    DeliveryState.SKIPPED,
)


def test_a_message_is_entered_once_whoever_enters_it(store: Store) -> None:
    subscriber, number = subscribed(store), edition(store)
    first = new(subscriber_id=subscriber.id, edition_id=number, period=TODAY)
    assert store.deliveries.enter([first, new("k2")], now=NOW) == 2
    assert store.deliveries.enter([new("k2", target="else@reader.example"), new("k3")], now=NOW + MINUTE) == 1
    assert store.deliveries.enter([], now=NOW) == 0
    entered = store.deliveries.by_key("k1")
    assert (entered.subscriber_id, entered.edition_id, entered.period) == (subscriber.id, number, TODAY)
    assert (entered.state, entered.composed_at, entered.next_try_at) == (COMPOSED, NOW, NOW)
    assert (entered.target, entered.message_id, entered.channel) == (first.target, first.message_id, Channel.EMAIL)
    assert store.deliveries.by_key("k2").target == "k2@reader.example"
    with pytest.raises(StoreError, match="no line k9"):
        store.deliveries.by_key("k9")


def test_skipped_ones_are_over_at_once_and_quiet_ones_wait(store: Store) -> None:
    enter(store, "skipped", state=SKIPPED)
    enter(store, "later", not_before=NOW + MINUTE)
    assert claim(store) == ()
    assert [line.ledger_key for line in claim(store, now=NOW + MINUTE)] == ["later"]


def test_ten_thousand_are_entered_fast_and_twice_is_once(store: Store) -> None:
    lines = [new(f"k{n}") for n in range(10_000)]
    began = time.monotonic()
    assert store.deliveries.enter(lines, now=NOW) == 10_000
    assert store.deliveries.enter(lines[::-1], now=NOW) == 0
    assert time.monotonic() - began < 10
    assert store.deliveries.counts()["composed"] == 10_000


def test_an_accepted_message_is_sent_and_done(store: Store) -> None:
    subscriber = subscribed(store)
    enter(store, subscriber_id=subscriber.id)
    line = begun(store)
    assert state_of(store, line.id) == "sending"
    assert store.deliveries.finish(line.id, holder="a", outcome=ACCEPTED, now=NOW + MINUTE) is SENT
    kept = store.deliveries.get(line.id)
    assert kept is not None
    assert (kept.attempts, kept.doubtful, kept.sent_at, kept.next_try_at) == (1, 0, NOW + MINUTE, None)
    after = store.subscribers.get(subscriber.id)
    assert after is not None
    assert after.last_sent_at == NOW + MINUTE
    assert claim(store, now=NOW + DAY) == ()
    assert not store.deliveries.begin(line.id, holder="a", now=NOW + MINUTE)


def test_a_postponed_message_waits_for_its_next_try_and_fails_without_one(store: Store) -> None:
    enter(store)
    line = begun(store)
    again = NOW + timedelta(hours=1)
    assert store.deliveries.finish(line.id, holder="a", outcome=POSTPONED, now=NOW, retry_at=again) is COMPOSED
    assert claim(store, now=again - MINUTE) == ()
    retried = begun(store, "b", now=again)
    assert (retried.attempts, retried.last_error) == (1, "451 try again later")
    assert store.deliveries.finish(line.id, holder="b", outcome=POSTPONED, now=again) is FAILED
    assert claim(store, now=NOW + DAY) == ()


def test_a_refused_message_has_failed_and_says_why_in_one_line(store: Store) -> None:
    enter(store)
    line = begun(store)
    long = Outcome(reply=Reply.REFUSED, detail="550 no\r\nsuch user " + "x " * 999)
    assert store.deliveries.finish(line.id, holder="a", outcome=long, now=NOW, retry_at=NOW + DAY) is FAILED
    kept = store.deliveries.get(line.id)
    assert kept is not None
    assert kept.last_error.startswith("550 no such user")
    assert len(kept.last_error) <= 500


def test_no_message_has_two_holders(store: Store) -> None:
    enter(store, *(f"k{n}" for n in range(60)))
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda n: claim(store, f"h{n}", limit=10), range(8)))
    ids = [line.id for lines in taken for line in lines]
    assert len(ids) == len(set(ids)) == 60
    assert not store.deliveries.begin(ids[0], holder="stranger", now=NOW)


def test_claims_go_by_kind_and_channel_and_the_longest_due_first(store: Store) -> None:
    enter(store, "late", now=NOW)
    enter(store, "early", now=NOW - MINUTE)
    enter(store, "alert", kind="alert", channel=Channel.WEBHOOK)
    assert [line.ledger_key for line in claim(store, kinds=("alert",))] == ["alert"]
    assert claim(store, channels=(Channel.WEBHOOK, Channel.APPRISE)) == ()
    assert [line.ledger_key for line in claim(store, channels=(Channel.EMAIL,), limit=1)] == ["early"]
    assert [line.ledger_key for line in claim(store)] == ["late"]


def test_giving_back_leaves_what_is_being_handed_over(store: Store) -> None:
    enter(store, "k1", "k2", "k3")
    lines = claim(store)
    store.deliveries.begin(lines[0].id, holder="a", now=NOW)
    assert store.deliveries.release("b") == 0
    assert store.deliveries.release("a", [lines[0].id, lines[1].id]) == 1
    assert store.deliveries.release("a") == 1
    assert {line.doubtful for line in claim(store, "b")} == {0}
    assert state_of(store, lines[0].id) == "sending"


@pytest.mark.parametrize("leave", ["end", "pause"])
def test_whoever_left_between_two_tries_is_not_written_to(store: Store, leave: str) -> None:
    subscriber = subscribed(store)
    enter(store, subscriber_id=subscriber.id)
    line = begun(store)
    getattr(store.subscribers, leave)(subscriber.id, now=NOW)
    assert store.deliveries.finish(line.id, holder="a", outcome=POSTPONED, now=NOW, retry_at=NOW + MINUTE) is COMPOSED
    assert claim(store, now=NOW + MINUTE) == ()
    kept = store.deliveries.get(line.id)
    assert kept is not None
    assert (kept.state, kept.next_try_at) == (SKIPPED, None)
    assert "ended or paused" in kept.last_error


def test_whoever_leaves_after_the_claim_is_not_written_to(store: Store) -> None:
    subscriber = subscribed(store)
    enter(store, subscriber_id=subscriber.id)
    (line,) = claim(store)
    with store._database.write() as connection:
        connection.exec_driver_sql("UPDATE subscribers SET state = 'ended'")
    assert not store.deliveries.begin(line.id, holder="a", now=NOW)
    assert state_of(store, line.id) == "skipped"


def test_the_question_goes_to_those_who_have_not_answered_and_tests_to_everybody(store: Store) -> None:
    asked = subscribed(store, pending=True)
    enter(store, "question", kind="confirmation", subscriber_id=asked.id)
    enter(store, "digest", subscriber_id=asked.id)
    enter(store, "test", kind="test", subscriber_id=asked.id)
    assert {line.ledger_key for line in claim(store, "a")} == {"question", "test"}
    store.deliveries.release("a")
    store.subscribers.confirm(asked.id, now=NOW)
    assert {line.ledger_key for line in claim(store, "b")} == {"test"}


def test_a_person_may_ask_for_a_message_again(store: Store) -> None:
    number = edition(store)
    enter(store, edition_id=number, period=TODAY)
    line = begun(store)
    store.deliveries.finish(line.id, holder="a", outcome=ACCEPTED, now=NOW)
    second = store.deliveries.resend(line.id, now=NOW + DAY)
    copy = begun(store, now=NOW + DAY)
    assert (copy.id, copy.ledger_key, copy.edition_id, copy.period) == (second, "k1:again:1", number, TODAY)
    assert (copy.message_id, copy.give_up_at) == ("<k1.again.1@monitor.example>", NOW + 4 * DAY)
    assert (copy.attempts, copy.doubtful, copy.sent_at) == (0, 0, None)
    store.deliveries.finish(second, holder="a", outcome=REFUSED, now=NOW + DAY)
    third = store.deliveries.get(store.deliveries.resend(second, now=NOW + DAY))
    assert third is not None
    assert (third.ledger_key, third.message_id) == ("k1:again:2", "<k1.again.2@monitor.example>")
    with pytest.raises(ConfigError, match="no delivery 99"):
        store.deliveries.resend(99, now=NOW)


def test_what_was_pruned_cannot_be_sent_again_and_says_so(store: Store) -> None:
    enter(store)
    line = begun(store)
    store.deliveries.finish(line.id, holder="a", outcome=ACCEPTED, now=NOW)
    store.upkeep.prune(now=NOW + 200 * DAY, polls_older_than=DAY)
    with pytest.raises(ConfigError, match=f"delivery {line.id} cannot be sent again"):
        store.deliveries.resend(line.id, now=NOW + 200 * DAY)


def test_asking_again_for_what_still_waits_makes_no_second_message(store: Store) -> None:
    enter(store, not_before=NOW + DAY)
    (waiting,) = store.deliveries.listed()
    assert store.deliveries.resend(waiting.id, now=NOW) == waiting.id
    under_way = begun(store)
    assert store.deliveries.resend(waiting.id, now=NOW) == under_way.id
    assert len(store.deliveries.listed()) == 1


def test_the_ledger_is_listed_from_the_newest_back(store: Store) -> None:
    subscriber = subscribed(store)
    enter(store, "k1", "k2", "k3", subscriber_id=subscriber.id)
    enter(store, "alert", kind="alert")
    newest, *rest = store.deliveries.listed(limit=2)
    assert newest.ledger_key == "alert"
    assert [line.ledger_key for line in store.deliveries.listed(before=rest[0].id)] == ["k2", "k1"]
    assert [line.ledger_key for line in store.deliveries.listed(kind="alert", state="composed")] == ["alert"]
    assert store.deliveries.listed(state=SENT) == ()
    assert len(store.deliveries.listed(subscriber_id=subscriber.id)) == 3
    begun_lines = claim(store, limit=1)
    store.deliveries.begin(begun_lines[0].id, holder="a", now=NOW)
    counts = {"composed": 3, "sending": 1, "sent": 0, "failed": 0, "skipped": 0, "doubtful": 0}
    assert store.deliveries.counts() == counts
    assert store.deliveries.counts(kind="alert")["composed"] == 1


def test_what_should_have_left_long_ago_is_overdue_and_says_why(store: Store) -> None:
    hour = timedelta(hours=1)
    assert store.deliveries.overdue(now=NOW, after=hour).count == 0
    enter(store, "tried")
    line = begun(store)
    detail = Outcome(reply=Reply.POSTPONED, detail="451 mailbox of tried@reader.example is full")
    store.deliveries.finish(line.id, holder="a", outcome=detail, now=NOW, retry_at=NOW + 2 * hour)
    enter(store, "refused")
    refused = begun(store)
    store.deliveries.finish(refused.id, holder="a", outcome=REFUSED, now=NOW)
    enter(store, "untried", now=NOW + MINUTE)
    enter(store, "quiet", not_before=NOW + hour)
    enter(store, "notice", kind="notice")
    assert store.deliveries.overdue(now=NOW, after=hour).count == 1
    stuck = store.deliveries.overdue(now=NOW + hour + MINUTE, after=hour)
    assert (stuck.count, stuck.oldest) == (3, NOW)
    assert set(stuck.errors) == {"451 mailbox of the recipient is full", "550 no such user"}
    later = store.deliveries.overdue(now=NOW + 4 * DAY + MINUTE, after=hour)
    assert later.count == 3
    assert set(later.errors) == {"451 mailbox of the recipient is full"}
