"""What the index keeps of an article: about a kilobyte, from which alone the index can be built up again. Pure."""

import hashlib
import math
import struct
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from monitor.records.findings import Entity, When
from monitor.records.stories import Arrival
from monitor.stories.shingles import sketch
from monitor.stories.terms import Hashes, Numbers, Weights, hashed, number, terms
from monitor.text import words
from monitor.urls import canonical, is_web

NAMES = 16
"""Most entities kept of an article, those most spoken of first."""
FOCAL = 0x80
"""Set in an entity's weight when it stands in the title or in the first sentences."""
PLACE = 0x40
"""Set in an entity's weight when it is a place."""
_READ = 100_000
"""Characters of the text that are looked at; a hostile page may be endless."""
_LEAD = 400
"""Characters of the text that say what the article is about."""
_EPOCH = date(1970, 1, 1)
_LONGEST = timedelta(days=4)
"""A date interval longer than that says nothing of one event."""
_LEAST_TITLE = 4
"""Words a title must have to be nobody else's by chance."""
_VERSION = 1
_HEAD = struct.Struct("<BIqQQQiiIBBBHf")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Imprint:
    """One article as the index knows it."""

    published: int
    """Seconds since 1970."""
    page: int
    """Hash of the canonical address; 0 for none."""
    title: int
    """Hash of the title's words; 0 where it is too short to tell."""
    body: int
    """Hash of title and text; 0 where there is no text."""
    first_day: int
    last_day: int
    """Days since 1970 of what it tells of; both 0 where nobody says."""
    runs: int
    sketch: Hashes
    terms: Numbers
    term_weights: Weights
    names: Numbers
    name_weights: Weights
    """How much an entity is spoken of (1 to 63), with ``FOCAL`` and ``PLACE``."""
    model: int
    """Hash of the embedding's model; 0 where there is no embedding."""
    vector: NDArray[np.int8]
    """The embedding, a step being its largest component over 127."""
    scale: float
    """What the steps are worth when the embedding has length 1."""

    def pack(self) -> bytes:
        """As bytes, for storing."""
        head = _HEAD.pack(
            *(_VERSION, self.model, self.published, self.page, self.title, self.body, self.first_day, self.last_day),
            *(self.runs, len(self.sketch), len(self.terms), len(self.names), len(self.vector), self.scale),
        )
        arrays = (self.sketch, self.terms, self.term_weights, self.names, self.name_weights, self.vector)
        return head + b"".join(array.astype(array.dtype.newbyteorder("<")).tobytes() for array in arrays)


def unpack(packed: bytes) -> Imprint | None:
    """What ``pack`` wrote; None when it is damaged or of another version, and must be made again from the article."""
    if len(packed) < _HEAD.size or packed[0] != _VERSION:
        return None
    _, model, published, page, title, body, first, last, runs, *sizes, scale = _HEAD.unpack_from(packed)
    hashes, listed, named, dimensions = sizes
    kinds = ((hashes, "<u4"), (listed, "<u4"), (listed, "u1"), (named, "<u4"), (named, "u1"), (dimensions, "i1"))
    if len(packed) != _HEAD.size + sum(size * np.dtype(kind).itemsize for size, kind in kinds):
        return None
    parts, at = [], _HEAD.size
    for size, kind in kinds:
        parts.append(np.frombuffer(packed, kind, size, at))
        at += parts[-1].nbytes
    return Imprint(
        published=published, page=page, title=title, body=body, first_day=first, last_day=last, runs=runs,
        sketch=parts[0], terms=parts[1], term_weights=parts[2], names=parts[3], name_weights=parts[4],
        model=model, vector=parts[5], scale=scale,
    )  # fmt: skip


def imprint(arrival: Arrival) -> Imprint:
    """The imprint of an article."""
    title_words, text_words = words(arrival.title), words(arrival.text[:_READ])
    text_hashes = hashed(text_words)
    listed, weights = terms(hashed(title_words), text_hashes)
    named, spoken = _names(arrival)
    hashes, runs = sketch(text_hashes)
    vector, scale = _steps(arrival.embedding)
    first_day, last_day = _days(arrival.dates)
    return Imprint(
        published=int(arrival.published.astimezone(UTC).timestamp()),
        page=_hash(canonical(arrival.url).encode("utf-8", "replace")) if is_web(arrival.url) else 0,
        title=_hash(" ".join(title_words).encode("utf-8", "replace")) if len(title_words) >= _LEAST_TITLE else 0,
        body=_hash(" ".join(title_words).encode("utf-8", "replace") + text_hashes.tobytes()) if text_words else 0,
        first_day=first_day, last_day=last_day, runs=runs, sketch=hashes, terms=listed, term_weights=weights,
        names=named, name_weights=spoken, model=zlib.crc32(arrival.model.encode()) | 1 if len(vector) else 0,
        vector=vector, scale=scale,
    )  # fmt: skip


def published(imprint: Imprint) -> datetime:
    """When the article was published."""
    return datetime.fromtimestamp(imprint.published, UTC)


def _names(arrival: Arrival) -> tuple[Numbers, Weights]:
    lead = len(arrival.title) + 2 + _LEAD
    weights: dict[int, int] = {}
    for entity in arrival.entities:
        focal = any(mention.start < lead for mention in entity.mentions)
        weight = _spoken(entity) | (FOCAL if focal else 0) | (PLACE if entity.type == "place" else 0)
        key = number(f"entity:{entity.id or entity.name}")
        weights[key] = max(weight, weights.get(key, 0))
    best = sorted(weights.items(), key=lambda item: (-(item[1] & ~PLACE), item[0]))[:NAMES]
    return np.array([key for key, _ in best], np.uint32), np.array([weight for _, weight in best], np.uint8)


def _spoken(entity: Entity) -> int:
    """How much it is spoken of: one plus the logarithm of its mentions, in steps of an eighth."""
    return min(63, round((1 + math.log(max(1, len(entity.mentions)))) * 8))


def _days(dates: tuple[When, ...]) -> tuple[int, int]:
    for when in dates:
        if when.certainty == "exact" and when.end - when.start <= _LONGEST:
            return (when.start - _EPOCH).days, (when.end - _EPOCH).days
    return 0, 0


def _steps(embedding: tuple[float, ...]) -> tuple[NDArray[np.int8], float]:
    """The embedding in 255 steps, and what a step is worth; nothing where it has no length or is no number."""
    vector = np.asarray(embedding, np.float64)
    length = float(np.sqrt(np.einsum("i,i->", vector, vector))) if len(vector) else 0.0
    if not 0 < length < np.inf:
        return np.empty(0, np.int8), 0.0
    steps = np.round(vector * (127 / np.abs(vector).max())).astype(np.int8)
    whole = steps.astype(np.float64)
    return steps, float(1 / np.sqrt(np.einsum("i,i->", whole, whole)))


def _hash(words: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(words, digest_size=8).digest(), "little") | 1
