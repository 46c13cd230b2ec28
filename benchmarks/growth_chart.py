"""Costs over sizes, both logarithmic: a small picture for each stage, a line for each store and its peer."""

import math
import statistics
from typing import Any

from benchmarks.growth_figures import STAGES, Grown, Sized, Stage
from monitor.charts import svg
from monitor.charts.theme import LIGHT, dressed

STORES = ("SQLite", "Postgres")
LINES = (*STORES, *(f"peer on {store}" for store in STORES))
_WIDTH, _HEIGHT, _ACROSS = 215, 150, 4
_DEADLINE = 300.0


def drawn(grown: Grown) -> str:
    """An SVG."""
    import altair as alt

    panels = [(stage, rows) for stage in STAGES if (rows := _rows(grown, stage))]
    span = max(math.sqrt(_apart(rows)) for _, rows in panels) * 1.2
    colour = alt.Color("who:N", scale=alt.Scale(domain=list(LINES), range=list(LIGHT.series[:4])))
    dash = alt.StrokeDash("who:N", scale=alt.Scale(domain=list(LINES), range=[[1, 0], [1, 0], [4, 3], [4, 3]]))
    charts = [
        alt.Chart(alt.InlineData(values=rows), title=alt.Title(_folded(stage), fontSize=11, anchor="start"))
        .mark_line(point=True)
        .encode(
            x=alt.X(
                "size:Q", title=None, scale=alt.Scale(type="log"), axis=alt.Axis(tickCount=3, format="~s", grid=False)
            ),
            y=alt.Y(
                "cost:Q", title=None, scale=_around(rows, span), axis=alt.Axis(tickCount=4, format="~g", grid=False)
            ),
            color=colour,
            strokeDash=dash,
        )
        .properties(width=_WIDTH, height=_HEIGHT)
        for stage, rows in panels
    ]
    spec = dressed(alt.concat(*charts, columns=_ACROSS))
    # What took long to measure is not lost to a busy minute.
    return svg({"growth": spec}, deadline=_DEADLINE)["growth"].decode()


def _rows(grown: Grown, stage: Stage) -> list[dict[str, Any]]:
    """Nothing where the stage itself was not measured."""
    own = [row for store in STORES for row in _line(store, grown.sized(stage.of, store, stage.name), stage.scale)]
    peers = [
        row
        for store in STORES
        for row in _line(f"peer on {store}", grown.sized(stage.of, store, stage.peer), stage.scale)
    ]
    return own + peers if own else []


def _line(who: str, sized: Sized, scale: float) -> list[dict[str, Any]]:
    return [
        {"who": who, "size": size, "cost": statistics.median(rounds) * scale} for size, rounds in sorted(sized.items())
    ]


def _apart(rows: list[dict[str, Any]]) -> float:
    costs = [row["cost"] for row in rows]
    return float(max(costs) / min(costs))


def _around(rows: list[dict[str, Any]], span: float) -> Any:
    """As many decades in every picture, so that the same slope is the same growth."""
    import altair as alt

    costs = [row["cost"] for row in rows]
    middle = math.sqrt(max(costs) * min(costs))
    return alt.Scale(type="log", domain=[middle / span, middle * span], nice=False)


def _folded(stage: Stage, width: int = 34) -> list[str]:
    """The title in lines."""
    lines = [""]
    for word in f"{stage.name}, {stage.unit}".split():
        lines[-1:] = [f"{lines[-1]} {word}".strip()] if len(lines[-1]) + len(word) < width else [lines[-1], word]
    return lines
