"""Telling at full size: digests for ten thousand recipients, and how soon a stored match is a webhook.

The news is the bundled newsroom's week, read by the shipped model and woven by the real jobs. Composing is measured in
a process of its own, pictures included, until nothing is left to compose. The peer does what a report per recipient
does (Taranis AI's presenters): it reads, fills a Jinja template and writes the style into the elements, one recipient
after the other; it is measured on a sample and scaled up.
"""

import itertools
import random
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from typing import TypeVar

import css_inline
import httpx
import jinja2

from benchmarks.figures import percentile, table
from benchmarks.machine import peak_megabytes
from benchmarks.material import Scale
from monitor import wiring
from monitor.config import Settings
from monitor.daemon import logs
from monitor.daemon.metrics import Metrics
from monitor.daemon.runner import Runner
from monitor.digest import periods
from monitor.jobs.table import JOBS
from monitor.jobs.telling.compose import compose_round
from monitor.notify.addresses import same
from monitor.records.findings import Entity, Findings, Span
from monitor.records.telling.alerts import Trigger
from monitor.records.telling.messages import Channel
from monitor.records.telling.subscribers import Schedule, Selection
from monitor.store import Store
from monitor.wiring.telling import desk as open_desk
from tests.telling_builders import arrive, nothing
from tests.woven_week import woven_week

RECIPIENTS = 10_000
STREAMS = 200
SAMPLE = 100
ALERTS = 120
WANTED_SECONDS, WANTED_LATENCY = 60, 2.0
_ZONES = ("UTC", "Europe/Kyiv", "Europe/London", "America/New_York", "Asia/Kolkata")
_SEARCHES = ("", "tomahawk", "said:Trump", "about:Patriot", "putin", "budapest", "-is:state", "zelensky OR orban")
_TOPICS: tuple[tuple[str, ...], ...] = ((), ("talks",), ("missile_aid",))
_TEMPLATE = """<html><head><style>p { margin: 0 0 8px } a { color: #0b5394 } .e { color: #555 }</style></head><body>
<h1>Report for {{ to }}</h1>{% for item in items %}
<p><a href="{{ item.url }}">{{ item.title }}</a> {{ item.outlet }}</p>
<p class="e">{{ item.evidence }}</p>{% endfor %}</body></html>"""
_JOBS = ("chronicle", "alert", "urgent", "webhook", "chat")
T = TypeVar("T")


def run(_: Scale) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="telling-") as folder:
        url = f"sqlite:///{folder}/monitor.sqlite3"
        matches, now = _alone(_made, url)
        wall, cpu, memory, editions, entered = _alone(_composed, url, now)
        peer = _alone(_one_by_one, url, now)
        ours, direct = _alone(_alerted, f"sqlite:///{folder}/alerts.sqlite3")
    ratio = peer * RECIPIENTS / SAMPLE / wall
    return [
        f"{RECIPIENTS:,} daily recipients in {editions} streams over {matches} matches of the newsroom's week, charts",
        f"drawn; {entered:,} deliveries entered. Wanted: {WANTED_SECONDS} s on two cores and bounded memory.",
        "",
        *table(
            "composing",
            [
                f"| talks-monitor | {wall:.1f} | {cpu:.1f} | {memory:.0f} | |",
                f"| one by one, no charts (as Taranis AI; {SAMPLE} recipients, scaled) | "
                f"{peer * RECIPIENTS / SAMPLE:.1f} | | | {ratio:.1f} times ours |",
            ],
            ("wall, s", "processor, s", "peak memory, MB", "ratio"),
        ),
        "",
        f"{ALERTS} matches, one after the other, from the commit of a match to the webhook's receipt. Wanted: p95 of "
        f"{WANTED_LATENCY:g} s.",
        "",
        *table(
            "alert latency, s",
            [_latency("talks-monitor: woven, told once, in the ledger", ours), _latency("posted straight on", direct)],
            ("p50", "p95", "max"),
        ),
        "",
        f"Posting straight on is {percentile(ours, 0.5) / percentile(direct, 0.5):.0f} times quicker at p50. It knows "
        "of no story, so it tells every copy; what fails is lost, and what was in hand when it died too.",
    ]


def _latency(name: str, seconds: list[float]) -> str:
    return f"| {name} | " + " | ".join(f"{percentile(seconds, share):.3f}" for share in (0.5, 0.95, 1.0)) + " |"


def _alone(work: Callable[..., T], *given: object) -> T:
    """In a process of its own, so that no other's memory is counted."""
    with ProcessPoolExecutor(
        1, get_context("spawn"), initializer=logs.configure, initargs=("error", "json")
    ) as process:
        return process.submit(work, *given).result()


def _made(url: str) -> tuple[int, datetime]:
    """A store with the week and the recipients; how many matches, and a moment at which every digest is due."""
    with Store.open(url, create=True) as store:
        week = woven_week(store)
        end = week.week.end
        kinds = itertools.product(_TOPICS, _ZONES, _SEARCHES, (5, 6))
        for place, (topics, zone, search, hour) in enumerate(itertools.islice(itertools.cycle(kinds), STREAMS)):
            schedule = Schedule(zone=zone, hour=hour)
            selection = Selection(topics=topics, search=search)
            for number in range(RECIPIENTS // STREAMS):
                address = f"reader-{place}-{number}@reader.example"
                store.subscribers.add(
                    address,
                    recipient_key=same(address),
                    stream=periods.stream_key(schedule, selection),
                    schedule=schedule,
                    selection=selection,
                    now=end - timedelta(days=3),
                )
        return len(store.findings.matches(limit=10_000)), end + timedelta(hours=26)


def _composed(url: str, now: datetime) -> tuple[float, float, float, int, int]:
    settings = Settings(database_url=url, digest_patience=1.0)
    with Store.open(url) as store, open_desk(settings, store) as opened:
        desk = replace(opened, clock=lambda: now)
        started, used = time.perf_counter(), time.process_time()
        editions = entered = 0
        while done := compose_round(desk):
            editions += done.counts.get("editions_composed", 0)
            entered += done.counts.get("deliveries_entered", 0)
        return time.perf_counter() - started, time.process_time() - used, peak_megabytes(), editions, entered


def _one_by_one(url: str, now: datetime) -> float:
    template = jinja2.Environment(autoescape=True).from_string(_TEMPLATE)
    inliner = css_inline.CSSInliner()
    with Store.open(url) as store:
        started = time.perf_counter()
        for subscriber in itertools.islice(store.subscribers.listed(), SAMPLE):
            items = list(
                store.publishing.matches(subscriber.selection, since=now - timedelta(days=7), limit=60, now=now)
            )
            inliner.inline(template.render(to=subscriber.recipient, items=items))
        return time.perf_counter() - started


def _alerted(url: str) -> tuple[list[float], list[float]]:
    """Seconds from a match's commit to its receipt: through the jobs, and posted straight on."""
    settings = Settings(database_url=url, allow_private_hosts=("127.0.0.0/8",), catalogue=False)
    stopping = threading.Event()
    with ExitStack() as stack:
        receiver = stack.enter_context(_Receiver())
        store = stack.enter_context(Store.open(url, create=True))
        services = stack.enter_context(wiring.services(settings, store, holder="bench", stopping=stopping))
        store.alerts.add(
            "bench",
            triggers=(Trigger.MATCH,),
            selection=Selection(),
            channel=Channel.WEBHOOK,
            target=receiver.url,
            hourly_limit=100_000,
            now=wiring.utc_now() - timedelta(hours=1),
        )
        runner = Runner(
            services, Metrics(), jobs={name: JOBS[name] for name in ("chronicle", "alert", "urgent", "webhook", "chat")}
        )
        runner.start()
        ours = []
        for number in range(ALERTS):
            # Each of an outlet and a story of its own: what repeats a story is no news and is not told.
            arrive(
                store,
                number,
                _findings(number),
                when=_now(),
                by=f"paper{number}",
                title=_words(number, 6),
                text=_words(number),
            )
            committed = time.perf_counter()
            runner.submit("chronicle")
            ours.append(receiver.next() - committed)
        stopping.set()
        runner.drain(10)
        direct = []
        with httpx.Client() as client:
            for number in range(ALERTS):
                arrive(store, 1000 + number, _findings(number), when=_now(), by=f"other{number}")
                committed = time.perf_counter()
                client.post(receiver.url, json={"match": number})
                direct.append(receiver.next() - committed)
        return ours, direct


def _now() -> datetime:
    """So that the match, which the builder makes a minute later, is of now."""
    return datetime.now(UTC) - timedelta(minutes=1)


def _findings(number: int) -> Findings:
    """A match and no more, of a story of its own."""
    chance = random.Random(number)
    name = f"Witness{number * 7919}"
    someone = Entity(name=name, type="person", id=None, mentions=(Span(start=0, end=5, text="Story"),))
    return replace(nothing(), entities=(someone,), embedding=tuple(chance.gauss(0, 1) for _ in range(384)))


def _words(number: int, count: int = 60) -> str:
    chance = random.Random(-number)
    return " ".join("".join(chance.choices("abdefgiklmnoprstu", k=7)) for _ in range(count))


class _Receiver:
    """A webhook's far end: notes when each message came."""

    def __enter__(self) -> "_Receiver":
        came: list[float] = []
        self._came, self._more = came, threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                with outer._more:
                    came.append(time.perf_counter())
                    outer._more.notify()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def next(self, patience: float = 60.0) -> float:
        """When the next message came."""
        with self._more:
            if not self._more.wait_for(lambda: self._came, patience):
                raise TimeoutError(f"no webhook within {patience:g} s")
            return self._came.pop(0)
