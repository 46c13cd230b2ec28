"""What a text's wording looks like from afar: the least hashes of its runs of words. Pure.

The least hashes of a text (bottom-k, Broder 1997) tell how alike two texts are. Below the largest hash of either
sketch both are complete, so that it can also be told how much of a short text stands in a long one (what MinHash with
permutations cannot). And as every text takes the same hashes, those below a fixed share serve as keys to look up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.stories.terms import Hashes

RUN = 4
SKETCH = 64
_READ = 10_000
"""Words that are looked at; a hostile page may be endless."""
_KEYS = np.uint32(2**32 // 32)
"""Hashes below it are keys: one of 32 runs."""
_SURE_KEYS = 4
"""So many of the least hashes are keys in any case, for short texts."""
_ALL = 2**32 - 1
LEAST_RUNS = 12
"""A text of fewer runs is too short for its wording to say anything."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are in their wording."""

    jaccard: float
    """Of all runs of both, the share that both have."""
    contained: float
    """Of the runs of the shorter, the share that the longer has."""


NOTHING = Likeness(0.0, 0.0)


def sketch(words: Hashes) -> tuple[Hashes, int]:
    """The least hashes of the runs in a text's words, in rising order, and how many different runs there are."""
    words = words[:_READ].astype(np.uint64)
    if len(words) < RUN:
        return np.empty(0, np.uint32), 0
    runs = len(words) - RUN + 1
    mixed = np.zeros(runs, np.uint64)
    for place in range(RUN):
        mixed = _mix(mixed + words[place : place + runs])
    hashes = np.unique((mixed >> np.uint64(32)).astype(np.uint32))
    return hashes[:SKETCH], len(hashes)


def keys(hashes: Hashes) -> Hashes:
    """Those hashes of a sketch under which the text can be looked up."""
    return hashes[: max(_SURE_KEYS, int(np.searchsorted(hashes, _KEYS)))]


def likeness(mine: Hashes, my_runs: int, others: NDArray[np.uint32], their_runs: NDArray[np.uint32]) -> list[Likeness]:
    """Compare a sketch with many, one in each row, filled up with zeros. Texts that are too short are like nothing."""
    if my_runs < LEAST_RUNS:
        return [NOTHING] * len(others)
    sizes = np.minimum(their_runs, SKETCH)
    last = np.take_along_axis(others, np.maximum(sizes.astype(np.int64) - 1, 0)[:, None], axis=1)[:, 0]
    complete = np.where(their_runs > SKETCH, last, np.uint32(_ALL))
    limits = np.minimum(complete, mine[-1] if my_runs > SKETCH else np.uint32(_ALL))
    within = (others <= limits[:, None]) & (np.arange(others.shape[1]) < sizes[:, None])
    places = np.minimum(np.searchsorted(mine, others), len(mine) - 1)
    both = ((mine[places] == others) & within).sum(axis=1)
    a, b = np.searchsorted(mine, limits, "right"), within.sum(axis=1)
    jaccard, contained = both / np.maximum(1, a + b - both), both / np.maximum(1, np.minimum(a, b))
    short = their_runs < LEAST_RUNS
    return [
        NOTHING if short[row] else Likeness(float(jaccard[row]), float(contained[row])) for row in range(len(others))
    ]


def _mix(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread what is alike (the finalizer of SplitMix64)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
