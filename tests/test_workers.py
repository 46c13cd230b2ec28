"""Daemon and workers as processes of their own on one Postgres: killed, and nothing is lost or doubled."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.replay.clock import Clock
from monitor.replay.server import Newsroom
from monitor.replay.week import load
from monitor.worker import schema
from tests.test_end_to_end import Daemon, served

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    week = load()
    with Newsroom(week, clock=Clock(week.end)) as opened:
        yield opened


class Crew(Daemon):
    """``monitor daemon`` and some ``monitor worker``."""

    def __init__(self, folder: Path, newsroom: Newsroom, url: str) -> None:
        super().__init__(folder, newsroom, url)
        schema.upgrade(url)
        self.crew: list[subprocess.Popen[bytes]] = []

    def hire(self, *command: str) -> "subprocess.Popen[bytes]":
        """Start one more process."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "monitor", *command],
                cwd=self._folder, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip
        self.crew.append(process)
        return process

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        process.kill()
        process.wait(10)
        self.crew.remove(process)

    def dismiss(self) -> list[int]:
        """Ask all to end; their exit statuses."""
        for process in self.crew:
            process.send_signal(signal.SIGTERM)
        return [process.wait(30) for process in self.crew]


@pytest.fixture
def crew(tmp_path: Path, newsroom: Newsroom, request: pytest.FixtureRequest) -> Iterator[Crew]:
    made = Crew(tmp_path, newsroom, request.getfixturevalue("new_postgres")())
    yield made
    for process in made.crew:
        if process.poll() is None:
            process.kill()
            process.wait(10)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_workers_and_the_daemon_are_killed_and_all_is_as_if_they_had_not_been(crew: Crew, newsroom: Newsroom) -> None:
    timer = crew.hire("daemon")
    unlucky = crew.hire("worker", "--concurrency", "3")
    crew.hire("worker", "--queues", "poll,read", "--concurrency", "2")
    crew.wait(lambda: sum(crew.states().values()) >= 60, "some entries")
    crew.kill(unlucky)
    crew.kill(timer)
    crew.hire("worker", "--queues", "analyse,tell", "--concurrency", "2")
    crew.hire("daemon")
    crew.wait(crew.finished, "the end of the work")
    crew.wait(lambda: not crew.rows("select 1 from articles where unwoven limit 1"), "the chronicle")
    crew.wait(lambda: "worker_died" in {event["event"] for event in crew.events()}, "the death to be noticed")
    assert crew.dismiss() == [0, 0, 0]
    urls = [url for (url,) in crew.rows("select url from entries")]
    assert sorted(urls) == sorted(served(newsroom))
    truth = {newsroom.url_of(entry): max(entry.talks, entry.missile_aid) for entry in newsroom.week.entries}
    found = {url for url, _ in crew.matches()}
    wanted = {url for url in urls if truth[url] == 2}
    assert len(wanted & found) / len(wanted) > 0.8
    assert not crew.rows("select article_id, topic from matches group by 1, 2 having count(*) > 1")
    assert crew.rows("select count(*) from stories where articles > 0")[0][0] > 10
    # Nobody holds anything any more: no row, no host, no right.
    for table in ("feeds", "entries", "articles"):
        assert not crew.rows(f"select claimed_by from {table} where claimed_until is not null")
    assert not crew.rows("select holder from host_turns where holder <> ''")
    assert not crew.rows("select name, holder from leases")
    # What waits in the queue at the end is at most a nudge for each job; nothing is under way.
    waiting = crew.rows("select task_name, status from monitor_queue.procrastinate_jobs")
    assert len({name for name, _ in waiting}) == len(waiting)
    assert {status for _, status in waiting} <= {"todo"}
    assert not [event for event in crew.events() if event["event"] in {"job_broke", "job_failed", "quarantined"}]


@pytest.mark.slow
def test_a_worker_told_to_stop_gives_back_what_it_holds_at_once(crew: Crew) -> None:
    crew.hire("daemon")
    worker = crew.hire("worker", "--queues", "poll,read")
    crew.wait(lambda: sum(crew.states().values()) >= 20, "some entries")
    started = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert time.monotonic() - started < 20
    assert not crew.rows("select 1 from feeds where claimed_until is not null")
    assert not crew.rows("select 1 from entries where claimed_until is not null")
    assert not crew.rows("select 1 from leases where name like 'worker:%'")


def test_an_sqlite_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    for command in ("daemon", "worker"):
        refused = subprocess.run(
            [sys.executable, "-m", "monitor", "--db", f"sqlite:///{tmp_path}/x.sqlite3", command],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert refused.returncode == 2
        assert "need Postgres" in refused.stderr
        assert "monitor run" in refused.stderr
    assert not (tmp_path / "x.sqlite3").exists()
