"""Is it the feeds, or is it us? Judges what hosts answered in the last minutes. Pure.

One evening without a name server made miniflux give up every feed it had (miniflux/v2#1893). Here an outage of our
own is charged to nobody: feeds are asked again soon, a few at a time, until one answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

NETWORK_KINDS = frozenset({"dns", "connect", "timeout"})
"""Kinds of ``FetchError`` with which nothing at all was heard from a host. A status is an answer, and so is a
certificate, good or bad: behind them the way there is open."""
WINDOW = timedelta(minutes=10)
# An answer speaks for what failed up to so much before it; earlier failures are history by then.
TOGETHER = timedelta(minutes=1)
LEAST_HOSTS = 3
SHARE = 0.5
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 900.0
SPREAD = 1 / 3
AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One poll, as far as the network goes."""

    at: datetime
    host: str
    failed: bool
    """Whether it ended with one of NETWORK_KINDS."""
    known_bad: bool = False
    """Whether the host had failed before as well: then its failure says nothing about us."""


def is_outage(observations: Sequence[Observation], *, now: datetime) -> bool:
    """Whether half of the hosts asked, and at least three, fail together."""
    recent = [one for one in observations if now - WINDOW < one.at <= now]
    answered = max((one.at for one in recent if not one.failed), default=None)
    latest: dict[str, Observation] = {}
    for one in sorted(recent, key=lambda one: one.at):
        over = one.failed and answered is not None and one.at < answered - TOGETHER
        if not over and not (one.failed and one.known_bad):
            latest[one.host] = one
    failed = sum(one.failed for one in latest.values())
    return failed >= LEAST_HOSTS and failed >= SHARE * len(latest)


def pause(lasted: float, *, jitter: float) -> float:
    """Seconds until a feed is asked again in an outage of ``lasted`` seconds so far; ``jitter`` in [-1, 1]."""
    return min(LONGEST_PAUSE, max(FIRST_PAUSE, lasted / 4)) * (1 + SPREAD * jitter)


def at_most(observations: Sequence[Observation], usual: int, *, now: datetime) -> int:
    """Return how many feeds to ask at once: few during an outage, all again as soon as one host has answered."""
    if not is_outage(observations, now=now):
        return usual
    newest = max(observations, key=lambda one: one.at)
    return min(usual, AT_ONCE) if newest.failed else usual
