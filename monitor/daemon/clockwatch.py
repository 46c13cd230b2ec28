"""What the timer cannot see by itself: that the wall clock was set, or stood still while the machine slept."""

import threading
import time
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.base import BaseScheduler

log = structlog.get_logger()
LOOK_SECONDS = 2.0
TOLERATED = 1.0
"""Seconds between two looks that a clock which is only being corrected does not come to."""


class ClockWatch:
    """Compares the wall clock with one that only goes on; when they part, every tick comes at once.

    APScheduler keeps the wall times of its next ticks: set back by two hours, it would be silent for two hours.
    """

    def __init__(self, scheduler: BaseScheduler, stopping: threading.Event) -> None:
        self._scheduler = scheduler
        self._stopping = stopping
        self._apart = _apart()

    def start(self) -> None:
        """Look now and then, on a thread of its own, until the program ends."""
        threading.Thread(target=self._live, name="clock watch", daemon=True).start()

    def _live(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            self.look(_apart())

    def look(self, apart: float) -> None:
        """Take in by how many seconds the wall clock is ahead of the other."""
        moved, self._apart = apart - self._apart, apart
        if abs(moved) <= TOLERATED:
            return
        log.warning("clock_set", seconds=round(moved, 1), what_now="every job looks for work at once")
        now = datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            self._scheduler.modify_job(job.id, next_run_time=now)


def _apart() -> float:
    return time.time() - time.monotonic()
