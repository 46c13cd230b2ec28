"""Records from a stored entry to the text the model reads."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.records.feeds import Feed, FeedEntry


class EntryState(StrEnum):
    """Where an entry stands in the funnel. The last five are ends; each end carries a reason."""

    NEW = "new"
    TO_READ = "to_read"
    TO_ANALYSE = "to_analyse"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    RULED_OUT = "ruled_out"
    SKIPPED = "skipped"
    FAILED = "failed"


class PageKind(StrEnum):
    """What a page turned out to be."""

    ARTICLE = "article"
    WALL = "wall"
    LIVE_BLOG = "live blog"
    NOT_AN_ARTICLE = "not an article"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A stored feed item on its way through the funnel."""

    id: int
    feed_id: int
    guid: str
    url: str
    title: str
    summary: str
    content: str
    published_raw: str
    published: datetime | None
    first_seen: datetime
    state: EntryState
    reason: str = ""
    attempts: int = 0
    gate_score: float | None = None
    article_id: int | None = None
    outlet: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What ``extract`` made of one page."""

    url: str
    title: str
    text: str
    published: datetime | None
    authors: tuple[str, ...]
    language: str | None
    kind: PageKind
    reason: str = ""
    """Why it is no article, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A text to be understood. The document that offsets count in is title, blank line, text."""

    id: str
    title: str
    text: str
    url: str = ""
    published: datetime | None = None
    source: str = ""
    language: str | None = None

    @property
    def document(self) -> str:
        """Title, a blank line, text: what every offset of the findings counts in (Unicode code points)."""
        return f"{self.title}\n\n{self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article's row with its current version."""

    article_id: int
    version_id: int
    article: Article
    entry_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedUpdate:
    """What one poll found out; written in one transaction, entries first and the feed's state last."""

    feed_id: int
    polled_at: datetime
    next_poll_at: datetime
    interval: float
    outcome: str
    """``new``, ``same`` (200 with nothing new), ``unchanged`` (304 or same hash), ``failed``."""
    entries: tuple[FeedEntry, ...] = ()
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    http_status: int | None = None
    bytes_read: int = 0
    elapsed: float = 0.0
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """What ``record_poll`` did with it."""

    feed: Feed
    new_entry_ids: tuple[int, ...]
    changed_entry_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenResult:
    """The gate's word on one entry: read it, or rule it out and why."""

    entry_id: int
    state: EntryState
    reason: str
    gate_score: float | None = None
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """What reading one entry's page gave: an article, or an end state with its reason."""

    entry_id: int
    article: Article | None
    page_kind: PageKind | None
    text_source: str = ""
    """``page``, ``feed content`` or ``feed summary``: where the text came from."""
    state: EntryState | None = None
    """End state (``skipped`` or ``failed``) when there is no article."""
    reason: str = ""
    retry_at: datetime | None = None
    """Set when the entry is to be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """How many entries stand in one state for one kind of reason (numbers in it folded to ``N``)."""

    state: EntryState
    reason: str
    count: int
