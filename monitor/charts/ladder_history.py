"""How the decisions on one weapon climbed: a stepped line for each donor, all on one ladder. Pure but for Altair."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor.charts.ladder import STEPS
from monitor.charts.theme import LIGHT, Spec, dressed, themed
from monitor.records.board.ladder import Climb
from monitor.text import shorten

WIDTH = 880
MOST = 5
"""Donors that are drawn: those that moved last. The table beside has them all."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
"""Of each donor's turns: lines of one colour for who sees no colours can be told by these."""
_RUNG = 36
_LEFT, _RIGHT = 100, 168
_APART = 0.42
"""Rungs between two names at the right edge."""
_BESIDE = 0.1
"""Rungs between lines on one rung."""
_SHORTEST = timedelta(days=7)
_OFF = "refused, paused"


def ladder_history(climbs: Sequence[Climb], *, now: datetime, dark: bool = False) -> Spec | None:
    """Stepped lines up to ``now``; turns down are hollow. None without any decision."""
    drawn = climbs[:MOST]
    if not drawn:
        return None
    import altair as alt

    start, end = _window(drawn, now)
    rows = [row for place, climb in enumerate(drawn) for row in _rows(climb, place, len(drawn), start, end)]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=_time_axis(alt, start, end),
        y=_rungs(alt),
        color=alt.Color("colour:N", scale=None),
        detail="place:O",
    )
    turns = base.transform_filter("datum.turn").encode(shape=alt.Shape("shape:N", scale=None), tooltip=_tooltip(alt))
    chart = alt.layer(
        base.mark_line(interpolate="step-after", strokeWidth=2.5),
        turns.transform_filter("!datum.down").mark_point(size=80, filled=True, opacity=1),
        turns.transform_filter("datum.down").mark_point(size=80, strokeWidth=2.2, fill=LIGHT.back, opacity=1),
        *_names(alt, _ends(rows)),
    ).add_params(alt.selection_interval(bind="scales", encodings=["x"]))
    size = {"width": WIDTH - _LEFT - _RIGHT, "height": _RUNG * (len(STEPS) + 1)}
    return themed(dressed(chart.properties(**size)), dark=dark)


def _window(climbs: Sequence[Climb], now: datetime) -> tuple[datetime, datetime]:
    moments = [move.at for climb in climbs for move in climb.moves] or [climb.cell.since for climb in climbs]
    end = max(now, *moments)
    return min(min(moments) - (end - min(moments)) / 40, end - _SHORTEST), end


def _rows(climb: Climb, place: int, lines: int, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """A donor's turns and where it stands at the end."""
    cell = climb.cell
    beside = (place - (lines - 1) / 2) * _BESIDE
    told = [
        (move.at, move.height, move.step, move.down, move.by, move.evidence, move.source.outlet) for move in climb.moves
    ]
    told = told or [(cell.since, cell.height, cell.step, False, cell.by, cell.evidence, cell.source.outlet)]
    turns = [
        {
            "at": _ms(max(at, start)),
            "height": height,
            "y": height + beside,
            "step": _worded(step),
            "turn": True,
            "down": down,
            "by": shorten(by or "not named", 60),
            "evidence": shorten(evidence, 200),
            "outlet": shorten(outlet, 40),
        }
        for at, height, step, down, by, evidence, outlet in told
    ]
    # Where a denial took back the last turn, the decision stands on an earlier one.
    stands = {
        "at": _ms(end),
        "height": cell.height,
        "y": cell.height + beside,
        "step": _worded(cell.step),
        "turn": False,
    }
    name = shorten(cell.donor or "donor not named", 20) + (
        f" to {shorten(cell.recipient, 14)}" if _elsewhere(cell.recipient) else ""
    )
    colour, shape = LIGHT.series[place % len(LIGHT.series)], SHAPES[place % len(SHAPES)]
    return [row | {"place": place, "colour": colour, "shape": shape, "donor": name} for row in (*turns, stands)]


def _elsewhere(recipient: str) -> bool:
    return recipient != "Ukraine"


def _ends(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The donors' names at the right edge, moved apart where lines end on one rung."""
    ends = sorted((row for row in rows if not row["turn"]), key=lambda row: (row["y"], row["place"]))
    same = Counter(row["height"] for row in ends)
    placed: list[dict[str, Any]] = []
    floor = -1.0
    for row in ends:
        first = not placed or placed[-1]["height"] != row["height"]
        wish = row["height"] - (same[row["height"]] - 1) / 2 * _APART if first else floor
        at = max(wish, floor)
        floor = at + _APART
        placed.append(row | {"y": at})
    over = max(0.0, max((row["y"] for row in placed), default=0.0) - len(STEPS) - 0.4)
    return [row | {"y": row["y"] - over} for row in placed]


def _names(alt: Any, ends: Sequence[dict[str, Any]]) -> list[Any]:
    edge = WIDTH - _LEFT - _RIGHT
    base = alt.Chart(alt.InlineData(values=list(ends))).encode(y=alt.Y("y:Q"))
    marks = base.mark_point(size=60, filled=True, opacity=1, clip=False).encode(
        x=alt.value(edge + 12), color=alt.Color("colour:N", scale=None), shape=alt.Shape("shape:N", scale=None)
    )
    names = base.mark_text(clip=False, align="left", fontSize=12, fontWeight="bold", color=LIGHT.ink)
    return [marks, names.encode(x=alt.value(edge + 22), text="donor:N")]


def _rungs(alt: Any) -> Any:
    labels = [_OFF, *STEPS]
    return alt.Y(
        "y:Q",
        title=None,
        scale=alt.Scale(domain=[-0.5, len(STEPS) + 0.5], nice=False),
        axis=alt.Axis(
            values=list(range(len(labels))),
            labelExpr=f"{labels}[datum.value]".replace("'", '"'),
            labelLimit=_LEFT,
            labelPadding=8,
            labelOverlap=False,
            minExtent=_LEFT,
            maxExtent=_LEFT,
            domain=False,
            ticks=False,
        ),
    )


def _time_axis(alt: Any, start: datetime, end: datetime) -> Any:
    return alt.X(
        "at:T",
        title=None,
        scale=alt.Scale(type="utc", domain=[_ms(start), _ms(end)], nice=False),
        axis=alt.Axis(format="%-d %b", tickCount=6, grid=False, labelOverlap=True, labelSeparation=12, ticks=False),
    )


def _tooltip(alt: Any) -> list[Any]:
    return [alt.Tooltip(f"{name}:N", title=name) for name in ("donor", "step", "by", "evidence", "outlet")]


def _worded(step: str) -> str:
    return shorten(step.replace("_", " "), 20)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
