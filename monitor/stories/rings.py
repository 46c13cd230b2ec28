"""Look-up by keys in memory that never grows: under each key the articles that came last. Pure.

A key leads to a ring of a few places, in which the newest article takes the place of the oldest. Nothing is ever
taken out: whoever looks up compares what he finds, so that old and chance entries do no harm.
"""

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint32]
Slots = NDArray[np.int32]


class Rings:
    """``places`` (a power of two) rings of ``depth`` entries each."""

    def __init__(self, places: int, depth: int) -> None:
        # Zero is "nothing here": fresh memory then costs nothing until it is used.
        self._entries = np.zeros((places, depth), np.int32)
        self._next = np.zeros(places, np.uint8)
        self._mask = np.uint32(places - 1)
        self._depth = depth

    def add(self, keys: Keys, slot: int) -> None:
        """Enter ``slot`` under every key."""
        rings = keys & self._mask
        turn = self._next[rings]
        self._entries[rings, turn] = slot + 1
        self._next[rings] = (turn + 1) % self._depth

    def find(self, keys: Keys) -> Slots:
        """Slots under the keys, each as often as it stands there, in no order."""
        found: Slots = self._entries[keys & self._mask].ravel()
        there: Slots = found[found > 0]
        return there - 1

    @property
    def bytes(self) -> int:
        """Memory that full rings take."""
        return self._entries.nbytes + self._next.nbytes
