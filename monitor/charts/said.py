"""How much was said: statements by day, a row of bars for each person, all to one scale. Pure but for Altair."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from monitor.charts.theme import LIGHT, MONTHS, Spec, dressed, themed
from monitor.records.board.statements import SaidOn
from monitor.text import shorten

WIDTH = 880
DAYS = 31
MOST = 6
"""People that are drawn: those who said most."""
_ROW = 54
_LEFT, _RIGHT = 142, 44
_AIR = 1.35
"""From row to row, when the tallest bar is 1."""


def said(counts: Sequence[SaidOn], *, last: date, days: int = DAYS, dark: bool = False) -> Spec | None:
    """Bars for the ``days`` up to ``last``; None where nobody said anything in them."""
    rows, names = _drawn(counts, last, days)
    if not names:
        return None
    import altair as alt

    height = round(_ROW * len(names))
    domain = [0.0, len(names) * _AIR]
    y = alt.Y("y:Q", title=None, axis=None, scale=alt.Scale(domain=domain, nice=False))
    bars = alt.Chart(alt.InlineData(values=rows)).encode(x=_days(alt, last, days), y=y)
    chart = alt.layer(
        _rules(alt, names, y),
        bars.mark_bar(color=LIGHT.up, width={"band": 0.78}).encode(y2="base:Q", tooltip=_tooltip(alt)),
        bars.transform_filter("datum.peak")
        .mark_text(baseline="bottom", dy=-3, fontSize=12, color=LIGHT.ink)
        .encode(text="count:Q"),
        *_sides(alt, names, y),
    )
    return themed(dressed(chart.properties(width=WIDTH - _LEFT - _RIGHT, height=height)), dark=dark)


def _drawn(counts: Sequence[SaidOn], last: date, days: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The bars and the people, those who said most above."""
    first = last - timedelta(days=days - 1)
    inside = [each for each in counts if first <= each.day <= last and each.count > 0]
    sums: dict[str, int] = {}
    for each in inside:
        sums[each.speaker] = sums.get(each.speaker, 0) + each.count
    order = sorted(sums, key=lambda name: (-sums[name], name))[:MOST]
    peak = max((each.count for each in inside), default=1)
    bases = {name: (len(order) - 1 - place) * _AIR for place, name in enumerate(order)}
    most = {name: max(each.count for each in inside if each.speaker == name) for name in order}
    rows = [
        {
            "place": (each.day - first).days,
            "day": each.day.isoformat(),
            "speaker": shorten(each.speaker, 60),
            "count": each.count,
            "base": bases[each.speaker],
            "y": bases[each.speaker] + each.count / peak,
            "peak": each.count == most[each.speaker],
        }
        for each in inside
        if each.speaker in bases
    ]
    names = [{"y": bases[name], "name": shorten(name, 22), "sum": sums[name]} for name in order]
    return rows, names


def _days(alt: Any, last: date, days: int) -> Any:
    shown = [last - timedelta(days=back) for back in reversed(range(days))]
    labels = [_label(day, first=place == 0, second=place == 1) for place, day in enumerate(shown)]
    axis = alt.Axis(
        labelExpr=f"{labels}[datum.value]".replace("'", '"'),
        labelAngle=0,
        labelPadding=6,
        ticks=False,
        labelOverlap=False,
    )
    return alt.X("place:O", title=None, axis=axis, scale=alt.Scale(domain=list(range(days))))


def _label(day: date, *, first: bool, second: bool) -> str:
    """Mondays, and the first of a month with its name; nothing where two would touch."""
    if first or day.day == 1:
        return f"{day.day} {MONTHS[day.month - 1]}"
    beside = second or day.day == 2 or (day + timedelta(days=1)).day == 1
    return str(day.day) if day.weekday() == 0 and not beside else ""


def _rules(alt: Any, names: Sequence[dict[str, Any]], y: Any) -> Any:
    return alt.Chart(alt.InlineData(values=list(names))).mark_rule(color=LIGHT.rule).encode(y=y)


def _sides(alt: Any, names: Sequence[dict[str, Any]], y: Any) -> list[Any]:
    """Each row's name and sum."""
    base = alt.Chart(alt.InlineData(values=list(names))).encode(y=y)
    name = base.mark_text(align="left", baseline="bottom", dy=-3, fontSize=12, fontWeight="bold", color=LIGHT.ink)
    total = base.mark_text(align="right", baseline="bottom", dy=-3, fontSize=12, color=LIGHT.soft)
    return [
        name.encode(x=alt.value(-_LEFT), text="name:N"),
        total.encode(x=alt.value(WIDTH - _LEFT), text=alt.Text("sum:Q")),
    ]


def _tooltip(alt: Any) -> list[Any]:
    return [
        alt.Tooltip("speaker:N", title="who"),
        alt.Tooltip("day:N", title="day"),
        alt.Tooltip("count:Q", title="statements"),
    ]
