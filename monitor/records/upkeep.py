"""Records of the store's own affairs: leases, rows that broke rounds, what waits, sizes."""

from dataclasses import dataclass
from datetime import datetime

DAEMON = "daemon"
"""The right to be the one daemon on a database."""
WORKER = "worker:"
"""Begins the names of leases by which workers show that they live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who holds a named right (such as being the one daemon), since when, and until when unless renewed."""

    name: str
    holder: str
    acquired_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """A row that broke the rounds it was in."""

    id: int
    kind: str
    """``feed``, ``entry`` or ``article``."""
    row_id: int
    job: str
    """In which it broke last."""
    count: int
    error: str
    last_at: datetime
    quarantined_at: datetime | None
    """Since when no round takes it any more; None while it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits for one stage."""

    stage: str
    """``poll``, ``screen``, ``read``, ``analyse`` or ``chronicle``."""
    waiting: int
    """Rows, counted up to a bound."""
    oldest: datetime | None
    """Since when the first of them waits; None when nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSize:
    """A table and its number of rows."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStats:
    """What the database holds. ``bytes`` counts everything on disk, the full-text index included."""

    name: str
    """The database, without password."""
    revision: str
    bytes: int
    tables: tuple[TableSize, ...]
