"""The record of the overview: the state of the talks at a glance."""

from dataclasses import dataclass
from datetime import datetime

from monitor.records.board.ladder import Cell
from monitor.records.board.matches import MatchRow
from monitor.records.board.timeline import EventMark
from monitor.records.chronicle import Clash, Happening, Statement, Story
from monitor.records.telling.digests import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderWords:
    """The latest words of one person."""

    name: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far back a view tells news, and from which moment on it counts back."""

    since: datetime
    anchor: datetime | None = None
    """The newest match, where that is older than a day: windows are counted back from it and not from now."""
    is_cut: bool = False
    """More was matched in the window than is looked at: ``since`` is later than what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What holds whatever the window."""

    held: tuple[Happening, ...]
    words: tuple[LeaderWords, ...]
    disputed: tuple[Clash, ...]
    stories: tuple[Story, ...]
    latest: tuple[MatchRow, ...]
    annotations: tuple[EventMark, ...]
    newest: datetime | None
    newest_match: int


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
    """What took place, is under way, or was called off, the latest first."""
    words: tuple[LeaderWords, ...]
    stories: tuple[Story, ...]
    """Of the last three days before the newest one, those of the most independent origins first."""
    latest: tuple[MatchRow, ...]
    newest: datetime | None
    """When the newest match was made; None when there is none at all."""
    newest_match: int
    stale: bool
    """Most of the sources bring nothing although they should: what is missing here may not have been seen."""
    anchor: datetime | None = None
    """The newest match, where that is older than a day: the window is counted back from it and not from now."""
    is_cut: bool = False
    """The window holds more matches than are looked at: ``since`` is later than what was asked for."""
    weapons: tuple[Cell, ...] = ()
    """Where weapons stand, whatever the window; those that moved last come first."""
    disputed: tuple[Clash, ...] = ()
    """What one capital claims and another denies, of the two weeks before the newest match, the latest denial first."""
    annotations: tuple[EventMark, ...] = ()
    """Events on the days of the volume, the latest day first."""
