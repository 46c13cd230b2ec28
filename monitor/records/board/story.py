"""What the story pages show: the list, and one story with who has it from whom."""

from dataclasses import dataclass
from datetime import datetime

from monitor.records.board.statements import StatementLine
from monitor.records.board.timeline import EventLine
from monitor.records.chronicle import Source, Story
from monitor.records.versions import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesView:
    """Stories, the newest told first."""

    stories: tuple[Story, ...]
    next: str | None
    """Asks for the page after this one. A short page need not be the last: what is rare is looked for bit by bit."""
    cut: bool = False
    """The search finds more articles than it looks through: only stories of the newest of them are listed."""
    nothing_yet: bool = False
    """No story at all is known: an empty list then says nothing of what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why an article is about a topic."""

    topic: str
    score: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article of a story."""

    source: Source
    versions: int
    """Texts that its page had so far."""
    evidence: tuple[Evidence, ...]
    credit: str = ""
    """The words that name whose report it is."""
    copy_of: int | None = None
    """The article whose text it repeats; it may be one that is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """An article and those that repeat it, the oldest first."""

    original: Member
    copies: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginGroup:
    """What comes from one origin."""

    key: str
    """``agency:...``, ``family:...`` or ``outlet:...``."""
    kind: str
    name: str
    state_controlled: bool
    first_seen: datetime
    articles: int
    strands: tuple[Strand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Articles of one kind of origin in an hour or a day."""

    at: datetime
    """When the hour or day (UTC) begins."""
    kind: str
    """``agency``, ``family``, ``outlet``; ``state`` for what a state controls."""
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """How one version of an article became the next."""

    number: int
    seen_at: datetime
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    """Long unchanged stretches are folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What became of an article's text over time, the newest edit first."""

    source: Source
    edits: tuple[Edit, ...]
    edits_left_out: int
    """Older edits that are not shown."""
    shortened: bool
    """A text is too long to be compared to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A step of an aid decision that a story reports."""

    item: str
    donor: str | None
    recipient: str
    step: str
    firmness: str
    by: str | None
    articles: int
    """Articles of the story that report it."""
    evidence: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody or something that a story names."""

    name: str
    type: str
    id: str | None
    """The Wikidata id, where it is known."""
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTurn:
    """A merge or a split."""

    at: datetime
    kind: str
    """``merged`` or ``split``."""
    story_id: int
    title: str
    other_id: int
    other_title: str
    moved: int
    """Articles that went from the story to the other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """One story."""

    now: datetime
    asked: int
    """The number asked for; another than the story's where that one went into this."""
    story: Story
    groups: tuple[OriginGroup, ...]
    """By origin, the first to tell it first."""
    members_left_out: int
    """Older articles that are counted but not shown."""
    coverage: tuple[Covered, ...]
    coverage_by: str
    """``hour`` or ``day``."""
    coverage_from: datetime | None
    """From when on it is counted, where not from the beginning."""
    events: tuple[EventLine, ...]
    statements: tuple[StatementLine, ...]
    steps: tuple[StepLine, ...]
    entities: tuple[Named, ...]
    """The most often named first."""
    turns: tuple[StoryTurn, ...]
    edits: Edits | None = None
    """The article whose versions were asked for."""
