"""The in-process runner: a thread per kind of job, each round a claim of its own. ``submit`` is only a nudge."""

import threading
import time
from collections.abc import Mapping
from typing import Protocol

from monitor.daemon.metrics import Metrics
from monitor.daemon.rounds import FOLLOWED_BY, PAUSE_AFTER_FAILURE, Rounds, held_by
from monitor.jobs.services import Services
from monitor.jobs.table import JOBS, Job


class Runs(Protocol):
    """What the timer needs of a runner: here on threads, or in the queue for workers elsewhere."""

    last_error: dict[str, str]
    failing_since: dict[str, float]
    """By ``time.monotonic``, for each job whose last round failed."""

    def start(self) -> None:
        """Begin to take what is submitted."""
        ...

    def submit(self, job: str) -> None:
        """Ask for a round of ``job``; asking again before it starts is the same as asking once."""
        ...

    def under_way(self) -> dict[str, float]:
        """Return the seconds that each round under way has lasted, by job."""
        ...

    def drain(self, seconds: float) -> bool:
        """Wait for the rounds under way; False when one has not ended in time."""
        ...


SIDE_BY_SIDE: Mapping[str, int] = {"analyse": 2}
"""Threads of a job, where not one: while one writes what the model found, the model reads what the other claimed."""


class Runner:
    """Runs jobs on threads of its own; what is pending stays in the table, so a lost nudge loses nothing."""

    def __init__(
        self,
        services: Services,
        metrics: Metrics,
        *,
        jobs: Mapping[str, Job] = JOBS,
        followed_by: Mapping[str, tuple[str, ...]] = FOLLOWED_BY,
        pause: float = PAUSE_AFTER_FAILURE,
    ) -> None:
        self._services = services
        self._rounds = Rounds(metrics, self.submit, jobs=jobs, followed_by=followed_by, pause=pause)
        self._nudges = {name: [threading.Event() for _ in range(SIDE_BY_SIDE.get(name, 1))] for name in jobs}
        self.last_error = self._rounds.last_error
        self.failing_since = self._rounds.failing_since
        self._threads = [
            threading.Thread(target=self._serve, args=(name, number), name=name, daemon=True)
            for name, nudges in self._nudges.items()
            for number in range(len(nudges))
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def submit(self, job: str) -> None:
        """Ask for a round of ``job``; asking again before it starts is the same as asking once."""
        for nudge in self._nudges[job]:
            nudge.set()

    def under_way(self) -> dict[str, float]:
        """Return the seconds that each round under way has lasted, by job."""
        return self._rounds.under_way()

    def drain(self, seconds: float) -> bool:
        """Wait for the rounds under way; False when one has not ended in time."""
        for job in self._nudges:
            self.submit(job)
        ends = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _serve(self, name: str, number: int) -> None:
        stopping = self._services.stopping
        services = held_by(self._services, f"{name}{number or ''}")
        nudge = self._nudges[name][number]
        while not stopping.is_set():
            nudge.wait()
            nudge.clear()
            while not stopping.is_set() and self._rounds.run(name, services):
                pass
