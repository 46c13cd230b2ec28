"""The programs as a person starts them, on a database and a server of outlets, and what they took."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from sqlalchemy import Engine, create_engine, text

from benchmarks.endtoend_server import address
from monitor.records.feeds import FeedSpec
from monitor.store import Store
from monitor.wiring import utc_now

_WAITS = 900.0
_SELDOM = 0.25
"""Seconds between looks at a run of half a minute: who looks fifty times a second takes a tenth of a core from it."""
SETTINGS = {
    "MONITOR_CATALOGUE": "false",
    "MONITOR_ALLOW_PRIVATE_HOSTS": '["127.0.0.0/8"]',
    "MONITOR_HEALTH_PORT": "0",
    "MONITOR_GATE": "0",
    "MONITOR_HOST_GAP": "0.05",
    "MONITOR_MAX_AGE_DAYS": "36500",
    "MONITOR_LOG_LEVEL": "warning",
    "MONITOR_LOG_FORMAT": "json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run to the end of the work."""

    articles: int
    seconds: float
    worked: float
    """Processor seconds of all processes, from the first entry stored to the end."""
    busy: float
    """Share of the machine's cores at work meanwhile: the programs, the database, and the servers that are read."""
    megabytes: float
    chronicle: float
    """Seconds until the chronicle had taken in every match, counted like ``seconds``."""

    @property
    def rate(self) -> float:
        """Articles a second."""
        return self.articles / self.seconds


class Outlets:
    """The server, in a process of its own."""

    def __init__(self, outlets: int, items: int, *, delay: float = 0.0) -> None:
        self._outlets, self._items, self._delay = outlets, items, delay

    def __enter__(self) -> "Outlets":
        wanted = [str(self._outlets), str(self._items), str(self._delay)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.endtoend_server", *wanted],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def more(self, outlet: int) -> None:
        """One outlet publishes one item more."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(outlet, file=self._process.stdin, flush=True)
        self._process.stdout.readline()

    def feeds(self) -> list[FeedSpec]:
        """The feeds of all."""
        return [
            FeedSpec(
                url=f"http://{address(number)}:{self.port}/feed", outlet=f"Outlet {number}", title=f"Feed {number}"
            )
            for number in range(self._outlets)
        ]


def measured(
    url: str,
    outlets: Outlets,
    commands: Sequence[Sequence[str]],
    *,
    articles: int,
    settings: Mapping[str, str] | None = None,
) -> Run:
    """Start these programs on an empty database at ``url``, and wait for the end of the work."""
    with Store.open(url, create=True) as store:
        store.feeds.sync(outlets.feeds(), now=utc_now())
    engine = engine_of(url)

    def count(query: str) -> int:
        with engine.connect() as connection:
            return int(connection.scalar(text(query)) or 0)

    with running(url, commands, settings) as programs:
        until(lambda: count("select count(*) from entries") > 0, programs)
        began, worked, before = time.monotonic(), _worked(programs), psutil.cpu_times()
        done = "select count(*) from entries where state not in ('new', 'to_read', 'to_analyse')"
        until(lambda: count(done) >= articles, programs, every=_SELDOM)
        seconds = time.monotonic() - began
        used, busy = _worked(programs) - worked, _busy(before, psutil.cpu_times())
        until(lambda: not count("select count(*) from articles where unwoven"), programs, every=_SELDOM)
        chronicle = time.monotonic() - began
        megabytes = sum(_memory(program) for program in programs)
    engine.dispose()
    return Run(articles=articles, seconds=seconds, worked=used, busy=busy, megabytes=megabytes, chronicle=chronicle)


@contextmanager
def running(
    url: str, commands: Sequence[Sequence[str]], settings: Mapping[str, str] | None = None
) -> Iterator[list[psutil.Process]]:
    """These programs, as a person starts them."""
    environment = os.environ | SETTINGS | {"MONITOR_DATABASE_URL": url} | dict(settings or {})
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        log = stack.enter_context((Path(folder) / "log").open("wb"))
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "monitor", *command], cwd=folder, env=environment, stdout=log, stderr=log
            )
            for command in commands
        ]
        try:
            yield [psutil.Process(process.pid) for process in started]
        finally:
            for process in started:
                process.send_signal(signal.SIGTERM)
            for process in started:
                process.wait(60)


def until(ready: Callable[[], bool], programs: Sequence[psutil.Process], *, every: float = 0.02) -> None:
    """Look every so many seconds until it is ready. Raises RuntimeError when a program ended or time is up."""
    ends = time.monotonic() + _WAITS
    while not ready():
        if time.monotonic() > ends:
            raise RuntimeError(f"not done within {_WAITS:.0f} s")
        if not all(program.is_running() and program.status() != psutil.STATUS_ZOMBIE for program in programs):
            raise RuntimeError("a program ended in the middle of the run")
        time.sleep(every)


def engine_of(url: str) -> Engine:
    """For looking on from outside."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")


def _tree(program: psutil.Process) -> list[psutil.Process]:
    return [program, *program.children(recursive=True)]


def _worked(programs: Sequence[psutil.Process]) -> float:
    total = 0.0
    for program in programs:
        for process in _tree(program):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _busy(before: Any, after: Any) -> float:
    idle = (after.idle + after.iowait) - (before.idle + before.iowait)
    return float(1 - idle / (sum(after[:8]) - sum(before[:8])))


def _memory(program: psutil.Process) -> float:
    return float(sum(process.memory_info().rss for process in _tree(program))) / 1e6
