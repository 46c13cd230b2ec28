"""Records of the story index: what it is given, what it answers, and what is stored to build it up again."""

from dataclasses import dataclass
from datetime import datetime

from monitor.records.chronicle import Origin, StoryChange
from monitor.records.findings import Entity, When


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An article on its way into the story index."""

    article_id: int
    title: str
    text: str
    published: datetime
    """When it was published; when it was first seen, where the feed gives no usable date."""
    url: str = ""
    entities: tuple[Entity, ...] = ()
    dates: tuple[When, ...] = ()
    """When what it tells of happens, the most important first; only exact ones of a few days say anything."""
    embedding: tuple[float, ...] = ()
    """May be missing: words and entities then decide alone."""
    model: str = ""
    """Who made the embedding. Those of two models are never compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """An earlier article that has much of its wording in common with a new one (shares of runs of words, 0 to 1)."""

    article_id: int
    of_new: float
    """How much of the new article stands in the earlier one."""
    of_earlier: float
    """How much of the earlier article stands in the new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where an article belongs."""

    article_id: int
    story_id: int
    similarity: float
    """To the story when it joined (1 when it opened one)."""
    duplicate_of: int | None = None
    """The earliest article that it repeats, nearly word for word or as an excerpt."""
    repeats: tuple[Repeat, ...] = ()
    """Earlier articles it shares much text with, the most first."""
    changes: tuple[StoryChange, ...] = ()
    """Merges and splits that it brought about."""
    imprint: bytes = b""
    """What the index keeps of the article: enough to build the index up again without the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMember:
    """What was stored of an article's place; the story id is the one of now, after merges and splits."""

    article_id: int
    story_id: int
    imprint: bytes
    similarity: float = 1.0
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """Whose report an article is, and which earlier articles turn out to be that report too."""

    origin: Origin
    revised: tuple[int, ...] = ()
    """Earlier articles whose origin must be set to this one's, ``copy_of`` aside."""
