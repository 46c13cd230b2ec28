"""The in-process runner: one thread per kind of job, each round a claim of its own. ``submit`` is only a nudge."""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace

import structlog

from monitor.daemon.metrics import Metrics
from monitor.errors import MonitorError, TransientError
from monitor.jobs.services import Services
from monitor.jobs.table import JOBS, Job, give_back

log = structlog.get_logger()
# Which job has work when another has done some: the nudge that spares a wait for the next tick.
FOLLOWED_BY: Mapping[str, tuple[str, ...]] = {
    "poll": ("screen",),
    "screen": ("read",),
    "read": ("analyse",),
    "analyse": ("chronicle",),
    "chronicle": ("alert",),
    "alert": ("urgent", "webhook", "chat"),
    "compose": ("deliver",),
}
PAUSE_AFTER_FAILURE = 5.0
# As many rounds as the largest batch has rows.
ONE_BY_ONE = 256


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
        self._metrics = metrics
        self._jobs = jobs
        self._followed_by = followed_by
        self._pause = pause
        self._nudges = {name: threading.Event() for name in jobs}
        self._since: dict[str, float] = {}
        self._unfinished: set[str] = set()
        self._careful: dict[str, int] = {}
        self.last_error: dict[str, str] = {}
        self.failing_since: dict[str, float] = {}
        """By ``time.monotonic``, for each job whose last round failed."""
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
        now = time.monotonic()
        return {name: now - since for name, since in self._since.copy().items()}

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
        while not stopping.is_set():
            self._nudges[name].wait()
            self._nudges[name].clear()
            while not stopping.is_set() and self._round(name):
                pass

    def _round(self, name: str) -> bool:
        """Run one round; True when there may be more to do."""
        started = self._since[name] = time.monotonic()
        try:
            if name in self._unfinished:
                give_back(self._services, name)
                self._unfinished.discard(name)
            done = self._jobs[name](self._for_round(name))
        except TransientError as error:
            self._unfinished.add(name)
            self._note(name, "transient", str(error))
            return False
        except MonitorError as error:
            self._note(name, "refused", str(error))
            return False
        except Exception:
            # The host's net: a bug in one round must not end the others.
            log.exception("job_broke", job=name)
            self._after_a_bug(name)
            self._note(name, "bug", "see the log for its traceback")
            return name in self._careful
        finally:
            self._since.pop(name, None)
        self.last_error.pop(name, None)
        self.failing_since.pop(name, None)
        self._metrics.did(name, done.counts, time.monotonic() - started)
        for follower in self._followed_by.get(name, ()) if done else ():
            self.submit(follower)
        return bool(done) and name != "upkeep"

    def _for_round(self, name: str) -> Services:
        """After a bug the next rounds take one row each, so that the others of its batch get through."""
        left = self._careful.get(name, 0)
        if not left:
            return self._services
        self._careful[name] = left - 1
        if left == 1:
            del self._careful[name]
        one = replace(self._services.sizes, feeds=1, screen=1, pages=1, articles=1)
        return replace(self._services, sizes=one)

    def _after_a_bug(self, name: str) -> None:
        if name in self._careful:
            # The one row that breaks stays claimed until its lease ends; the rounds after it pass it by.
            return
        self._unfinished.add(name)
        self._careful[name] = ONE_BY_ONE

    def _note(self, name: str, outcome: str, message: str) -> None:
        if self._services.stopping.is_set():
            # The parts are closed under rounds that take too long to end; their rows were given back.
            log.warning("round_cut_short", job=name, error=message)
            return
        log.error("job_failed", job=name, outcome=outcome, error=message)
        self.last_error[name] = message
        self.failing_since.setdefault(name, time.monotonic())
        self._metrics.failed(name, outcome)
        self._services.stopping.wait(self._pause)
