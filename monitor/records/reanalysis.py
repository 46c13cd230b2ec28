"""Records of stored articles that are to be understood again: what was asked for, and how far it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReanalysisState(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    """Its turn comes when those before it are done."""
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles: those published (or first seen, where no date is known) in an interval, and what else holds."""

    since: datetime
    until: datetime
    """Not included."""
    topic: str | None = None
    """They match it, or did."""
    language: str | None = None
    unread_by: str | None = None
    """The name of a model that has not read their current text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How many articles a request would take, as things are now."""

    wanted: Wanted
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reanalysis:
    """A request with its counts of articles."""

    id: int
    wanted: Wanted
    state: ReanalysisState
    requested_at: datetime
    finished_at: datetime | None
    reached: datetime | None
    """Everything published after this was marked; the newest come first. None before the first."""
    total: int
    """Articles when it was asked for."""
    marked: int
    """So many were handed to the model."""
    skipped: int
    """Passed over: no text is stored, or they are in quarantine."""
    analysed: int
    unread: int
    """The model could not read them now: what was found before stands."""
    matched: int
    """Matches that were not there before."""
    withdrawn: int

    @property
    def is_open(self) -> bool:
        """Whether there is work to come."""
        return self.state in {ReanalysisState.WAITING, ReanalysisState.RUNNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """What one step of a request did. Falsy when there was nothing to do, or fresher work waits."""

    looked_at: int = 0
    marked: int = 0
    skipped: int = 0
    finished: int = 0

    def __bool__(self) -> bool:
        return bool(self.looked_at or self.finished)
