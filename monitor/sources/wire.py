"""Documents and feeds as the heads of frames; an entry is a plain list of its fields in their order.

A dictionary for each would cost three times as much.
"""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from monitor.processes.frames import Head
from monitor.records.feeds import Document, FeedEntry, ParsedFeed

_DOCUMENT_FIELDS = ("url", "final_url", "content_type", "content_language", "content_location")
_FEED_FIELDS = tuple(field.name for field in fields(ParsedFeed))
_ENTRY_FIELDS = tuple(field.name for field in fields(FeedEntry))
_LISTS = ("skip_hours", "skip_days", "hashes", "notes")
_TIMES = tuple(_ENTRY_FIELDS.index(name) for name in ("published", "updated"))
_AUTHORS = _ENTRY_FIELDS.index("authors")


def from_request(document: Document, now: datetime, known: Collection[str]) -> Head:
    """The head of a request; the document's body is the frame's body."""
    head: Head = {name: getattr(document, name) for name in _DOCUMENT_FIELDS}
    return head | {"now": now, "known": " ".join(known)}


def request(head: Head, body: bytes) -> tuple[Document, datetime, frozenset[str]]:
    """The document, as far as parsers look at it, the time, and the hashes that are known."""
    document = Document(key="", status=200, body=body, **{name: head[name] for name in _DOCUMENT_FIELDS})
    return document, datetime.fromisoformat(head["now"]), frozenset(head["known"].split())


def from_feed(feed: ParsedFeed) -> Head:
    """A feed as JSON values."""
    head: Head = {name: getattr(feed, name) for name in _FEED_FIELDS}
    head["entries"] = [[getattr(entry, name) for name in _ENTRY_FIELDS] for entry in feed.entries]
    return head


def feed(head: Head) -> ParsedFeed:
    """The feed of a worker's answer."""
    lists = {name: tuple(head[name]) for name in _LISTS}
    return ParsedFeed(**(head | lists | {"entries": tuple(map(_entry, head["entries"]))}))


def _entry(values: list[Any]) -> FeedEntry:
    for place in _TIMES:
        if values[place]:
            values[place] = datetime.fromisoformat(values[place])
    values[_AUTHORS] = tuple(values[_AUTHORS])
    return FeedEntry(**dict(zip(_ENTRY_FIELDS, values, strict=True)))
