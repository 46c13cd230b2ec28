"""When a feed publishes, and how its polls went: both as a grid of hours. Pure but for Altair."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from monitor.charts.theme import LIGHT, WIDTH, Spec, dressed, themed
from monitor.records.board.sources import HourCount, PollHour

DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
SHOWN = 14
"""Days of polls."""
HOURS = 24
BROUGHT, SAME, FAILED, PUT_OFF = "brought news", "nothing new", "failed", "put off"
"""An hour is named after the worst that happened in it, but for news, which is worth more than a pause."""
_LEFT, _RIGHT = 58, 44
_CELL = (WIDTH - _LEFT - _RIGHT) / HOURS
_TALL, _FLAT = 20, 15
_FAINT = 0.12
_EDGE = 1


def rhythm(hours: Sequence[HourCount], *, dark: bool = False) -> Spec:
    """Entries by weekday and hour: the darker, the more; each day's sum beside it, the busiest hour with its number."""
    import altair as alt

    most = max((each.entries for each in hours), default=0) or 1
    counted = {(each.weekday, each.hour): each.entries for each in hours}
    rows = [
        {
            "day": day,
            "hour": hour,
            "count": count,
            "weight": round(_FAINT + (1 - _FAINT) * count / most, 3),
            "most": count == most,
        }
        for weekday, day in enumerate(DAYS)
        for hour in range(HOURS)
        if (count := counted.get((weekday, hour), 0))
    ]
    sums = [
        {"day": day, "sum": sum(counted.get((weekday, hour), 0) for hour in range(HOURS))}
        for weekday, day in enumerate(DAYS)
    ]
    base = _grid(alt, rows, DAYS, "count")
    cells = base.mark_rect(color=LIGHT.series[0], **_cell(_TALL)).encode(opacity=alt.Opacity("weight:Q", scale=None))
    peak = base.transform_filter("datum.most").mark_text(color=LIGHT.back, fontSize=11, fontWeight="bold")
    totals = alt.Chart(alt.InlineData(values=sums)).mark_text(align="right", color=LIGHT.soft, fontSize=12)
    chart = alt.layer(
        _ground(alt, DAYS, _TALL),
        cells,
        peak.encode(text="count:Q"),
        totals.encode(x=alt.value(WIDTH - _LEFT), y=_days(alt, DAYS), text="sum:Q"),
    )
    return _finished(chart, len(DAYS) * _TALL, dark)


def polled(polls: Sequence[PollHour], *, now: datetime, dark: bool = False) -> Spec:
    """Two weeks of polls, a row for each day and a cell for each hour; hours without a poll stay empty."""
    import altair as alt

    last = now.date()
    days = [last - timedelta(days=back) for back in reversed(range(SHOWN))]
    names = {day: _name(day) for day in days}
    rows = [row for each in polls for row in _poll_rows(each, names)]
    order = [BROUGHT, SAME, PUT_OFF, FAILED]
    colours = [LIGHT.series[0], LIGHT.rule, LIGHT.series[1], LIGHT.down]
    base = _grid(alt, rows, list(names.values()), "polls")
    cells = base.mark_rect(**_cell(_FLAT)).encode(
        color=alt.Color("what:N", sort=order, scale=alt.Scale(domain=order, range=colours))
    )
    # A second sign beside the colour.
    cross = base.transform_filter(f"datum.what == '{FAILED}'").mark_text(text="×", color=LIGHT.back, fontSize=13)
    chart = alt.layer(_ground(alt, list(names.values()), _FLAT), cells, cross)
    return _finished(chart, SHOWN * _FLAT, dark)


def _poll_rows(each: PollHour, names: dict[date, str]) -> Iterator[dict[str, Any]]:
    if (name := names.get(each.at.date())) is not None:
        what = FAILED if each.failed else BROUGHT if each.brought else PUT_OFF if each.put_off else SAME
        polls = each.failed + each.brought + each.same + each.put_off
        yield {"day": name, "hour": each.at.hour, "what": what, "polls": polls, "failed": each.failed}


def _name(day: date) -> str:
    """Unique within two weeks."""
    return f"{DAYS[day.weekday()]} {day.day}"


def _grid(alt: Any, rows: Sequence[dict[str, Any]], days: Sequence[str], what: str) -> Any:
    axis = alt.Axis(
        values=[0, 3, 6, 9, 12, 15, 18, 21], labelAngle=0, ticks=False, domain=False, labelPadding=5, title=None
    )
    return alt.Chart(alt.InlineData(values=list(rows))).encode(
        x=alt.X("hour:O", axis=axis, scale=alt.Scale(domain=list(range(HOURS)), range=[0, _CELL * HOURS])),
        y=_days(alt, days),
        tooltip=[alt.Tooltip("day:N"), alt.Tooltip("hour:O", title="hour (UTC)"), alt.Tooltip(f"{what}:Q")],
    )


def _days(alt: Any, days: Sequence[str]) -> Any:
    axis = alt.Axis(ticks=False, domain=False, labelPadding=8, title=None, minExtent=_LEFT, maxExtent=_LEFT)
    return alt.Y("day:N", sort=list(days), scale=alt.Scale(domain=list(days)), axis=axis)


def _ground(alt: Any, days: Sequence[str], height: int) -> Any:
    """The empty cells: what has no mark is nothing, not unknown."""
    rows = [{"day": day, "hour": hour, "none": 0} for day in days for hour in range(HOURS)]
    return _grid(alt, rows, days, "none").mark_rect(
        fill=LIGHT.back, stroke=LIGHT.rule, strokeWidth=0.5, **_cell(height)
    )


def _cell(height: int) -> dict[str, Any]:
    return {"width": _CELL - _EDGE, "height": height - _EDGE}


def _finished(chart: Any, height: int, dark: bool) -> Spec:
    return themed(dressed(chart.properties(width=WIDTH - _LEFT - _RIGHT, height=height)), dark=dark)
