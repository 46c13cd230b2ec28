"""Documents and feeds as frames between the pool and its worker processes."""

import json
import math
import struct
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

from monitor.records.feeds import Document, FeedEntry, ParsedFeed

_LENGTHS = struct.Struct("!II")
_GRACE_SECONDS = 5
Head = dict[str, Any]


def write(stream: IO[bytes], head: Head, body: bytes = b"") -> None:
    """Send one frame."""
    packed = json.dumps(head, default=datetime.isoformat).encode("ascii")
    stream.write(_LENGTHS.pack(len(packed), len(body)) + packed)
    stream.write(body)
    stream.flush()


def read(stream: IO[bytes]) -> tuple[Head, bytes] | None:
    """The next frame, or None when the stream ends, also in the middle of one."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    packed, body = stream.read(head_length), stream.read(body_length)
    if len(packed) < head_length or len(body) < body_length:
        return None
    return json.loads(packed), body


def from_request(document: Document, now: datetime, deadline: float) -> Head:
    """The head of a request; the document's body is the frame's body."""
    return {
        "url": document.url,
        "final_url": document.final_url,
        "content_type": document.content_type,
        "content_language": document.content_language,
        "content_location": document.content_location,
        "now": now,
        "deadline": deadline,
    }


def request(head: Head, body: bytes) -> tuple[Document, datetime]:
    """The document, as far as parsers look at it, and the time."""
    fields = {name: head[name] for name in ("url", "final_url", "content_type", "content_language", "content_location")}
    return Document(key="", status=200, body=body, **fields), datetime.fromisoformat(head["now"])


def alarm_seconds(head: Head) -> int:
    """When the worker ends itself, should the pool no longer be there to do it."""
    return math.ceil(float(head["deadline"])) + _GRACE_SECONDS


def from_feed(feed: ParsedFeed) -> Head:
    """A feed as JSON values."""
    return asdict(feed)


def feed(head: Head) -> ParsedFeed:
    """The feed of a worker's answer."""
    entries = tuple(_entry(values) for values in head.pop("entries"))
    return ParsedFeed(**(head | {"entries": entries, "notes": tuple(head["notes"])}))


def _entry(values: Head) -> FeedEntry:
    times = {name: values[name] and datetime.fromisoformat(values[name]) for name in ("published", "updated")}
    return FeedEntry(**(values | times | {"authors": tuple(values["authors"])}))
