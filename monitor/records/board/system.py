"""What the system page shows: the funnel, queues, errors, storage, who works, who changed what."""

from dataclasses import dataclass
from datetime import datetime

from monitor.records.accounts import Account, AuditLine
from monitor.records.board.messages import Waiting


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
class Stage:
    """A stage of the funnel: how many entries reached it, and why some went no further."""

    name: str
    count: int
    lost: tuple[Dropped, ...] = ()
    """That ended before the next stage, the most first."""
    waiting: int = 0
    """For the next stage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What goes wrong with several feeds in the same words."""

    what: str
    count: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What went wrong lately in the same words."""

    where: str
    """``poll``, ``page`` or ``message``."""
    what: str
    """With numbers and addresses folded away."""
    count: int
    example: str
    """One of the feeds, pages or recipients; empty where none is kept."""
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A table: its highest row number, which is about how many rows it ever had."""

    name: str
    rows: int
    bytes: int | None = None
    """With its indexes; None where the database does not know it without reading all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemView:
    """How the program is."""

    window: str
    since: datetime
    seen: int
    """Entries of the window."""
    funnel: tuple[Stage, ...]
    """From seen to matched."""
    dropped: tuple[Dropped, ...]
    queues: tuple[Queue, ...]
    failures: tuple[Failure, ...]
    """Feeds that fail now."""
    troubles: tuple[Trouble, ...]
    """What went wrong in the last 24 hours, whether or not it is well again."""
    messages: tuple[tuple[str, int], ...]
    """(state, messages of the last thirty days; those that wait whenever they were composed)."""
    waiting: Waiting
    overdue: int
    daemon: str
    """Who holds the lease; empty when no daemon works."""
    daemon_until: datetime | None
    model: str
    """That made the newest analysis; empty when there is none."""
    revision: str
    database: str
    bytes: int
    tables: tuple[Stored, ...]
    accounts: tuple[Account, ...] = ()
    """For admins."""
    audit: tuple[AuditLine, ...] = ()
    """For admins: the newest first."""
