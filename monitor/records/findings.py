"""Records from the model's answer to the stored match."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.records.articles import GLOSS, Translation

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
    """A direct quotation; ``text`` is exact, the words between the marks."""

    text: str
    start: int
    end: int
    speaker: str | None
    speaker_id: str | None
    channel: str | None
    """``Truth Social``, ``X``, ``Telegram``, ``interview:<outlet>``, ``press conference``, ``statement`` ..."""
    part_of: int = 0
    """Quotations with one number are one utterance that the attribution splits ("A," he said, "B")."""
    cue: Span | None = None
    """The words that tie it to its speaker ("said", "according to")."""
    about: tuple[str, ...] = ()
    """Canonical names of what it is about, the surest first: named in it, else in what it answers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Reported speech: what somebody is said to have said, in the writer's words (``text`` is the content's span)."""

    text: str
    start: int
    end: int
    speaker: str | None
    speaker_id: str | None
    channel: str | None
    cue: Span | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A closed date interval; ``certainty`` is ``exact`` or ``approximate``."""

    start: date
    end: date
    certainty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMention:
    """A time expression of the document, resolved; ``tense`` is ``past``, ``present`` or ``future``."""

    start: int
    end: int
    text: str
    when: When | None
    tense: str


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
    manner: str = ""
    """What kind of step: floated, hinted, debated; decided, contracted, permitted; empty where the step says it all."""
    by: str | None = None
    """Who says or does it."""
    firmness: str = "statement"
    """``hint``, ``statement``, ``official_act`` or ``denial``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """A warning, denial, rejection ... and what it answers."""

    by: str
    by_id: str | None
    kind: str
    """``warning``, ``denial``, ``rejection``, ``doubt``, ``welcome`` or ``confirmation``."""
    about: str
    """What it answers: an aid item, an event ("call: Donald Trump, Vladimir Putin"), a plan, a person's claim."""
    evidence: Span
    answers: Span | None = None
    """Where the article tells of what is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything understood about one article. Its spans count in what ``spans_in`` says."""

    article_id: str
    language: str | None
    model: str
    """name@first 12 hex digits of the weights' SHA-256."""
    topics: tuple[Topic, ...]
    entities: tuple[Entity, ...]
    quotes: tuple[Quote, ...] = ()
    reports: tuple[Report, ...] = ()
    times: tuple[TimeMention, ...] = ()
    events: tuple[Event, ...] = ()
    aid: tuple[AidStep, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    embedding: tuple[float, ...] = ()
    translation: Translation | None = None
    """What the model read in place of the article's own words."""

    @property
    def match(self) -> bool:
        """True when any topic matches."""
        return any(topic.match for topic in self.topics)

    @property
    def spans_in(self) -> str:
        """The document that every offset counts in: ``original``, or ``translation``."""
        return "original" if self.translation is None or self.translation.leads_back else "translation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Why an article, or its title and summary, was not understood."""

    article_id: str
    language: str
    reason: str
    later: bool = False
    """Nothing is wrong with it: those before it took the time there was."""


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
    language: str | None = None
    """The article's own; the title is in it."""
    translation: str | None = None
    """Who put into English what the model read; None when it read the original."""

    @property
    def evidence_by(self) -> str:
        """Who translated the evidence; empty when it is the article's own words, as it is with a gloss."""
        return "" if self.translation in {None, GLOSS} else str(self.translation)


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
