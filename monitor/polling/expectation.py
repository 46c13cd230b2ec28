"""What a rhythm lets us expect: how many items a second, how soon a poll pays, how long a silence is plausible. Pure.

A poll is due when the items that are likely waiting have together waited long enough, long waits counting by their
cube. At an even rate that makes intervals go with the rate to the power -1/4, evener than the -1/2 which
is best for the mean alone: the longest waits shrink with the mean, and no feed starves. Through the day the wait
bends with the hours, and it looks ahead: before a busy morning it is short. ``python -m benchmarks rhythms``
measures it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from monitor.polling.rhythm import HOUR, Rhythm

# One more than the power of a wait in its cost; ``_grown`` below is written for cubes.
POWER = 4
# Before anything is seen: half an item in six hours.
FIRST_ITEMS, FIRST_SECONDS = 0.5, 6 * HOUR
# Items that the even hour and the even weekday are worth beside those that were seen.
EVEN_HOUR, EVEN_DAY = 2.0, 10.0
NEIGHBOUR = 0.5
"""What an hour's neighbours count for it."""
LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A rhythm read: items a second on average, and how hours and weekdays differ from that (1: not at all)."""

    rate: float
    hours: tuple[float, ...]
    days: tuple[float, ...]

    def share(self, moment: datetime) -> float:
        """Return the rate at ``moment`` as a multiple of the average."""
        return self.hours[moment.hour] * self.days[moment.weekday()]

    @property
    def pace(self) -> float:
        """Polls an hour at scale 1: all that a budget needs to know about the feed."""
        bend = _mean([math.pow(share, 1 / POWER) for share in self.hours])
        bend *= _mean([math.pow(share, 1 / POWER) for share in self.days])
        return bend * math.pow(self.rate * HOUR, 1 / POWER)


@lru_cache(maxsize=256)
def expected(rhythm: Rhythm) -> Expectation:
    """Read a rhythm; what was seen seldom is drawn towards the even rate. An empty one gives two items a day."""
    rate = (rhythm.items + FIRST_ITEMS) / (rhythm.watched + FIRST_SECONDS)
    if not rhythm:
        return Expectation(rate=rate, hours=(1.0,) * 24, days=(1.0,) * 7)
    hours = _shares(_smooth(rhythm.hours), _smooth(rhythm.hours_watched), rate, EVEN_HOUR)
    return Expectation(rate=rate, hours=hours, days=_shares(rhythm.days, rhythm.days_watched, rate, EVEN_DAY))


def pace(rhythm: Rhythm) -> float:
    """Return how often a feed is polled at scale 1, in polls an hour: the feed's claim on a budget."""
    return expected(rhythm).pace


def wait(rhythm: Rhythm, scale: float, *, now: datetime, longest: float) -> float:
    """Seconds from ``now`` to the poll that pays, at most ``longest``.

    All feeds share ``scale``; at 1 a feed with one item an hour, evenly spread, is polled every hour.
    """
    feed = expected(rhythm)
    # What so many waits cost at an even rate, in average rates like the shares below.
    even = HOUR * scale * math.pow(feed.rate * HOUR, -1 / POWER)
    price = even**POWER / POWER
    moments = (0.0, 0.0, 0.0, 0.0)
    waited, moment = 0.0, now
    while waited < longest:
        ahead = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        step = min((ahead - moment).total_seconds(), longest - waited)
        share = feed.share(moment)
        if _grown(moments, share, step)[3] >= price:
            return waited + _crossing(moments, share, step, price)
        moments = _grown(moments, share, step)
        waited += step
        moment = ahead
    return longest


def longest_silence(rhythm: Rhythm, *, since: datetime, odds: float, limit: float) -> float:
    """Seconds of silence after ``since`` that happen by chance once in ``odds`` times, at most ``limit``."""
    feed = expected(rhythm)
    needed = math.log(odds)
    silent, moment = 0.0, since
    while silent < limit:
        ahead = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        step = (ahead - moment).total_seconds()
        coming = feed.rate * feed.share(moment)
        if coming * step >= needed:
            return min(limit, silent + needed / coming)
        needed -= coming * step
        silent += step
        moment = ahead
    return limit


def items_within(rhythm: Rhythm, seconds: float) -> float:
    """Return how many items such a time brings on average."""
    return expected(rhythm).rate * seconds


Moments = tuple[float, float, float, float]
"""Of the waits of items expected so far, in average rates: their number, sum, sum of squares, sum of cubes."""


def _grown(before: Moments, share: float, step: float) -> Moments:
    """Let ``step`` seconds pass at an even rate: those who wait wait longer, new ones come."""
    none, first, second, third = before
    return (
        none + share * step,
        first + step * (none + share * step / 2),
        second + step * (2 * first + step * (none + share * step / 3)),
        third + step * (3 * second + step * (3 * first + step * (none + share * step / 4))),
    )


def _crossing(before: Moments, share: float, step: float, price: float) -> float:
    """Return after how many seconds the sum of cubes reaches ``price``, to the second."""
    low, high = 0.0, step
    while high - low > 1.0:
        middle = (low + high) / 2
        if _grown(before, share, middle)[3] >= price:
            high = middle
        else:
            low = middle
    return high


def _smooth(row: Sequence[float]) -> list[float]:
    size = len(row)
    return [row[at] + NEIGHBOUR * (row[at - 1] + row[(at + 1) % size]) for at in range(size)]


def _shares(items: Sequence[float], watched: Sequence[float], rate: float, even: float) -> tuple[float, ...]:
    """Return each part's rate over the average, mean 1; ``even`` items are added that came at the average rate."""
    found = [(seen + even) / (rate * seconds + even) for seen, seconds in zip(items, watched, strict=True)]
    mean = _mean(found)
    return tuple(max(LEAST_SHARE, share / mean) for share in found)


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers)
