"""The in-process runner: one thread per kind of job, each round a claim of its own. ``submit`` is only a nudge."""

import threading
import time
from collections.abc import Mapping

import structlog

from monitor.daemon.metrics import Metrics
from monitor.errors import MonitorError, TransientError
from monitor.jobs.services import Services
from monitor.jobs.table import JOBS, Job, give_back

log = structlog.get_logger()
# Which job has work when another has done some: the nudge that spares a wait for the next tick.
FOLLOWED_BY: Mapping[str, str] = {"poll": "screen", "screen": "read", "read": "analyse"}
PAUSE_AFTER_FAILURE = 5.0


class Runner:
    """Runs jobs on threads of its own; what is pending stays in the table, so a lost nudge loses nothing."""

    def __init__(
        self,
        services: Services,
        metrics: Metrics,
        *,
        jobs: Mapping[str, Job] = JOBS,
        followed_by: Mapping[str, str] = FOLLOWED_BY,
    ) -> None:
        self._services = services
        self._metrics = metrics
        self._jobs = jobs
        self._followed_by = followed_by
        self._nudges = {name: threading.Event() for name in jobs}
        self._since: dict[str, float] = {}
        self._unfinished: set[str] = set()
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
            done = self._jobs[name](self._services)
        except TransientError as error:
            self._unfinished.add(name)
            self._note(name, "transient", str(error))
            return False
        except MonitorError as error:
            self._note(name, "refused", str(error))
            return False
        except Exception:
            # The host's net: a bug in one round must not end the others; the rows stay claimed until their lease ends.
            log.exception("job_broke", job=name)
            self._note(name, "bug", "see the log for its traceback")
            return False
        finally:
            self._since.pop(name, None)
        self.last_error.pop(name, None)
        self.failing_since.pop(name, None)
        self._metrics.did(name, done.counts, time.monotonic() - started)
        if done and name in self._followed_by:
            self.submit(self._followed_by[name])
        return bool(done) and name != "upkeep"

    def _note(self, name: str, outcome: str, message: str) -> None:
        if self._services.stopping.is_set():
            # The parts are closed under rounds that take too long to end; their rows were given back.
            log.warning("round_cut_short", job=name, error=message)
            return
        log.error("job_failed", job=name, outcome=outcome, error=message)
        self.last_error[name] = message
        self.failing_since.setdefault(name, time.monotonic())
        self._metrics.failed(name, outcome)
        self._services.stopping.wait(PAUSE_AFTER_FAILURE)
