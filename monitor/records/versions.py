"""Records of what a feed's entry and an article's text said over time, and of how two texts differ."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryVersion:
    """The words that a feed gave an entry for a time."""

    number: int
    """1 is what was first seen."""
    since: datetime | None
    """When a poll first found these words; None where the version before them was not kept."""
    until: datetime | None
    """When a poll first found others; None for the words of now."""
    title: str
    summary: str
    """HTML, as in ``FeedEntry``."""
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryHistory:
    """An entry with every version of its words that was kept, the oldest first, the words of now last."""

    entry_id: int
    url: str
    outlet: str
    feed_url: str
    article_id: int | None
    changes: int
    """How often the words changed; larger than the versions kept by one or more where some were not kept."""
    versions: tuple[EntryVersion, ...]

    @property
    def lost(self) -> int:
        """Versions that were not kept: only the first of an entry that changes for ever are."""
        return self.changes + 1 - len(self.versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleVersion:
    """A text that an article's page had."""

    number: int
    seen_at: datetime
    title: str
    text: str
    text_source: str
    """``page``, ``feed content`` or ``feed summary``: where the text came from."""
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleHistory:
    """An article with every version of its text, the oldest first."""

    article_id: int
    url: str
    outlet: str
    versions: tuple[ArticleVersion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that one address, guid or number means; empty when it means nothing."""

    entries: tuple[EntryHistory, ...] = ()
    articles: tuple[ArticleHistory, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything of it was ever different."""
        return any(entry.changes for entry in self.entries) or any(len(each.versions) > 1 for each in self.articles)


class PieceKind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    FOLDED = "folded"
    """Unchanged, and so long that it is better not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of one of two texts. All but the removed ones, in a row, are the new text."""

    kind: PieceKind
    text: str
