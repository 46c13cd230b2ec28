"""The newsroom's own time: it starts where it is told to and runs as fast as it is told to."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta


class Clock:
    """Shows ``start`` plus ``speed`` times the seconds since it was made; at speed 0 only ``advance`` moves it."""

    def __init__(self, start: datetime, *, speed: float = 0.0, ticks: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._start = start
        self._ticks = ticks
        self._began = ticks()
        self._ahead = timedelta(0)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The simulated moment, aware UTC."""
        with self._lock:
            return self._start + self._ahead + timedelta(seconds=(self._ticks() - self._began) * self.speed)

    def advance(self, delta: timedelta) -> datetime:
        """Move the clock on by ``delta`` at once; the new moment."""
        with self._lock:
            self._ahead += delta
        return self.now()
