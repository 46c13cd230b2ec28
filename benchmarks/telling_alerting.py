"""From a match's commit to a webhook's receipt: through the daemon's runner and ticks, and posted straight on."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
from apscheduler.schedulers.background import BackgroundScheduler

from benchmarks.telling_material import bring, outlet_feed, own_story
from monitor import wiring
from monitor.config import Settings
from monitor.daemon.metrics import Metrics
from monitor.daemon.rounds import FOLLOWED_BY
from monitor.daemon.runner import Runner
from monitor.daemon.service import TICKS
from monitor.jobs.services import Services
from monitor.jobs.table import JOBS
from monitor.records.feeds import FeedSpec
from monitor.records.telling.alerts import Trigger
from monitor.records.telling.messages import Channel
from monitor.records.telling.subscribers import Selection
from monitor.store import Store

MATCHES = 120
GAP = 0.2
"""Seconds from one receipt to the next match."""
_OUTLETS = 20
_JOBS = ("chronicle", "alert", "urgent", "webhook", "chat")
_HOUR, _LEASE = timedelta(hours=1), timedelta(minutes=5)


def alerted(url: str, now: datetime, composing: bool = False, matches: int = MATCHES) -> list[float]:
    """Seconds from each match's commit to its receipt, one match after the other. It is ``now`` when this begins.

    With ``composing`` the digests that are due are composed meanwhile.
    """
    jobs = (*_JOBS, "compose") if composing else _JOBS
    with Receiver() as receiver, _services(url, now) as services:
        services.store.alerts.add(
            "bench",
            triggers=(Trigger.MATCH,),
            selection=Selection(),
            channel=Channel.WEBHOOK,
            target=receiver.url,
            hourly_limit=100_000,
            now=services.clock(),
        )
        with _running(services, jobs) as runner:
            taken = []
            for number in range(matches):
                committed = _match(services, number)
                # As the runner does when "analyse" has done something.
                runner.submit("chronicle")
                taken.append(receiver.next() - committed)
                time.sleep(GAP)
            if composing and "compose" not in runner.under_way():
                raise RuntimeError(f"all digests were composed before the last of {matches} matches: make more.")
            return taken


def posted(url: str, now: datetime, matches: int = MATCHES) -> list[float]:
    """The same where whoever writes the match posts it: a connection kept open, and nothing in between."""
    with Receiver() as receiver, _services(url, now) as services, httpx.Client() as client:
        taken = []
        for number in range(matches):
            committed = _match(services, number)
            client.post(receiver.url, json={"match": number}).raise_for_status()
            taken.append(receiver.next() - committed)
            time.sleep(GAP)
        return taken


@contextmanager
def _services(url: str, now: datetime) -> Iterator[Services]:
    ahead = now - datetime.now(UTC)
    settings = Settings(database_url=url, allow_private_hosts=("127.0.0.0/8",))
    with (
        Store.open(url, busy_timeout=wiring.LOCK_SECONDS) as store,
        wiring.services(
            settings,
            store,
            holder="bench",
            stopping=threading.Event(),
            clock=lambda: datetime.now(UTC) + ahead,
        ) as services,
    ):
        yield services


@contextmanager
def _running(services: Services, jobs: Sequence[str]) -> Iterator[Runner]:
    """The jobs of weaving and telling, with the daemon's ticks: the others have no work and would go out for it."""
    followed_by = {name: tuple(set(FOLLOWED_BY.get(name, ())) & set(jobs)) for name in jobs}
    runner = Runner(services, Metrics(), jobs={name: JOBS[name] for name in jobs}, followed_by=followed_by)
    ticks = BackgroundScheduler(timezone=UTC)
    for name in jobs:
        ticks.add_job(runner.submit, "interval", args=[name], seconds=TICKS[name])
        runner.submit(name)
    runner.start()
    ticks.start()
    try:
        yield runner
    finally:
        services.stopping.set()
        ticks.shutdown(wait=False)
        if not runner.drain(60):
            raise TimeoutError(f"rounds under way did not end within 60 s: {sorted(runner.under_way())}")


def _match(services: Services, number: int) -> float:
    """Have an article understood that matches and is like no other; when that was committed."""
    store, now = services.store, services.clock()
    name = f"paper{number % _OUTLETS}"
    spec = FeedSpec(url=f"https://{name}.example/rss", title=name, outlet=name, country="UA")
    feed = outlet_feed(store, spec, at=now - _HOUR)
    article, findings = own_story(number, at=now, outlet=name)
    bring(store, feed, article, at=now)
    (stored,) = store.findings.claim(now=now, limit=10, holder=services.holder, lease=_LEASE)
    store.findings.record(stored, findings, now=now)
    return time.perf_counter()


class Receiver:
    """A webhook's far end on loopback: notes when each message came, and takes it."""

    def __enter__(self) -> "Receiver":
        came: list[float] = []
        more = threading.Condition()
        self._came, self._more = came, more

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                with more:
                    came.append(time.perf_counter())
                    more.notify()
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
        """When the next message came. Raises TimeoutError."""
        with self._more:
            if not self._more.wait_for(lambda: self._came, patience):
                raise TimeoutError(f"no webhook within {patience:g} s")
            return self._came.pop(0)
