"""What became of the entries: how many reached each stage, and how many the one before dropped. Pure but for Altair."""

from collections.abc import Sequence
from typing import Any

from monitor.charts.theme import LIGHT, WIDTH, Spec, dressed, themed

_NAMES = 120
_ROW = 30


def funnel(stages: Sequence[tuple[str, int]], *, dark: bool = False) -> Spec:
    """A bar for each (stage, entries), with its count and its share of the first."""
    import altair as alt

    most = max((count for _, count in stages), default=0) or 1
    rows: list[dict[str, Any]] = [
        {
            "stage": stage,
            "count": count,
            "lost": before - count,
            "label": f"{count:,} ({count / most:.1%})".replace(",", "\u202f"),
        }
        for (stage, count), before in zip(stages, [most, *(count for _, count in stages)], strict=False)
    ]
    names = [stage for stage, _ in stages]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("stage:N", sort=names, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=_NAMES))
    )
    scale = alt.Scale(domain=[0, most * 1.35])
    bars = base.mark_bar(color=LIGHT.series[0], height=_ROW * 0.6).encode(x=alt.X("count:Q", axis=None, scale=scale))
    words = base.mark_text(align="left", dx=6, color=LIGHT.ink).encode(x=alt.X("count:Q", scale=scale), text="label:N")
    chart = alt.layer(bars, words).properties(width=WIDTH - _NAMES, height=_ROW * len(rows))
    return themed(dressed(chart), dark=dark)
