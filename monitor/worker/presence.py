"""Workers show that they live; what one held that shows it no more is given back by whoever notices."""

from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.daemon import lease
from monitor.records.upkeep import WORKER
from monitor.store import Store

TTL = timedelta(seconds=30)
MOST_DEATHS = 5
"""As often as a row may be in the hands of a worker that dies. The others in its batch count too, so not sooner."""


class Presence:
    """The lease of one worker, and its eye on the others."""

    def __init__(self, store: Store, holder: str, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._holder = holder
        self._clock = clock
        self._shown_at: datetime | None = None
        self._blind_until: datetime | None = None

    def show(self) -> None:
        """Show that this worker lives, for ``TTL``."""
        now = self._clock()
        self._store.leases.acquire(WORKER + self._holder, self._holder, now=now, ttl=TTL)
        if self._shown_at is not None and now - self._shown_at > TTL:
            # The database was away, or this machine slept: the others could not show themselves either.
            self._blind_until = now + TTL
        self._shown_at = now

    def renew(self) -> tuple[str, ...]:
        """Show it again, and give back what dead workers held; their names."""
        now = self._clock()
        self.show()
        if self._blind_until is not None and now < self._blind_until:
            return ()
        dead = self._store.leases.expired(WORKER, now=now)
        for each in dead:
            self._bury(each.holder, now)
        return tuple(each.holder for each in dead)

    def leave(self) -> None:
        """Give everything back, and be no more."""
        self._give_back(self._holder)

    def _bury(self, holder: str, now: datetime) -> None:
        for job in ("poll", "screen", "analyse"):
            self._store.setbacks.note(job, holder, "the worker that had it died", now=now, most=MOST_DEATHS)
        self._give_back(holder)

    def _give_back(self, holder: str) -> None:
        lease.give_back(self._store, holder)
        self._store.deliveries.release(holder)
        self._store.turns.give_back_all(holder, now=self._clock())
        self._store.leases.release(WORKER + holder, holder)
