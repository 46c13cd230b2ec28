"""When is a feed due again? Pure: no clock, no dice, no I/O.

Its rhythm and the common scale give the interval. Then, each stronger than the one before: failures double it; jitter
spreads it; floor and ceiling hold it; the publisher's wish puts it off; Retry-After is kept to the letter; what falls
into hours without polls moves to their end. Nothing ever stops a feed here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.polling.expectation import items_within, wait
from monitor.polling.policy import PollPolicy
from monitor.polling.rhythm import EMPTY, HOUR, Rhythm

# While nothing is learnt: shorter after a poll with news, longer after one without.
SPEED_UP, SLOW_DOWN = 0.7, 1.25
JITTER = 0.1
# What a server may ask for at most; a Retry-After of a year is a mistake or malice.
LONGEST_WAIT = timedelta(days=1)
# A publisher's wish is kept in full up to here. A longer one must fit what the feed does: an Expires of a month on a
# feed with news every ten minutes is a default meant for pictures.
PLAIN_WISH = HOUR
# A longer wish is believed as far as the time that brings so many items.
WISHED_ITEMS = 4.0
MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PollFacts:
    """What decides the next poll. ``failures`` counts this poll too when it failed."""

    interval: float = 0.0
    """As last decided."""
    new_entries: int = 0
    """Counts only while the rhythm is unknown."""
    failed: bool = False
    failures: int = 0
    ttl: float | None = None
    """Seconds that the feed asks for (``ttl``, ``sy:``)."""
    fresh_for: float | None = None
    """Seconds for which the server calls its answer fresh (Cache-Control, Expires)."""
    retry_after: float | None = None
    """Seconds that a 429 or 503 asks for."""
    rhythm: Rhythm = EMPTY
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    """Hours of the day and days of the week (UTC, Monday 0) without polls."""
    pushed: bool = False
    """Whether a live subscription brings the news by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoll:
    """The decision: the feed's interval in seconds as kept, when to look again, and what decided that."""

    interval: float
    at: datetime
    reason: str = ""
    """One of: rhythm, new feed, push, failures, probe, publisher, skipped hours, Retry-After."""


def next_poll(facts: PollFacts, policy: PollPolicy, *, now: datetime, jitter: float) -> NextPoll:
    """Decide when to poll again; ``jitter`` in [-1, 1] spreads feeds that would fall on one moment."""
    interval, reason = _interval(facts, policy, now)
    seconds = interval
    if facts.failed:
        seconds, reason = _after_failure(facts, policy, interval)
        interval = facts.interval or interval
    seconds = _held(seconds * (1 + JITTER * jitter), policy)
    # Those who are asked to come later than a moment spread behind it, never before.
    late = 1 + JITTER * max(0.0, jitter)
    if (wish := _wish(facts, policy)) > seconds:
        seconds, reason = min(wish * late, max(wish, policy.ceiling)), "publisher"
    at = now + timedelta(seconds=seconds)
    asked = min(timedelta(seconds=min(facts.retry_after or 0.0, 1e9)), LONGEST_WAIT)
    if now + asked > at:
        at, reason = now + min(asked * late, LONGEST_WAIT), "Retry-After"
    moved = _after_skipped(at, facts, now + timedelta(seconds=policy.ceiling))
    return NextPoll(interval=interval, at=moved, reason="skipped hours" if moved > at else reason)


def least_interval(facts: PollFacts, policy: PollPolicy) -> float:
    """Seconds that the feed takes between polls whatever the scale: what ``Claim.least`` takes."""
    return max(policy.backup if facts.pushed else 0.0, _wish(facts, policy))


def _held(seconds: float, policy: PollPolicy) -> float:
    return min(policy.ceiling, max(policy.floor, seconds))


def _interval(facts: PollFacts, policy: PollPolicy, now: datetime) -> tuple[float, str]:
    """Return the interval of a feed that answers."""
    if facts.pushed:
        return _held(policy.backup, policy), "push"
    if facts.rhythm:
        return _held(wait(facts.rhythm, policy.scale, now=now, longest=policy.ceiling), policy), "rhythm"
    factor = SPEED_UP if facts.new_entries else SLOW_DOWN
    return _held(facts.interval * factor if facts.interval else policy.start, policy), "new feed"


def _after_failure(facts: PollFacts, policy: PollPolicy, interval: float) -> tuple[float, str]:
    usual = max(policy.floor, interval if facts.rhythm or facts.pushed else facts.interval or interval)
    doubled = usual * 2.0 ** min(max(facts.failures, 1), MOST_DOUBLINGS)
    return min(doubled, max(usual, policy.backoff)), "failures"


def _wish(facts: PollFacts, policy: PollPolicy) -> float:
    """Return what the publisher asks for, as far as it is believed."""
    wish = max(facts.ttl or 0.0, facts.fresh_for or 0.0)
    if wish <= PLAIN_WISH or not facts.rhythm:
        return min(wish, policy.ceiling)
    credible = WISHED_ITEMS / items_within(facts.rhythm, 1.0)
    return min(wish, policy.ceiling, max(PLAIN_WISH, credible))


def _after_skipped(at: datetime, facts: PollFacts, latest: datetime) -> datetime:
    """Move a time that falls into hours or days without polls to their end, at most to ``latest``."""
    moved = at
    while moved < latest and (moved.hour in facts.skip_hours or moved.weekday() in facts.skip_days):
        moved = moved.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return max(at, min(moved, latest))
