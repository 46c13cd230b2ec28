"""How late the timer is: each tick is held against the moment at which it was due, and none is forgotten."""

import math
import threading
import time
from collections.abc import Callable, Mapping


class Pulse:
    """Takes every tick of the timer, tells its lag, and how long none has come. Safe to use from many threads.

    The library tells only of the last tick of several that were missed; here the first of them counts.
    """

    def __init__(
        self,
        seconds: Mapping[str, float],
        note: Callable[[float], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._note = note
        self._clock = clock
        self._lock = threading.Lock()
        self._due: dict[str, float] = {}
        self._last = clock()

    def start(self) -> None:
        """The timer starts now: every job is due one of its intervals later."""
        self._last = self._clock()
        self._due = {job: self._last + seconds for job, seconds in self._seconds.items()}

    def beat(self, job: str) -> None:
        """A tick of ``job`` has come."""
        with self._lock:
            now, seconds = self._clock(), self._seconds[job]
            lag = max(0.0, now - self._due.get(job, now))
            self._due[job] = self._due.get(job, now) + seconds * (1 + math.floor(lag / seconds))
            self._last = now
        self._note(lag)

    def silent(self) -> float:
        """Seconds since the last tick."""
        return self._clock() - self._last
