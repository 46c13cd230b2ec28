"""What nobody knows is counted: hand-overs without an end, and answers that come late."""

import pytest
from sqlalchemy import Connection, event

from monitor.records.telling.messages import DeliveryState, Outcome
from monitor.store import Store
from monitor.store.telling.ledger import MOST_DOUBTFUL
from tests.ledger_builders import (
    ACCEPTED,
    DAY,
    LEASE,
    MINUTE,
    NOW,
    POSTPONED,
    REFUSED,
    begun,
    claim,
    enter,
)

SENT, FAILED, COMPOSED, SENDING = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.COMPOSED,
    DeliveryState.SENDING,
)


def test_a_claim_that_ran_out_begins_nothing(store: Store) -> None:
    enter(store)
    (line,) = claim(store)
    assert not store.deliveries.begin(line.id, holder="a", now=NOW + LEASE)
    (again,) = claim(store, "b", now=NOW + LEASE)
    assert (again.id, again.doubtful) == (line.id, 0)
    assert not store.deliveries.begin(line.id, holder="a", now=NOW + LEASE)
    assert store.deliveries.begin(line.id, holder="b", now=NOW + LEASE, lease=2 * LEASE)
    assert claim(store, "c", now=NOW + 2 * LEASE) == ()


def test_a_hand_over_without_an_end_is_doubtful_and_made_again(store: Store) -> None:
    enter(store)
    first = begun(store)
    assert claim(store, "b", now=NOW + LEASE - MINUTE) == ()
    (again,) = claim(store, "b", now=NOW + LEASE)
    assert (again.id, again.state, again.attempts, again.doubtful) == (first.id, COMPOSED, 1, 1)
    assert again.message_id == first.message_id
    # One who claims and goes before the hand-over adds no doubt.
    (third,) = claim(store, "c", now=NOW + 2 * LEASE)
    assert third.doubtful == 1
    assert store.deliveries.counts()["doubtful"] == 1


def test_that_a_hand_over_begins_is_on_the_disk_before_it_does(sqlite_url: str) -> None:
    waits: list[int] = []
    with Store.open(sqlite_url) as store:
        enter(store)
        (line,) = claim(store)

        @event.listens_for(store._database.engine, "commit")
        def look(connection: Connection) -> None:
            waits.append(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

        assert store.deliveries.begin(line.id, holder="a", now=NOW)
        store.deliveries.finish(line.id, holder="a", outcome=ACCEPTED, now=NOW)
    full, normal = 2, 1
    assert waits == [full, normal]


def test_sweeping_counts_the_same_doubt_once(store: Store) -> None:
    enter(store, "begun")
    begun(store)
    enter(store, "claimed")
    claim(store)
    assert store.upkeep.sweep(now=NOW + LEASE - MINUTE) == 0
    assert store.upkeep.sweep(now=NOW + LEASE) == 2
    assert store.upkeep.sweep(now=NOW + LEASE) == 0
    assert {line.ledger_key: line.doubtful for line in claim(store, "b", now=NOW + LEASE)} == {"begun": 1, "claimed": 0}


def test_a_message_that_kills_its_holder_every_time_fails_in_the_end(store: Store) -> None:
    enter(store)
    now = NOW
    for n in range(MOST_DOUBTFUL):
        line = begun(store, f"h{n}", now=now)
        assert line.doubtful == n
        now += LEASE
    assert claim(store, "last", now=now) == ()
    kept = store.deliveries.get(line.id)
    assert kept is not None
    assert (kept.state, kept.doubtful) == (FAILED, MOST_DOUBTFUL)
    assert "ended with the process" in kept.last_error
    assert store.deliveries.resend(line.id, now=now) != line.id


@pytest.mark.parametrize("swept", [False, True])
def test_a_late_acceptance_spares_the_second_mail(store: Store, swept: bool) -> None:
    enter(store)
    line = begun(store)
    if swept:
        store.upkeep.sweep(now=NOW + LEASE)
    else:
        claim(store, "b", now=NOW + LEASE)
    (again,) = store.deliveries.listed()
    assert again.doubtful == 1
    assert store.deliveries.finish(line.id, holder="a", outcome=ACCEPTED, now=NOW + LEASE) is SENT
    assert not store.deliveries.begin(line.id, holder="b", now=NOW + LEASE)
    kept = store.deliveries.get(line.id)
    assert kept is not None
    assert (kept.state, kept.doubtful) == (SENT, 0)


def test_a_late_acceptance_during_the_next_try_stays_counted(store: Store) -> None:
    enter(store)
    line = begun(store)
    begun(store, "b", now=NOW + LEASE)
    assert store.deliveries.finish(line.id, holder="a", outcome=ACCEPTED, now=NOW + LEASE) is SENT
    assert store.deliveries.finish(line.id, holder="b", outcome=REFUSED, now=NOW + LEASE) is SENT
    kept = store.deliveries.get(line.id)
    assert kept is not None
    assert (kept.state, kept.doubtful, kept.attempts) == (SENT, 1, 2)


@pytest.mark.parametrize("late", [REFUSED, POSTPONED])
def test_a_late_refusal_changes_nothing(store: Store, late: Outcome) -> None:
    enter(store)
    line = begun(store)
    begun(store, "b", now=NOW + LEASE)
    assert store.deliveries.finish(line.id, holder="a", outcome=late, now=NOW + LEASE, retry_at=NOW + DAY) is SENDING
    assert store.deliveries.finish(line.id, holder="b", outcome=ACCEPTED, now=NOW + LEASE) is SENT
    assert store.deliveries.finish(line.id, holder="a", outcome=late, now=NOW + LEASE) is SENT
    assert store.deliveries.finish(99, holder="a", outcome=ACCEPTED, now=NOW) is None


def test_an_end_without_a_beginning_is_not_believed(store: Store) -> None:
    enter(store)
    (line,) = claim(store)
    assert store.deliveries.finish(line.id, holder="a", outcome=ACCEPTED, now=NOW) is COMPOSED


def test_a_failed_message_stays_failed_whoever_says_what(store: Store) -> None:
    enter(store)
    line = begun(store)
    begun(store, "b", now=NOW + LEASE)
    assert store.deliveries.finish(line.id, holder="b", outcome=REFUSED, now=NOW + LEASE) is FAILED
    assert store.deliveries.finish(line.id, holder="a", outcome=ACCEPTED, now=NOW + LEASE) is FAILED
