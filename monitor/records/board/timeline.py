"""What the timeline shows: events planned and past, and one event with all that is told of it."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.records.chronicle import EventReport, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An event in one line."""

    id: int
    type: str
    status: str
    """``proposed``, ``planned``, ``under_way``, ``held``, ``postponed`` or ``called_off``."""
    participants: tuple[str, ...]
    when_from: date | None
    """Its first day; None where nobody says when."""
    when_to: date | None
    certainty: str
    """``exact`` or ``approximate``; empty where nobody says when."""
    where: str | None
    happens_on: date
    """The first day; of an event without one the day on which it was first told."""
    first_told: datetime
    last_told: datetime
    articles: int
    origins: int
    """Independent ones."""
    turns: int = 0
    """How often status, day or place changed since the first report."""
    disputed: bool = False
    """Reports stand against each other, and nothing later settles it."""
    evidence: str = ""
    """The sentence that made it what it is now."""
    source: Source | None = None
    """Where that sentence stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMark:
    """An event as the chart draws it."""

    id: int
    type: str
    status: str
    participants: tuple[str, ...]
    when_from: date | None
    when_to: date | None
    certainty: str
    where: str | None
    happens_on: date
    origins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineView:
    """Events, the latest day first: what is planned stands above what was."""

    now: datetime
    events: tuple[EventLine, ...]
    next: str | None
    """Asks for the page after this one. A short page need not be the last: what is rare is looked for bit by bit."""
    marks: tuple[EventMark, ...] = ()
    """The events of the chart, the latest day first: those that fit, from a month back to two months ahead."""
    marks_from: date | None = None
    """The first day of the chart."""
    marks_left_out: bool = False
    """There are more in that time than the chart takes: those that are the farthest from now are left out."""
    names: tuple[str, ...] = ()
    """Who takes part in the latest events, the most often named first."""
    nothing_yet: bool = False
    """No event at all is known: an empty list then says nothing of what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTurn:
    """One step of an event's history, or a contradiction, with the sentence that made it."""

    at: datetime
    field: str
    """``status``, ``when`` or ``where``."""
    before: str
    after: str
    evidence: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """An origin and how many articles carry its report."""

    key: str
    kind: str
    """``agency``, ``family`` or ``outlet``."""
    state_controlled: bool
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reaction to an event or a statement."""

    by: str
    kind: str
    """``warning``, ``denial``, ``rejection``, ``doubt``, ``welcome`` or ``confirmation``."""
    side: str
    evidence: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMention:
    """A story that tells of something."""

    id: int
    title: str
    articles: int
    """Articles of it that do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One event with its history and everybody who reports it."""

    now: datetime
    event: EventLine
    history: tuple[EventTurn, ...]
    contradictions: tuple[EventTurn, ...]
    reports: tuple[EventReport, ...]
    """The newest first."""
    reports_left_out: int
    """Older reports that are counted but not shown."""
    voices: tuple[Voice, ...]
    """The origins of the reports shown, those of most articles first."""
    stories: tuple[StoryMention, ...]
    replies: tuple[Reply, ...]
