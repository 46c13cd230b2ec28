"""The overview: what happened, what is planned, who said what, where each weapon stands, how sure we are."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Query

from monitor.charts import ladder, volume
from monitor.charts.theme import Spec
from monitor.dashboard.page import Page, Visit
from monitor.digest.compose import compose
from monitor.digest.periods import stream_key
from monitor.records.board.overview import OverviewView
from monitor.records.telling.digests import Facts
from monitor.records.telling.subscribers import Schedule, Selection, Stream

LEADERS = ("Donald Trump", "Vladimir Putin", "Volodymyr Zelensky")
WINDOWS = {"24h": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7), "30d": timedelta(days=30)}
Window = Literal["visit", "24h", "3d", "7d", "30d"]
LONGEST_VISIT = timedelta(days=30)
"""Who was away for longer is told of the last so many days."""
MOST_DECIDERS = 3
MOST_WEAPONS = 6
BLIND = 0.5
"""Share of dark sources from which the page says that it may have missed something."""


def load(visit: Visit, *, window: Annotated[Window, Query(description="What counts as new.")] = "24h") -> OverviewView:
    """The state of the talks, and what changed within the window."""
    board = visit.store.board.overview
    reach = board.reach(_window(visit, window), now=visit.now)
    sources = visit.sources(visit.now)
    schedule, selection = Schedule(), Selection()
    stream = Stream(key=stream_key(schedule, selection), schedule=schedule, selection=selection, since=reach.since)
    facts = board.facts(stream, since=reach.since, now=visit.now, feeds=sources.active, dark=sources.dark)
    standing = board.standing((*LEADERS, *_deciders(facts)), person=visit.person.name, now=visit.now)
    weapons = visit.store.board.ladder.page(now=visit.now)
    return OverviewView(
        since=reach.since,
        anchor=reach.anchor,
        is_cut=reach.is_cut,
        window=window,
        digest=compose(facts, stream=stream, covers_from=reach.since, missed=0),
        held=standing.held,
        words=standing.words,
        stories=standing.stories,
        latest=standing.latest,
        weapons=tuple(sorted(weapons.cells, key=lambda cell: cell.since, reverse=True)[:MOST_WEAPONS]),
        disputed=standing.disputed,
        annotations=standing.annotations,
        newest=standing.newest,
        newest_match=standing.newest_match,
        stale=sources.active > 0 and len(sources.dark) >= BLIND * sources.active,
    )


def _window(visit: Visit, window: str) -> timedelta:
    if window == "visit" and (before := visit.store.visits.begin(visit.person.name, now=visit.now)) is not None:
        return min(visit.now - before, LONGEST_VISIT)
    return WINDOWS.get(window, timedelta(days=1))


def _deciders(facts: Facts) -> tuple[str, ...]:
    """Who spoke last on the weapons that moved last, beside the leaders."""
    named = (rung.history[-1].step.by for rung in facts.rungs if rung.history)
    return tuple(dict.fromkeys(name for name in named if name and " " in name and name not in LEADERS))[:MOST_DECIDERS]


def _volume(view: OverviewView) -> Spec | None:
    counted = view.digest.volume
    if not any(each.count for each in counted):
        return None
    return volume(counted, marks=[event.happens_on for event in view.annotations])


def _ladder(view: OverviewView) -> Spec | None:
    lines = [line for line in view.digest.ladder if line.trail]
    return ladder(lines, until=view.digest.period.end) if lines else None


def _beside(view: OverviewView) -> Mapping[str, object]:
    return {"has_ladder": any(line.trail for line in view.digest.ladder)}


PAGE = Page(
    path="/",
    name="overview",
    title="Overview",
    load=load,
    nav="Overview",
    charts={"volume": _volume, "ladder": _ladder},
    beside=_beside,
    kept=True,
)
