"""Who is named when, and with whom: bars by day, and a wheel of those who are named together. Pure but for Altair."""

import math
from collections.abc import Sequence
from typing import Any

from monitor.charts.theme import LIGHT, WIDTH, Spec, dressed, themed
from monitor.records.board.entities import Named, NamedOn, Tie
from monitor.text import shorten

COLOURS = {"person": 0, "organisation": 1, "place": 2, "weapon": 3}
_RADIUS = 1.0
_LONGEST = 22
_HEIGHT = 360


def named_on(days: Sequence[NamedOn], *, dark: bool = False) -> Spec:
    """Articles a day."""
    import altair as alt

    rows = [{"day": each.day.isoformat(), "articles": each.articles} for each in days]
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(color=LIGHT.series[0])
        .encode(
            x=alt.X("utcyearmonthdate(day):T", title=None, axis=alt.Axis(format="%-d %b", tickCount=6, labelAngle=0)),
            y=alt.Y("articles:Q", title=None, axis=alt.Axis(tickCount=3, domain=False, format="d")),
        )
        .properties(width=WIDTH - 40, height=110)
    )
    return themed(dressed(chart), dark=dark)


def company(centre: Named, others: Sequence[Named], ties: Sequence[Tie], *, dark: bool = False) -> Spec:
    """A wheel: one in the middle, those named with it around; a line is the thicker the more articles it stands for.

    The same for the same names: each has its place by how often it is named.
    """
    import altair as alt

    places = {centre.name: (0.0, 0.0)} | {each.name: _place(n, len(others)) for n, each in enumerate(others)}
    most = max((tie.articles for tie in ties), default=1)
    lines = [_line(tie, places, most) for tie in ties if tie.one in places and tie.other in places]
    nodes = [_node(each, places[each.name], each.name == centre.name) for each in (centre, *others)]
    scale = alt.Scale(domain=[-2.1 * _RADIUS, 2.1 * _RADIUS], nice=False)
    upright = alt.Scale(domain=[-1.25 * _RADIUS, 1.25 * _RADIUS], nice=False)
    x, y = alt.X("x:Q", axis=None, scale=scale), alt.Y("y:Q", axis=None, scale=upright)
    lines_drawn = (
        alt.Chart(alt.InlineData(values=lines))
        .mark_rule(color=LIGHT.soft, strokeCap="round")
        .encode(
            x=x,
            y=y,
            x2="x2:Q",
            y2="y2:Q",
            strokeWidth=alt.StrokeWidth("width:Q", scale=None),
            opacity=alt.Opacity("shade:Q", scale=None),
        )
    )
    base = alt.Chart(alt.InlineData(values=nodes)).encode(x=x, y=y)
    dots = base.mark_circle(opacity=1, stroke=LIGHT.back, strokeWidth=1.5).encode(
        size=alt.Size("size:Q", scale=None),
        color=alt.Color("colour:N", scale=None),
        tooltip=["name:N", "articles:Q"],
    )
    words: dict[str, dict[str, Any]] = {
        "right": {"align": "left", "dx": 10},
        "left": {"align": "right", "dx": -10},
        "middle": {"align": "center", "dy": -20, "fontWeight": "bold"},
    }
    names = [
        base.transform_filter(f"datum.side == '{side}'")
        .mark_text(fontSize=12, color=LIGHT.ink, **placed)
        .encode(text="name:N")
        for side, placed in words.items()
    ]
    chart = alt.layer(lines_drawn, dots, *names).properties(width=WIDTH - 4, height=_HEIGHT)
    return themed(dressed(chart), dark=dark)


def _place(number: int, count: int) -> tuple[float, float]:
    """Around the wheel, beginning at the top; no name stands exactly above another's."""
    angle = math.pi / 2 - 2 * math.pi * (number + 0.5) / max(count, 1)
    return round(_RADIUS * math.cos(angle), 4), round(_RADIUS * math.sin(angle), 4)


def _line(tie: Tie, places: dict[str, tuple[float, float]], most: int) -> dict[str, Any]:
    (x, y), (x2, y2) = places[tie.one], places[tie.other]
    # Squared, or the many weak ties would hide the few strong ones.
    share = (tie.articles / most) ** 2
    line = {"x": x, "y": y, "x2": x2, "y2": y2}
    return line | {"width": round(0.4 + 6 * share, 2), "shade": round(0.08 + 0.6 * share, 2)}


def _node(named: Named, place: tuple[float, float], is_centre: bool) -> dict[str, Any]:
    return {
        "x": place[0],
        "y": place[1],
        "name": shorten(named.name, _LONGEST),
        "articles": named.articles,
        "size": 420 if is_centre else 130,
        "colour": LIGHT.series[COLOURS.get(named.type, 4)],
        "side": "middle" if is_centre else "right" if place[0] >= 0 else "left",
    }
