"""How many workers a day of polls needs, hour by hour, and what waits for how long with so many."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.cost_model import FILLED, Unit
from benchmarks.polling_simulation import DAY, HOUR
from benchmarks.scale_day import Day, Numbers
from benchmarks.scale_queue import Shape, multiplied, served

WAIT = 30.0
"""Seconds within which 95 % of the polls that are due must be made and written."""
WINDOW = 1200.0
"""Of each hour so much is played through; the feeds of the whole hour take turns in it at the hour's rate."""
PASSED = 0.12
"""The share of entries whose page is read (as in ``cost_model``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Workers for the polls of the busiest hour, and of each hour; waits with the first number."""

    shape: Shape
    workers: int
    hourly: Sequence[int]
    waits: Sequence[Numbers]
    """Seconds from due to written of the polls in each hour's window, in order of time."""
    round_of: float
    """Polls in a round on average."""
    busy: float
    """Of the slots, in the busiest hour."""

    def wait(self, share: float) -> float:
        return float(np.quantile(np.concatenate(list(self.waits)), share))


def needed(day: Day, copies: int, shape: Shape) -> Need:
    """The least numbers with which 95 % of the polls of each hour are made in time."""
    windows = [multiplied(day, copies, hour * HOUR, hour * HOUR + WINDOW) for hour in range(int(DAY / HOUR))]
    hourly = [_least(due, news, shape) for due, news in windows]
    most = max(hourly)
    done = [served(due, news, most, shape) for due, news in windows]
    polls = sum(len(each.due) for each in done)
    return Need(
        shape=shape,
        workers=most,
        hourly=hourly,
        waits=[each.waited for each in done],
        round_of=polls / max(1, sum(each.rounds for each in done)),
        busy=max(each.busy for each in done),
    )


def planned(workers: int) -> int:
    """So many more that they are as full as machines should be."""
    return math.ceil(workers / FILLED)


def model_cores(entries: Numbers, unit: Unit) -> Numbers:
    """Cores for gate, pages and model at so many new entries a second, as full as machines should be."""
    return np.asarray(entries * (unit.gate + PASSED * unit.article) / FILLED, dtype=np.float64)


def detection(day: Day, need: Need) -> Numbers:
    """Seconds from publication until the item is written: the wait for the poll, and the poll's own wait."""
    waited = np.empty(len(day.delays))
    for hour, waits in enumerate(need.waits):
        inside = (day.found // HOUR).astype(int) % len(need.waits) == hour
        turns = (day.found[inside] % HOUR) / HOUR * max(0, len(waits) - 1)
        waited[inside] = waits[turns.astype(int)] if len(waits) else 0.0
    return np.asarray(day.delays + waited, dtype=np.float64)


def _least(due: Numbers, news: Numbers, shape: Shape) -> int:
    if not len(due):
        return 1
    workers = max(1, math.floor(len(due) / WINDOW / shape.most(float(news.mean()))))
    while np.quantile(served(due, news, workers, shape).waited, 0.95) > WAIT:
        workers += 1
    return workers
