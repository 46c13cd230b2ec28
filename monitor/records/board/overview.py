"""The record of the overview: the state of the talks at a glance."""

from dataclasses import dataclass
from datetime import datetime

from monitor.records.board.matches import MatchRow
from monitor.records.chronicle import Happening, Statement, Story
from monitor.records.telling.digests import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderWords:
    """The latest words of one person."""

    name: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView:
    """What happened, what is planned, who said what, where each weapon stands, and whether the sources are well."""

    since: datetime
    """What is new since then is told as news."""
    window: str
    """``visit`` (since your last visit), ``24h``, ``3d``, ``7d`` or ``30d``."""
    digest: Digest
    """What changed since then, as the digest would tell it."""
    held: tuple[Happening, ...]
    """What took place, or was called off, the latest first."""
    words: tuple[LeaderWords, ...]
    stories: tuple[Story, ...]
    """The latest told, whatever the window."""
    latest: tuple[MatchRow, ...]
    newest: datetime | None
    """When the newest match was made; None when there is none at all."""
    newest_match: int
    stale: bool
    """Most of the sources bring nothing although they should: what is missing here may not have been seen."""
