"""What a text's wording looks like from afar: the least hashes of its runs of words. Pure.

The least hashes of a text (bottom-k, Broder 1997) tell how alike two texts are. Below the largest hash of either
sketch both are complete, so that it can also be told how much of a short text stands in a long one (what MinHash with
permutations cannot). And as every text takes the same hashes, those below a fixed share serve as keys to look up.
"""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.text import words

RUN = 4
SKETCH = 64
_READ = 60_000
"""Characters that are looked at; a hostile page may be endless."""
_KEYS = np.uint32(2**32 // 32)
"""Hashes below it are keys: one of 32 runs."""
_SURE_KEYS = 4
"""So many of the least hashes are keys in any case, for short texts."""
LEAST_RUNS = 12
"""A text of fewer runs is too short for its wording to say anything."""

Hashes = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are in their wording."""

    jaccard: float
    """Of all runs of both, the share that both have."""
    contained: float
    """Of the runs of the shorter, the share that the longer has."""


NOTHING = Likeness(0.0, 0.0)


def sketch(text: str) -> tuple[Hashes, int]:
    """The least hashes of the text's runs in rising order, and how many different runs there are."""
    found = words(text[:_READ])
    if len(found) < RUN:
        return np.empty(0, np.uint32), 0
    encoded = np.fromiter((zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in found), np.uint64, len(found))
    runs = len(found) - RUN + 1
    mixed = np.zeros(runs, np.uint64)
    for place in range(RUN):
        mixed = _mix(mixed + encoded[place : place + runs])
    hashes = np.unique((mixed >> np.uint64(32)).astype(np.uint32))
    return hashes[:SKETCH], len(hashes)


def keys(hashes: Hashes) -> Hashes:
    """Those hashes of a sketch under which the text can be looked up."""
    return hashes[: max(_SURE_KEYS, int(np.searchsorted(hashes, _KEYS)))]


def likeness(mine: Hashes, my_runs: int, other: Hashes, other_runs: int) -> Likeness:
    """Compare two sketches; texts that are too short are like nothing."""
    if min(my_runs, other_runs) < LEAST_RUNS:
        return NOTHING
    limit = min(_complete_to(mine, my_runs), _complete_to(other, other_runs))
    a, b = int(np.searchsorted(mine, limit, "right")), int(np.searchsorted(other, limit, "right"))
    both = len(np.intersect1d(mine[:a], other[:b], assume_unique=True))
    return Likeness(both / max(1, a + b - both), both / max(1, min(a, b)))


def _complete_to(hashes: Hashes, runs: int) -> int:
    """Up to which hash a sketch holds all of its text's."""
    return int(hashes[-1]) if runs > len(hashes) else 2**32 - 1


def _mix(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread what is alike (the finalizer of SplitMix64)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
