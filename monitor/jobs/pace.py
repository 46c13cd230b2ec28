"""What polling remembers from round to round in memory: the budget's scale, the weather, what is stored already."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.polling import Claim, Observation, PollPolicy, at_most, is_outage, pause, scaled
from monitor.polling.outage import WINDOW
from monitor.store import Store

SCALE_KEPT = timedelta(minutes=5)
OBSERVATIONS_KEPT = 2000


class Pace:
    """The scale at which all feeds together keep to the budget of polls."""

    def __init__(self, policy: PollPolicy) -> None:
        self._policy = policy
        self._at: datetime | None = None
        self._stored: dict[str, datetime] = {}
        self.robots_stored: dict[str, datetime] = {}
        """When the stored robots.txt of each site was fetched."""
        self._lock = threading.Lock()

    def policy(self, store: Store, *, now: datetime) -> PollPolicy:
        """The policy with its scale, at most a few minutes old."""
        with self._lock:
            if self._at is None or not timedelta(0) <= now - self._at < SCALE_KEPT:
                backoff = self._policy.backoff
                claims = [
                    Claim(pace=pace, least=least) for pace, least in store.feeds.claims_on_budget(backoff=backoff)
                ]
                if claims:
                    self._policy = replace(self._policy, scale=scaled(claims, self._policy))
                self._at = now
            return self._policy

    def new_holds(self, holds: Mapping[str, datetime]) -> dict[str, datetime]:
        """Those that are not stored yet."""
        return {host: until for host, until in holds.items() if self._stored.get(host) != until}

    def holds_stored(self, holds: Mapping[str, datetime]) -> None:
        """Take in that these are stored now, and that others are over."""
        self._stored = dict(holds)


class Weather:
    """How the hosts have answered in the last minutes: when most fail together, it is our own network."""

    def __init__(self) -> None:
        self._seen: deque[Observation] = deque(maxlen=OBSERVATIONS_KEPT)
        # Several rounds may poll side by side.
        self._lock = threading.Lock()
        self.since: datetime | None = None
        """When the outage began that still lasts."""

    def note(self, host: str, *, failed: bool, known_bad: bool, now: datetime) -> None:
        """Take in one answer; ``failed`` when nothing was heard from the host at all."""
        with self._lock:
            self._seen.append(Observation(at=now, host=host, failed=failed, known_bad=known_bad))

    def is_outage(self, *, now: datetime) -> bool:
        """Whether it is us."""
        with self._lock:
            while self._seen and now - self._seen[0].at > WINDOW:
                self._seen.popleft()
            seen = tuple(self._seen)
        found = is_outage(seen, now=now)
        self.since = (self.since or now) if found else None
        return found

    def at_most(self, usual: int, *, now: datetime) -> int:
        """How many feeds to ask in the next round: a few while nobody answers, all again as soon as one does."""
        if not self.since:
            return usual
        with self._lock:
            seen = tuple(self._seen)
        return at_most(seen, usual, now=now)

    def pause(self, dice: float, *, now: datetime) -> timedelta:
        """How long to wait before a feed is asked again in the outage."""
        lasted = (now - (self.since or now)).total_seconds()
        return timedelta(seconds=pause(lasted, jitter=dice))
