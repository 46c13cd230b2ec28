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
    matched_new: int = 0
    """How many of these matched."""
    matches: int = 0
    """Entries of the last thirty days that matched, but for back catalogues."""
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
    gap_at: datetime | None = None
    """When there was one last."""
    notice: str = ""
    """What its server said for good: that it moved, or that it is gone."""


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
class HourCount:
    """Entries of the last weeks that were published in one hour of one weekday (UTC)."""

    weekday: int
    """0 is Monday."""
    hour: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollHour:
    """Polls of one hour by what came of them."""

    at: datetime
    """The full hour it begins at, UTC."""
    brought: int = 0
    same: int = 0
    failed: int = 0
    put_off: int = 0
    """In an outage of our own network, or because the host asked for a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedArticle:
    """An article of the feed whose page was changed after it was read."""

    article_id: int
    title: str
    versions: int
    changed_at: datetime
    """When the newest version was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What the store knows of one feed beside its row."""

    hours: tuple[HourCount, ...]
    """Hours in which something was published."""
    counted: int
    """Entries that ``hours`` counts."""
    poll_hours: tuple[PollHour, ...]
    """Of the last two weeks, the newest first."""
    polls: tuple[PastPoll, ...]
    """The last ones, the newest first."""
    entries: tuple[SourceEntry, ...]
    matches: tuple[MatchRow, ...]
    changed: tuple[ChangedArticle, ...]
    """Those that changed last, among the newest articles of the feed."""


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
    facts: SourceFacts
