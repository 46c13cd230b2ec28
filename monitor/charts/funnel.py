"""What became of the entries: how many reached each stage, and why the others went no further. Pure but for Altair."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from monitor.charts.theme import LIGHT, WIDTH, Spec, dressed, themed
from monitor.records.board.system import Dropped, Stage
from monitor.text import shorten

MOST = 2
"""Reasons that are named at a stage; the others go together."""
_NAMES = 126
_ROW = 46
_BAR = 20
_ROOM = 1.32
"""Of the longest bar: its number stands behind it."""
_WORDS = {"ruled_out": "not about it by title and summary", "unmatched": "below the thresholds"}
"""Reasons that consist of numbers, in words."""


def funnel(stages: Sequence[Stage], *, dark: bool = False) -> Spec:
    """A bar for each stage with its count and share of the first, and below it why some went no further."""
    import altair as alt

    rows = list(_rows(stages))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, len(stages) - 1 / 3], reverse=True, nice=False))
    )
    x = alt.X("share:Q", axis=None, scale=alt.Scale(domain=[0, _ROOM], nice=False))
    left = base.mark_text(align="left", baseline="middle", fontSize=13, color=LIGHT.ink)
    counts = base.mark_text(align="left", baseline="middle", dx=6, fontSize=12, color=LIGHT.ink, fontWeight="bold")
    lost = base.mark_text(align="left", baseline="middle", dy=19, fontSize=12, color=LIGHT.soft, limit=WIDTH - _NAMES)
    chart = alt.layer(
        base.mark_bar(height=_BAR, color=LIGHT.series[0]).encode(x=x, x2=alt.datum(0), tooltip=["stage:N", "number:N"]),
        left.encode(x=alt.value(-_NAMES), text="stage:N"),
        counts.encode(x=x, text="number:N"),
        lost.encode(x=alt.value(0), text="lost:N"),
    )
    size = {"width": WIDTH - _NAMES, "height": _ROW * len(stages) - _ROW // 3}
    return themed(dressed(chart.properties(**size)), dark=dark)


def _rows(stages: Sequence[Stage]) -> Iterator[dict[str, Any]]:
    most = max((stage.count for stage in stages), default=0) or 1
    for place, stage in enumerate(stages):
        share = stage.count / most
        of_all = f" · {_share(share)}" if place else ""
        yield {
            "y": place + 0.3,
            "stage": stage.name,
            "share": share,
            "number": f"{_number(stage.count)}{of_all}",
            "lost": _lost(stage),
        }


def _lost(stage: Stage) -> str:
    """Why some went no further: "−1 200 language: fr,  −80 HTTP 403;  12 wait"."""
    counted = Counter[str]()
    for each in stage.lost:
        counted[_reason(each)] += each.count
    named = [f"−{_number(count)} {what}" for what, count in counted.most_common(MOST)]
    others = counted.total() - sum(count for _, count in counted.most_common(MOST))
    named += [f"−{_number(others)} for other reasons"] if others else []
    waiting = [f"{_number(stage.waiting)} {'waits' if stage.waiting == 1 else 'wait'}"] if stage.waiting else []
    return ";  ".join([",  ".join(named), *waiting] if named else waiting)


def _reason(each: Dropped) -> str:
    return _WORDS.get(each.state) or shorten(each.reason or each.state.replace("_", " "), 34)


def _share(share: float) -> str:
    return f"{share:.0%}" if share >= 0.1 else f"{share:.1%}" if share >= 0.001 or not share else "< 0.1%"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")
