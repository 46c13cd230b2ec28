"""How a story went round: its articles by hour or day, stacked by the kind of origin. Pure but for Altair."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor.charts.theme import LIGHT, MONTHS, WIDTH, Spec, dressed, themed
from monitor.records.board.story import Covered

MOST_SLOTS = 96
"""Hours or days that are drawn; a longer story shows its newest ones."""
KINDS = {"agency": "agencies", "family": "publishers", "outlet": "outlets", "state": "state-controlled"}
"""By what the store calls them, in the order of the stack."""
_LEFT = 44
_LABELS = 7


def coverage(covered: Sequence[Covered], *, by: str, dark: bool = False) -> Spec:
    """Bars from the first hour (or day) to the last, those without an article left empty; times are UTC."""
    import altair as alt

    rows, slots = _rows(covered, timedelta(hours=1) if by == "hour" else timedelta(days=1))
    every = max(1, -(-len(slots) // _LABELS))
    kinds = [name for name in KINDS.values() if any(row["kind"] == name for row in rows)]
    peak = max((row["total"] for row in rows), default=0)
    axis = alt.Axis(
        values=list(range(0, len(slots), every)),
        labelExpr=f"{_labels(slots, every, by)}[datum.value]",
        labelAngle=0, ticks=False, labelPadding=6, title=None, labelOverlap=False,
    )  # fmt: skip
    x = alt.X("slot:O", scale=alt.Scale(domain=list(range(len(slots))), paddingInner=0.15, paddingOuter=0.1), axis=axis)
    counted = alt.Axis(tickCount=min(peak, 4), format="d", grid=True, domain=False, ticks=False, title=None)
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(cornerRadiusEnd=1)
        .encode(
            x=x,
            y=alt.Y("articles:Q", stack="zero", scale=alt.Scale(domain=[0, max(peak, 1)], nice=True), axis=counted),
            color=alt.Color("kind:N", sort=kinds, scale=alt.Scale(domain=kinds, range=_colours(kinds))),
            order=alt.Order("rank:Q"),
            tooltip=[alt.Tooltip("when:N", title=f"{by} (UTC)"), alt.Tooltip("kind:N"), alt.Tooltip("articles:Q")],
        )
    )
    return themed(dressed(bars.properties(width=WIDTH - _LEFT, height=130)), dark=dark)


def _rows(covered: Sequence[Covered], step: timedelta) -> tuple[list[dict[str, Any]], list[datetime]]:
    if not covered:
        return [], []
    last = max(each.at for each in covered)
    first = max(min(each.at for each in covered), last - step * (MOST_SLOTS - 1))
    slots = [first + step * place for place in range(int((last - first) / step) + 1)]
    place_of = {at: place for place, at in enumerate(slots)}
    totals: dict[datetime, int] = {}
    for each in covered:
        totals[each.at] = totals.get(each.at, 0) + each.articles
    names = list(KINDS)
    rows = [
        {
            "slot": place_of[each.at],
            "when": f"{each.at.day} {MONTHS[each.at.month - 1]} {each.at:%H:%M}",
            "kind": KINDS[kind],
            "rank": names.index(kind),
            "articles": each.articles,
            "total": totals[each.at],
        }
        for each in covered
        for kind in [each.kind if each.kind in KINDS else "outlet"]
        if each.at in place_of
    ]
    return rows, slots


def _colours(kinds: Sequence[str]) -> list[str]:
    by_kind = dict(zip(KINDS.values(), LIGHT.series, strict=False))
    return [by_kind[kind] for kind in kinds]


def _labels(slots: Sequence[datetime], every: int, by: str) -> list[list[str]]:
    """In two lines: the hour, and below it the day wherever a new one begins."""
    labels, named = [], None
    for place, at in enumerate(slots):
        day = f"{at.day} {MONTHS[at.month - 1]}"
        shown = place % every == 0
        first = [day] if by == "day" else [f"{at:%H:%M}", day if day != named else ""]
        labels.append(first if shown else [])
        named = day if shown else named
    return labels
