"""Documents and feeds as frames between the pool and its worker processes.

JSON and never pickle, because what the worker read was written by strangers; an entry is a plain list of its fields in
their order, which costs a third of a dictionary for each.
"""

import json
import math
import struct
from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import IO, Any

from monitor.records.feeds import Document, FeedEntry, ParsedFeed

LENGTHS = struct.Struct("!II")
_GRACE_SECONDS = 5
_DOCUMENT_FIELDS = ("url", "final_url", "content_type", "content_language", "content_location")
_FEED_FIELDS = tuple(field.name for field in fields(ParsedFeed))
_ENTRY_FIELDS = tuple(field.name for field in fields(FeedEntry))
_LISTS = ("skip_hours", "skip_days", "hashes", "notes")
_TIMES = tuple(_ENTRY_FIELDS.index(name) for name in ("published", "updated"))
_AUTHORS = _ENTRY_FIELDS.index("authors")
Head = dict[str, Any]


def packed(head: Head, body: bytes = b"") -> bytes:
    """One frame."""
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"), default=datetime.isoformat)
    encoded = text.encode("utf-8", "replace")
    return b"".join((LENGTHS.pack(len(encoded), len(body)), encoded, body))


def write(stream: IO[bytes], head: Head, body: bytes = b"") -> None:
    """Send one frame."""
    stream.write(packed(head, body))
    stream.flush()


def read(stream: IO[bytes]) -> tuple[Head, bytes] | None:
    """The next frame, or None when the stream ends, also in the middle of one."""
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    head_length, body_length = LENGTHS.unpack(lengths)
    encoded, body = stream.read(head_length), stream.read(body_length)
    if len(encoded) < head_length or len(body) < body_length:
        return None
    return loads(encoded), body


def loads(encoded: bytes) -> Head:
    """The head of a frame."""
    head: Head = json.loads(encoded)
    return head


def from_request(document: Document, now: datetime, known: Collection[str], deadline: float) -> Head:
    """The head of a request; the document's body is the frame's body."""
    head: Head = {name: getattr(document, name) for name in _DOCUMENT_FIELDS}
    return head | {"now": now, "known": " ".join(known), "deadline": deadline}


def request(head: Head, body: bytes) -> tuple[Document, datetime, frozenset[str]]:
    """The document, as far as parsers look at it, the time, and the hashes that are known."""
    document = Document(key="", status=200, body=body, **{name: head[name] for name in _DOCUMENT_FIELDS})
    return document, datetime.fromisoformat(head["now"]), frozenset(head["known"].split())


def alarm_seconds(head: Head) -> int:
    """When the worker ends itself, should the pool no longer be there to do it."""
    return math.ceil(float(head["deadline"])) + _GRACE_SECONDS


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
