"""What the ladder pages show: where each weapon from each donor stands, and how one came there."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.records.chronicle import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Where a weapon from one donor to one recipient stands."""

    item: str
    item_key: str
    donor: str | None
    recipient: str
    step: str
    """A rung of the ladder from ``requested`` to ``in_use``; ``refused`` or ``paused``."""
    height: int
    """1 to 6 from the lowest rung; 0 for what was refused or is paused."""
    firmness: str
    """``hint``, ``statement``, ``official_act`` or ``denial``."""
    since: datetime
    at_least_since: bool
    """Older reports were not looked at: it may stand so for longer."""
    origins: int
    """Independent origins of the step."""
    moves: int
    """Steps that moved it."""
    regressions: int
    evidence: str
    by: str | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderView:
    """Weapons by donors."""

    now: datetime
    items: tuple[str, ...]
    """The rows: those that moved last come first."""
    donors: tuple[str | None, ...]
    """The columns: those of most weapons first; None for decisions whose donor nobody names."""
    cells: tuple[Cell, ...]
    items_left_out: int
    """Weapons that are not shown: nothing was told of them for the longest time."""
    nothing_yet: bool = False
    """No step of any decision is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A report that moved a decision."""

    at: datetime
    step: str
    height: int
    manner: str
    firmness: str
    by: str | None
    """Who says or does it."""
    evidence: str
    source: Source
    origin: str
    state_controlled: bool
    down: bool = False
    """A step down, or to refused or paused, after something higher; or a denial that took a step back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """How the decision on a weapon of one donor came where it is, the oldest move first."""

    cell: Cell
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Reports of a step on a day."""

    day: date
    step: str
    reports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaponView:
    """One weapon."""

    now: datetime
    item: str
    item_key: str
    spellings: tuple[str, ...]
    """Other names under which articles have it."""
    climbs: tuple[Climb, ...]
    """By donor and recipient, the one that moved last first."""
    latest: tuple[Move, ...]
    """The newest reports, those that moved nothing too."""
    told: tuple[Told, ...]
    """How often each step was reported, by day."""
    looked_at: int
    """Reports that this is made of."""
    cut: bool
    """There are older ones."""
