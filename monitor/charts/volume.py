"""How much was written: matched articles by day and topic, stacked. Pure but for Altair."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from monitor.charts.theme import LIGHT, MONTHS, WIDTH, Spec, dressed, themed
from monitor.records.telling.digests import DayCount
from monitor.text import shorten

DAYS = 14
_HEIGHT = 140
_MARK = 20
"""Pixels from one mark of a day to the next below it."""
MOST_TOPICS = 4
"""Named ones; what is left goes together as "other"."""
OTHER = "other"
_KNOWN = {"talks": "Talks", "missile_aid": "Missile aid"}


def volume(
    counts: Sequence[DayCount],
    *,
    last: date | None = None,
    days: int = DAYS,
    marks: Sequence[date] = (),
    dark: bool = False,
) -> Spec:
    """Stacked bars of the ``days`` up to ``last`` (the newest day counted); a day without articles is there as 0.

    ``marks`` are days on which something happened: numbered from 1 above their bars, for a list beside the chart.
    """
    import altair as alt

    rows = daily(counts, last=last, days=days)
    topics = list(dict.fromkeys(row["topic"] for row in rows))
    peak = max((row["total"] for row in rows), default=0)
    numbered = _numbered(rows, marks)
    above = _MARK * max((row["level"] + 1 for row in numbered), default=0)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("place:O", sort=None, title=None, axis=_days_axis(alt, rows)),
    )
    bars = base.mark_bar(width=22).encode(
        y=alt.Y(
            "sum(count):Q",
            title=None,
            scale=alt.Scale(domain=[0, max(peak * 1.15, 4) * (1 + above / _HEIGHT)], nice=False),
            axis=None,
        ),
        color=alt.Color("topic:N", sort=topics, scale=alt.Scale(domain=topics, range=list(LIGHT.series))),
        order=alt.Order("rank:Q"),
    )
    totals = (
        base.transform_filter("datum.rank == 0")
        .mark_text(dy=-9, fontSize=13, fontWeight="bold", color=LIGHT.ink)
        .encode(y="total:Q", text="total:Q")
    )
    chart = alt.layer(bars, totals)
    if numbered:
        chart = alt.layer(chart, _marks(alt, base, numbered, _HEIGHT + above)).resolve_scale(y="independent")
    return themed(dressed(chart.properties(width=WIDTH - 4, height=_HEIGHT + above)), dark=dark)


def _numbered(rows: Sequence[dict[str, Any]], marks: Sequence[date]) -> list[dict[str, Any]]:
    """The marks that are within the days, each a step below the last of the same day."""
    places = {row["day"]: row["place"] for row in rows}
    levels: dict[str, int] = {}
    found = []
    for number, day in enumerate((day.isoformat() for day in marks), start=1):
        if day in places:
            levels[day] = levels.get(day, -1) + 1
            found.append({"place": places[day], "number": str(number), "level": levels[day]})
    return found


def _marks(alt: Any, base: Any, numbered: Sequence[dict[str, Any]], height: int) -> Any:
    """Discs in pixels from the top, whatever the bars count."""
    placed = [row | {"top": _MARK / 2 + _MARK * row["level"]} for row in numbered]
    y = alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    chart = base.properties(data=alt.InlineData(values=placed)).encode(y=y)
    disc = chart.mark_circle(size=230, color=LIGHT.ink, opacity=1)
    number = chart.mark_text(fontSize=11, fontWeight="bold", color=LIGHT.back).encode(text="number:N")
    return alt.layer(disc, number)


def daily(counts: Sequence[DayCount], *, last: date | None, days: int = DAYS) -> list[dict[str, Any]]:
    """A row for each day and topic, zeros and the day's total included; topics with the most articles first."""
    last = last or max((count.day for count in counts), default=None)
    if last is None:
        return []
    shown = [last - timedelta(days=back) for back in reversed(range(days))]
    sums: dict[tuple[date, str], int] = {}
    topics = _topics([count for count in counts if count.day in set(shown)])
    for count in counts:
        topic = named(count.topic) if named(count.topic) in topics else OTHER
        sums[count.day, topic] = sums.get((count.day, topic), 0) + max(count.count, 0)
    return [
        {
            "place": place,
            "label": _label(day, first=place == 0),
            "day": day.isoformat(),
            "topic": topic,
            "rank": rank,
            "count": sums.get((day, topic), 0),
            "total": sum(sums.get((day, other), 0) for other in topics),
        }
        for place, day in enumerate(shown)
        for rank, topic in enumerate(topics)
    ]


def named(topic: str) -> str:
    """A topic as the legend has it."""
    return _KNOWN.get(topic, shorten(topic.replace("_", " "), 30))


def _topics(counts: Sequence[DayCount]) -> list[str]:
    """The topics that get a colour: the known ones always the same, then by name."""
    found = sorted({named(count.topic) for count in counts if count.count > 0} - set(_KNOWN.values()))
    topics = [*_KNOWN.values(), *found]
    return topics if len(topics) <= MOST_TOPICS + 1 else [*topics[:MOST_TOPICS], OTHER]


def _label(day: date, *, first: bool) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}" if first or day.day == 1 else str(day.day)


def _days_axis(alt: Any, rows: Sequence[dict[str, Any]]) -> Any:
    labels = {row["place"]: row["label"] for row in rows}
    return alt.Axis(
        labelExpr=f"{json.dumps(list(labels.values()))}[datum.value]",
        labelAngle=0,
        labelPadding=6,
        ticks=False,
        labelOverlap=False,
    )
