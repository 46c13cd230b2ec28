"""The soak as a picture: memory, and the database, over the articles done. Pure but for Altair."""

from collections.abc import Iterator, Sequence
from typing import Any

from monitor.charts import svg
from monitor.charts.theme import LIGHT, WIDTH, Spec, dressed
from proof.bounded_watch import MEBIBYTE, Sample

POINTS = 60
"""Samples that are shown: the picture stays small."""
_HEIGHT = 150


def drawn(samples: Sequence[Sample]) -> bytes:
    """An SVG: resident memory by role above, database and write-ahead log below."""
    return svg({"soak": spec(samples)})["soak"]


def spec(samples: Sequence[Sample]) -> Spec:
    """Its specification."""
    import altair as alt

    step = max(1, len(samples) // POINTS)
    shown = [*samples[::step], samples[-1]]
    memory = [_row(sample, role, value) for sample in shown for role, value in sample.memory.items()]
    above = _panel(alt, memory, "Resident memory, MiB")
    below = _panel(alt, list(_files(shown)), "Database, MiB")
    made = dressed(alt.vconcat(above, below).resolve_scale(color="independent", strokeDash="independent"))
    # Words for each point would be most of the file; the page says in words what the picture shows.
    return made | {"config": made["config"] | {"aria": False}}


def _files(samples: Sequence[Sample]) -> Iterator[dict[str, Any]]:
    for sample in samples:
        yield _row(sample, "database", sample.database / MEBIBYTE)
        if sample.wal:
            yield _row(sample, "write-ahead log", sample.wal / MEBIBYTE)


def _row(sample: Sample, what: str, value: float) -> dict[str, Any]:
    return {"articles": sample.articles, "what": what, "value": round(value, 1)}


def _panel(alt: Any, rows: list[dict[str, Any]], title: str) -> Any:
    names = list(dict.fromkeys(row["what"] for row in rows))
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(strokeWidth=1.5, interpolate="step-after")
        .encode(
            x=alt.X("articles:Q", title="articles", axis=alt.Axis(format="~s", tickCount=5)),
            y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5)),
            color=alt.Color(
                "what:N",
                sort=names,
                scale=alt.Scale(domain=names, range=list(LIGHT.series)),
                legend=alt.Legend(title=None),
            ),
            strokeDash=alt.StrokeDash("what:N", sort=names, legend=None),
        )
        .properties(width=WIDTH - 170, height=_HEIGHT)
    )
