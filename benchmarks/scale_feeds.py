"""Feeds for the simulation of many: real publishing rhythms, copied with jitter until there are enough.

A copy is moved by up to an hour as a whole, and each moment of its items by up to five minutes, so no two feeds
publish together. Each copy then stands for some feeds that differ by minutes (``copies``): 180,000 lists of times are
not needed.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.polling_simulation import DAY, HOUR, START, TIMES, load
from monitor.polling import Rhythm, learn
from monitor.polling.rhythm import EMPTY

SEED = 20260108
BUDGET = 96.0
"""Polls a feed and day, as the settings have it."""
DAYS_KNOWN = 7
"""Days whose items the feeds' rhythms are learnt from; the next one is the day that is simulated."""
MOVED, SHAKEN, APART = HOUR, 300.0, 300.0
_INVENTED = 51
Times = NDArray[np.float64]


@dataclass(frozen=True)
class Population:
    """The simulated feeds: the publication times of each variant, in seconds since START."""

    source: str
    times: Sequence[Times]
    copies: int
    """How many feeds each variant stands for."""

    @property
    def feeds(self) -> int:
        return len(self.times) * self.copies

    @property
    def start(self) -> float:
        """When the simulated day begins."""
        return DAYS_KNOWN * DAY

    @cached_property
    def rhythms(self) -> Sequence[Rhythm]:
        """What a program that has watched the days before knows of each variant."""
        now = START + timedelta(seconds=self.start)
        return [
            learn(EMPTY, [START + timedelta(seconds=float(time)) for time in times[times < self.start]], now=now)
            for times in self.times
        ]

    def published(self, feed: int, until: float) -> int:
        """How many items the feed of that number (from 1) has published by then."""
        return int(np.searchsorted(self.times[self.variant(feed)], until - apart(feed), side="right"))

    def variant(self, feed: int) -> int:
        return (feed - 1) % len(self.times)


def apart(feed: int) -> float:
    """By how many seconds a feed is behind the others of its variant, or before them."""
    return (feed * 7919) % (2 * APART) - APART


def population(variants: int, copies: int) -> Population:
    """Real rhythms where they are at hand, else invented ones."""
    if TIMES.exists():
        found: Mapping[str, Sequence[float]] = load()
        source = f"the publishing times of {len(found)} real news feeds, 1 to 10 January 2026"
    else:
        found = invented(SEED)
        source = f"invented publishing times of {len(found)} feeds (the real ones are not here), seed {SEED}"
    names = list(found)
    times = [copied(found[names[at % len(names)]], random.Random(f"{SEED}.{at}")) for at in range(variants)]
    return Population(source=source, times=times, copies=copies)


def invented(seed: int) -> Mapping[str, Sequence[float]]:
    """Ten days of feeds with 2 to 180 items a day, more by day than by night, fewer at weekends."""
    dice = random.Random(seed)
    found: dict[str, Sequence[float]] = {}
    for number in range(_INVENTED):
        rate = math.exp(dice.uniform(math.log(2), math.log(180))) / DAY
        noon = dice.gauss(13 * HOUR, 2 * HOUR)
        found[f"invented {number}"] = [
            time for time in _evenly(rate * 2, dice) if dice.random() * 2 < _bent(time, noon)
        ]
    return found


def copied(times: Sequence[float], dice: random.Random) -> Times:
    """Another feed of the same rhythm; items of one moment stay together."""
    moved = dice.uniform(-MOVED, MOVED)
    moments = sorted(set(times))
    near = [second - first for first, second in pairwise(moments)]
    shaken = {
        moment: moment + moved + dice.uniform(-1, 1) * min(SHAKEN, max(gap, 1.0))
        for moment, gap in zip(moments, [*near, SHAKEN], strict=True)
    }
    return np.sort(np.array([shaken[time] for time in times], dtype=np.float64))


def _evenly(rate: float, dice: random.Random) -> list[float]:
    found, now = [], dice.expovariate(rate)
    while now < 10 * DAY:
        found.append(now)
        now += dice.expovariate(rate)
    return found


def _bent(time: float, noon: float) -> float:
    """How often things are published then, against the average; START is a Thursday."""
    weekend = int(time // DAY) % 7 in {2, 3}
    return (1 + 0.7 * math.cos((time - noon) / DAY * 2 * math.pi)) * (0.6 if weekend else 1.1)
