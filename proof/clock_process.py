"""A running program whose wall clock is set ahead and back, and which sleeps for three days."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from monitor.records.feeds import FeedSpec
from monitor.store import Store
from proof.clock_shim import WallClock
from proof.ledger import ROOT
from proof.promise import Figure, Scene
from tests.recording import RecordingServer, Reply, Visit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEEDS = 12
FLOOR, CEILING = 1.0, 2.0
LONGEST_PAUSE = 20.0
"""Seconds that a feed may wait after the clock was set: a tick, the sweep, a round and its own interval."""
STEPS: tuple[tuple[str, timedelta, bool], ...] = (
    ("2 h ahead", 2 * HOUR, False),
    ("2 h back again", timedelta(), False),
    ("2 h behind", -2 * HOUR, False),
    ("2 h ahead again", timedelta(), False),
    ("a leap second repeated", timedelta(seconds=-1), False),
    ("three days asleep", 3 * DAY, True),
)
BODY = (
    '<rss version="2.0"><channel><title>{0}</title><item><title>What {0} says</title><link>http://{0}/story</link>'
    "<guid>{0}</guid><pubDate>Thu, 01 Jan 2026 10:00:00 GMT</pubDate></item></channel></rss>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How feeds were asked after the clock was set."""

    step: str
    polls: int
    most: int
    """Polls of the feed that was asked most often."""
    pause: float
    """The longest time that a feed was not asked, in seconds."""
    health: str


def process(scene: Scene) -> Sequence[Figure]:
    """Set the clock of ``monitor run`` as the steps say; watch how its feeds are asked."""
    seconds = max(25.0, 120.0 * scene.share)
    with RecordingServer(reply=_feed) as server, _program(scene.folder, server) as (clock, running, health):
        watched = [_watched("before", seconds, server, health)]
        for step, ahead, asleep in STEPS:
            if asleep:
                running.send_signal(signal.SIGSTOP)
                clock.set(ahead)
                running.send_signal(signal.SIGCONT)
            clock.set(ahead)
            watched.append(_watched(step, seconds, server, health))
            scene.progress(len(watched) - 1, len(STEPS), step)
        lives = running.poll() is None
    figures = [_figure(each, watched[0]) for each in watched[1:]]
    return [*figures, _rows(scene.folder / "monitor.sqlite3", lives=lives)]


def _figure(found: Watched, usual: Watched) -> Figure:
    most = 2 * usual.most + 5
    return Figure(
        what=f"{FEEDS} feeds, the clock {found.step}",
        measured=f"{found.polls} polls (before: {usual.polls}), a feed at most {found.most}; "
        f"longest pause {found.pause:.1f} s; /health {found.health}",
        wanted=f"a feed at most {most} times; no pause over {LONGEST_PAUSE:.0f} s; /health not broken",
        holds=found.most <= most and found.pause <= LONGEST_PAUSE and "broken" not in found.health,
    )


def _feed(visit: Visit) -> Reply:
    return "200 OK", {"Content-Type": "application/rss+xml"}, BODY.format(visit.host).encode()


def _watched(step: str, seconds: float, server: RecordingServer, health: Any) -> Watched:
    began = time.monotonic()
    time.sleep(seconds)
    ended = time.monotonic()
    visits: dict[str, list[float]] = defaultdict(list)
    for visit in list(server.visits):
        if began <= visit.came <= ended:
            visits[visit.host].append(visit.came)
    times = [[began, *visits.get(_host(number), []), ended] for number in range(FEEDS)]
    return Watched(
        step=step,
        polls=sum(map(len, visits.values())),
        most=max((len(came) for came in visits.values()), default=0),
        pause=max(later - earlier for came in times for earlier, later in pairwise(came)),
        health=health(),
    )


def _host(number: int) -> str:
    return f"127.0.7.{number + 1}"


def _rows(path: Path, *, lives: bool) -> Figure:
    with closing(sqlite3.connect(path)) as database:
        (entries,) = database.execute("SELECT count(*) FROM entries").fetchone()
        (failing,) = database.execute("SELECT count(*) FROM feeds WHERE failures > 0").fetchone()
    return Figure(
        what="at the end",
        measured=f"{entries} entries of {FEEDS} items, {failing} feeds failing, {'it runs' if lives else 'it ended'}",
        wanted="each item once, none failing, the program runs",
        holds=lives and entries == FEEDS and not failing,
    )


@contextmanager
def _program(folder: Path, server: RecordingServer) -> Iterator[tuple[WallClock, "subprocess.Popen[str]", Any]]:
    path = folder / "monitor.sqlite3"
    path.unlink(missing_ok=True)
    with Store.open(f"sqlite:///{path}", create=True) as store:
        feeds = [FeedSpec(url=server.url(_host(number), "/feed")) for number in range(FEEDS)]
        store.feeds.sync(feeds, now=datetime.now(UTC))
    clock = WallClock(folder)
    environment = clock.environment() | {
        "MONITOR_DATABASE_URL": f"sqlite:///{path.resolve()}",
        "MONITOR_CATALOGUE": "false",
        "MONITOR_ALLOW_PRIVATE_HOSTS": '["127.0.0.0/8"]',
        "MONITOR_HEALTH_PORT": "0",
        "MONITOR_HOST_GAP": "0.02",
        "MONITOR_POLL_FLOOR": str(FLOOR),
        "MONITOR_POLL_START": str(FLOOR),
        "MONITOR_POLL_CEILING": str(CEILING),
        "MONITOR_LOG_FORMAT": "json",
    }
    command = [sys.executable, "-m", "monitor", "run", "--no-live"]
    log = folder / "log.jsonl"
    with log.open("w") as written:
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written, stderr=written, text=True)
        try:
            address = _address(log, running)
            until_all = time.monotonic() + 60
            while len(server.by_host()) < FEEDS and time.monotonic() < until_all:
                time.sleep(0.2)
            yield clock, running, lambda: _health(address)
        finally:
            running.send_signal(signal.SIGCONT)
            running.terminate()
            try:
                running.wait(30)
            finally:
                running.kill()


def _address(log: Path, running: "subprocess.Popen[str]") -> str:
    ends = time.monotonic() + 120
    while time.monotonic() < ends and running.poll() is None:
        for line in log.read_text().splitlines():
            if line.startswith("{") and (found := json.loads(line)).get("event") == "started":
                return str(found["health"])
        time.sleep(0.2)
    raise RuntimeError(f"monitor run did not start: {log.read_text()[-2000:]}")


def _health(address: str) -> str:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=30) as response:
            found = json.loads(response.read())
    except urllib.error.HTTPError as error:
        found = json.loads(error.read())
    except OSError as error:
        return f"broken: {error}"
    bad = [f"{name}: {part['detail'][:80]}" for name, part in found["parts"].items() if part["status"] == "broken"]
    return " ".join([found["status"], *bad])
