"""What is to be done goes into the queue as a nudge: a job's name. The rows that wait for it stay the truth."""

import time

import structlog
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued

from monitor.errors import MonitorError, StoreError
from monitor.store.engine import shown
from monitor.worker.connection import faults, sync_connector
from monitor.worker.queues import PRIORITY, QUEUE_OF, SIDE_BY_SIDE

log = structlog.get_logger()


class Nudges:
    """Puts nudges into the queue: the timer's runner when workers do the work. Usable from many threads."""

    def __init__(self, url: str, *, most: int = 2) -> None:
        self._url = url
        self._app = App(connector=sync_connector(url, most=most))
        self._open = False
        self.last_error: dict[str, str] = {}
        self.failing_since: dict[str, float] = {}

    def start(self) -> None:
        """Connect. Raises StoreError when the queue cannot be reached or is not made yet."""
        with faults(self._url):
            self._app.open()
            self._open = True
            there = self._app.check_connection()
        if not there:
            raise StoreError(f"{shown(self._url)} has no queue yet. `monitor db upgrade` makes it.")

    def submit(self, job: str) -> None:
        """Ask for a round of ``job``; asking again before one begins is the same as asking once.

        A queue that does not answer is noted, not raised: the next tick asks again.
        """
        if not self._open:
            return
        lock = None if job in SIDE_BY_SIDE else job
        asked = self._app.configure_task(job, queue=QUEUE_OF[job], priority=PRIORITY[job], queueing_lock=job, lock=lock)
        try:
            with faults(self._url):
                asked.defer()
        except AlreadyEnqueued:
            pass
        except MonitorError as error:
            if not self.last_error:
                log.error("queue_does_not_answer", error=str(error))
            self.last_error["queue"] = str(error)
            self.failing_since.setdefault("queue", time.monotonic())
            return
        self.last_error.clear()
        self.failing_since.clear()

    def under_way(self) -> dict[str, float]:
        """Nothing runs here; workers tell of themselves."""
        return {}

    def drain(self, seconds: float) -> bool:
        """Take no more; there is nothing to wait for."""
        self.close()
        return True

    def close(self) -> None:
        """Close the connections."""
        if self._open:
            self._open = False
            self._app.close()
