"""Rounds of jobs: each with a holder of its own, bugs fenced in, and the nudges that follow from what was done."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import structlog

from monitor.daemon.metrics import Metrics
from monitor.errors import MonitorError, TransientError
from monitor.jobs.services import Services
from monitor.jobs.table import JOBS, Job, give_back, set_back

log = structlog.get_logger()
# Which job has work when another has done some: the nudge that spares a wait for the next tick.
FOLLOWED_BY: Mapping[str, tuple[str, ...]] = {
    "poll": ("screen",),
    "screen": ("read",),
    "read": ("analyse",),
    "analyse": ("chronicle", "backfill"),
    "backfill": ("analyse",),
    "chronicle": ("alert",),
    "alert": ("urgent", "webhook", "chat"),
    "compose": ("deliver",),
}
PAUSE_AFTER_FAILURE = 5.0
# As many rounds as the largest batch has rows.
ONE_BY_ONE = 256
_Place = tuple[str, str]


def held_by(services: Services, part: str) -> Services:
    """The same parts for one of several threads: what it claims is told apart from what the others have."""
    return replace(services, holder=f"{services.holder}#{part}")


class Rounds:
    """Runs rounds of jobs, and keeps what became of the last ones. Safe to use from many threads."""

    def __init__(
        self,
        metrics: Metrics,
        submit: Callable[[str], None],
        *,
        jobs: Mapping[str, Job] = JOBS,
        followed_by: Mapping[str, tuple[str, ...]] = FOLLOWED_BY,
        pause: float = PAUSE_AFTER_FAILURE,
    ) -> None:
        self._metrics = metrics
        self._submit = submit
        self._jobs = jobs
        self._followed_by = followed_by
        self._pause = pause
        self._since: dict[_Place, float] = {}
        self._unfinished: set[_Place] = set()
        self._careful: dict[str, int] = {}
        self._lock = threading.Lock()
        self.last_error: dict[str, str] = {}
        self.failing_since: dict[str, float] = {}
        """By ``time.monotonic``, for each job whose last round failed."""

    def under_way(self) -> dict[str, float]:
        """Return the seconds that the longest round under way has lasted, by job."""
        now = time.monotonic()
        lasted: dict[str, float] = {}
        for (name, _), since in self._since.copy().items():
            lasted[name] = max(lasted.get(name, 0.0), now - since)
        return lasted

    def run(self, name: str, services: Services) -> bool:
        """Run one round; True when there may be more to do."""
        place = (name, services.holder)
        started = self._since[place] = time.monotonic()
        one_by_one = False
        try:
            if place in self._unfinished:
                give_back(services, name)
                self._unfinished.discard(place)
            for_round, one_by_one = self._for_round(name, services)
            done = self._jobs[name](for_round)
        except TransientError as error:
            self._free(place, services)
            self._note(name, services, "transient", str(error))
            return False
        except MonitorError as error:
            self._note(name, services, "refused", str(error))
            return False
        except Exception as error:
            # The host's net: a bug in one round must not end the others.
            log.exception("job_broke", job=name)
            again = self._after_a_bug(place, services, error, one_by_one=one_by_one)
            self._note(name, services, "bug", "see the log for its traceback")
            return again
        finally:
            self._since.pop(place, None)
        self.last_error.pop(name, None)
        self.failing_since.pop(name, None)
        self._metrics.did(name, done.counts, time.monotonic() - started)
        for follower in self._followed_by.get(name, ()) if done else ():
            if follower in self._jobs:
                self._submit(follower)
        return bool(done) and name != "upkeep"

    def _for_round(self, name: str, services: Services) -> tuple[Services, bool]:
        """After a bug the next rounds take one row each, so that the others of its batch get through."""
        with self._lock:
            left = self._careful.get(name, 0)
            if not left:
                return services, False
            self._careful[name] = left - 1
            if left == 1:
                del self._careful[name]
        one = replace(services.sizes, feeds=1, screen=1, pages=1, articles=1)
        return replace(services, sizes=one), True

    def _after_a_bug(self, place: _Place, services: Services, error: Exception, *, one_by_one: bool) -> bool:
        name = place[0]
        if one_by_one:
            # The one row that breaks stays claimed until its lease ends, or for good; the rounds after it pass it by.
            try:
                set_back(services, name, f"{type(error).__name__}: {error}")
            except MonitorError as trouble:
                log.warning("setback_not_noted", job=name, error=str(trouble))
            return name in self._careful
        self._free(place, services)
        with self._lock:
            self._careful[name] = ONE_BY_ONE
        return True

    def _free(self, place: _Place, services: Services) -> None:
        """Give back what the round had claimed; where the database does not answer, before the next round here."""
        try:
            give_back(services, place[0])
        except MonitorError:
            self._unfinished.add(place)

    def _note(self, name: str, services: Services, outcome: str, message: str) -> None:
        if services.stopping.is_set():
            # The parts are closed under rounds that take too long to end; their rows were given back.
            log.warning("round_cut_short", job=name, error=message)
            return
        log.error("job_failed", job=name, outcome=outcome, error=message)
        self.last_error[name] = message
        self.failing_since.setdefault(name, time.monotonic())
        self._metrics.failed(name, outcome)
        services.stopping.wait(self._pause)
