"""180,000 feeds: a day of decisions simulated, the database's part measured on real tables, some minutes for real."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import psycopg

from benchmarks import scale_chart, scale_words
from benchmarks.cost_model import Unit
from benchmarks.material import Scale
from benchmarks.polling_simulation import DAY, HOUR
from benchmarks.postgres import Server
from benchmarks.scale_costs import Costs, claiming, others, recording
from benchmarks.scale_day import Day, simulated
from benchmarks.scale_feeds import BUDGET, Population, population
from benchmarks.scale_need import Need, detection, model_cores, needed
from benchmarks.scale_queue import PLAIN, Served, Shape, multiplied, served
from benchmarks.scale_slice import Slice, sliced
from benchmarks.scale_tables import added, busiest, moment, polled, postmaster, tidied
from benchmarks.scale_worker import fetched
from monitor.store import Store
from monitor.store.engine import libpq_address
from monitor.worker import schema

CHART = Path(__file__).resolve().parent / "scale.svg"
TITLE = "180,000 feeds through a day"
SHAPES = ((4, 16), (8, 64), (16, 64))
"""Rounds side by side and requests under way at once in one worker: as it comes, and more of both."""
HALF = HOUR / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is simulated and measured."""

    variants: int = 6000
    copies: int = 30
    due: int = 100_000
    polls: int = 10_000
    turns: int = 5000
    fetches: int = 3000
    seconds: float = 180.0
    workers: int = 4
    """Processes in the slice."""
    slots: int = SHAPES[1][0]
    requests: int = SHAPES[1][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The real part."""

    costs: Costs
    slice: Slice
    predicted: Served
    """What the queue's model says about the very minutes of the slice."""


def run(_scale: Scale) -> list[str]:
    started = time.perf_counter()
    size = Size()
    feeds = population(size.variants, size.copies)
    day = simulated(feeds, budget=BUDGET, late=2.0)
    unit = Unit()
    shapes = [
        Shape(slots=slots, requests=requests, unchanged=unit.unchanged, changed=unit.changed)
        for slots, requests in SHAPES
    ]
    needs = [needed(day, size.copies, shape) for shape in shapes]
    measured = on_tables(feeds, day, size)
    lines = scale_words.told(feeds, day, needs, measured.costs, measured.slice, measured.predicted)
    CHART.write_text(scale_chart.drawn(panels(day, needs, size.copies), TITLE), encoding="utf-8")
    return [*lines, "", f"![{TITLE}]({CHART.name})", "", f"The whole run took {time.perf_counter() - started:.0f} s."]


def panels(day: Day, needs: Sequence[Need], copies: int) -> dict[str, scale_chart.Curves]:
    """What the chart shows: the delay by half hours, and the workers by hours."""
    delays = detection(day, needs[-1]) / 60
    halves = (day.found // HALF).astype(int).clip(0, int(DAY / HALF) - 1)
    by_half = [delays[halves == half] for half in range(int(DAY / HALF))]
    hours = np.bincount((day.found // HOUR).astype(int).clip(0, 23), minlength=24)
    return {
        "minutes from publication to the database": {
            "half of all items": [float(np.quantile(each, 0.5)) if len(each) else 0.0 for each in by_half],
            "95 % of all items": [float(np.quantile(each, 0.95)) if len(each) else 0.0 for each in by_half],
        },
        "workers needed": {
            **{f"polls, {need.shape.named}": list(map(float, need.hourly)) for need in needs},
            "cores for gate, pages, model": model_cores(hours * copies / HOUR, Unit()).tolist(),
        },
    }


def on_tables(feeds: Population, day: Day, size: Size) -> Measured:
    """Fill a Postgres, play the slice on it, then measure what each thing costs."""
    hour = busiest(day.due)
    at = feeds.start + hour
    shape = Shape(slots=size.slots, requests=size.requests, unchanged=PLAIN[0], changed=PLAIN[1])
    with Server() as server:
        url = server.new()
        with Store.open(url, create=True) as store:
            schema.upgrade(url)
            number = postmaster(url)
            costs = Costs(postmaster=number)
            with costs.measured("feeds added", feeds.feeds):
                added(store, feeds.feeds, now=moment(feeds.start - DAY))
            polled(url, feeds, at=at, budget=BUDGET)
            played = sliced(url, feeds, shape, at=at, seconds=size.seconds, workers=size.workers, server=number)
            tidied(url)
            _measure(store, url, feeds, costs, size, at)
    due, news = multiplied(day, size.copies, hour, hour + size.seconds)
    return Measured(costs=costs, slice=played, predicted=served(due, news, size.workers, shape))


def _measure(store: Store, url: str, feeds: Population, costs: Costs, size: Size, at: float) -> None:
    then = _due_at(url, size.due)
    claiming(store, url, costs, due=size.due, now=then)
    recording(store, feeds, costs, polls=size.polls, at=at + HOUR)
    others(store, url, costs, feeds=feeds.feeds, now=then, turns=size.turns)
    with costs.measured("a request to a pretended server", size.fetches):
        fetched(feeds, size.fetches)


def _due_at(url: str, number: int) -> datetime:
    """The moment at which so many feeds are due."""
    with psycopg.connect(libpq_address(url)) as connection:
        found = connection.execute(
            "SELECT next_poll_at FROM feeds ORDER BY next_poll_at OFFSET %s LIMIT 1", (number - 1,)
        ).fetchone()
    assert found is not None
    then: datetime = found[0]
    return then
