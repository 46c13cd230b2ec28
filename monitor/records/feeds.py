"""Records from the catalogue to the parsed feed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

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
    """When a poll last brought an entry that was not there before, back catalogues aside."""
    last_status: str = "never polled"
    last_error: str | None = None
    entries_seen: int = 0
    conditional: bool = True
    """Whether validators are sent back; off for servers that answer 304 although the feed has changed."""
    whole_at: datetime | None = None
    """When a whole body was last asked for without validators, to see whether the server's 304 can be believed."""
    failing_since: datetime | None = None
    moved_to: str = ""
    """Where permanent redirects have led in the last polls; taken over once it has led there often enough."""
    moved_polls: int = 0
    moved_from: str = ""
    """The address it had before the program took over the new one."""
    moved_at: datetime | None = None
    gone_at: datetime | None = None
    """When the server said 410; the feed is not polled any more."""
    rhythm: str = ""
    """What was learnt about its publishing times, as ``monitor.polling`` writes it."""
    least: float = 0.0
    """Seconds between polls that the publisher or a hub leaves at least."""
    newest_at: datetime | None = None
    """The newest publication time (first-seen time where undated) of anything it brought."""
    last_changed_at: datetime | None = None
    """When its body was last another than the time before."""
    gap_at: datetime | None = None
    """When two polls last had no entry in common, so that entries between them may have been missed."""
    gaps: int = 0
    wish: float | None = None
    """Seconds between polls that the document asks for."""
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    hub: str = ""
    topic: str = ""
    notes: tuple[str, ...] = ()
    """What was wrong with the last document and could be mended."""


class FeedLine(NamedTuple):
    """What is looked at of all feeds together; of a hundred thousand of them, so it is a small part of a row."""

    id: int
    stamp: int
    """Another one as soon as anything has changed that the feed's health is judged by. Means nothing elsewhere."""
    title: str
    outlet: str
    url: str
    country: str
    state_controlled: bool
    succeeded: Any
    """When a poll last succeeded, as the database writes it: good for nothing but order. None when none did."""
    gaps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One request, a GET unless it carries a form or a body.

    ``key`` comes back on the result, so that results can be matched to requests in any order.
    """

    key: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "*/*"
    max_bytes: int | None = None
    """Limit on the decoded body in bytes; None means the fetcher's own limit."""
    form: tuple[tuple[str, str], ...] = ()
    """Fields to send as a form by POST (WebSub subscriptions)."""
    body: bytes = b""
    """What to send by POST (webhooks only). No redirect is followed, and the answer's body is left unread."""
    content_type: str = ""
    """Of ``body``."""
    headers: tuple[tuple[str, str], ...] = ()
    """Further headers, in ASCII (webhooks only)."""


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
    fresh_for: float | None = None
    """Seconds for which the answer stays fresh (Cache-Control max-age less Age, else Expires; RFC 9111 4.2)."""
    hub: str = ""
    """The WebSub hub that the Link header names, absolute, or empty."""
    topic: str = ""
    """The Link header's ``rel="self"``: what to subscribe to at the hub, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: what we have is what there is."""

    key: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    permanent_url: str | None = None
    elapsed: float = 0.0
    fresh_for: float | None = None
    """As in ``Document``."""


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
    date_quality: str = "given"
    """``given``, ``missing``, ``unreadable``, or ``future`` (more than an hour ahead, taken as first seen)."""
    hash: str = ""
    """16 hex digits of what the feed sent for the entry, before any cleaning; equal means unchanged."""


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
    topic: str = ""
    """The feed's ``rel="self"`` address: what to subscribe to at the hub."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day, UTC, in which the publisher asks not to be polled (RSS ``skipHours``)."""
    skip_days: tuple[int, ...] = ()
    """Days of the week, Monday 0, likewise (RSS ``skipDays``)."""
    entries: tuple[FeedEntry, ...] = ()
    """Those that the caller does not know; all of them unless it named hashes it knows."""
    hashes: tuple[str, ...] = ()
    """The hash of every entry in the document, in its order, the known ones too."""
    guids_repeat: bool = False
    """Whether the document gives one guid to different pages; its guids then say nothing (miniflux#4197)."""
    notes: tuple[str, ...] = ()
    """What was wrong and could be mended, for the feed doctor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRow:
    """What a site answered for its robots.txt, as it is kept over a restart."""

    site: str
    """Scheme, name and port."""
    fetched_at: datetime
    status: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTurn:
    """Leave to ask a host that no other process asks meanwhile."""

    asked_at: datetime | None
    """When another process asked it last; None when nobody did lately, or it was us all the time."""
    held_until: datetime | None
    """Until when it wants to be left alone; None when it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCounts:
    """How the feeds are, in numbers; removed ones do not count."""

    active: int
    due: int
    failing: int
    """Feeds whose last poll failed."""
    never_polled: int
    unreached: int = 0
    """Feeds whose last poll fell into an outage of our own network."""
