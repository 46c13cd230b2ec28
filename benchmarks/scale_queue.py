"""Workers at the polls of a day: rounds begin at nudges, claim what is due, and last as long as the answers take.

A worker has slots for rounds, one limit of requests under way for all of them, and one core: what its rounds compute
adds up. This is how long each poll waits for its turn, not whether the database keeps up: ``scale_slice`` shows that.
"""

import heapq
from dataclasses import dataclass

import numpy as np

from benchmarks.scale_day import Day, Numbers
from benchmarks.scale_feeds import SEED

ROUND, BATCH, PATIENCE = 200, 25, 60.0
"""As in ``monitor.jobs``: feeds a round, polls a transaction, and the seconds after which it puts off what is left."""
MEDIAN, SPREAD = 0.3, 0.8
"""Seconds until an answer over HTTPS is there, log-normal: 95 % within 1.1 s. Assumed; nothing here reaches the net."""
PLAIN = 0.00182, 0.00617
"""Processor seconds of a poll without TLS, unchanged and with news: as the section polls of RESULTS.md has them."""
_SLOWEST = 2.6
"""The slowest of a round's answers, in standard deviations of their logarithms."""
HANGING, DEADLINE = 0.005, 20.0
"""The share of servers that let us wait, and for how long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a worker is started with, and what a poll costs it of its core, in seconds."""

    slots: int = 4
    requests: int = 16
    unchanged: float = 0.0035
    changed: float = 0.0081
    claim: float = 0.05
    """From the nudge until a round has claimed its feeds."""

    @property
    def named(self) -> str:
        return f"{self.slots} rounds, {self.requests} requests"

    def most(self, share: float) -> float:
        """Polls a second that one worker can make when ``share`` of them bring news."""
        computed = (1 - share) * self.unchanged + share * self.changed
        return min(self.requests / mean_answer(), 1 / computed, self.slots * ROUND / mean_longest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What came of it: when each poll was due and how much later it was written, by seconds; rounds made."""

    due: Numbers
    waited: Numbers
    rounds: int
    busy: float
    """The share of the slots' time in which they had a round."""

    def wait(self, share: float) -> float:
        """The seconds within which such a share of the polls was written."""
        return float(np.quantile(self.waited, share)) if len(self.waited) else 0.0


def mean_answer() -> float:
    return (1 - HANGING) * MEDIAN * float(np.exp(SPREAD**2 / 2)) + HANGING * DEADLINE


def mean_longest() -> float:
    """How long the slowest answer of a full round takes: a server that hangs holds its round's slot."""
    hangs = 1 - (1 - HANGING) ** ROUND
    return hangs * DEADLINE + (1 - hangs) * MEDIAN * float(np.exp(SPREAD * _SLOWEST))


def answers(number: int, dice: np.random.Generator) -> Numbers:
    """Seconds that so many servers take."""
    found = dice.lognormal(np.log(MEDIAN), SPREAD, number)
    return np.where(dice.random(number) < HANGING, DEADLINE, np.minimum(found, DEADLINE))


def multiplied(day: Day, copies: int, first: float, last: float) -> tuple[Numbers, Numbers]:
    """The due times of all feeds between two moments, sorted, and which polls bring news."""
    dice = np.random.default_rng(SEED)
    inside = (day.due >= first) & (day.due < last)
    due = np.repeat(day.due[inside], copies)
    due += dice.uniform(-60, 60, len(due))
    order = np.argsort(due)
    return due[order], np.repeat(day.brought[inside] > 0, copies)[order].astype(np.float64)


def served(due: Numbers, news: Numbers, workers: int, shape: Shape) -> Served:
    """Let so many workers make the polls."""
    return _Hall(due, news, workers, shape).emptied()


class _Hall:
    """The workers' slots, and the line before them."""

    def __init__(self, due: Numbers, news: Numbers, workers: int, shape: Shape) -> None:
        self._due, self._news, self._shape = due, news, shape
        self._active = [0] * workers
        self._dice = np.random.default_rng(SEED)
        self._next = 0
        self._waited = np.zeros(len(due))
        self._ends: list[tuple[float, int]] = []
        self._rounds, self._busy = 0, 0.0

    def emptied(self) -> Served:
        """Until nobody waits. A nudge starts one round: each second's, a round's at its end, a full round's at once."""
        tick = float(self._due[0]) if len(self._due) else 0.0
        first = tick
        now = tick
        while self._next < len(self._due):
            if self._ends and self._ends[0][0] <= tick:
                now, worker = heapq.heappop(self._ends)
                self._active[worker] -= 1
            else:
                now, tick = tick, tick + 1.0
            while self._begun(now) == ROUND:
                pass
        slots = len(self._active) * self._shape.slots
        lasted = max(1.0, now - first)
        return Served(due=self._due, waited=self._waited, rounds=self._rounds, busy=self._busy / lasted / slots)

    def _begun(self, now: float) -> int:
        """Start a round where the fewest are under way; the number of feeds it took."""
        worker = min(range(len(self._active)), key=self._active.__getitem__)
        if self._active[worker] >= self._shape.slots:
            return 0
        last = int(np.searchsorted(self._due, now, side="right"))
        taken = slice(self._next, min(last, self._next + ROUND))
        number = max(0, taken.stop - taken.start)
        if not number:
            return 0
        self._active[worker] += 1
        ends = self._ends_of(taken, number, self._active[worker])
        # What there is no time for is put off and due again soon: it counts with the next round.
        number = max(1, int((ends <= PATIENCE).sum()))
        taken, ends = slice(taken.start, taken.start + number), np.minimum(np.sort(ends)[:number], PATIENCE)
        lasts = float(ends[-1])
        # A result waits for the rest of its batch; beside a server that hangs, the last ones wait for that.
        written = ends[np.minimum((np.arange(number) // BATCH + 1) * BATCH, number) - 1]
        self._waited[taken] = now + written - self._due[taken]
        self._next = taken.stop
        heapq.heappush(self._ends, (now + lasts, worker))
        self._rounds += 1
        self._busy += lasts
        return number

    def _ends_of(self, taken: slice, number: int, active: int) -> Numbers:
        """When each poll of such a round is done, beside the rounds under way in the same worker."""
        shape = self._shape
        taking = answers(number, self._dice)
        news = self._news[taken]
        asked = np.cumsum(taking) * active / shape.requests
        computed = np.cumsum((1 - news) * shape.unchanged + news * shape.changed) * active
        # The first requests go out together; the others each when one is answered.
        begun = np.maximum(0.0, asked - taking.mean())
        return np.asarray(shape.claim + np.maximum(begun, computed) + taking, dtype=np.float64)
