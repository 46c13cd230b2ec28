"""Records from the catalogue to the parsed feed."""

from dataclasses import dataclass
from datetime import datetime

from monitor.errors import FetchError


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """What a person says about a feed: the catalogue's line, an OPML outline, or ``monitor feeds add``."""

    url: str
    title: str = ""
    outlet: str = ""
    family: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2 code of the owner's country, or empty."""
    state_controlled: bool = False
    language: str = "en"
    kind: str = "media"
    """``media``, ``wire``, ``official`` or ``social``."""
    homepage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed's row: what it is and where its polling stands."""

    id: int
    spec: FeedSpec
    active: bool
    added_at: datetime
    next_poll_at: datetime
    interval: float
    """Seconds between polls, as last decided."""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    """Failed polls since the last good one."""
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    last_status: str = "never polled"
    last_error: str | None = None
    entries_seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One GET. ``key`` comes back on the result, so that results can be matched to requests in any order."""

    key: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "*/*"
    max_bytes: int | None = None
    """Limit on the decoded body in bytes; None means the fetcher's own limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A body that arrived whole."""

    key: str
    url: str
    """The address asked for."""
    final_url: str
    """The address that answered, after redirects."""
    status: int
    body: bytes
    content_type: str = ""
    """The Content-Type header as sent."""
    content_language: str = ""
    content_location: str = ""
    etag: str | None = None
    last_modified: str | None = None
    permanent_url: str | None = None
    """Where a chain of only permanent redirects (301, 308) led, else None."""
    redirects: tuple[tuple[int, str], ...] = ()
    """(status, target) of each hop."""
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: what we have is what there is."""

    key: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    permanent_url: str | None = None
    elapsed: float = 0.0


FetchResult = Document | NotModified | FetchError


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One item as the feed gave it: text unescaped, links absolute, HTML kept only in ``summary`` and ``content``."""

    guid: str = ""
    """The feed's own id, or empty when it gives none."""
    url: str = ""
    title: str = ""
    """Plain text: tags off, entities resolved, white space folded."""
    summary: str = ""
    content: str = ""
    published_raw: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str = ""
    source: str = ""
    """RSS ``<source>``: the outlet the item was taken from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document after parsing."""

    kind: str
    """``rss20``, ``atom10``, ``json1`` ... as feedparser names them, ``unknown`` when nothing said so."""
    encoding: str
    title: str = ""
    homepage: str = ""
    language: str = ""
    ttl: float | None = None
    """Seconds the publisher asks us to wait (RSS ``ttl``, ``sy:`` module), None when not said."""
    hub: str = ""
    entries: tuple[FeedEntry, ...] = ()
    notes: tuple[str, ...] = ()
    """What was wrong and could be mended, for the feed doctor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCounts:
    """How the feeds are, in numbers; removed ones do not count."""

    active: int
    due: int
    failing: int
    """Feeds whose last poll failed."""
    never_polled: int
