"""Looks that cost more the more there is: each rests in proportion to what it took, so it never takes a core's time."""

import time
from collections.abc import Callable

RESTS = 20.0
"""So many times as long as a look took: it takes a twentieth of the time at most."""


class Resting:
    """Calls ``look``, but leaves it out while it rests. For one caller at a time.

    It rests only after a look that answers True: one that could not see is made again at the next tick.
    """

    def __init__(
        self, look: Callable[[], bool], *, times: float = RESTS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._look = look
        self._times = times
        self._clock = clock
        self._until = float("-inf")

    def __call__(self) -> None:
        """Look, unless it is too soon."""
        started = self._clock()
        if started < self._until:
            return
        if self._look():
            ended = self._clock()
            self._until = ended + self._times * (ended - started)
