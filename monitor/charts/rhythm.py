"""When a feed publishes, and how its polls went. Pure but for Altair."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor.charts.theme import LIGHT, WIDTH, Spec, dressed, themed
from monitor.records.history import PastPoll

DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
SHOWN = timedelta(days=14)
OUTCOMES = {"new": "brought news", "same": "nothing new", "unchanged": "nothing new", "failed": "failed"}
"""Others are "put off": an outage of our own, or a host that asked for a pause."""
PUT_OFF = "put off"


def rhythm(hours: Sequence[float], days: Sequence[float], *, dark: bool = False) -> Spec:
    """Items an hour by hour of the day, and beside them items a day by weekday."""
    import altair as alt

    by_hour = [{"place": hour, "items": round(rate, 3)} for hour, rate in enumerate(hours)]
    by_day = [{"place": DAYS[place], "items": round(rate, 2)} for place, rate in enumerate(days)]
    left = _bars(alt, by_hour, "hour of the day (UTC)", "items an hour", 330, [0, 6, 12, 18])
    right = _bars(alt, by_day, "weekday", "items a day", 120, None)
    return themed(dressed(alt.hconcat(left, right, spacing=18)), dark=dark)


def _bars(alt: Any, rows: list[dict[str, Any]], title: str, unit: str, width: int, values: list[int] | None) -> Any:
    axis = alt.Axis(labelAngle=0, ticks=False, titleColor=LIGHT.soft, titleFontWeight="normal")
    if values is not None:
        axis.values = values
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(color=LIGHT.series[0])
        .encode(
            x=alt.X("place:O", sort=None, title=title, axis=axis),
            y=alt.Y(
                "items:Q",
                title=unit,
                axis=alt.Axis(tickCount=3, titleColor=LIGHT.soft, titleFontWeight="normal", domain=False),
            ),
        )
        .properties(width=width, height=110)
    )


def polled(polls: Sequence[PastPoll], *, now: datetime, dark: bool = False) -> Spec:
    """Polls a day over two weeks, by what came of them."""
    import altair as alt

    order = [*dict.fromkeys(OUTCOMES.values()), PUT_OFF]
    since = now - SHOWN
    counted = Counter(
        (poll.polled_at.date().isoformat(), OUTCOMES.get(poll.outcome, PUT_OFF))
        for poll in polls
        if poll.polled_at >= since
    )
    rows = [
        {"day": day, "what": what, "count": count, "rank": order.index(what)} for (day, what), count in counted.items()
    ]
    colours = [LIGHT.series[0], LIGHT.rule, LIGHT.down, LIGHT.series[1]]
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar()
        .encode(
            x=alt.X("utcyearmonthdate(day):T", title=None, axis=alt.Axis(format="%-d %b", tickCount=7)),
            y=alt.Y("count:Q", title="polls a day", axis=alt.Axis(tickCount=3, domain=False)),
            color=alt.Color("what:N", sort=order, scale=alt.Scale(domain=order, range=colours)),
            order=alt.Order("rank:Q"),
        )
        .properties(width=WIDTH - 60, height=110)
    )
    return themed(dressed(chart), dark=dark)
