"""Records of the store's own affairs: leases and sizes."""

from dataclasses import dataclass
from datetime import datetime

DAEMON = "daemon"
"""The right to be the one daemon on a database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who holds a named right (such as being the one daemon), since when, and until when unless renewed."""

    name: str
    holder: str
    acquired_at: datetime
    expires_at: datetime


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
