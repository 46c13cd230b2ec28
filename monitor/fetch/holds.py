"""Hosts that asked for peace: no request goes there before the time they named.

Readers that went on asking after a 429, or took the wait for one feed while its neighbours went on, were blocked
for it (miniflux/v2#2336, miniflux/v2#3289); so the wait counts for the host, and outlives a restart.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

LONGEST_HOLD = timedelta(hours=24)
# A 429 that names no time still says that all our requests together are too many.
UNSAID_HOLD = timedelta(seconds=60)
_HOLDING = frozenset({429, 503})
# Most hosts that asked for peace once are never asked again: nobody else would notice that their time is over.
_KEPT = 1024


class Holds:
    """Which hosts are to be left alone until when. Written in the event loop; read from any thread."""

    def __init__(self, known: Mapping[str, datetime] | None = None) -> None:
        self._until = dict(known or {})

    def current(self, now: datetime) -> dict[str, datetime]:
        """Host to the end of its hold, for those that are not over."""
        # A copy first, in one step of the interpreter: the event loop may write meanwhile.
        return {host: until for host, until in self._until.copy().items() if until > now}

    def left(self, host: str, now: datetime) -> float:
        """Seconds for which ``host`` is still held; 0 when it is not."""
        until = self._until.get(host)
        if until is None:
            return 0.0
        if until <= now:
            del self._until[host]
            return 0.0
        # What comes from elsewhere (a store, a clock that was wrong) is capped as well.
        return min(until - now, LONGEST_HOLD).total_seconds()

    def learn(self, host: str, until: datetime) -> None:
        """Take over a hold that another process was told of."""
        self._until[host] = max(until, self._until.get(host, until))

    def note(self, host: str, status: int, retry_after: float | None, now: datetime) -> None:
        """Take in an answer's status and Retry-After. A later answer never shortens a hold."""
        if status not in _HOLDING:
            return
        if retry_after is not None:
            wait = min(timedelta(seconds=retry_after), LONGEST_HOLD)
        elif status == 429:
            wait = UNSAID_HOLD
        else:
            return
        if wait:
            self._until[host] = max(now + wait, self._until.get(host, now))
        if len(self._until) > _KEPT:
            self._until = self.current(now)
