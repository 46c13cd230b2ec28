"""The soak: the real programs on a database, outlets that never stop, and a clock that is wound on as they keep up."""

import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from sqlalchemy.engine import make_url

from benchmarks.endtoend_programs import SETTINGS
from benchmarks.endtoend_server import address
from monitor.digest.periods import stream_key
from monitor.records.feeds import FeedSpec
from monitor.records.telling.alerts import Trigger
from monitor.records.telling.messages import Channel
from monitor.records.telling.subscribers import Cadence, Schedule, Selection
from monitor.store import Store
from proof.bounded_clock import WoundClock
from proof.bounded_site import FEWEST, SHOWN
from proof.bounded_watch import PENDING, Log, Sample, Watch
from proof.promise import Scene
from tests.mail_server import Postbox, real_server
from tests.workers import start

ARTICLES = 200_000
DAYS = 360
"""Of the wound clock, whatever the share: well beyond what the chronicle looks back on, and all that is kept for a time
but tombstones (400 days), by which the articles are counted."""
OUTLETS = 80
KEEP_DAYS = 10
AHEAD, FEWEST_AHEAD, DRAINED = 400, 80, 10
"""The clock is wound on until so many entries wait for a stage, and again when no more than so many are left.

What is newest is read first: if there always were some, the oldest would wait for ever.
"""
LEAP, LONGEST_LEAP = 40, 2
"""Articles that are published in one leap of the clock, and its days at most."""
FEWEST_HELD, LEAPS_HELD = 4, 20
"""Days, and leaps of the clock, that leases and claims last at least."""
SAMPLES = 240
_PAUSE = 0.1
_COUNTED_EVERY = 1.0
_LONGEST_WAIT = 900.0
_SETTINGS = SETTINGS | {
    "MONITOR_KEEP_DAYS": str(KEEP_DAYS),
    "MONITOR_MAX_AGE_DAYS": "14",
    "MONITOR_HOST_GAP": "0.02",
    "MONITOR_POLL_FLOOR": "3600",
    "MONITOR_POLL_START": "3600",
    "MONITOR_POLL_CEILING": "43200",
    "MONITOR_POLL_BUDGET": "4",
    "MONITOR_SMTP_HOST": "127.0.0.1",
    "MONITOR_SMTP_SECURITY": "none",
    "MONITOR_SMTP_RATE": "1000",
    "MONITOR_LOG_LEVEL": "warning",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """What a soak is run on: the address of the database, and the commands with the names of their roles."""

    url: str
    commands: Sequence[tuple[str, Sequence[str]]]


def soak(scene: Scene, plan: Soak) -> list[Sample]:
    """Run until ``scene.of(ARTICLES)`` articles are done; goes on where an interrupted one was. Returns its samples."""
    clock, log = WoundClock(scene.folder / "clock"), Log(scene.folder / "samples.csv")
    known = scene.remembered("soak")
    if known is None:
        known = {"began": datetime.now(UTC).timestamp(), "port": _free_port(), "runs": 0}
    scene.remember("soak", known | {"runs": known["runs"] + 1})
    began, run = datetime.fromtimestamp(known["began"], UTC), known["runs"]
    wanted = scene.of(ARTICLES)
    every = _every(wanted).total_seconds()
    with ExitStack() as stack:
        stack.enter_context(_site(str(scene.folder / "clock"), str(known["port"]), str(every), str(known["began"])))
        postbox = stack.enter_context(real_server())
        _furnish(plan.url, known["port"], began)
        programs = stack.enter_context(
            _running(scene.folder, plan, postbox.port, max(FEWEST_HELD, LEAPS_HELD * _leap(wanted)))
        )
        watch = Watch(plan.url, programs)
        stack.callback(watch.close)
        _work(scene, watch, clock, log, _Course(began=began, run=run, wanted=wanted), postbox)
    return log.samples()


def _every(wanted: int) -> timedelta:
    """How often an outlet publishes."""
    return timedelta(days=DAYS * OUTLETS / wanted)


def _leap(wanted: int) -> float:
    """Days of one leap of the clock."""
    return min(LONGEST_LEAP, DAYS * LEAP / wanted)


def kept_days(scene: Scene) -> float:
    """Days that an entry without a match is there: in its feed, and then for as long as is set."""
    return KEEP_DAYS + max(SHOWN, FEWEST * _every(scene.of(ARTICLES))) / timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    began: datetime
    run: int
    wanted: int


def _work(scene: Scene, watch: Watch, clock: WoundClock, log: Log, course: _Course, postbox: Postbox) -> None:
    """Wind the clock on while the programs keep up, and look at them every now and then."""
    leap = _leap(course.wanted) * 86400
    every = max(1, course.wanted // SAMPLES)
    ahead = min(AHEAD, max(FEWEST_AHEAD, course.wanted // 25))
    started = moved = counted = time.monotonic()
    done, looked, filling = watch.done(), -every, True
    while done < course.wanted or watch.busy():
        if not watch.alive():
            raise RuntimeError(f"a program ended in the middle of the soak: see {scene.folder / 'log'}")
        pending = watch.count(PENDING)
        filling = pending < ahead if filling else pending <= DRAINED
        if filling and done < course.wanted and watch.due(clock.now()) < OUTLETS // 4:
            clock.wind(leap)
        if time.monotonic() - counted > _COUNTED_EVERY:
            counted, before, done = time.monotonic(), done, watch.done()
            moved = counted if done > before else moved
            if counted - moved > _LONGEST_WAIT:
                raise RuntimeError(f"nothing was done for {_LONGEST_WAIT:.0f} s: see {scene.folder / 'log'}")
        if done >= looked + every:
            looked = done
            day = (clock.now() - course.began) / timedelta(days=1)
            sample = watch.look(run=course.run, seconds=time.monotonic() - started, day=day)
            log.add(sample)
            scene.remember("mails", (scene.remembered("mails") or 0) + len(postbox.letters))
            postbox.letters.clear()
            scene.progress(done, course.wanted, f"articles, day {day:.1f}, {sample.memory}")
        time.sleep(_PAUSE)


def _furnish(url: str, port: int, began: datetime) -> None:
    """Readers of digests, a rule that sends alerts by mail, and feeds; once."""
    every_match = Selection()
    with Store.open(url, create=True) as store:
        if store.feeds.all():
            return
        for cadence, number in product((Cadence.DAILY, Cadence.WEEKLY), range(3)):
            schedule, reader = Schedule(cadence=cadence), f"{cadence.value}{number}@reader.example"
            store.subscribers.add(
                reader,
                recipient_key=reader,
                stream=stream_key(schedule, every_match),
                schedule=schedule,
                selection=every_match,
                now=began,
            )
        if not store.alerts.listed():
            store.alerts.add(
                "desk",
                triggers=tuple(Trigger),
                selection=every_match,
                channel=Channel.EMAIL,
                target="desk@reader.example",
                group_seconds=3600,
                now=began,
            )
        store.feeds.sync([_feed(number, port) for number in range(OUTLETS)], now=began)


def _feed(number: int, port: int) -> FeedSpec:
    url = f"http://{address(number)}:{port}/feed/{number}"
    return FeedSpec(url=url, outlet=f"Outlet {number}", title=f"Feed {number}")


@contextmanager
def _site(*arguments: str) -> Iterator[None]:
    with start("proof.bounded_site", *arguments) as site:
        try:
            yield
        finally:
            site.kill()


@contextmanager
def _running(folder: Path, plan: Soak, smtp_port: int, held: float) -> Iterator[list[tuple[str, psutil.Process]]]:
    """The programs, each under the wound clock; what they say goes to a file."""
    environment = os.environ | _SETTINGS | {"MONITOR_DATABASE_URL": plan.url, "MONITOR_SMTP_PORT": str(smtp_port)}
    root = Path(__file__).resolve().parents[1]
    with ExitStack() as stack:
        said = stack.enter_context((folder / "log").open("ab"))
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "proof.bounded_house", str((folder / "clock").absolute()), str(held), *command],
                cwd=folder, env=environment | {"PYTHONPATH": str(root)}, stdout=said, stderr=said,
            )
            for _, command in plan.commands
        ]  # fmt: skip
        try:
            yield [(role, psutil.Process(each.pid)) for (role, _), each in zip(plan.commands, started, strict=True)]
        finally:
            for each in started:
                each.send_signal(signal.SIGTERM)
            for each in started:
                each.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A server whose data lie in ``folder`` and are there again after an interruption; the address of its database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgserver

        server = pgserver.get_server(folder)
    try:
        if "(0 rows)" in server.psql("SELECT 1 FROM pg_database WHERE datname = 'soak'"):
            server.psql("CREATE DATABASE soak")
        yield make_url(server.get_uri()).set(database="soak").render_as_string(hide_password=False)
    finally:
        server.cleanup()
