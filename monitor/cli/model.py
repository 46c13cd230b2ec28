"""``monitor model``: what the model is, and how good it is on labelled material."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.articles import Article
    from monitor.understand.evaluate import EntityFigures, GateFigures, TopicFigures
    from monitor.understand.reader import Reader

# How much of a text stands for a feed's summary when the gate's cost is measured on whole articles.
SUMMARY_CHARACTERS = 280


@click.group("model")
def command() -> None:
    """Show the model's card; measure it on labelled articles or annotated documents."""


@command.command("card")
@click.pass_obj
def card(settings: "Settings") -> None:
    """Print the card of the model in use: data, training, figures, limits."""
    from monitor.errors import ModelError
    from monitor.understand.model import shipped_folder

    folder = Path(settings.model) if settings.model else shipped_folder()
    path = folder / "CARD.md"
    if not path.exists():
        raise ModelError(f"{path} does not exist: this model came without a card.")
    click.echo(path.read_text(encoding="utf-8"))


@command.command("evaluate")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file.")
@click.pass_obj
def evaluate(settings: "Settings", paths: tuple[Path, ...], as_json: bool) -> None:
    """Measure the model on labelled JSON lines.

    Rows with grades (talks, missile_aid: 0, 1, 2) give the topic tables and the gate's cost; rows with entities
    (name, type, spans) give the entity table.
    """
    import os

    from monitor import wiring
    from monitor.understand.reader import Reader

    sessions = max(settings.model_sessions, os.cpu_count() or 1)
    reader = Reader(wiring.classifier(settings.model_copy(update={"model_sessions": sessions})))
    try:
        for path in paths:
            figures = _figures(path, reader)
            if as_json:
                click.echo(json.dumps({"file": str(path), "model": reader.model, **figures}, default=_row))
            else:
                _show(path, reader.model, figures)
    finally:
        reader.close()


def _row(figures: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(figures)


def _figures(path: Path, reader: "Reader") -> dict[str, Any]:
    from monitor.cli.analyze import from_row
    from monitor.errors import ConfigError

    rows, articles = [], []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            rows.append(json.loads(line))
            articles.append(from_row(rows[-1], number))
        except (ValueError, TypeError) as error:
            raise ConfigError(
                f"{path}, line {number}: {error}. Each line must be an object with id, title, text."
            ) from error
    found: dict[str, Any] = {}
    if rows and "talks" in rows[0]:
        found |= _topics(rows, articles, reader)
    if rows and "entities" in rows[0]:
        found["entities"] = _entities(rows, articles, reader)
    if not found:
        raise ConfigError(f"{path} has neither grades (talks, missile_aid) nor entities: nothing to measure against.")
    return found


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


def _entities(rows: Sequence[dict[str, Any]], articles: Sequence["Article"], reader: "Reader") -> list["EntityFigures"]:
    from monitor.records.findings import ENTITY_TYPES
    from monitor.understand.evaluate import Named, entity_figures

    gold = [
        [
            Named(name=row["name"], type=row["type"], spans=tuple((a, b) for a, b in row.get("spans", ())))
            for row in document["entities"]
        ]
        for document in rows
    ]
    found = [findings.entities for findings in reader.understand(articles)]
    return [entity_figures(gold, found, kind) for kind in ENTITY_TYPES]


def _show(path: Path, model: str, figures: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(f"[bold]{path.name}[/bold]  {model}", highlight=False)
    if "topics" in figures:
        table = Table("", "n", "about it", "AP", "F1", "precision", "recall", "P at R 0.95", "ECE", box=None)
        rows: list[TopicFigures] = figures["topics"]
        for row in rows:
            numbers = (row.average_precision, row.f1, row.precision, row.recall, row.precision_at_recall_95,
                       row.calibration_error)  # fmt: skip
            table.add_row(row.name, str(row.n), str(row.positive), *(f"{number:.3f}" for number in numbers))
        console.print(table)
        console.print(f"{figures['articles']} articles, {figures['articles_per_second']} a second\n", highlight=False)
        table = Table(
            "gate", "matches kept", "pages fetched", box=None, title="What the gate costs", title_justify="left"
        )
        gates: list[GateFigures] = figures["gate"]
        for gate in gates:
            table.add_row(f"{gate.gate:g}", f"{gate.recall:.3f}", f"{gate.fetched:.3f}")
        console.print(table)
    if "entities" in figures:
        table = Table("", "annotated", "found", "precision", "recall", "F1", box=None)
        kinds: list[EntityFigures] = figures["entities"]
        for kind in kinds:
            table.add_row(kind.type, str(kind.gold), str(kind.found),
                          *(f"{number:.3f}" for number in (kind.precision, kind.recall, kind.f1)))  # fmt: skip
        console.print(table)
