"""How decisions on weapons climbed: one row a weapon, time to the right, a step up or down where it moved.

Pure but for Altair.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor.charts.theme import LIGHT, WIDTH, Spec, dressed, themed
from monitor.records.telling.digests import LadderLine
from monitor.text import shorten

STEPS = ("requested", "considered", "announced", "approved", "delivered", "in use")
"""The rungs. What ends or halts a decision, refused and paused, stands below the lowest one."""
MOST_ROWS = 4
"""More weapons make the picture too tall for a mail; the table beside it has them all."""
_LONGEST = timedelta(days=60)
_SHORTEST = timedelta(days=14)
_RUNG = 14
"""Pixels from rung to rung."""
_TITLE = 3
"""Rungs that the name above a row takes."""
_PITCH = len(STEPS) + _TITLE
"""Rungs from row to row. All rows are one view: a view each costs the engine twice the time."""
_LABELS = 78
_AIR = 14


def ladder(lines: Sequence[LadderLine], *, until: datetime | None = None, dark: bool = False) -> Spec:
    """Stepped lines of the first weapons of ``lines`` up to ``until`` (their last step); the present rung is marked.

    Raises ValueError without any line.
    """
    import altair as alt

    drawn = lines[:MOST_ROWS]
    if not drawn:
        raise ValueError("A ladder needs at least one weapon; leave the picture out where there is none.")
    start, end = _window(drawn, until)
    rows = [row for place, line in enumerate(drawn) for row in _rows(line, place, start, end)]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=_time_axis(alt, start, end),
        y=_rungs(alt, rows, len(drawn)),
        color=alt.Color("colour:N", scale=None),
        detail="row:O",
    )
    chart = alt.layer(
        base.transform_filter("!datum.title").mark_line(interpolate="step-after", strokeWidth=3),
        base.transform_filter("datum.turn").mark_point(size=60, strokeWidth=2.5, fill=LIGHT.back, opacity=1),
        _now(base, "datum.now && !datum.halted", "circle", 0),
        _now(base, "datum.now && datum.halted", "cross", 45),
        base.transform_filter("datum.title")
        .mark_text(align="left", baseline="bottom", fontSize=13, fontWeight="bold", limit=WIDTH)
        .encode(x=alt.value(-_LABELS), text="title:N"),
    )
    size = {"width": WIDTH - _LABELS - _AIR, "height": round(_RUNG * (len(drawn) * _PITCH))}
    return themed(dressed(chart.properties(**size)), dark=dark)


def trail(line: LadderLine, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """The steps from ``start`` to ``end``; what stood before begins at ``start``, what stands goes on to ``end``."""
    steps = sorted(line.trail or ((line.since, line.step),))
    before = [step for at, step in steps if at < start][-1:]
    inside = [(at, step) for at, step in steps if start <= at <= end]
    told = [*((start, step) for step in before), *inside] or [(start, line.step)]
    told.append((end, told[-1][1]))
    # A mark at the edges would say that it moved there.
    edge = (end - start) / 50
    return [
        {
            "at": int(at.timestamp() * 1000),
            "step": _worded(step),
            "height": height(step),
            "turn": (at > start or not before) and at < end - edge,
        }
        for at, step in told
    ]


def height(step: str) -> int:
    """The rung's number from below, 1 to 6; 0 for what stands beside the ladder."""
    word = _worded(step)
    return STEPS.index(word) + 1 if word in STEPS else 0


def _worded(step: str) -> str:
    return shorten(step.replace("_", " "), 20)


def _window(lines: Sequence[LadderLine], until: datetime | None) -> tuple[datetime, datetime]:
    moments = [at for line in lines for at, _ in line.trail] or [line.since for line in lines]
    end = until or max(moments)
    earliest = min([at for at in moments if at <= end], default=end)
    # A day of air, so that the first step does not stand on the axis.
    start = max(end - _LONGEST, min(earliest - timedelta(days=1), end - _SHORTEST))
    return start, end


def _rows(line: LadderLine, place: int, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    """The weapon's trail in its place: ``place`` 0 is the uppermost."""
    base = -place * _PITCH
    colour = {"up": LIGHT.up, "new": LIGHT.up, "down": LIGHT.down}.get(line.moved, LIGHT.soft)
    rows = trail(line, start, end)
    rows[-1] |= {"now": True, "halted": rows[-1]["height"] == 0}
    yield {"row": place, "y": base + len(STEPS) + 0.7, "colour": LIGHT.ink, "title": _title(line), "step": ""}
    for row in rows:
        yield row | {"row": place, "y": base + row["height"], "colour": colour}


def _title(line: LadderLine) -> str:
    move = {"up": "▲ ", "down": "▼ ", "new": "new: "}.get(line.moved, "")
    parties = shorten(f"{line.donor} to {line.recipient}" if line.donor else f"for {line.recipient}", 80)
    return f"{shorten(line.item, 40)} – {move}{_worded(line.step)} · {parties}"


def _now(base: Any, which: str, shape: str, angle: int) -> Any:
    return base.transform_filter(which).mark_point(shape=shape, angle=angle, size=190, filled=True, opacity=1)


def _rungs(alt: Any, rows: Sequence[dict[str, Any]], weapons: int) -> Any:
    """All rungs as rules, those that a weapon stood on with their names."""
    values = [-place * _PITCH + rung for place in range(weapons) for rung in range(len(STEPS) + 1)]
    names = {round(row["y"] * 10): row["step"] for row in rows}
    return alt.Y(
        "y:Q",
        title=None,
        scale=alt.Scale(domain=[-(weapons - 1) * _PITCH - 0.4, _PITCH - 0.4], nice=False),
        axis=alt.Axis(
            values=values,
            labelExpr=f"({json.dumps(names)})[round(datum.value * 10)] || ''",
            labelPadding=8,
            labelOverlap=False,
            labelLimit=_LABELS,
            minExtent=_LABELS,
            maxExtent=_LABELS,
            domain=False,
            ticks=False,
        ),
    )


def _time_axis(alt: Any, start: datetime, end: datetime) -> Any:
    domain = [int(start.timestamp() * 1000), int(end.timestamp() * 1000)]
    return alt.X(
        "at:T",
        title=None,
        scale=alt.Scale(type="utc", domain=domain, nice=False),
        axis=alt.Axis(format="%-d %b", tickCount=5, grid=False, labelOverlap=True, labelSeparation=12, ticks=False),
    )
