"""A day of decisions: every variant is polled as ``monitor.polling`` says, and what it published is found."""

import heapq
import random
import time
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.polling_simulation import DAY, HOUR, SHOWN, START
from benchmarks.scale_feeds import SEED, Population
from monitor.pipeline.polling import SILENCE_COUNTED_AFTER
from monitor.polling import Claim, PollFacts, PollPolicy, Rhythm, expectation, learn, next_poll, pace, scaled

EARLIER = 2 * HOUR
"""Simulated before the day, so that it begins as it goes on."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Polls and finds of the variants within the day, in seconds since its midnight."""

    due: Numbers
    brought: Numbers
    """New items of each poll."""
    found: Numbers
    """When each item was found."""
    delays: Numbers
    """From publication to the poll."""
    missed: int
    scale: float
    decided: float
    """Seconds of processor time for one decision, learning included."""


def simulated(population: Population, *, budget: float, late: float) -> Day:
    """Let the day pass; a poll comes up to ``late`` seconds after it is due."""
    kept = expectation.expected
    # The program reads a rhythm for two polls and forgets it; here the same few thousand come again and again.
    expectation.expected = lru_cache(2 * len(population.times))(kept.__wrapped__)
    try:
        return _Desk(population, budget, late).passed()
    finally:
        expectation.expected = kept


class _Desk:
    """The feeds' rhythms as they are learnt, and the queue of what is due."""

    def __init__(self, population: Population, budget: float, late: float) -> None:
        self._times = [times.tolist() for times in population.times]
        self._rhythms: list[Rhythm] = list(population.rhythms)
        self._start, self._late = population.start, late
        self._dice = random.Random(SEED)
        self._policy = PollPolicy(budget=budget)
        self._missed = 0

    def passed(self) -> Day:
        begin, end = self._start - EARLIER, self._start + DAY
        self._share(begin)
        seen = [bisect_right(times, begin) for times in self._times]
        due = [(begin + self._dice.random() * self._wait(at, begin), at) for at in range(len(self._times))]
        heapq.heapify(due)
        polls: list[tuple[float, int]] = []
        finds: list[tuple[float, float]] = []
        shared, decided, started = begin, 0, time.process_time()
        while due[0][0] < end:
            when, at = due[0]
            if when >= shared + HOUR:
                self._share(when)
                shared = when
            asked = when + self._dice.random() * self._late
            there = bisect_right(self._times[at], asked)
            new = self._times[at][seen[at] : there]
            if when >= self._start:
                polls.append((when, len(new)))
                finds += [(asked, asked - item) for item in new]
                self._missed += max(0, len(new) - SHOWN)
            seen[at] = there
            self._learn(at, new[-SHOWN:], asked)
            heapq.heapreplace(due, (asked + self._wait(at, asked), at))
            decided += 1
        spent = time.process_time() - started
        when_due, brought = np.array(polls).T
        found, delays = np.array(finds).T
        return Day(
            due=when_due - self._start, brought=brought, found=found - self._start, delays=delays,
            missed=self._missed, scale=self._policy.scale, decided=spent / max(1, decided),
        )  # fmt: skip

    def _share(self, _now: float) -> None:
        claims = [Claim(pace=pace(rhythm)) for rhythm in self._rhythms]
        self._policy = replace(self._policy, scale=scaled(claims, self._policy))

    def _learn(self, at: int, new: list[float], now: float) -> None:
        """As ``monitor.pipeline.polling.learnt`` does: a short silence teaches nothing."""
        moment, rhythm = START + timedelta(seconds=now), self._rhythms[at]
        assert rhythm.watched_to is not None
        if new or moment - rhythm.watched_to >= SILENCE_COUNTED_AFTER:
            self._rhythms[at] = learn(rhythm, [START + timedelta(seconds=item) for item in new], now=moment)

    def _wait(self, at: int, now: float) -> float:
        moment = START + timedelta(seconds=now)
        facts = PollFacts(rhythm=self._rhythms[at])
        following = next_poll(facts, self._policy, now=moment, jitter=self._dice.uniform(-1, 1))
        return (following.at - moment).total_seconds()
