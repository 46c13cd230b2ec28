"""Polling replayed over real publishing times: who finds an item how late, at what number of requests.

The times are publication times of news feeds; a feed shows its newest 30 items, and a method sees nothing but what its
own polls would have shown it, from an empty start.
"""

import csv
import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import percentile

TIMES = Path(__file__).resolve().parents[2] / "shared" / "data" / "rhythms" / "news_2026-01.csv"
START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, DAY = 3600.0, 86_400.0
# Between what powers of two a constant is looked for, and how near to the budget is near enough.
LEAST, MOST, CLOSE = -14.0, 18.0, 0.003
SHOWN = 30
"""Items a feed shows."""
MISSING = (
    "The publishing times are not here, so nothing was measured. Put a CSV file with the columns feed and published "
    "(ISO 8601, UTC) at ../shared/data/rhythms/news_2026-01.csv beside the checkout and run this again."
)

Feeds = Mapping[str, Sequence[float]]
"""Publication times of each feed in seconds since START, sorted."""
Interval = Callable[[float, Sequence[float], int], float]
"""A method at work on one feed: (now, times of the new items, known items shown) -> seconds until the next poll."""
Method = Callable[[float, str], Interval]
"""A method: (its free constant, the feed's name) -> itself at work on that feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Items published in these days count, and polls made in them; days count from 1."""

    first: int = 4
    last: int = 10

    @property
    def start(self) -> float:
        return (self.first - 1) * DAY

    @property
    def end(self) -> float:
        return self.last * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of one feed: polls made, and how long each item waited; a missed one, for the poll that was late."""

    polls: int
    delays: Sequence[float]
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One method at one budget, in minutes: over all items, and the mean over the feeds of their own figures."""

    polls: float
    mean: float
    p95: float
    feeds_mean: float
    feeds_p95: float
    missed: int


def load(path: Path = TIMES) -> Feeds:
    """Read the times; SystemExit, with what to do, when the file is not there."""
    if not path.exists():
        raise SystemExit(MISSING)
    found: dict[str, list[float]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["feed"]].append((datetime.fromisoformat(row["published"]) - START).total_seconds())
    return {feed: sorted(found[feed]) for feed in sorted(found)}


def stamped(feeds: Feeds) -> list[str]:
    """Return the feeds that stamp the moment of a crawl: fewer than half of their times are distinct."""
    return [feed for feed, times in feeds.items() if len(set(times)) < 0.5 * len(times)]


def replayed(times: Sequence[float], interval: Interval, *, start: float, days: Days) -> Found:
    """Poll one feed from ``start`` on until the last item that counts is found."""
    first, last = bisect_left(times, days.start), bisect_left(times, days.end)
    now, seen, polls, missed = start, 0, 0, 0
    delays: list[float] = []
    while now < days.end or seen < last:
        there = bisect_right(times, now)
        oldest = max(0, there - SHOWN)
        for at in range(max(seen, first), min(there, last)):
            delays.append(now - times[at])
            missed += at < oldest
        polls += days.start <= now < days.end
        new = times[max(seen, oldest) : there]
        known = max(0, seen - oldest)
        seen = there
        now += interval(now, new, known)
    return Found(polls=polls, delays=delays, missed=missed)


def offset(feed: str) -> float:
    """Return when a feed is first polled: anywhere in the first hour, the same in every run and for every method."""
    return sum(ord(letter) * (at + 7) for at, letter in enumerate(feed)) * 977 % 3600


def measured(feeds: Feeds, method: Method, constant: float, days: Days) -> Figures:
    """Run one method over all feeds."""
    found = [replayed(times, method(constant, feed), start=offset(feed), days=days) for feed, times in feeds.items()]
    return summed(found, days)


def summed(found: Sequence[Found], days: Days) -> Figures:
    waits = [delay / 60 for one in found for delay in one.delays]
    each = [[delay / 60 for delay in one.delays] for one in found if one.delays]
    return Figures(
        polls=sum(one.polls for one in found) / len(found) / (days.last - days.first + 1),
        mean=_mean(waits),
        p95=percentile(waits, 0.95),
        feeds_mean=_mean([_mean(one) for one in each]),
        feeds_p95=_mean([percentile(one, 0.95) for one in each]),
        missed=sum(one.missed for one in found),
    )


def at_budget(feeds: Feeds, method: Method, budget: float, days: Days, *, guess: float) -> Figures:
    """Return a method's figures at the constant that spends the budget; a larger constant means fewer polls.

    Steps as if polls went with one over the constant, bisection where that leaves the bracket. The run nearest to the
    budget wins; within 0.3 % the search ends.
    """
    low, high, at = LEAST, MOST, math.log2(guess)
    runs: list[Figures] = []
    while high - low > 1e-4 and len(runs) < 40:
        figures = measured(feeds, method, 2**at, days)
        runs.append(figures)
        if abs(figures.polls / budget - 1) < CLOSE:
            break
        low, high = (at, high) if figures.polls > budget else (low, at)
        step = at + math.log2(figures.polls / budget)
        at = step if low < step < high and len(runs) < 6 else (low + high) / 2
    return min(runs, key=lambda figures: abs(figures.polls / budget - 1))


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers) if numbers else 0.0
