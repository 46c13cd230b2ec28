"""Frames between a pool and its processes: a head of JSON and a body of bytes, each after its length.

JSON and never pickle, because what the process read was written by strangers.
"""

import json
import struct
from datetime import datetime
from typing import IO, Any

LENGTHS = struct.Struct("!II")
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
