"""Records of the matches page and of one article's page."""

from dataclasses import dataclass
from datetime import datetime

from monitor.records.chronicle import Source, Story
from monitor.records.findings import AidStep, Entity, Event, Quote, Reaction, Report, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchFilter:
    """What a list of matches is about."""

    search: str = ""
    """In the search language."""
    topic: str | None = None
    story: int | None = None
    minimum: float = 0.0
    """Least score of a topic, 0 to 1."""
    judged: str = "any"
    """``any``, ``no`` (by nobody yet), ``keep``, ``reject`` or ``wrong-topic`` (the newest label says so)."""
    snoozed: bool = False
    """Also what the person has put off."""
    order: str = "newest"
    """``newest``, or ``score``: of the newest few thousand matches the surest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMark:
    """One topic that an article matches, and why."""

    topic: str
    score: float
    threshold: float
    evidence: str
    start: int | None = None
    """Where the evidence stands: characters of title, blank line and text."""
    end: int | None = None
    withdrawn: bool = False
    """A later text of the article is about something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a person said of the article."""

    id: int
    topic: str
    verdict: str
    to_topic: str | None
    person: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """One matched article as the list shows it."""

    article_id: int
    title: str
    url: str
    outlet: str
    country: str
    state_controlled: bool
    language: str
    published: datetime | None
    """None where the feed gives no usable date."""
    seen: datetime
    """When it was first seen."""
    matched_at: datetime
    backfill: bool
    """It came with the back catalogue of a new or revived feed."""
    marks: tuple[TopicMark, ...]
    entities: tuple[str, ...]
    """The five that it names most."""
    version: int
    """1, or more where the page was changed since."""
    story_id: int | None = None
    outlets: int = 1
    origins: int = 1
    state_origins: int = 0
    labels: tuple[Judged, ...] = ()
    snoozed_until: datetime | None = None
    date_quality: str = "given"
    """Where it has no date, why: ``missing`` or ``unreadable`` in its feed; else ``given``."""
    translated_by: str = ""
    """Who put into English what the model read; empty for the original."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """What the newest articles that fit are: (name, articles), the most first."""

    looked: int
    """Articles that were counted."""
    topics: tuple[tuple[str, int], ...]
    outlets: tuple[tuple[str, int], ...]
    countries: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchesView:
    """A page of matches, the newest first."""

    asked: MatchFilter
    rows: tuple[MatchRow, ...]
    next: str | None
    """What to ask for to get the page after; None at the end. A short page need not be the last."""
    newest_match: int
    """Id of the newest match there is: what comes later is new."""
    is_empty: bool
    """There is no match at all yet, whatever is asked for."""
    facets: Facets | None = None
    """On the first page alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVersion:
    """A text that the article had."""

    number: int
    seen_at: datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """All that is known of one article. Spans count in title, blank line and text, or in their translation."""

    row: MatchRow
    title: str
    text: str
    """What the spans count in: the translation, where the model read one."""
    original: str
    """The text as its outlet wrote it, where the model read a translation; else empty."""
    entities: tuple[Entity, ...]
    quotes: tuple[Quote, ...]
    reports: tuple[Report, ...]
    events: tuple[Event, ...]
    aid: tuple[AidStep, ...]
    reactions: tuple[Reaction, ...]
    versions: tuple[TextVersion, ...]
    steps: tuple[Step, ...]
    """Its way through the funnel."""
    scores: tuple[tuple[str, float, float], ...]
    """(topic, score, threshold) of every topic, matched or not."""
    model: str
    story: Story | None
    also: tuple[Source, ...]
    """Others of its story, the earliest first."""
