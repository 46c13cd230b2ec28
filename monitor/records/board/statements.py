"""What the statement pages show: who said what, on what, and where somebody's position changed."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.records.board.timeline import Reply, StoryMention, Voice
from monitor.records.chronicle import Source, Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """Something said once, in one line."""

    id: int
    speaker: str
    speaker_id: str | None
    """The Wikidata id, where it is known."""
    kind: str
    """``direct`` or ``reported``."""
    text: str
    """The fullest wording."""
    variants: tuple[str, ...]
    """Other wordings, as they stand in articles."""
    said_on: date
    channel: str | None
    about: tuple[str, ...]
    first_told: datetime
    articles: int
    origins: int
    first_on: tuple[str, ...] = ()
    """Subjects on which these are the first words of a leader in thirty days."""
    source: Source | None = None
    """Who carried it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What a person said on a subject: the first and the latest of it."""

    speaker: str
    subject: str
    statements: int
    first: str
    first_id: int
    first_on: date
    latest: str
    latest_id: int
    latest_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """What somebody named was reported to hold at a moment."""

    at: datetime
    stance: str
    """A step of the aid ladder, or the kind of a reaction."""
    evidence: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A person whose reported stance on a weapon, event or claim is not what it was."""

    name: str
    subject: str
    kind: str
    """``aid`` or ``reaction``."""
    stances: tuple[Stance, ...]
    """Each with which it changed, the oldest first; two at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOn:
    """Statements of a person on a day."""

    speaker: str
    day: date
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementsView:
    """Statements, the latest day first."""

    now: datetime
    statements: tuple[StatementLine, ...]
    next: str | None
    """Asks for the page after this one. A short page need not be the last: what is rare is looked for bit by bit."""
    positions: tuple[Position, ...] = ()
    """By person and subject, those of most statements first. On the first page alone, as shifts and days are."""
    positions_since: date | None = None
    """The statements that positions are made of reach back to this day."""
    shifts: tuple[Shift, ...] = ()
    """The latest change first, out of the newest reported steps and reactions."""
    per_day: tuple[SaidOn, ...] = ()
    """Statements by day: of the leaders who spoke most in the last thirty days, or of the speaker asked for."""
    speakers: tuple[str, ...] = ()
    """Who speaks most in the newest statements."""
    subjects: tuple[str, ...] = ()
    """What the newest statements are most often about."""
    nothing_yet: bool = False
    """No statement at all is known: an empty list then says nothing of what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """One statement with everybody who carries it."""

    now: datetime
    statement: StatementLine
    witnesses: tuple[Witness, ...]
    """The oldest first."""
    witnesses_left_out: int
    voices: tuple[Voice, ...]
    """The origins of the witnesses shown, those of most articles first."""
    replies: tuple[Reply, ...]
    stories: tuple[StoryMention, ...]
    beside: tuple[StatementLine, ...]
    """What the speaker said on the same subjects, the latest first."""
