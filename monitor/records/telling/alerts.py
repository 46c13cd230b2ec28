"""Alert rules, what they look at, and what is kept of what was told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.records.chronicle import Change
from monitor.records.findings import Match
from monitor.records.telling.messages import Channel
from monitor.records.telling.subscribers import Selection


class Trigger(StrEnum):
    """What sets an alert off."""

    MATCH = "match"
    """A new match that the rule's search finds and whose score reaches its threshold."""
    EVENT = "event"
    """A new event."""
    STATUS = "status"
    """An event becomes held, postponed, called off, or gets another day."""
    LADDER = "ladder"
    """The decision on a weapon moves."""
    LEADER = "leader"
    """A leader's first words on a subject."""
    ANSWER = "answer"
    """A reaction: a warning, a denial."""
    SILENCE = "silence"
    """A leader who always answers does not."""
    DARK = "dark"
    """A source that should bring news does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Wall-clock hours in which nothing is sent; what comes up waits for their end. ``start`` may be after ``end``."""

    zone: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """What is told at once, to whom, and how politely."""

    id: int
    name: str
    triggers: tuple[Trigger, ...]
    selection: Selection
    channel: Channel
    target: str
    created_at: datetime
    """Nothing older is ever told."""
    threshold: float = 0.0
    """Of MATCH: least score."""
    quiet: QuietHours | None = None
    group_seconds: float = 0.0
    """What comes up within so long of the first goes into one message."""
    hourly_limit: int = 30
    """Messages in any hour; what is over goes together into the first one of the next."""
    snoozed_until: datetime | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that may set rules off."""

    key: str
    """Stable: the same thing has the same key whenever it is looked at."""
    trigger: Trigger
    at: datetime
    """When we knew."""
    title: str
    evidence: str = ""
    url: str = ""
    outlet: str = ""
    story_id: int | None = None
    """A rule tells of a story once: another article of it is no news."""
    score: float | None = None
    article_id: int | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What came up lately for one rule: its search already applied, what it has told already left out."""

    rule: AlertRule
    matches: tuple[tuple[Match, int | None], ...] = ()
    """With the story of each."""
    changes: tuple[Change, ...] = ()
    told_stories: frozenset[int] = frozenset()
    sent_lately: tuple[datetime, ...] = ()
    """When its messages of the last hour were composed."""
    told: frozenset[str] = frozenset()
    """Keys of the dark sources that it has told: those are not looked for here, and so cannot be left out here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one message tells, the most important first."""

    news: tuple[News, ...]
    not_before: datetime | None = None
    """When it may leave; None for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one rule does now."""

    groups: tuple[Group, ...] = ()
    """A message each: one at most, however much came up."""
    muted: tuple[News, ...] = ()
    """What is no news to this rule: to be kept as told, without a message."""
    waiting: tuple[News, ...] = ()
    """What is held back, until ``again_at``; nothing is kept of it, so it must be found again then."""
    again_at: datetime | None = None
