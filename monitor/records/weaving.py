"""Records between the store and the chronicle: articles that wait to be woven in, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.records.articles import Article
from monitor.records.chronicle import (
    Answer,
    Happening,
    Source,
    Statement,
    Story,
    StoryChange,
    StoryMember,
)
from monitor.records.findings import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An article whose findings are not in the chronicle yet, or no longer belong there."""

    source: Source
    article: Article
    """The text that the findings' spans count in."""
    findings: Findings
    withdrawn: bool = False
    """It matches nothing any more: the chronicle forgets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Woven:
    """What weaving one article in, or taking it out, has made of the chronicle.

    ``happenings`` and ``statements`` are whole; those with an id below 1 are new, and ``answers`` name them by it.
    """

    source: Source
    member: StoryMember | None = None
    """None: it leaves the chronicle."""
    imprint: bytes = b""
    """What the story index keeps of the article."""
    revised: tuple[int, ...] = ()
    """Earlier articles that turn out to be the same origin's report."""
    story_changes: tuple[StoryChange, ...] = ()
    happenings: tuple[Happening, ...] = ()
    statements: tuple[Statement, ...] = ()
    answers: tuple[Answer, ...] = ()
    gone_happenings: tuple[int, ...] = ()
    gone_statements: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """Which happenings an article may tell of: of these types, and told of at that time or happening on those days."""

    types: frozenset[str] = frozenset()
    told: tuple[datetime, datetime] | None = None
    days: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The ids that new happenings and statements were given: pairs of the one they came with and the stored one."""

    happenings: tuple[tuple[int, int], ...] = ()
    statements: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """A story with all that is in it, the oldest first."""

    story: Story
    members: tuple[StoryMember, ...]
    sources: tuple[Source, ...]
    """One for each member."""
    changes: tuple[StoryChange, ...]
