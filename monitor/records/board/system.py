"""What the system page shows: the funnel, queues, errors, storage, who works, who changed what."""

from dataclasses import dataclass
from datetime import datetime

from monitor.records.accounts import Account, AuditLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Entries of the window that ended in one state for one reason."""

    state: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for one stage."""

    stage: str
    waiting: int
    more: bool
    """There are more than were counted."""
    oldest: datetime | None
    """When the oldest was first seen, or published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong with several feeds in the same words."""

    what: str
    count: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A table: its highest row number, which is about how many rows it ever had."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemView:
    """How the program is."""

    window: str
    since: datetime
    seen: int
    """Entries of the window."""
    funnel: tuple[tuple[str, int], ...]
    """(stage, entries that reached it), from seen to matched."""
    dropped: tuple[Dropped, ...]
    queues: tuple[Queue, ...]
    failures: tuple[Failure, ...]
    messages: tuple[tuple[str, int], ...]
    """(state, messages)."""
    overdue: int
    daemon: str
    """Who holds the lease; empty when no daemon works."""
    daemon_until: datetime | None
    revision: str
    database: str
    bytes: int
    tables: tuple[Stored, ...]
    accounts: tuple[Account, ...] = ()
    """For admins."""
    audit: tuple[AuditLine, ...] = ()
    """For admins: the newest first."""
