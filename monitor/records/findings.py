"""Records from the model's answer to the stored match."""

from dataclasses import dataclass
from datetime import date, datetime

TOPICS = ("talks", "missile_aid")
ENTITY_TYPES = ("person", "organisation", "place", "weapon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """``text`` is the document's characters ``start:end`` (Unicode code points)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic's calibrated probability, whether it reaches the threshold, and the sentence that says why."""

    name: str
    score: float
    threshold: float
    match: bool
    evidence: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """One tagged span of the model, before linking."""

    start: int
    end: int
    text: str
    type: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A canonical entity of one document with all its mentions. ``id`` is the Wikidata id when linked."""

    name: str
    type: str
    id: str | None
    mentions: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A direct quotation; ``text`` is exact."""

    text: str
    start: int
    end: int
    speaker: str | None
    speaker_id: str | None
    channel: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A closed date interval; ``certainty`` is ``exact`` or ``approximate``."""

    start: date
    end: date
    certainty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A call, meeting, visit ... with its evidence."""

    type: str
    participants: tuple[str, ...]
    when: When | None
    where: str | None
    status: str
    evidence: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AidStep:
    """One rung of an aid decision with its evidence."""

    item: str
    donor: str | None
    recipient: str
    step: str
    evidence: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything understood about one article."""

    article_id: str
    language: str | None
    model: str
    """name@first 12 hex digits of the weights' SHA-256."""
    topics: tuple[Topic, ...]
    entities: tuple[Entity, ...]
    quotes: tuple[Quote, ...] = ()
    events: tuple[Event, ...] = ()
    aid: tuple[AidStep, ...] = ()
    embedding: tuple[float, ...] = ()

    @property
    def match(self) -> bool:
        """True when any topic matches."""
        return any(topic.match for topic in self.topics)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A stored match as lists show it."""

    id: int
    article_id: int
    topic: str
    score: float
    threshold: float
    evidence: str
    title: str
    url: str
    outlet: str
    country: str
    state_controlled: bool
    published: datetime | None
    matched_at: datetime
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One article found by full text."""

    article_id: int
    title: str
    url: str
    outlet: str
    published: datetime | None
    snippet: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of an entry's way through the funnel, for ``monitor why``."""

    at: datetime
    what: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """Matches of one topic on one day (UTC)."""

    day: date
    topic: str
    count: int
