"""A furnished dashboard that answers on loopback, and what is in its database: what these trials share."""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import create_engine, text
from structlog.testing import capture_logs

from monitor.dashboard.people import Door
from monitor.store import Store
from monitor.store.tables import metadata
from proof.promise import Figure
from tests.dashboard_builders import NOW, app_over
from tests.dashboard_doors import Way, furnished, keys, ways
from tests.test_dashboard_live import served

OWN = {"sec-fetch-site": "same-origin"}
"""The header of a request from our own pages."""
# What every look of a person changes: when a token was used last, and when they came.
_MOVING = {"tokens": "last_used_at", "accounts": "last_seen_at", "sessions": "seen_at"}
_UNWATCHED = frozenset({"visits", "sessions"})


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A dashboard at ``url``, what is in it, and the headers by which people are known."""

    url: str
    store: Store
    database: str
    app: FastAPI
    things: Mapping[str, object]
    keys: Mapping[str, Mapping[str, str]]

    @property
    def ways(self) -> tuple[Way, ...]:
        """Every route."""
        return ways(self.app)

    def client(self, person: str = "nobody", **headers: str) -> httpx.Client:
        """A client that is known as that person."""
        return httpx.Client(base_url=self.url, headers={**self.keys[person], **headers}, timeout=120, verify=False)

    def rows(self) -> dict[str, str]:
        """What is in each table, in few characters; without what a look at a page changes."""
        engine = create_engine(self.database.replace("postgresql://", "postgresql+psycopg://"))
        try:
            with engine.connect() as connection:
                return {
                    table.name: _sum(
                        map(dict, connection.execute(text(f"SELECT * FROM {table.name}")).mappings()), name
                    )
                    for name, table in metadata.tables.items()
                    if name not in _UNWATCHED
                }
        finally:
            engine.dispose()


def _sum(rows: Iterator[dict[str, Any]], table: str) -> str:
    left_out = _MOVING.get(table)
    said = sorted(repr([(key, value) for key, value in row.items() if key != left_out]) for row in rows)
    return f"{len(said)} {hashlib.sha256(repr(said).encode()).hexdigest()[:16]}"


@contextmanager
def world(folder: Path, *, url: str = "", door: Door | None = None, now: datetime = NOW) -> Iterator[World]:
    """A furnished dashboard, in a new SQLite file of ``folder`` unless ``url`` names an empty database."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "world.sqlite3"
    for old in folder.glob("world.sqlite3*"):
        old.unlink()
    database = url or f"sqlite:///{path}"
    with ExitStack() as stack:
        # Every refusal is logged; of a few of them a person at the terminal would want to know.
        stack.enter_context(capture_logs())
        store = stack.enter_context(Store.open(database, create=True))
        things = furnished(store)
        known = keys(store)
        app = app_over(store, now=now, door=door)
        stack.callback(app.state.house.pictures.close)
        at = stack.enter_context(served(app))
        yield World(url=at, store=store, database=database, app=app, things=things, keys=known)


@dataclass(slots=True)
class Tally:
    """How much was tried, and what went wrong. Usable from any thread."""

    tried: int = 0
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, holds: bool, told: str) -> None:
        """Count one trial; ``told`` says what went wrong where it does not hold."""
        with self.lock:
            self.tried += 1
            if not holds:
                self.wrong.append(told[:300])

    def figure(self, what: str, wanted: str) -> Figure:
        """The whole as a figure, with the first that went wrong."""
        first = f"; first: {self.wrong[0]}" if self.wrong else ""
        measured = f"{len(self.wrong)} of {self.tried:,}{first}".replace("|", "/").replace("\n", " ")
        return Figure(what=what, measured=measured, wanted=wanted, holds=not self.wrong and self.tried > 0)
