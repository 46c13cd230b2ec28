"""The whole program as a process against the bundled newsroom: nothing lost, nothing doubled."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text

from monitor.replay.clock import Clock
from monitor.replay.feeds import NEWEST
from monitor.replay.server import Newsroom, catalogue
from monitor.replay.week import load
from monitor.store import Store
from monitor.wiring import utc_now

PENDING = ("new", "to_read", "to_analyse")
PATIENCE = 120.0


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    week = load()
    with Newsroom(week, clock=Clock(week.end)) as opened:
        yield opened


class Daemon:
    """``monitor run`` as a process of its own on a database of its own."""

    def __init__(self, folder: Path, newsroom: Newsroom, url: str) -> None:
        self.log = folder / "log.jsonl"
        self._environment = os.environ | {
            "MONITOR_DATABASE_URL": url,
            "MONITOR_CATALOGUE": "false",
            "MONITOR_ALLOW_PRIVATE_HOSTS": '["127.0.0.0/8"]',
            "MONITOR_HEALTH_PORT": "0",
            "MONITOR_HOST_GAP": "0.01",
            "MONITOR_POLL_FLOOR": "2",
            "MONITOR_POLL_START": "2",
            "MONITOR_POLL_CEILING": "4",
            "MONITOR_REQUEST_DEADLINE": "3",
            "MONITOR_READ_RETRY": "1",
            "MONITOR_READ_ATTEMPTS": "2",
            "MONITOR_MAX_AGE_DAYS": "36500",
            "MONITOR_LOG_FORMAT": "json",
        }
        self._folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self._engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
        with closing(Store.open(url, create=True)) as store:
            store.feeds.sync(catalogue(newsroom), now=utc_now())

    def start(self, *options: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "monitor", "run", "--no-live", *options],
                cwd=self._folder, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip
        return self.process

    def stop(self, number: signal.Signals) -> float:
        """Send the signal; the seconds until the process ended."""
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - started

    def rows(self, query: str) -> list[Any]:
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def states(self) -> dict[str, int]:
        return dict(self.rows("select state, count(*) from entries group by state"))

    def wait(self, ready: Callable[[], bool], what: str) -> None:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            if ready():
                return
            time.sleep(0.1)
        pytest.fail(f"{what} did not come within {PATIENCE:.0f} s: {self.states()}\n{self.log.read_text()[-3000:]}")

    def finished(self) -> bool:
        states = self.states()
        polled = self.rows("select count(*) from feeds where last_success_at is null")[0][0] == 0
        return polled and sum(states.values()) > 100 and not any(states.get(state) for state in PENDING)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def matches(self) -> set[tuple[str, str]]:
        return set(
            self.rows(
                "select a.url, m.topic from matches m join articles a on a.id = m.article_id where withdrawn_at is null"
            )
        )


@pytest.fixture
def daemon(tmp_path: Path, newsroom: Newsroom, database_url: str) -> Iterator[Daemon]:
    made = Daemon(tmp_path, newsroom, database_url)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait(10)


def served(newsroom: Newsroom) -> set[str]:
    """Titles are not unique, addresses are: every entry that some feed holds now."""
    found = set()
    for outlet in newsroom.week.outlets:
        published = newsroom.week.published(outlet.id, newsroom.now())
        found |= {newsroom.url_of(entry) for entry in published[:NEWEST]}
    return found


@pytest.mark.slow
def test_every_entry_served_is_in_sql_with_its_state_and_the_matches_are_the_weeks(
    daemon: Daemon, newsroom: Newsroom
) -> None:
    daemon.start()
    daemon.wait(daemon.finished, "the end of the work")
    assert daemon.stop(signal.SIGTERM) < 10
    assert daemon.process is not None
    assert daemon.process.returncode == 0
    stored = {url for (url,) in daemon.rows("select url from entries")}
    assert stored == served(newsroom)
    assert not daemon.rows("select 1 from entries where reason = ''")
    assert daemon.rows("select count(*) from entries")[0][0] == len(stored)
    # Quality of the shipped weights on the week, as a person would see it: few misses, few false alarms.
    truth = {newsroom.url_of(entry): max(entry.talks, entry.missile_aid) for entry in newsroom.week.entries}
    retracted = {newsroom.url_of(entry) for entry in newsroom.week.entries if len(entry.versions) > 1}
    found = {url for url, _ in daemon.matches()}
    wanted = {url for url in stored if truth[url] == 2 and url not in retracted}
    wrong = {url for url in found if truth.get(url) == 0}
    assert len(wanted & found) / len(wanted) > 0.85
    assert len(wrong) / len(found) < 0.15
    # Entities of matches are in SQL, linked.
    linked = daemon.rows(
        "select e.kb_id, count(*) from mentions m join entities e on e.id = m.entity_id group by 1 order by 2 desc"
    )
    assert {"Q22686", "Q7747", "Q3874799"} <= {row[0] for row in linked[:12]}


# On Postgres ``test_workers`` kills daemon and workers.
@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_kill_9_again_and_again_loses_nothing_and_doubles_nothing(daemon: Daemon, newsroom: Newsroom) -> None:
    for entries in (1, 60, 150):
        daemon.start()
        daemon.wait(lambda least=entries: sum(daemon.states().values()) >= least, "some entries")  # type: ignore[misc]
        time.sleep(0.3)
        daemon.stop(signal.SIGKILL)
    daemon.start()
    daemon.wait(daemon.finished, "the end of the work")
    daemon.stop(signal.SIGTERM)
    urls = [url for (url,) in daemon.rows("select url from entries")]
    assert sorted(urls) == sorted(served(newsroom))
    assert not daemon.rows("select article_id, topic from matches group by 1, 2 having count(*) > 1")
    assert not daemon.rows("select url_key from articles group by 1 having count(*) > 1")
    assert not [event for event in daemon.events() if event["event"] in {"job_broke", "job_failed"}]


@pytest.mark.slow
def test_a_second_daemon_on_the_same_database_is_refused_and_health_answers(daemon: Daemon) -> None:
    first = daemon.start()
    daemon.wait(lambda: any(event["event"] == "started" for event in daemon.events()), "the start")
    address = next(event["health"] for event in daemon.events() if event["event"] == "started")
    with urllib.request.urlopen(f"{address}/health", timeout=5) as response:
        assert json.load(response)["parts"]["lease"]["status"] == "ok"
    second = daemon.start()
    assert second.wait(30) == 2
    assert "another daemon works on this database" in daemon.log.read_text()
    assert first.poll() is None
    daemon.process = first
    assert daemon.stop(signal.SIGTERM) < 10
    assert not daemon.rows("select 1 from leases where name = 'daemon'")
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{address}/health", timeout=5)
    assert daemon.start("--for", "2").wait(30) == 0


@pytest.mark.slow
def test_when_no_feed_answers_it_is_said_plainly_with_the_way_to_the_demo(tmp_path: Path, sqlite_url: str) -> None:
    week = load()
    with Newsroom(week, clock=Clock(week.end)) as closed:
        daemon = Daemon(tmp_path, closed, sqlite_url)
    daemon.start("--for", "8")
    assert daemon.process is not None
    assert daemon.process.wait(40) == 0
    said = daemon.log.read_text()
    assert "No feed answered: 14 tried" in said
    assert "make demo" in said
