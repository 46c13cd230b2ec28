"""When to ask a hub, and when to ask again: leases, refusals, hubs that are down or change. Pure.

``jitter`` is in [-1, 1]; it spreads what would fall on one moment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import FetchError
from monitor.websub.protocol import LEASE_SECONDS

# Shorter than this, a subscription would cost more requests than polling.
SHORTEST_LEASE = timedelta(minutes=5)
# A longer lease is believed only so far: a hub that has forgotten us is noticed when it is asked again.
LONGEST_LEASE = timedelta(days=30)
# The middle of the part of a lease after which it is renewed, and how far jitter moves it: 50 to 80 %.
RENEW_AFTER, RENEW_SPREAD = 0.65, 0.15
RETRY_FIRST = timedelta(minutes=5)
RETRY_LONGEST = timedelta(days=1)
DENIED_FOR = timedelta(days=7)
MOVE_AFTER = timedelta(days=1)
"""A feed that names now this hub and now that one (two servers, two answers) moves at most so often."""
UNSUBSCRIBE_TRIES = 3

_PASSING = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Until when pushes come, and when to ask for more of them."""

    until: datetime
    renew_at: datetime


def lease(seconds: int | None, *, now: datetime, jitter: float) -> Lease | None:
    """The lease that a hub grants; None when it is too short to be of use. Without a number, what we asked for."""
    granted = LEASE_SECONDS if seconds is None else seconds
    if granted < SHORTEST_LEASE.total_seconds():
        return None
    length = min(LONGEST_LEASE, timedelta(seconds=min(granted, LONGEST_LEASE.total_seconds())))
    return Lease(until=now + length, renew_at=now + length * (RENEW_AFTER + RENEW_SPREAD * jitter))


def ask_again_at(failures: int, *, now: datetime, jitter: float, error: FetchError | None = None) -> datetime:
    """When to repeat a request that was not confirmed; ``failures`` counts it.

    Doubled each time up to a day. A hub that says no (4xx) is asked a day later, one that names a time, then.
    """
    wait = min(RETRY_LONGEST, RETRY_FIRST * 2.0 ** min(max(failures - 1, 0), 16))
    if error is not None and _says_no(error):
        wait = RETRY_LONGEST
    wait *= 1 + 0.1 * jitter
    if error is not None and error.retry_after is not None:
        wait = max(wait, min(RETRY_LONGEST, timedelta(seconds=min(error.retry_after, 1e6))))
    return now + wait


def _says_no(error: FetchError) -> bool:
    return error.status is not None and 400 <= error.status < 500 and error.status not in _PASSING


def is_accepted(error: FetchError) -> bool:
    """Whether an "error" is a hub's yes: 202 is no document, and the hub has said all it has to say."""
    return error.kind == "status" and error.status is not None and 200 <= error.status < 300


def denied_until(*, now: datetime, jitter: float) -> datetime:
    """When a hub that has denied us is asked once more."""
    return now + DENIED_FOR * (1 + 0.1 * jitter)
