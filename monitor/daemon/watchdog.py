"""Ends a process in which something hangs for good, so that what supervises it starts it anew.

A thread cannot be killed, and what it holds (a lock, the model, a connection) nobody else gets. Everything here may be
killed at any time: rows that were claimed come back by themselves.
"""

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable

import structlog

from monitor.errors import HungError

log = structlog.get_logger()
HUNG = HungError.status
"""Exit status."""
TICK = 1.0
FROZEN_AFTER = 300.0
"""Seconds without a look, as when a library never lets the interpreter go: then the C runtime ends the process."""
# After a pause of the whole process, as with a machine that slept, the others need a moment as well.
SUSPENDED = 10.0


class Watchdog:
    """Asks ``hangs`` every second what hangs, from a thread of its own, until closed.

    When something does, ``stop`` asks for the end; what has not ended after ``grace`` seconds is ended with ``HUNG``.
    """

    def __init__(
        self,
        hangs: Callable[[], str],
        stop: Callable[[], None],
        *,
        grace: float,
        tick: float = TICK,
        end: Callable[[int], object] = os._exit,
    ) -> None:
        self._hangs, self._stop, self._end = hangs, stop, end
        self._grace, self._tick = grace, tick
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self.hung = ""
        """What hangs, in words."""

    def start(self) -> None:
        """Begin to watch."""
        # Here and not there: what hangs at once may leave the thread no moment of its own.
        _wind_up()
        self._thread.start()

    def close(self) -> None:
        """Watch no more. When something hangs, only the end of the process ends it."""
        if not self.hung:
            self._closed.set()
            self._thread.join()

    def _watch(self) -> None:
        looked = time.monotonic()
        try:
            while not self._closed.wait(self._tick):
                _wind_up()
                now = time.monotonic()
                suspended, looked = now - looked > SUSPENDED + self._tick, now
                if not suspended and (why := self._hangs()):
                    self._give_up(why)
                    return
        finally:
            faulthandler.cancel_dump_traceback_later()

    def _give_up(self, why: str) -> None:
        self.hung = why
        log.error("hangs", what=why, what_now="this process ends, to be started again; what it held comes back")
        self._stop()
        if not self._closed.wait(self._grace):
            self._end(HUNG)


def _wind_up() -> None:
    """Let the C runtime end the process unless this is done again in time."""
    # Not the file that tests or a live view may have put in its place.
    faulthandler.dump_traceback_later(FROZEN_AFTER, exit=True, file=sys.__stderr__ or 2)
