"""Processes beside the tests' own: the daemon, killed and started again, and a server that notes exact times."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from sqlalchemy import text

from monitor.records.feeds import FeedSpec
from monitor.store import Store
from tests.fault_site import item, rss
from tests.recording import RecordingServer, Reply, Visit


def one_item(visit: Visit) -> Reply:
    """A feed with one item of its own."""
    own = f"http://{visit.host}{visit.path}"
    body = rss(item(visit.host, 1, guid=own, link=f"{own}/story", title=f"What {own} says"))
    return "200 OK", {"Content-Type": "application/rss+xml"}, body


class DistantServer:
    """A recording server in a process of its own: what the program does beside it would else blur its times."""

    def __init__(self, *, hold_for: float) -> None:
        # Not forked: this process has threads.
        here = multiprocessing.get_context("spawn")
        self._pipe, there = here.Pipe()
        self._process = here.Process(target=_serve, args=(there, hold_for), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        assert self._pipe.poll(30)
        self.port: int = self._pipe.recv()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.is_alive():
            self._process.kill()
        self._process.join()

    def visits(self) -> dict[str, list[Visit]]:
        """The visits of each host, in order; ends the server."""
        self._pipe.send("enough")
        assert self._pipe.poll(30)
        found: dict[str, list[Visit]] = self._pipe.recv()
        return found


def _serve(pipe: Connection, hold_for: float) -> None:
    with RecordingServer(reply=one_item, hold_for=hold_for) as server:
        pipe.send(server.port)
        pipe.recv()
        pipe.send(server.by_host())


@dataclass
class Storm:
    """Feeds that bring one more item each time they are asked, and hold more of them than kills can lose in a row."""

    served: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    still: bool = False
    busy: str = "127.0.8.9"

    def __call__(self, visit: Visit) -> Reply:
        if visit.host == self.busy:
            return "429 Too Many Requests", {"Retry-After": "900"}, b""
        own = f"http://{visit.host}{visit.path}"
        if not self.still or not self.served[own]:
            self.served[own] += 1
        newest = self.served[own]
        # Long ago, so that the model need not read them.
        items = "".join(
            item(visit.host, n, guid=f"{own}/{n}", link=f"{own}/{n}", title=f"Item {n} of {own}", pubDate=OLD)
            for n in range(newest, max(0, newest - HELD), -1)
        )
        return "200 OK", {"Content-Type": "application/rss+xml"}, rss(items)

    def urls(self) -> list[str]:
        """Every item that was served."""
        return sorted(f"{own}/{n}" for own, newest in self.served.items() for n in range(1, newest + 1))


HELD = 12
OLD = "Thu, 01 Jan 2026 10:00:00 GMT"


class Lives:
    """``monitor run`` again and again on one SQLite file, which keeps a log of every poll time that it stored."""

    def __init__(self, folder: Path, url: str, feeds: list[str]) -> None:
        self._folder, self._log = folder, folder / "log.jsonl"
        self._environment = os.environ | {
            "MONITOR_DATABASE_URL": url,
            "MONITOR_CATALOGUE": "false",
            "MONITOR_ALLOW_PRIVATE_HOSTS": '["127.0.0.0/8"]',
            "MONITOR_HEALTH_PORT": "0",
            "MONITOR_HOST_GAP": "0.02",
            "MONITOR_POLL_FLOOR": "1",
            "MONITOR_POLL_START": "1",
            "MONITOR_POLL_CEILING": "2",
            "MONITOR_LOG_FORMAT": "json",
        }
        self.store = Store.open(url)
        self.store.feeds.sync([FeedSpec(url=feed) for feed in feeds], now=datetime.now(UTC))
        self.kills: list[float] = []
        self.write("create table stored_times (feed_id integer, url text, polled_at, next_poll_at)")
        self.write(
            "create trigger note_times after update of next_poll_at on feeds begin insert into stored_times "
            "values (new.id, new.url, new.last_polled_at, new.next_poll_at); end"
        )

    def write(self, statement: str) -> None:
        with self.store._database.write() as connection:
            connection.execute(text(statement))

    def rows(self, query: str) -> list[tuple[str, ...]]:
        with self.store._database.read() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "monitor", "run", "--no-live"],
                cwd=self._folder, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip

    def stop(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(30)
        self.kills.append(time.time())

    def until(self, ready: Callable[[], bool]) -> None:
        ends = time.monotonic() + 60
        while not ready():
            assert time.monotonic() < ends, self._log.read_text()[-3000:]
            assert self.process.poll() is None, self._log.read_text()[-3000:]
            time.sleep(0.02)

    def events(self, *names: str) -> list[str]:
        lines = [line for line in self._log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if json.loads(line)["event"] in names]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        self.store.close()


def check_times(lives: Lives, server: RecordingServer) -> None:
    """No feed was asked before its stored time, and twice for one stored time only with a kill in between."""
    stored: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for url, polled_at, next_poll_at in lives.rows("select url, polled_at, next_poll_at from stored_times"):
        stored[url].append((_seconds(polled_at), _seconds(next_poll_at)))
    to_wall = time.time() - time.monotonic()
    visits: dict[str, list[float]] = defaultdict(list)
    for visit in server.visits:
        if not visit.host.endswith(".9"):
            visits[server.url(visit.host, visit.path)].append(visit.came + to_wall)
    for url, came in visits.items():
        # What was stored when the request came in: the last poll that had been written by then.
        at = [max([times for times in stored[url] if times[0] < moment], default=(0.0, 0.0)) for moment in came]
        assert all(moment > times[1] - 0.01 for moment, times in zip(came, at, strict=True)), url
        for (earlier, one), (later, other) in pairwise(zip(came, at, strict=True)):
            if one == other:
                assert any(earlier < kill < later for kill in lives.kills), "a repeat needs a kill"
    assert sum(map(len, visits.values())) > 100


def _seconds(stored: str) -> float:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC).timestamp()
