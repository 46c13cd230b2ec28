"""What each stage costs by itself, one thread: the processor time below which no arrangement of them can go."""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from benchmarks.endtoend_programs import SETTINGS, Outlets
from monitor import wiring
from monitor.config import load
from monitor.daemon import logs
from monitor.jobs.analyse import analyse
from monitor.jobs.chronicle import chronicle
from monitor.jobs.poll import poll
from monitor.jobs.read import read, screen
from monitor.jobs.services import Done, HerePages, Services
from monitor.jobs.table import Job
from monitor.records.articles import Article
from monitor.store import Store

STAGES = {"feed": poll, "gate": screen, "page": read, "model": analyse, "chronicle": chronicle}


def floors(outlets: Outlets, articles: int) -> dict[str, float]:
    """Processor milliseconds an article of each stage, one after the other to the end, with nothing beside it."""
    with tempfile.TemporaryDirectory() as folder, _services(f"sqlite:///{Path(folder) / 'floor.sqlite3'}") as services:
        services.store.feeds.sync(outlets.feeds(), now=wiring.utc_now())
        _warm(services)
        return {name: 1000 * _worked(services, stage) / articles for name, stage in STAGES.items()}


def _worked(services: Services, stage: Job) -> float:
    before = _spent()
    done: Done | bool = True
    while done:
        done = stage(services)
    return _spent() - before


def _spent() -> float:
    """This process; and the parser's, which is the only other."""
    children = psutil.Process().children()
    return time.process_time() + sum(
        sum(child.cpu_times()[:2]) for child in children if "worker" in str(child.cmdline())
    )


def _warm(services: Services) -> None:
    """Load what is loaded on first use."""
    services.reader.screen([Article(id="0", title="A word", text="A word or two.")])
    services.reader.understand([Article(id="0", title="A word", text="A word or two.")])


@contextmanager
def _services(url: str) -> Iterator[Services]:
    logs.configure("warning", "json")
    before = os.environ.copy()
    os.environ.update(SETTINGS)
    try:
        settings = load(None, database_url=url)
        with (
            Store.open(url, create=True) as store,
            wiring.services(settings, store, holder="floor:1:a", stopping=threading.Event()) as services,
        ):
            yield replace(services, pages=HerePages())
    finally:
        os.environ.clear()
        os.environ.update(before)
