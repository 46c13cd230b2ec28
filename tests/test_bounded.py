"""What is remembered of sites, hosts, names and articles has an end, however many come."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import structlog
from sqlalchemy.dialects import sqlite

from monitor.daemon import logs
from monitor.fetch.holds import _KEPT, Holds
from monitor.fetch.robots import FILES_KEPT, RobotsFile
from monitor.jobs.nearsteps import FEW, NearSteps
from monitor.jobs.pace import Pace
from monitor.jobs.recent import UNUSED, Recent
from monitor.jobs.robots import keep_robots, learn_robots
from monitor.jobs.services import Services
from monitor.polling import PollPolicy
from monitor.records.feeds import RobotsRow
from monitor.store import Store
from monitor.store.columns import UtcDateTime
from monitor.store.tables import metadata
from monitor.understand.events import countries
from monitor.understand.names import REMEMBERED
from tests.chronicle_builders import step

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)


def services(store: Store, robots: dict[str, RobotsFile]) -> Services:
    parts = cast(Any, None)
    return Services(
        store=store, fetcher=parts, parser=parts, reader=parts, pace=Pace(PollPolicy()), read_policy=parts,
        holder="here:1:a", clock=lambda: NOW, dice=lambda: 0.0, robots=robots,
    )  # fmt: skip


def site(number: int) -> str:
    return f"https://{number}.example"


def test_what_sites_forbid_is_remembered_of_the_latest_alone(sqlite_url: str) -> None:
    long_known = {site(n): RobotsFile(fetched_at=NOW - timedelta(hours=1), status=404) for n in range(FILES_KEPT)}
    with closing(Store.open(sqlite_url)) as store:
        here = services(store, long_known)
        here.pace.robots_stored.update({name: file.fetched_at for name, file in long_known.items()})
        store.hosts.keep_robots([RobotsRow(site=site(-n), fetched_at=NOW, status=404, text="") for n in range(1, 9)])
        learn_robots(here)
        keep_robots(here)
    assert len(here.robots) == FILES_KEPT
    assert site(-1) in here.robots
    assert here.pace.robots_stored.keys() == here.robots.keys()


def test_hosts_whose_pause_is_over_are_forgotten_though_nobody_asks_them() -> None:
    holds = Holds()
    for number in range(3 * _KEPT):
        holds.note(f"{number}.example", 429, 60.0, NOW + timedelta(seconds=number))
    assert len(holds._until) <= _KEPT + 1
    assert len(holds.current(NOW + timedelta(seconds=3 * _KEPT))) == 59


ANSWERS = ("country_of", "role_of", "is_leader", "speaks_for_others", "country_of_place")


@pytest.mark.parametrize("answer", [getattr(countries, name) for name in ANSWERS])
def test_names_that_nobody_knows_do_not_fill_the_memory(answer: Any) -> None:
    for number in range(REMEMBERED + 100):
        answer(f"Ada Nobody the {number}th")
    held = [cell.cell_contents for cell in answer.__closure__]
    sizes = [each.cache_info().currsize for each in held if hasattr(each, "cache_info")]
    assert sizes == [REMEMBERED]


@pytest.fixture
def _logging_restored() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logging_restored")
def test_the_log_beside_the_live_view_keeps_what_came_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 2_000)
    logs.configure("info", "json", tmp_path / "monitor.log")
    for number in range(200):
        structlog.get_logger().info("polled", feed=number)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 3 * 2_000
    assert '"feed": 199' in (tmp_path / "monitor.log").read_text(encoding="utf-8")


def test_all_columns_with_times_together_remember_few() -> None:
    times = [NOW + timedelta(seconds=number) for number in range(600)]
    kept = 0
    for table in metadata.tables.values():
        for column in table.columns:
            processor: Any = column.type.bind_processor(sqlite.dialect())
            if isinstance(column.type, UtcDateTime):
                assert len({processor(time) for time in times}) == len(times)
                kept += processor.cache_info().currsize
    assert 0 < kept < 30_000


@dataclass(frozen=True, slots=True)
class Thing:
    id: int


def test_the_chronicle_lets_go_of_what_the_last_articles_have_not_asked_for() -> None:
    recent: Recent[Thing] = Recent(10**9, lambda thing: 1)
    read: list[int] = []

    def load(ids: Sequence[int]) -> list[Thing]:
        read.extend(ids)
        return [Thing(id_) for id_ in ids]

    for article in range(1, UNUSED):
        recent.of([0, article], load)
    recent.of([0, 1], load)
    assert read == [*range(UNUSED)]
    for article in range(UNUSED, 2 * UNUSED):
        recent.of([0, article], load)
    recent.of([0, 2], load)
    assert read == [*range(2 * UNUSED), 2]


def test_the_chronicle_lets_go_of_steps_of_aid_that_are_long_past() -> None:
    near, days = NearSteps(timedelta(days=1)), 4 * FEW
    for day in range(days):
        at = NOW + timedelta(days=day)
        near.near(at, lambda since: (), lambda item: True)
        near.put(day, (step(at, "considered", article_id=day),))
        assert near._count <= FEW + 10
    assert len(near.near(NOW + timedelta(days=days - 1), lambda since: (), lambda item: True)) == 2
