"""When is a feed due again? Pure: no clock, no dice, no I/O.

The interval follows what a feed gives: shorter after a poll with news, longer after one without, doubled for each
failure in a row up to the ceiling, and never shorter than the server asks for. A feed is never given up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

SPEED_UP = 0.7
SLOW_DOWN = 1.25
JITTER = 0.1
# What a server may ask for at most; a Retry-After of a year is a mistake or malice.
LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPolicy:
    """Bounds of the interval in seconds: shortest, longest, and for a feed not known yet."""

    floor: float = 300.0
    ceiling: float = 6 * 3600.0
    start: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PollFacts:
    """What decides the next poll. ``failures`` counts this poll too when it failed."""

    interval: float
    new_entries: int
    failed: bool
    failures: int = 0
    ttl: float | None = None
    """Seconds that the feed or the server's caching headers ask for."""
    retry_after: float | None = None
    """Seconds that a 429 or 503 asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoll:
    """The decision: the feed's interval in seconds as kept, and when to look again."""

    interval: float
    at: datetime


def next_poll(facts: PollFacts, policy: PollPolicy, *, now: datetime, jitter: float) -> NextPoll:
    """Decide when to poll again; ``jitter`` in [-1, 1] spreads feeds that would fall on one moment."""
    if facts.failed:
        interval = facts.interval
        wait = min(policy.ceiling, max(policy.floor, interval) * 2.0 ** min(facts.failures, 10))
    else:
        factor = SPEED_UP if facts.new_entries else SLOW_DOWN
        interval = wait = min(policy.ceiling, max(policy.floor, facts.interval * factor))
    wait *= 1 + JITTER * jitter
    asked = max(facts.retry_after or 0.0, min(facts.ttl or 0.0, policy.ceiling))
    wait = max(wait, min(asked, LONGEST_WAIT.total_seconds()))
    return NextPoll(interval=interval, at=now + timedelta(seconds=wait))
