"""Turns at hosts in the table: one holder at a time, in one order, and what the next one is told."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from monitor.records.feeds import HostTurn
from monitor.store import Store
from tests.store_builders import NOW

TTL = timedelta(seconds=60)
SECOND = timedelta(seconds=1)
UNKNOWN = HostTurn(asked_at=None, held_until=None)


def take(store: Store, holder: str, *hosts: str, after: float = 0.0) -> dict[str, HostTurn]:
    return store.turns.take(hosts, holder, now=NOW + after * SECOND, ttl=TTL)


def test_what_another_has_is_left_out_until_it_is_given_back(store: Store) -> None:
    assert take(store, "a", "one.example", "two.example") == {"one.example": UNKNOWN, "two.example": UNKNOWN}
    assert take(store, "b", "two.example", "three.example") == {"three.example": UNKNOWN}
    asked = HostTurn(asked_at=NOW + 3 * SECOND, held_until=None)
    store.turns.give_back({"two.example": asked, "one.example": UNKNOWN}, "a", now=NOW + 5 * SECOND)
    assert take(store, "b", "one.example", "two.example", after=5) == {"one.example": UNKNOWN, "two.example": asked}


def test_nothing_wanted_and_the_same_host_twice_are_no_trouble(store: Store) -> None:
    assert take(store, "a") == {}
    assert take(store, "a", "one.example", "one.example") == {"one.example": UNKNOWN}


def test_a_turn_is_renewed_by_its_holder_and_ends_where_the_last_renewal_says(store: Store) -> None:
    take(store, "a", "one.example")
    take(store, "a", "one.example", after=30)
    assert take(store, "b", "one.example", after=61) == {}
    assert "one.example" in take(store, "b", "one.example", after=90)
    assert take(store, "a", "one.example", after=91) == {}


def test_a_host_whose_holder_died_counts_as_asked_until_the_end_of_its_turn(store: Store) -> None:
    take(store, "a", "one.example")
    found = take(store, "b", "one.example", after=100)
    assert found["one.example"].asked_at == NOW + TTL


def test_who_comes_back_to_its_own_turn_is_told_nothing_new(store: Store) -> None:
    take(store, "a", "one.example")
    assert take(store, "a", "one.example", after=100) == {"one.example": UNKNOWN}


def test_only_the_holder_gives_a_turn_back(store: Store) -> None:
    take(store, "a:1", "one.example")
    asked = HostTurn(asked_at=NOW, held_until=None)
    for other in ("a:12", "a", ""):
        store.turns.give_back({"one.example": asked}, other, now=NOW + SECOND)
    assert take(store, "b", "one.example", after=2) == {}


def test_the_pause_a_host_asked_for_goes_with_its_turn(store: Store) -> None:
    until = NOW + timedelta(minutes=10)
    take(store, "a", "one.example")
    store.turns.give_back({"one.example": HostTurn(asked_at=NOW, held_until=until)}, "a", now=NOW)
    assert take(store, "b", "one.example") == {"one.example": HostTurn(asked_at=NOW, held_until=until)}
    store.turns.give_back({"one.example": HostTurn(asked_at=NOW, held_until=NOW + SECOND)}, "b", now=NOW)
    assert store.hosts.holds(now=NOW) == {"one.example": until}, "a later one never shortens it"
    assert take(store, "a", "one.example", after=601)["one.example"].held_until is None


def test_a_pause_that_was_stored_by_a_round_is_told_too(store: Store) -> None:
    store.hosts.hold({"one.example": NOW + timedelta(minutes=10), "two.example": NOW - SECOND})
    found = take(store, "a", "one.example", "two.example")
    assert found["one.example"].held_until == NOW + timedelta(minutes=10)
    assert found["two.example"] == UNKNOWN


def test_all_that_a_dead_process_had_is_free_and_counts_as_asked_just_now(store: Store) -> None:
    take(store, "a:1", "one.example", "two.example")
    take(store, "a:12", "three.example")
    assert store.turns.give_back_all("a:1", now=NOW + SECOND) == 2
    assert store.turns.give_back_all("a:1", now=NOW + SECOND) == 0
    found = take(store, "b", "one.example", "two.example", "three.example", after=2)
    assert {host: turn.asked_at for host, turn in found.items()} == dict.fromkeys(
        ("one.example", "two.example"), NOW + SECOND
    )


def test_hosts_that_nobody_has_asked_for_long_are_forgotten(store: Store) -> None:
    take(store, "a", "old.example")
    take(store, "a", "new.example", after=3600)
    assert store.turns.forget(now=NOW + timedelta(minutes=61)) == 0
    assert store.turns.forget(now=NOW + timedelta(minutes=62)) == 1
    assert take(store, "b", "old.example", "new.example", after=3601) == {"old.example": UNKNOWN}


def test_any_number_of_hosts_is_taken_in_one_statement(store: Store) -> None:
    many = [f"host-{number}.example" for number in range(2000)]
    assert len(take(store, "a", *many)) == 2000
    assert take(store, "b", *many) == {}


@pytest.mark.postgres
def test_many_that_take_the_same_hosts_in_any_order_neither_lock_each_other_out_nor_share_one(
    migrated_postgres: str,
) -> None:
    hosts = [f"host-{number}.example" for number in range(300)]
    together = threading.Barrier(3)

    def work(store: Store, holder: str, order: Sequence[str]) -> Counter[str]:
        won: Counter[str] = Counter()
        for turn in range(8):
            together.wait(10)
            found = store.turns.take(order, holder, now=NOW + turn * SECOND, ttl=TTL)
            won.update(list(found))
            # Nobody gives back before all have tried.
            together.wait(10)
            store.turns.give_back(dict.fromkeys(found, UNKNOWN), holder, now=NOW + turn * SECOND)
        return won

    with Store.open(migrated_postgres) as store, ThreadPoolExecutor(3) as threads:
        orders = (hosts, hosts[::-1], hosts[150:] + hosts[:150])
        workers = [threads.submit(work, store, holder, order) for holder, order in zip("abc", orders, strict=True)]
        won = sum((worker.result(60) for worker in workers), Counter[str]())
        store.turns.forget(now=NOW + timedelta(hours=2))
    assert won == dict.fromkeys(hosts, 8)


@pytest.fixture
def busy(migrated_postgres: str) -> Iterator[tuple[Store, psycopg.Connection]]:
    """Hosts in the table in another order than that of their names, and another process that works on one of them."""
    with Store.open(migrated_postgres) as store, psycopg.connect(migrated_postgres) as other:
        for host in ("three.example", "two.example", "one.example"):
            take(store, "a", host)
        other.execute("SELECT 1 FROM host_turns WHERE host = 'three.example' FOR UPDATE")
        yield store, other
        other.rollback()
        store.turns.forget(now=NOW + timedelta(days=1))


@pytest.mark.postgres
def test_forgetting_waits_for_nobody(busy: tuple[Store, psycopg.Connection]) -> None:
    store, other = busy
    assert store.turns.forget(now=NOW + timedelta(hours=2)) == 2
    other.rollback()
    assert store.turns.forget(now=NOW + timedelta(hours=2)) == 1


@pytest.mark.postgres
def test_all_is_given_back_in_the_order_in_which_others_take(busy: tuple[Store, psycopg.Connection]) -> None:
    store, other = busy
    waits = "SELECT 1 FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor(1) as thread:
        giving = thread.submit(store.turns.give_back_all, "a", now=NOW)
        while not other.execute(waits).fetchall():
            assert not giving.done()
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("SELECT 1 FROM host_turns WHERE host = 'one.example' FOR UPDATE NOWAIT")
        other.rollback()
        assert giving.result(10) == 3
