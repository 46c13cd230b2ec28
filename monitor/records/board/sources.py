"""What the sources pages show: how every feed is, and one feed's rhythm, polls and entries."""

from dataclasses import dataclass
from datetime import datetime

from monitor.records.board.matches import MatchRow
from monitor.records.history import PastPoll


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedYield:
    """What a feed brought."""

    new: int = 0
    """Entries first seen in the last seven days."""
    matches: int = 0
    """Matches of the last thirty days."""
    kept: int = 0
    """Judgements that a match of it was right."""
    rejected: int = 0
    """Judgements that it was not, or about the other topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One feed."""

    id: int
    title: str
    outlet: str
    url: str
    country: str
    state_controlled: bool
    language: str
    kind: str
    state: str
    """``ok``, ``new``, ``moved``, ``partial``, ``stale``, ``frozen``, ``failing`` or ``gone``; or ``off``."""
    detail: str
    """Why, in words."""
    since: datetime | None
    last_success_at: datetime | None
    next_poll_at: datetime | None
    interval: float
    """Seconds between polls."""
    newest_at: datetime | None
    gaps: int
    """How often two polls had nothing in common, so that entries may have been missed."""
    found: FeedYield


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesView:
    """Feeds, the worst first unless another order is asked for."""

    rows: tuple[SourceRow, ...]
    found: int
    """Feeds that fit, on all pages."""
    total: int
    states: tuple[tuple[str, int], ...]
    """(state, feeds) of all feeds."""
    countries: tuple[str, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """An entry and what became of it."""

    id: int
    title: str
    url: str
    first_seen: datetime
    published: datetime | None
    state: str
    reason: str
    article_id: int | None
    changes: int
    backfill: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One feed."""

    now: datetime
    row: SourceRow
    homepage: str
    family: str
    last_error: str
    entries_seen: int
    notes: tuple[str, ...]
    hours: tuple[float, ...]
    """Items an hour by hour of the day (UTC), as learnt; empty while unknown."""
    days: tuple[float, ...]
    """Items a day by weekday, Monday first."""
    polls: tuple[PastPoll, ...]
    """The newest first."""
    entries: tuple[SourceEntry, ...]
    matches: tuple[MatchRow, ...]
