"""Labelled rows to figures: what ``monitor model evaluate`` measures for each kind of row."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.records.articles import Article
    from monitor.understand.evaluate import EntityFigures, LinkFigures, Named, SpanFigures, WeaponFigures
    from monitor.understand.reader import Reader

# How much of a text stands for a feed's summary when the gate's cost is measured on whole articles.
SUMMARY_CHARACTERS = 280
SHAPES = "grades (talks, missile_aid), entities (name, type, spans), aid steps (aid: item) or tokens with IOB2 tags"


def measure(path: Path, reader: "Reader", *, evidence: bool) -> dict[str, Any]:
    """Return the figures that the rows of ``path`` allow; raises ConfigError for a file of another shape."""
    rows = _rows(path)
    first: Mapping[str, Any] = rows[0] if rows else {}
    if "tokens" in first and "tags" in first:
        return {"spans": _spans(path, rows, reader)}
    articles = _articles(path, rows)
    found: dict[str, Any] = {}
    if "talks" in first:
        found |= _topics(rows, articles, reader)
    if "talks" in first and evidence:
        from monitor.understand.occlusion import evidence_figures

        found["evidence"] = evidence_figures(reader, articles)
    if "entities" in first:
        found |= _entities(rows, articles, reader)
    elif "aid" in first:
        found["weapons"] = _weapons(rows, articles, reader)
    if not found:
        raise ConfigError(f"{path} has nothing to measure against. Its rows must have {SHAPES}.")
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ConfigError(f"{path}, line {number}: {error}. Each line must be one JSON object.") from error
        if not isinstance(row, dict):
            raise ConfigError(f"{path}, line {number}: this is a JSON {type(row).__name__}, not an object.")
        rows.append(row)
    return rows


def _articles(path: Path, rows: Sequence[dict[str, Any]]) -> list["Article"]:
    from monitor.cli.analyze import from_row

    articles = []
    for number, row in enumerate(rows, 1):
        try:
            articles.append(from_row(row, number))
        except (ValueError, TypeError) as error:
            raise ConfigError(
                f"{path}, line {number}: {error}. Each line must be an object with id, title, text."
            ) from error
    return articles


def _topics(rows: Sequence[dict[str, Any]], articles: Sequence["Article"], reader: "Reader") -> dict[str, Any]:
    import time
    from dataclasses import replace

    from monitor.records.findings import TOPICS
    from monitor.text import shorten
    from monitor.understand.evaluate import gate_figures, topic_figures

    started = time.perf_counter()
    findings = reader.understand(articles)
    seconds = time.perf_counter() - started
    tables = []
    for at, topic in enumerate(TOPICS):
        grades = [row[topic] for row in rows]
        tables.append(
            topic_figures(topic, grades, [f.topics[at].score for f in findings], [f.topics[at].match for f in findings])
        )
    grades = [max(row[topic] for topic in TOPICS) for row in rows]
    best = [max(topic.score for topic in f.topics) for f in findings]
    tables.append(topic_figures("match", grades, best, [f.match for f in findings]))
    leads = [replace(article, text=shorten(article.text, SUMMARY_CHARACTERS)) for article in articles]
    screened = [max(scores.values()) for scores in reader.screen(leads)]
    return {
        "articles": len(articles),
        "articles_per_second": round(len(articles) / seconds, 1),
        "topics": tables,
        "gate": gate_figures(grades, screened),
    }


def _entities(rows: Sequence[dict[str, Any]], articles: Sequence["Article"], reader: "Reader") -> dict[str, Any]:
    from monitor.records.findings import ENTITY_TYPES
    from monitor.understand.evaluate import entity_figures, link_figures

    gold = [[_named(row) for row in document["entities"]] for document in rows]
    found = [findings.entities for findings in reader.understand(articles)]
    figures: list[EntityFigures] = [entity_figures(gold, found, kind) for kind in ENTITY_TYPES]
    links: LinkFigures = link_figures(gold, found)
    return {"entities": figures, "links": links}


def _named(row: Mapping[str, Any]) -> "Named":
    from monitor.understand.evaluate import Named

    return Named(name=row["name"], type=row["type"], spans=tuple((a, b) for a, b in row.get("spans", ())))


def _weapons(rows: Sequence[dict[str, Any]], articles: Sequence["Article"], reader: "Reader") -> "WeaponFigures":
    from monitor.understand.evaluate import weapon_figures

    items = [[step["item"] for step in row["aid"]] for row in rows]
    return weapon_figures(items, [findings.entities for findings in reader.understand(articles)])


def _spans(path: Path, rows: Sequence[dict[str, Any]], reader: "Reader") -> list["SpanFigures"]:
    from dataclasses import replace

    from monitor.understand.annotated import joined
    from monitor.understand.evaluate import span_figures
    from monitor.understand.windows import as_document

    try:
        sentences = [joined(row["tokens"], row["tags"], path.name) for row in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: {error}. Each row must have tokens and as many tags.") from error
    articles = [as_document(sentence.text) for sentence in sentences]
    gap = len(articles[0].document) - len(articles[0].text)
    gold = [[(start + gap, end + gap, kind) for start, end, kind in sentence.spans] for sentence in sentences]
    kinds = sorted({kind for sentence in sentences for _, _, kind in sentence.spans if kind != "?"})
    # English by what the set is; a table row of names alone belongs to no language.
    findings = reader.understand([replace(article, language="en") for article in articles])
    return span_figures(gold, [found.entities for found in findings], kinds)
