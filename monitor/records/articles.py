"""Records from a stored entry to the text the model reads."""

from dataclasses import dataclass, replace
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
    date_quality: str = "given"
    backfill: bool = False
    """It came with the first document of a new or revived feed: stored and read, but no news."""


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


GLOSS = "gloss"
"""The name of the built-in word-for-word rendering, where a translator's name stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """An article in English, as the model read it, kept beside its own words."""

    title: str
    text: str
    by: str
    """The translator's name: name@first 12 hex digits of the weights' SHA-256, or ``gloss``."""

    @property
    def document(self) -> str:
        """Title, a blank line, text: what the offsets of the findings count in, unless they lead back."""
        return f"{self.title}\n\n{self.text}"

    @property
    def leads_back(self) -> bool:
        """Whether the findings are told in the article's own words: every word of a gloss knows where it is from."""
        return self.by == GLOSS


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article's row with its current version."""

    article_id: int
    version_id: int
    article: Article
    entry_ids: tuple[int, ...] = ()
    translation: Translation | None = None
    """What the model read in place of the article's own words."""
    again: bool = False
    """The text was read before, and is read once more because somebody asked for it: that is no news."""

    @property
    def as_read(self) -> Article:
        """The article as the model reads it: the translation, in English, where there is one."""
        if self.translation is None:
            return self.article
        return replace(self.article, title=self.translation.title, text=self.translation.text, language="en")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedUpdate:
    """What one poll found out; written in one transaction, entries first and the feed's state last."""

    feed_id: int
    polled_at: datetime
    next_poll_at: datetime
    interval: float
    outcome: str
    """``new``, ``same`` (200 with nothing new), ``unchanged`` (304 or same hash), ``failed``, ``outage`` (it is us),
    ``put off`` (its host asked for a pause, or the round was over)."""
    entries: tuple[FeedEntry, ...] = ()
    """Those whose hash the feed's last document did not hold."""
    hashes: tuple[str, ...] = ()
    """The hash of every entry of the document, in its order."""
    guids_repeat: bool = False
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    http_status: int | None = None
    bytes_read: int = 0
    elapsed: float = 0.0
    error: str | None = None
    rhythm: str = ""
    pace: float = 0.0
    least: float = 0.0
    """What the feed asks of the budget: see ``monitor.polling.budget.Claim``."""
    wish: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    hub: str = ""
    topic: str = ""
    notes: tuple[str, ...] = ()
    moved_to: str = ""
    """Where a permanent redirect led, with a feed there."""
    gone: bool = False
    """The server said 410."""
    conditional: bool = True
    whole: bool = False
    """The body was asked for without validators although there were some."""
    pushed: bool = False
    """A hub brought it; nobody asked."""
    asked: str = ""
    """The address that was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """What ``record_polls`` did with one of them."""

    feed: Feed
    new_entry_ids: tuple[int, ...] = ()
    changed_entry_ids: tuple[int, ...] = ()
    outcome: str = ""
    """As stored: only the store knows whether a body held anything new."""
    gap: bool = False
    """The document has no entry in common with the one before."""


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
    language: str = ""
    """ISO 639-1 code of the text; empty when there is none."""
    state: EntryState | None = None
    """End state (``skipped`` or ``failed``) when there is no article."""
    reason: str = ""
    retry_at: datetime | None = None
    """Set when the entry is to be tried again."""
    was_tried: bool = True
    """Whether this counts as one of its tries: not where nobody was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageRow:
    """What became of the entries in one language (``?``: not told yet)."""

    language: str
    seen: int
    routed: int
    """Put to the gate: read as they are, translated, glossed, or by a classifier of their own."""
    skipped: int
    """Given up because of their language: no route, or a route that failed."""
    matched: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """How many entries stand in one state for one kind of reason (numbers in it folded to ``N``)."""

    state: EntryState
    reason: str
    count: int
