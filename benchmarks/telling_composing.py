"""Composing and handing over: what the jobs take, and what a report per recipient takes."""

import itertools
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import css_inline
import jinja2

from benchmarks.polls_clients import cpu_seconds, peak_megabytes
from monitor.config import Settings
from monitor.jobs.telling.compose import compose_round
from monitor.jobs.telling.deliver import deliver_round
from monitor.records.telling.digests import Rendered
from monitor.store import Store
from monitor.wiring.telling import desk as open_desk

SAMPLE = 200
"""Recipients of the peer, one of each stream, and mails that are handed over."""
_MOST_ITEMS = 60
_DAY = timedelta(days=1)
_TEMPLATE = """<html><head><style>p { margin: 0 0 8px } a { color: #0b5394 } .e { color: #555 }</style></head><body>
<h1>Report for {{ to }}</h1>{% for item in items %}
<p><a href="{{ item.url }}">{{ item.title }}</a> {{ item.outlet }}</p>
<p class="e">{{ item.evidence }}</p>{% endfor %}</body></html>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What composing took; processor time and memory with those of the process that draws."""

    wall: float
    cpu: float
    megabytes: float
    editions: int
    told: int
    """Editions with something in them."""
    entered: int
    kilobytes: float
    """What an edition weighs with its pictures, on the average."""


def composed(url: str, now: datetime) -> Composed:
    """Compose all that is due by then, pictures and ledger included."""
    with Store.open(url) as store, open_desk(Settings(database_url=url), store) as opened:
        desk = replace(opened, clock=lambda: now)
        started, used = time.perf_counter(), cpu_seconds()
        counts: Counter[str] = Counter()
        while done := compose_round(desk):
            counts.update(done.counts)
        wall, cpu, megabytes = time.perf_counter() - started, cpu_seconds() - used, peak_megabytes()
        heads = store.editions.listed(limit=100_000)
        editions = [edition for head in heads if (edition := store.editions.get(head.id)) is not None]
    return Composed(
        wall=wall,
        cpu=cpu,
        megabytes=megabytes,
        editions=counts["editions_composed"],
        told=sum(not edition.digest.is_empty for edition in editions),
        entered=counts["deliveries_entered"],
        kilobytes=sum(_weight(edition.rendered) for edition in editions) / max(1, len(editions)) / 1000,
    )


def _weight(mail: Rendered) -> int:
    words = len(mail.html.encode()) + len(mail.text.encode())
    return words + sum(len(picture.png) for picture in mail.pictures)


def handed_over(url: str, now: datetime) -> float:
    """Mails a second that a mail server on this machine takes, each with its own link; a sample of the ledger."""
    with _mail_server() as port, Store.open(url) as store:
        settings = Settings(
            database_url=url,
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_security="none",
            smtp_rate=10_000,
            public_url="https://talks.example/",
        )
        with open_desk(settings, store) as opened:
            desk = replace(opened, clock=lambda: now)
            started, sent = time.perf_counter(), 0
            while sent < SAMPLE and (done := deliver_round(desk)):
                sent += done.counts.get("sent", 0)
            if sent < SAMPLE:
                raise RuntimeError(f"only {sent} of {SAMPLE} mails were taken; see the log for why")
            return sent / (time.perf_counter() - started)


def one_by_one(url: str, now: datetime) -> float:
    """Seconds a recipient: read what they want, fill a template, write the style into the elements."""
    template = jinja2.Environment(autoescape=True).from_string(_TEMPLATE)
    inliner = css_inline.CSSInliner()
    with Store.open(url) as store:
        everybody = list(store.subscribers.listed())
        sample = list(itertools.islice(everybody, 0, None, max(1, len(everybody) // SAMPLE)))
        started = time.perf_counter()
        for subscriber in sample:
            found = store.publishing.matches(subscriber.selection, since=now - 2 * _DAY, limit=_MOST_ITEMS, now=now)
            inliner.inline(template.render(to=subscriber.recipient, items=list(found)))
        return (time.perf_counter() - started) / len(sample)


@contextmanager
def _mail_server() -> Iterator[int]:
    """A mail server in a process of its own that takes everything and keeps nothing; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    sink = ["-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    with subprocess.Popen([sys.executable, "-m", "aiosmtpd", *sink], stderr=subprocess.DEVNULL) as process:
        try:
            _answers(port)
            yield port
        finally:
            process.kill()


def _answers(port: int, patience: float = 30.0) -> None:
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        time.sleep(0.05)
    raise TimeoutError(f"the mail server on port {port} did not begin within {patience:g} s")
