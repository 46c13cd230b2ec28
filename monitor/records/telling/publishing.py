"""What is published for other programs: items of a feed, and the feed's own words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

IDS = UUID("0b9a7f36-5d0e-5c55-9a3f-6f4c1f0a9d21")
"""The name space of the items' ids (version 5 UUIDs, RFC 9562). It never changes, or every item would be new again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One topic that an item matches."""

    topic: str
    score: float
    threshold: float
    evidence: str
    matched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedItem:
    """One thing that feeds show: an article that matches, a story, a statement, an event, a step of aid."""

    id: str
    """A URI that stays the same for ever: ``urn:uuid:...``, made in the name space ``IDS``."""
    title: str
    url: str
    outlet: str
    published: datetime
    updated: datetime
    """Never before ``published``."""
    evidence: str = ""
    topics: tuple[str, ...] = ()
    outlets: int = 1
    """Those that tell the same."""
    origins: int = 1
    """Independent ones among their origins, which no state controls."""
    state_origins: int = 0
    authors: tuple[str, ...] = ()
    language: str = ""
    """ISO 639-1 code; empty when it is not known."""
    country: str = ""
    """The outlet's."""
    state_controlled: bool = False
    marks: tuple[Mark, ...] = ()
    """Of an article: each topic that it matches."""
    entities: tuple[str, ...] = ()
    article_id: int | None = None
    story_id: int | None = None

    @property
    def story(self) -> str:
        """Who else tells it: "4 more outlets, 3 origins"; empty when nobody does."""
        if self.outlets < 2:
            return ""
        state = f" + {self.state_origins} state-controlled" if self.state_origins else ""
        return f"{_many(self.outlets - 1, 'more outlet')}, {_many(self.origins, 'origin')}{state}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFeed:
    """What a feed says of itself."""

    id: str
    """A URI that stays the same for ever."""
    title: str
    description: str
    home: str = ""
    """The page that it belongs to; empty for none."""
    address: str = ""
    """Where the feed itself lies; empty when nobody serves it."""
