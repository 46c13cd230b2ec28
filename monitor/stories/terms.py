"""The words of an article that say what it is about, as numbers of a fixed range, and how common each is. Pure.

A word is known by a hash of twenty bits: counts and weights then fit into flat arrays, whatever words come.
"""

import zlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 20
TERMS = 48
"""Most words kept of an article, those that say most first."""
STEPS = 32.0
"""Weights are kept in bytes: so many steps to 1."""
BACKGROUND = 600.0
"""How many articles the background counts for, beside those in the window."""
_RARE = 1.0
"""In how many of a thousand articles a word stands that the background does not list."""
_TITLE = 3
"""A word in the title counts as so many in the text."""
_READ = 500
"""Words of the text that are read: what comes later is seldom what an article is about."""

Hashes = NDArray[np.uint32]
Numbers = NDArray[np.uint32]
Weights = NDArray[np.uint8]


def number(name: str) -> int:
    """The number of an entity's id or name; a prefix keeps it apart from words."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) & (BUCKETS - 1)


def hashed(words: Sequence[str]) -> Hashes:
    """A hash of each word that is the same everywhere and always; its lower bits are the word's number."""
    encoded = "\n".join(words).encode("utf-8", "surrogatepass").split(b"\n")
    return np.fromiter(map(zlib.crc32, encoded if words else ()), np.uint32, len(words))


def terms(title: Hashes, text: Hashes) -> tuple[Numbers, Weights]:
    """The numbers of the words that say most, with weights (one plus the logarithm of the count, in steps)."""
    read = np.concatenate((np.tile(title, _TITLE), text[:_READ])) & np.uint32(BUCKETS - 1)
    numbers, counts = np.unique(read, return_counts=True)
    weights = 1 + np.log(counts)
    worth = weights * rarity(background()[numbers], 0.0)
    # Words alike in worth are told apart by their number, so that the choice is the same everywhere.
    best = np.lexsort((numbers, -worth))[:TERMS]
    return numbers[best], np.minimum(np.round(weights[best] * STEPS), 255).astype(np.uint8)


def rarity(counts: NDArray[np.float32], articles: float) -> NDArray[np.float32]:
    """How much a word tells that so many of the background and of ``articles`` more hold (idf)."""
    told: NDArray[np.float32] = np.log(np.float32(articles + BACKGROUND + 1) / (counts + np.float32(1)))
    return told


@lru_cache(maxsize=1)
def background() -> NDArray[np.float32]:
    """By number, in how many of ``BACKGROUND`` articles a word stands."""
    counts = np.full(BUCKETS, _RARE, np.float32)
    for line in files(__package__).joinpath("background.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            share, *listed = line.split()
            counts[[number(word) for word in listed]] = float(share)
    counts *= np.float32(BACKGROUND / 1000)
    counts.flags.writeable = False
    return counts
