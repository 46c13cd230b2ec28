"""No stall: the timer is in time while the model works and everything hangs that can; what hangs is replaced."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

from benchmarks.material import articles
from monitor.records.articles import Article
from monitor.records.feeds import FeedSpec
from monitor.records.telling.messages import Channel, NewDelivery
from monitor.store import Store
from proof.no_stall_hung import get, hung_round
from proof.promise import Figure, Part, Promise, Scene
from tests.fault_site import TALKS, item, rss
from tests.odd_mail_server import OddServer, drip
from tests.recording import RecordingServer, Reply, Visit
from tests.store_builders import item as entry
from tests.store_builders import poll, read, to_read

ROOT = Path(__file__).resolve().parent.parent
MINUTES = 10.0
P99 = 1.0
HANGING, NEWS = 6, 12
QUEUE = 600
"""Articles that wait for the model, at least."""
STOP_EVERY = 30.0
"""Seconds between two readers of pages that are made to hang."""
NEW_EVERY = 20
PAGE = "".join(f"<p>{TALKS} Delegate {n} spoke about point {n} of the plan.</p>" for n in range(5))


@dataclass
class _Site:
    """Feeds that hang whoever parses them, and feeds with a new story every few seconds."""

    port: int = 0
    texts: Sequence[Article] = field(default_factory=lambda: articles(200))

    def __call__(self, visit: Visit) -> Reply:
        kind, _, number = visit.path.strip("/").partition("/")
        if kind == "hang":
            body = rss(item(visit.host, int(number), author="a" * 1_000_000), before="<!DOCTYPE rss>")
            return "200 OK", {"Content-Type": "application/rss+xml"}, body
        if kind == "news":
            last = int(time.time() // NEW_EVERY)
            body = rss("".join(self._item(visit.host, last - back) for back in range(5)))
            return "200 OK", {"Content-Type": "application/rss+xml"}, body
        if kind == "story":
            head = f"<html lang='en'><head><title>Talks {number}</title></head>"
            page = f"{head}<body><article>{PAGE}</article></body></html>"
            return "200 OK", {"Content-Type": "text/html; charset=utf-8"}, page.encode()
        return "404 Not Found", {}, b""

    def _item(self, host: str, number: int) -> str:
        """A story in words of its own: one that took the place of another with the same words would be its edit."""
        told = self.texts[number % len(self.texts)]
        link = f"http://{host}:{self.port}/story/{number}"
        title, text = escape(f"{told.title} ({number})"), escape(told.text)
        return item(host, number, pubDate=_written(number), link=link, description=text, title=title)


def _written(number: int) -> str:
    return format_datetime(datetime.fromtimestamp(number * NEW_EVERY, UTC), usegmt=True)


@dataclass
class Watched:
    """What a probe saw, a second at a time."""

    statuses: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    metrics: str = ""
    stopped: int = 0
    """Readers of pages that were made to hang."""


def _full_load(scene: Scene) -> Sequence[Figure]:
    """The real program, ``monitor run``, for ten minutes."""
    path = scene.folder / "monitor.sqlite3"
    path.unlink(missing_ok=True)
    url, seconds = f"sqlite:///{path}", max(40.0, 60 * MINUTES * scene.share)
    with ExitStack() as stack:
        site = _Site()
        server = stack.enter_context(RecordingServer(site))
        site.port = server.port
        mail = stack.enter_context(OddServer({"CONNECT": drip}))
        store = stack.enter_context(Store.open(url, create=True))
        _fill(store, server.port, hanging=HANGING)
        desk = _Queue(store)
        desk.fill(QUEUE)
        process = stack.enter_context(_monitor(url, mail.port, scene.folder / "log.jsonl"))
        watched = _watch(process, scene.folder / "log.jsonl", desk, seconds)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        ended = time.monotonic() - began
        news = sum(feed.entries_seen for feed in store.feeds.all() if "/news/" in feed.spec.url)
    return _load_figures(watched, desk, seconds=seconds, ended=ended, dripped=mail.connections, news=news)


def _fill(store: Store, port: int, *, hanging: int) -> None:
    now = datetime.now(UTC)
    # A host each: what one of them costs no other waits for by manners.
    hosts = [f"http://127.0.5.{n + 1}:{port}/news/{n}" for n in range(NEWS)]
    hosts += [f"http://127.0.4.{n + 1}:{port}/hang/{n}" for n in range(hanging)]
    feeds = [FeedSpec(url=url, title=url) for url in hosts]
    store.feeds.sync(feeds, now=now)
    mails = [
        NewDelivery(kind="alert", channel=Channel.EMAIL, target=f"{n}@reader.example", ledger_key=f"stall.{n}",
                    message_id=f"<stall.{n}@desk.example>", give_up_at=now + timedelta(days=1), subject="A test",
                    body='{"text": "A test."}')
        for n in range(50)
    ]  # fmt: skip
    store.deliveries.enter(mails, now=now)


class _Queue:
    """Keeps the model's queue full of real articles."""

    def __init__(self, store: Store) -> None:
        self._store, self._texts, self.entered = store, articles(), 0
        self._feed = store.feeds.add(FeedSpec(url="http://127.0.6.1:9/archive"), now=datetime.now(UTC))
        store.feeds.remove(self._feed.id)

    def fill(self, number: int) -> None:
        """Enter so many articles that only have to be understood."""
        now = datetime.now(UTC)
        numbers = range(self.entered, self.entered + number)
        new = poll(self._store, self._feed, *(entry(f"stall{n}") for n in numbers), at=now).new_entry_ids
        to_read(self._store, *new)
        self._store.entries.record_read(
            [read(id_, self._article(n)) for n, id_ in zip(numbers, new, strict=True)], now=now
        )
        self.entered += number

    def _article(self, number: int) -> Article:
        text = self._texts[number % len(self._texts)]
        return Article(id=f"stall{number}", title=f"{text.title} ({number})", text=f"{text.text} {number}.",
                       published=datetime.now(UTC), language="en")  # fmt: skip


@contextlib.contextmanager
def _monitor(url: str, mail_port: int, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    settings = {
        "ALLOW_PRIVATE_HOSTS": '["127.0.0.0/8"]', "HOST_GAP": "0", "CATALOGUE": "false", "POLL_FLOOR": "10",
        "POLL_START": "10", "POLL_CEILING": "60", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mail_port),
        "SMTP_SECURITY": "none", "MAIL_FROM": "Monitor <monitor@desk.example>", "HEALTH_PORT": "0",
        "LOG_FORMAT": "json",
    }  # fmt: skip
    given = os.environ | {f"MONITOR_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "monitor", "--db", url, "run", "--no-live"]
    with log.open("w") as stream:
        process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=stream, stderr=stream)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _address(log: Path, process: "subprocess.Popen[bytes]") -> str:
    ends = time.monotonic() + 120
    while time.monotonic() < ends and process.poll() is None:
        for line in log.read_text().splitlines():
            if '"started"' in line and "health" in (said := json.loads(line)):
                return str(said["health"])
        time.sleep(0.2)
    raise RuntimeError(f"the program did not start: {log.read_text()[-1000:]}")


def _watch(process: "subprocess.Popen[bytes]", log: Path, queue: _Queue, seconds: float) -> Watched:
    address = _address(log, process)
    seen, began, next_stop = Watched(), time.monotonic(), time.monotonic() + STOP_EVERY / 2
    while (now := time.monotonic()) - began < seconds:
        status, body = get(f"{address}/health")
        seen.statuses[json.loads(body)["status"] if status in {200, 503} else "no answer"] += 1
        seen.slowest = max(seen.slowest, time.monotonic() - now)
        _, seen.metrics = get(f"{address}/metrics")
        if queue.entered - _value(seen.metrics, 'monitor_work_total{kind="analysed"}') < QUEUE:
            queue.fill(QUEUE)
        if now > next_stop:
            seen.stopped += _stop_reader(process.pid)
            next_stop = now + STOP_EVERY
        time.sleep(max(0.0, 1.0 - (time.monotonic() - now)))
    return seen


def _stop_reader(parent: int) -> int:
    """Make the process that reads pages hang; how many there were."""
    stopped = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError, IndexError):
            state, father = path.with_name("stat").read_text().rpartition(") ")[2].split()[:2]
            if int(father) == parent and state != "T" and b"monitor.extract.worker" in path.read_bytes():
                os.kill(int(path.parent.name), signal.SIGSTOP)
                stopped += 1
    return stopped


def _value(page: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} ([0-9.e+-]+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


def _lags(page: str) -> tuple[float, list[tuple[float, float]]]:
    """The number of ticks, and for each bound how many came no later."""
    found = re.findall(r'^monitor_scheduler_lag_seconds_bucket\{le="([0-9.]+)"\} ([0-9.]+)$', page, re.MULTILINE)
    return _value(page, "monitor_scheduler_lag_seconds_count"), [(float(le), float(n)) for le, n in found]


def _load_figures(
    seen: Watched, queue: _Queue, *, seconds: float, ended: float, dripped: int, news: int
) -> list[Figure]:
    count, bounds = _lags(seen.metrics)
    within = next(number for bound, number in bounds if bound == P99)
    at = {share: next((b for b, n in bounds if n >= share * count), float("inf")) for share in (0.5, 0.99, 1.0)}
    analysed = _value(seen.metrics, 'monitor_work_total{kind="analysed"}')
    killed = {what: _value(seen.metrics, f'monitor_processes_killed_total{{process="{what}"}}')
              for what in ("parser", "page reader")}  # fmt: skip
    broken = seen.statuses["broken"] + seen.statuses["no answer"]
    ill = ", ".join(f"{status} {number}" for status, number in seen.statuses.items())
    return [
        Figure(what=f"lag of the timer's ticks in {seconds:.0f} s, p50 / p99 / most, at most",
               measured=f"{at[0.5]:g} / {at[0.99]:g} / {at[1.0]:g} s, {count:,.0f} ticks, {within / count:.2%} in 1 s",
               wanted="p99 of 1 s at most", holds=within >= 0.99 * count),
        Figure(what="articles that the model read meanwhile", measured=f"{analysed:,.0f}, {analysed / seconds:.1f} a s",
               wanted="its queue never empty", holds=0 < analysed < queue.entered),
        Figure(what="parsers that hung and were replaced", measured=f"{killed['parser']:.0f}", wanted="1 or more",
               holds=killed["parser"] > 0),
        Figure(what="page readers that hung and were replaced",
               measured=f"{killed['page reader']:.0f} of {seen.stopped} stopped", wanted="all but the last",
               holds=seen.stopped > 0 and killed["page reader"] >= seen.stopped - 1),
        Figure(what="connections to the mail server that drips", measured=f"{dripped}", wanted="1 or more",
               holds=dripped > 0),
        Figure(what="entries of the feeds beside those that hang", measured=f"{news}", wanted="new ones all along",
               holds=news >= NEWS * (5 + seconds / NEW_EVERY / 4)),
        Figure(what="/health, asked every second", measured=f"{ill}; slowest answer {seen.slowest:.1f} s",
               wanted="never broken or silent", holds=not broken),
        Figure(what="the end when asked for, with everything hanging", measured=f"{ended:.1f} s", wanted="15 s at most",
               holds=ended <= 15),
    ]  # fmt: skip


PROMISE = Promise(
    key="no-stall",
    says="The timer ticks in time (p99 of the lag 1 s at most) while the model works at full load and feeds, pages and "
    "the mail server hang; what hangs is replaced, and health tells.",
    parts=(
        Part(name="everything hangs at full load", run=_full_load, minutes=11),
        Part(name="a round that hangs", run=hung_round, minutes=2),
    ),
    quick={
        "tests/test_daemon_watchdog.py": "lag, silence and hangs are counted, told and ended",
        "tests/test_daemon_trouble.py": "a host that hangs holds up no round",
        "tests/test_notify_smtp_trouble.py": "a mail server that drips is let go at its deadline",
        "tests/test_extract_pool.py": "a page that hangs is given up and the next is read",
    },
)
