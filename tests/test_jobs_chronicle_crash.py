"""Killed at any moment, the chronicle has lost nothing and doubled nothing."""

import random
import time

import pytest

from monitor.store import Store
from tests.test_jobs_chronicle import CALL, SUMMIT, Desk, arrive, call, shown, summit
from tests.workers import finish, start

ARTICLES = 24
KILLS = 5


def fill(url: str) -> None:
    with Store.open(url) as store:
        for n in range(ARTICLES):
            on_the_summit = n % 3
            given, text = (summit(), SUMMIT) if on_the_summit else (call(), CALL)
            arrive(store, n, given, ago=n + 1, text=f"{text} View {n}.")


def assert_everything_once(url: str) -> None:
    with Store.open(url) as store:
        sizes = {table.name: table.rows for table in store.upkeep.stats().tables}
        assert (sizes["story_members"], sizes["happening_reports"]) == (ARTICLES, ARTICLES)
        assert store.upkeep.check() == ()
        assert not store.chronicle.is_waiting()
        pieces = shown(store)
        store.chronicle.rebuild()
        assert Desk(store, "in one go").work() == {"woven": ARTICLES}
        assert shown(store) == pieces


@pytest.mark.slow
def test_killed_at_any_moment_the_weaving_is_repeated_and_never_lost_or_doubled(database_url: str) -> None:
    fill(database_url)
    chance = random.Random(7)
    for _ in range(KILLS):
        worker = start("tests.chronicle_worker", database_url)
        time.sleep(chance.uniform(0.0, 0.35))
        worker.kill()
        with worker:
            worker.wait()
    finish(start("tests.chronicle_worker", database_url))
    assert_everything_once(database_url)


@pytest.mark.slow
def test_two_processes_take_turns_without_doubling_anything(database_url: str) -> None:
    fill(database_url)
    workers = [start("tests.chronicle_worker", database_url) for _ in range(2)]
    for worker in workers:
        finish(worker)
    assert_everything_once(database_url)
