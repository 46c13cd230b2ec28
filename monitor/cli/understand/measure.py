"""Labelled rows to figures: what ``monitor understand evaluate`` measures for each kind of row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.articles import Article
    from monitor.records.findings import Findings
    from monitor.records.stories import Arrival
    from monitor.understand.gold import PairFigures

SHAPES = "quotes, events or aid steps, attributions as PolNeAR has them, or a cluster for each article"
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
Rows = Sequence[Mapping[str, Any]]


def measure(settings: "Settings", path: Path) -> "list[PairFigures]":
    """Return the figures that the rows of ``path`` allow; raises ConfigError for a file of another shape."""
    rows = _rows(path)
    kinds = {kind for row in rows for kind in row}
    if "attributions" in kinds:
        return _attributions(rows, _read(settings, path, [{**row, "title": ""} for row in rows]))
    if "cluster" in kinds:
        return _stories(rows, _read(settings, path, rows))
    if {"quotes", "events", "aid"} & kinds:
        from monitor.understand.gold import gold_figures

        read = _read(settings, path, rows, every_article=True)
        return gold_figures(rows, [findings for _, findings in read])
    raise ConfigError(f"{path} has nothing to measure against. Its rows must have {SHAPES}.")


def _rows(path: Path) -> Rows:
    rows = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            row = json.loads(line) if line.strip() else None
        except ValueError as error:
            raise ConfigError(f"{path}, line {number}: {error}. Each line must be one JSON object.") from error
        if isinstance(row, dict):
            rows.append(row)
        elif row is not None:
            raise ConfigError(f"{path}, line {number}: this is a JSON {type(row).__name__}, not an object.")
    return rows


def _read(
    settings: "Settings", path: Path, rows: Rows, *, every_article: bool = False
) -> "list[tuple[Article, Findings]]":
    """Every row as an article with what was found; as English, whatever language it seems to be in."""
    from monitor import weights
    from monitor.cli.analyze import from_row
    from monitor.records.findings import Findings

    articles = []
    for number, row in enumerate(rows, 1):
        dated = {"published": row.get("published") or row.get("date")}
        try:
            articles.append(replace(from_row({**row, **dated}, number), language="en"))
        except (ValueError, TypeError) as error:
            raise ConfigError(f"{path}, row {number}: {error}. Rows must have id, title and text.") from error
    reader = weights.routes(settings, every_article=every_article)
    try:
        found = reader.understand(articles)
    finally:
        reader.close()
    return [(article, each) for article, each in zip(articles, found, strict=True) if isinstance(each, Findings)]


def _attributions(rows: Rows, read: "list[tuple[Article, Findings]]") -> "list[PairFigures]":
    from monitor.understand.gold import PairFigures
    from monitor.understand.prose import Prose
    from monitor.understand.quotes import attributed
    from monitor.understand.quotes_measure import polnear_figures
    from monitor.understand.refer import Referents

    proses = [Prose(article, findings.entities) for article, findings in read]
    figures = polnear_figures(rows, [attributed(prose, Referents(prose)) for prose in proses])
    return [
        PairFigures(
            name="direct quotations: source",
            gold=figures.gold,
            found=figures.found,
            precision=figures.precision,
            recall=figures.recall,
            f1=figures.f1,
            right=figures.source_right,
            asked=figures.sourced,
        )
    ]


def _stories(rows: Rows, read: "list[tuple[Article, Findings]]") -> "list[PairFigures]":
    """Place articles in the order of their dates; of one that came again, by address or wording, the first counts."""
    from monitor.stories.index import StoryIndex
    from monitor.stories.measure import b_cubed, pairs
    from monitor.urls import canonical

    index, right, first = StoryIndex(), [], dict[str, int]()
    arrivals = [_arrival(number, *each) for number, each in enumerate(read)]
    arrivals.sort(key=lambda arrival: arrival.published)
    copies: dict[int, int] = {}
    for arrival in arrivals:
        placed = index.place(arrival)
        known = first.setdefault(canonical(arrival.url) or f"#{arrival.article_id}", arrival.article_id)
        same = min(known, placed.duplicate_of) if placed.duplicate_of is not None else known
        copies[arrival.article_id] = copies.get(same, same)
        right.append(rows[arrival.article_id]["cluster"])
    # Placed again: merges and splits that later articles brought about count.
    found = [index.place(arrival).story_id for arrival in arrivals]
    return [
        _agreement("stories (B-cubed)", b_cubed(found, right), right, found),
        _agreement("same article (pairs)", pairs([*copies.values()], right), right, [*copies.values()]),
    ]


def _arrival(number: int, article: "Article", findings: "Findings") -> "Arrival":
    from monitor.records.stories import Arrival

    published = article.published or _UNDATED
    return Arrival(
        article_id=number,
        title=article.title,
        text=article.text,
        url=article.url,
        published=published if published.tzinfo else published.replace(tzinfo=UTC),
        entities=findings.entities,
        embedding=findings.embedding,
        model=findings.model,
    )


def _agreement(name: str, agreement: Any, right: Sequence[object], found: Sequence[object]) -> "PairFigures":
    from monitor.understand.gold import PairFigures

    return PairFigures(
        name=name,
        gold=len(set(right)),
        found=len(set(found)),
        precision=agreement.precision,
        recall=agreement.recall,
        f1=agreement.f1,
    )
