"""How the classifier's scores lie, and whether people agree with them. Pure but for Altair."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from monitor.charts.theme import LIGHT, WIDTH, Spec, dressed, themed
from monitor.charts.volume import named
from monitor.records.board.classifier import JudgedBin, TopicScores

_LEFT, _RIGHT = 46, 8
_HIGH = 110
_SIDE = 212
"""Pixels of a square of the reliability plot: two stand beside each other."""
_SURE = 1.96
"""Standard deviations on either side of 95 % of what chance does."""


def scores(topics: Sequence[TopicScores], *, looked_at: dict[str, float] | None = None, dark: bool = False) -> Spec:
    """Articles by score, a row for each topic: what lies above the threshold in colour, and a rule at the threshold.

    ``looked_at`` puts a second, dashed rule at another threshold of a topic. Most articles score next to nothing, so
    heights grow with the square root.
    """
    import altair as alt

    rows = [_histogram(alt, topic, (looked_at or {}).get(topic.topic)) for topic in topics]
    return themed(dressed(alt.vconcat(*rows, spacing=22)), dark=dark)


def _histogram(alt: Any, topic: TopicScores, looked_at: float | None) -> Any:
    width = 1 / max(1, len(topic.bins))
    rows = [
        {"start": each.start, "end": each.start + width, "count": each.count, "above": each.start >= topic.threshold}
        for each in topic.bins
        if each.count
    ]
    most = max((each.count for each in topic.bins), default=0)
    # A bin through which the threshold goes is cut there.
    rows = [part for row in rows for part in _cut(row, topic.threshold)]
    x = _share_axis(alt, "start:Q", None)
    y = alt.Y(
        "count:Q",
        title=None,
        scale=alt.Scale(type="sqrt", domain=[0, max(4, most)], nice=False),
        axis=alt.Axis(values=_ticks(most), domain=False, ticks=False, gridDash=[2, 3], labelPadding=6,
                      labelOverlap=False, minExtent=_LEFT, maxExtent=_LEFT, format="~s"),
    )  # fmt: skip
    bars = alt.Chart(alt.InlineData(values=rows)).mark_bar(binSpacing=1)
    colour = alt.Color("fill:N", scale=None)
    tip = [alt.Tooltip("start:Q", format=".3f", title="score from"), alt.Tooltip("count:Q", title="articles")]
    chart = alt.layer(
        bars.encode(x=x, x2="end:Q", y=y, y2=alt.datum(0), color=colour, tooltip=tip),
        *_rules(alt, topic.threshold, looked_at),
    )  # fmt: skip
    title = alt.TitleParams(named(topic.topic), anchor="start", fontSize=13, color=LIGHT.ink, offset=6, dx=_LEFT)
    return chart.properties(width=WIDTH - _LEFT - _RIGHT, height=_HIGH, title=title)


def _cut(row: dict[str, Any], threshold: float) -> Iterator[dict[str, Any]]:
    below, above = {"fill": LIGHT.rule}, {"fill": LIGHT.series[0]}
    if row["start"] < threshold < row["end"]:
        yield row | {"end": threshold} | below
        yield row | {"start": threshold} | above
    else:
        yield row | (above if row["above"] else below)


def _rules(alt: Any, threshold: float, looked_at: float | None) -> Iterator[Any]:
    """The words of two rules stand on their outer sides, so that they never meet."""
    other = None if looked_at is None or abs(looked_at - threshold) < 0.001 else looked_at
    right = threshold < 0.7 if other is None else threshold > other
    yield from _rule(alt, threshold, f"threshold {threshold:g}", right=right, dash=[1, 0])
    if other is not None:
        yield from _rule(alt, other, f"at {other:g}", right=not right, dash=[5, 3])


def _rule(alt: Any, at: float, words: str, *, right: bool, dash: list[int]) -> Iterator[Any]:
    base = alt.Chart(alt.InlineData(values=[{"at": at, "words": words}])).encode(x="at:Q")
    align, dx = ("left", 6) if right else ("right", -6)
    yield base.mark_rule(color=LIGHT.down, strokeWidth=2, strokeDash=dash)
    text = base.mark_text(align=align, dx=dx, baseline="top", fontSize=12, color=LIGHT.ink)
    yield text.encode(y=alt.value(0), text="words:N")


def _ticks(most: int) -> list[int]:
    """A few round numbers up to the tallest bar."""
    top = 10 ** int(math.log10(max(most, 1)))
    return sorted({value for value in (top // 10, top, top * 5) if 1 <= value <= max(most, 1)})


def _share_axis(alt: Any, field: str, title: str | None) -> Any:
    axis = alt.Axis(
        values=[0, 0.2, 0.4, 0.6, 0.8, 1], format="~g", grid=False, title=title, titleFontWeight="normal",
        titleColor=LIGHT.soft, tickSize=4, titleFontSize=12,
    )  # fmt: skip
    return alt.X(field, scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)


def reliability(topics: Sequence[TopicScores], *, dark: bool = False) -> Spec | None:
    """What was kept of articles with such scores, beside what the scores promised (the diagonal).

    The bar through a point says between which shares chance alone would explain it (Wilson 1927, 95 %); the number is
    how many were judged. None without judgements.
    """
    judged = [topic for topic in topics if topic.judged]
    if not judged:
        return None
    import altair as alt

    return themed(dressed(alt.hconcat(*(_square(alt, topic) for topic in judged), spacing=34)), dark=dark)


def _square(alt: Any, topic: TopicScores) -> Any:
    rows = [_point(each) for each in topic.judged]
    y = alt.Y(
        "share:Q",
        title="kept by people",
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(values=[0, 0.5, 1], format="~%", domain=False, ticks=False, titleFontWeight="normal",
                      titleColor=LIGHT.soft, gridDash=[2, 3], labelPadding=6, titleFontSize=12),
    )  # fmt: skip
    points = alt.Chart(alt.InlineData(values=rows)).encode(x=_share_axis(alt, "mean:Q", "score of the model"), y=y)
    ideal = alt.Chart(alt.InlineData(values=[{"mean": 0, "share": 0}, {"mean": 1, "share": 1}]))
    tip = [
        alt.Tooltip("judged:Q"),
        alt.Tooltip("share:Q", format=".0%", title="kept"),
        alt.Tooltip("mean:Q", format=".2f", title="mean score"),
    ]
    # In a row of their own, where they meet neither points nor each other.
    numbers = points.mark_text(baseline="bottom", fontSize=10, color=LIGHT.soft)
    chart = alt.layer(
        ideal.mark_line(color=LIGHT.soft, strokeDash=[4, 4], strokeWidth=1).encode(x="mean:Q", y="share:Q"),
        points.mark_rule(color=LIGHT.series[0], strokeWidth=2, opacity=0.45).encode(y="low:Q", y2="high:Q"),
        points.mark_point(filled=True, opacity=1, size=70, color=LIGHT.series[0]).encode(tooltip=tip),
        numbers.encode(y=alt.value(-5), text="judged:Q"),
    )
    title = alt.TitleParams(named(topic.topic), anchor="start", fontSize=13, color=LIGHT.ink, offset=22)
    return chart.properties(width=_SIDE, height=_SIDE, title=title)


def _point(each: JudgedBin) -> dict[str, Any]:
    low, high = wilson(each.kept, each.judged)
    return {"mean": each.mean, "share": each.kept / each.judged, "low": low, "high": high, "judged": each.judged}


def wilson(kept: int, judged: int) -> tuple[float, float]:
    """The interval of Wilson (1927) around ``kept`` of ``judged``, at 95 %."""
    share, square = kept / judged, _SURE**2 / judged
    middle = (share + square / 2) / (1 + square)
    half = _SURE * math.sqrt(share * (1 - share) / judged + square / (4 * judged)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)
