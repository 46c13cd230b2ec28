"""What is remembered of a feed's last documents (``feed_windows``), as bytes. Pure.

The window holds, for each entry of the last document, 8 bytes of its hash and 8 of the entry's id: an entry whose hash
is there is unchanged and costs no query. The ghosts are sketches of the entries that left the window lately: an
article that comes back under another address and id is recognised by its words (reader's rule; miniflux/v2#3120).
"""

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.text import words

GHOSTS = 40
"""How many entries that left the window are remembered."""
LEAST_WORDS = 48
"""Shorter texts are too like each other to say anything (reader uses the same number)."""
SAME_TEXT = 0.8
"""Least share of the sketches' hashes in common."""

_PAIR = struct.Struct("<8sq")
_SKETCH_SIZE = 32
_GHOST = struct.Struct(f"<qII{_SKETCH_SIZE}I")
_RUN = 3
_LEAST_TITLE_WORDS = 4


def pack(pairs: Iterable[tuple[str, int]]) -> bytes:
    """``(hash, entry id)`` pairs as bytes."""
    return b"".join(_PAIR.pack(bytes.fromhex(hash_), entry_id) for hash_, entry_id in pairs)


def unpack(window: bytes) -> dict[str, int]:
    """Entry ids by hash; what is damaged is left out, so that its entries are looked up again."""
    whole = len(window) - len(window) % _PAIR.size
    return {hash_.hex(): entry_id for hash_, entry_id in _PAIR.iter_unpack(window[:whole])}


@dataclass(frozen=True, slots=True)
class Ghost:
    """An entry that left the window: its title's hash and the least hashes of its runs of three words."""

    entry_id: int
    title: int
    size: int
    """Number of hashes in the sketch; 0 when the text is too short to be compared."""
    sketch: frozenset[int]


def ghost(entry_id: int, title: str, text: str) -> Ghost:
    """The sketch of an entry with that title and plain text."""
    title_words, text_words = words(title), words(text)
    hashes: list[int] = []
    if len(text_words) >= LEAST_WORDS:
        encoded = [word.encode() for word in text_words]
        runs = zip(*(encoded[start:] for start in range(_RUN)), strict=False)
        hashes = sorted(set(map(zlib.crc32, map(b" ".join, runs))))[:_SKETCH_SIZE]
    key = zlib.crc32(" ".join(title_words).encode()) if len(title_words) >= _LEAST_TITLE_WORDS else 0
    return Ghost(entry_id, key, len(hashes), frozenset(hashes))


def pack_ghosts(ghosts: Sequence[Ghost]) -> bytes:
    """The newest ``GHOSTS`` of them as bytes; the newest come first."""
    return b"".join(
        _GHOST.pack(each.entry_id, each.title, each.size, *sorted(each.sketch), *(0,) * (_SKETCH_SIZE - each.size))
        for each in ghosts[:GHOSTS]
    )


def unpack_ghosts(packed: bytes) -> list[Ghost]:
    """What ``pack_ghosts`` wrote."""
    whole = len(packed) - len(packed) % _GHOST.size
    return [
        Ghost(entry_id, title, size, frozenset(hashes[:size]))
        for entry_id, title, size, *hashes in _GHOST.iter_unpack(packed[:whole])
    ]


def same_story(new: Ghost, ghosts: Mapping[int, Ghost]) -> int | None:
    """The id of the entry that ``new`` is under another name: nearly the same text, or nothing but the same title.

    A text that is long enough decides alone; titles such as "Live updates" head many articles.
    """
    for each in ghosts.values():
        if new.size and each.size:
            if _alike(new.sketch, each.sketch) >= SAME_TEXT:
                return each.entry_id
        elif new.title and new.title == each.title and not new.size and not each.size:
            return each.entry_id
    return None


def _alike(a: frozenset[int], b: frozenset[int]) -> float:
    """Jaccard index of two texts, estimated from the least hashes of both together (Broder 1997, bottom-k)."""
    least = sorted(a | b)[: min(len(a), len(b))]
    return sum(hash_ in a and hash_ in b for hash_ in least) / len(least)
