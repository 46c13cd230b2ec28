"""The in-process runner: one thread per kind of job, each round a claim of its own. ``submit`` is only a nudge."""

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
        self._nudges = {name: threading.Event() for name in jobs}
        self.last_error = self._rounds.last_error
        self.failing_since = self._rounds.failing_since
        self._threads = [threading.Thread(target=self._serve, args=(name,), name=name, daemon=True) for name in jobs]

    def start(self) -> None:
        """Start one thread per job."""
        for thread in self._threads:
            thread.start()

    def submit(self, job: str) -> None:
        """Ask for a round of ``job``; asking again before it starts is the same as asking once."""
        self._nudges[job].set()

    def under_way(self) -> dict[str, float]:
        """Return the seconds that each round under way has lasted, by job."""
        return self._rounds.under_way()

    def drain(self, seconds: float) -> bool:
        """Wait for the rounds under way; False when one has not ended in time."""
        for nudge in self._nudges.values():
            nudge.set()
        ends = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _serve(self, name: str) -> None:
        stopping = self._services.stopping
        services = held_by(self._services, name)
        while not stopping.is_set():
            self._nudges[name].wait()
            self._nudges[name].clear()
            while not stopping.is_set() and self._rounds.run(name, services):
                pass
