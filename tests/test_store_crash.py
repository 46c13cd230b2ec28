"""Killed at any moment, the store has lost nothing and doubled nothing."""

import random
import time

import pytest

from monitor.records.articles import EntryState
from monitor.store import Store
from tests.store_builders import states
from tests.store_worker import FEEDS, STORIES, served
from tests.workers import finish, start

KILLS = 5


def assert_everything_once(url: str) -> None:
    stories = {n for feed in range(FEEDS) for n in served(feed)}
    with Store.open(url) as store:
        assert states(store) == {EntryState.MATCHED: FEEDS * STORIES}
        matches = store.findings.matches(limit=999)
        assert sorted(match.title for match in matches) == sorted(f"Story {n}" for n in stories)
        sizes = {table.name: table.rows for table in store.upkeep.stats().tables}
        assert (sizes["articles"], sizes["analyses"], sizes["mentions"]) == (len(stories),) * 3
        assert (sizes["polls"], sizes["entities"]) == (FEEDS, 1)
        assert store.upkeep.check() == ()


@pytest.mark.slow
def test_killed_at_any_moment_the_work_is_repeated_and_never_lost_or_doubled(database_url: str) -> None:
    chance = random.Random(7)
    for _ in range(KILLS):
        worker = start("tests.store_worker", database_url)
        time.sleep(chance.uniform(0.0, 0.35))
        worker.kill()
        with worker:
            worker.wait()
    finish(start("tests.store_worker", database_url))
    assert_everything_once(database_url)


@pytest.mark.slow
def test_two_processes_share_the_work_without_doubling_it(database_url: str) -> None:
    workers = [start("tests.store_worker", database_url) for _ in range(2)]
    for worker in workers:
        finish(worker)
    assert_everything_once(database_url)
