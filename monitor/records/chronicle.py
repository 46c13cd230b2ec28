"""Records of what many articles together say: stories, statements, events, the aid ladder, and what changed."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.records.findings import AidStep, Event, Findings, Reaction, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an article stands: what the chronicle knows of it besides its findings."""

    article_id: int
    url: str
    title: str
    outlet: str
    published: datetime
    """When it was published; when it was first seen, where the feed gives no usable date."""
    family: str = ""
    """The publisher's family; the outlet itself where it has none."""
    country: str = ""
    state_controlled: bool = False
    backfill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who an article's report comes from. Articles with one key are one witness."""

    key: str
    """``agency:reuters``, ``family:<name>`` or ``outlet:<name>``."""
    kind: str
    """``agency``, ``family`` or ``outlet``."""
    state_controlled: bool = False
    copy_of: int | None = None
    """The article whose text this one repeats."""
    evidence: Span | None = None
    """The credit, where the article gives one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """An article's place in a story."""

    story_id: int
    article_id: int
    origin: Origin
    similarity: float
    """To the story when it joined (cosine)."""
    duplicate_of: int | None = None
    """The article that it repeats, nearly word for word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChange:
    """A merge or a split: ``moved`` articles went from ``story_id`` to ``other_id``."""

    at: datetime
    kind: str
    """``merged`` or ``split``."""
    story_id: int
    other_id: int
    moved: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story as lists show it: one line, "+N outlets, M origins"."""

    id: int
    title: str
    url: str
    outlet: str
    first_seen: datetime
    last_seen: datetime
    articles: int
    outlets: int
    origins: int
    """Independent ones that no state controls."""
    state_origins: int
    topics: tuple[str, ...] = ()
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One article's findings on their way into the chronicle."""

    source: Source
    findings: Findings
    origin: Origin
    story_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One article that carries a statement, and in which words."""

    source: Source
    origin: Origin
    span: Span
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something said once, with everybody who reports it."""

    id: int
    speaker: str
    speaker_id: str | None
    kind: str
    """``direct`` or ``reported``."""
    text: str
    """The fullest wording."""
    said_on: date
    channel: str | None
    about: tuple[str, ...]
    witnesses: tuple[Witness, ...]
    variants: tuple[str, ...] = ()
    """Other wordings, as they stand in articles."""

    @property
    def origins(self) -> int:
        """Independent witnesses."""
        return len({witness.origin.key for witness in self.witnesses})


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReport:
    """What one article says of one event."""

    source: Source
    origin: Origin
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChange:
    """One step of an event's history."""

    at: datetime
    """When it was published."""
    field: str
    """``status``, ``when`` or ``where``."""
    before: str
    after: str
    report: EventReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event as all articles together tell it. ``status`` may also be ``postponed``."""

    id: int
    type: str
    participants: tuple[str, ...]
    when: tuple[date, date] | None
    certainty: str
    where: str | None
    status: str
    first_told: datetime
    last_told: datetime
    reports: tuple[EventReport, ...]
    history: tuple[EventChange, ...] = ()
    contradictions: tuple[EventChange, ...] = ()
    """What reports say against each other, and nothing later settles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """One report of a step of an aid decision."""

    source: Source
    origin: Origin
    step: AidStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Where one weapon from one donor to one recipient stands, and how it came there (oldest first)."""

    item: str
    donor: str | None
    recipient: str
    step: str
    since: datetime
    firmness: str
    history: tuple[LadderStep, ...]
    """Steps that moved it; repetitions are left out."""
    regressions: tuple[LadderStep, ...] = ()
    """Steps down, or to refused or paused, after something higher."""
    origins: int = 1
    """Independent origins of the current step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A reaction tied to what it answers, across articles."""

    source: Source
    origin: Origin
    reaction: Reaction
    side: str
    """``US``, ``Russia``, ``Ukraine``, or the country of who reacts."""
    happening_id: int | None = None
    statement_id: int | None = None
    rung: tuple[str, str | None, str] | None = None
    """(item, donor, recipient)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something new since a moment: what digest, dashboard and alerts are made of."""

    at: datetime
    kind: str
    """``new event``, ``event status``, ``event date``, ``ladder``, ``first statement``, ``answer`` or ``silence``."""
    what: str
    """One line in words."""
    names: tuple[str, ...]
    """Who and what it concerns, canonical."""
    evidence: str = ""
    source: Source | None = None
    key: str = ""
    """Stable: the same change has the same key whenever it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A claim of one capital, and what another says against it."""

    about: str
    claim_side: str
    denial_side: str
    denial: Answer
    claim: Statement | None = None
    """What is denied, where it is a statement."""
    confirmation: Answer | None = None
    """Who confirms what is denied, where the claim is an event or a step of aid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many statements a leader made on a subject on one day (UTC)."""

    name: str
    subject: str
    day: date
    count: int
