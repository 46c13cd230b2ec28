"""The ways to decide when to poll that are compared: ours as it ships, and three that others use, from their code."""

import heapq
import math
import random
from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta

from benchmarks.polling_simulation import DAY, SHOWN, START, Days, Feeds, Interval, Method, offset
from monitor.polling.budget import Claim, scaled
from monitor.polling.decide import PollFacts, next_poll
from monitor.polling.expectation import pace
from monitor.polling.policy import PollPolicy
from monitor.polling.rhythm import EMPTY, Rhythm, learn

WEEK = 7 * DAY
BANDS = {1.0: 0.6, 0.3: 2.2, 0.1: 34.0, 0.0: 65.0}
"""How wide the duplicate band is, against the one it ships with; and the constant, times the budget, to begin with."""


def fixed(constant: float, _feed: str) -> Interval:
    """Every feed at the same interval: the constant, in seconds."""
    return lambda _now, _new, _known: constant


def entry_frequency(constant: float, _feed: str) -> Interval:
    """miniflux/v2, ``entry_frequency``: a week over the weekly count, times the constant (one over its factor).

    The count is what a week would bring at the mean gap between the items of the last seven days; from 5 minutes
    to 24 hours, as it ships (``Feed.ScheduleNextCheck``, ``Storage.WeeklyFeedEntryCount``).
    """
    stored: list[float] = []

    def interval(now: float, new: Sequence[float], _known: int) -> float:
        stored.extend(new)
        week = stored[bisect_left(stored, now - WEEK) :]
        if len(week) < 2 or week[-1] == week[0]:
            return DAY
        count = math.ceil(WEEK / ((week[-1] - week[0]) / (len(week) - 1)))
        return min(DAY, max(300.0, WEEK / count * constant))

    return interval


def duplicate_band(width: float) -> Method:
    """mediacloud/rss-fetcher, auto-adjust: longer when 67 % or more of a document are known, shorter below 33 %.

    It ships with steps of +10 and -60 minutes, at least 10 minutes and at most 24 hours, 6 hours at first and at most
    after a shortening. The constant scales these minutes but the 24 hours. A narrower band (``width`` under 1: fewer
    new items count as many) suits higher budgets better; the comparison takes the best.
    """

    def method(constant: float, _feed: str) -> Interval:
        minutes = 0.0

        def interval(_now: float, new: Sequence[float], known: int) -> float:
            nonlocal minutes
            share = len(new) / max(1, len(new) + known)
            usual = 360 * constant
            if not minutes:
                minutes = usual
            elif share <= 0.33 * width:
                minutes = min(1440.0, minutes + 10 * constant)
            elif share > 0.67 * width:
                minutes = usual if minutes > usual else max(10 * constant, minutes - 60 * constant)
            return max(1.0, minutes * 60)

        return interval

    return method


def ours(constant: float, feed: str) -> Interval:
    """``monitor.polling`` itself, jitter included; the constant is ``PollPolicy.scale``."""
    policy = PollPolicy(scale=constant)
    dice = random.Random(feed)
    rhythm = EMPTY

    def interval(now: float, new: Sequence[float], _known: int) -> float:
        nonlocal rhythm
        rhythm, seconds = _polled(rhythm, now, new, policy, dice)
        return seconds

    return interval


def kept_live(feeds: Feeds, budget: float, days: Days) -> float:
    """Return the polls a feed and day of ours when its scale comes from ``scaled`` every hour, nothing tuned."""
    policy = PollPolicy(budget=budget)
    dice = random.Random(budget)
    due = [(offset(feed), feed) for feed in feeds]
    heapq.heapify(due)
    seen = dict.fromkeys(feeds, 0)
    rhythms = dict.fromkeys(feeds, EMPTY)
    polls, again = 0, 0.0
    while due[0][0] < days.end:
        now, feed = due[0]
        if now >= again:
            claims = [Claim(pace=pace(rhythm)) for rhythm in rhythms.values() if rhythm]
            scale = scaled(claims, policy) if claims else policy.scale
            policy, again = PollPolicy(budget=budget, scale=scale), now + 3600
        there = bisect_left(feeds[feed], now + 1e-6)
        new = feeds[feed][max(seen[feed], there - SHOWN) : there]
        seen[feed] = there
        rhythms[feed], seconds = _polled(rhythms[feed], now, new, policy, dice)
        polls += now >= days.start
        heapq.heapreplace(due, (now + seconds, feed))
    return polls / len(feeds) / (days.last - days.first + 1)


def _polled(
    rhythm: Rhythm, now: float, new: Sequence[float], policy: PollPolicy, dice: random.Random
) -> tuple[Rhythm, float]:
    moment = START + timedelta(seconds=now)
    learnt = learn(rhythm, [START + timedelta(seconds=time) for time in new], now=moment)
    following = next_poll(PollFacts(rhythm=learnt), policy, now=moment, jitter=dice.uniform(-1, 1))
    return learnt, (following.at - moment).total_seconds()
