"""``monitor model evaluate``: how good the model in use is on labelled articles, documents or sentences."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.config import Settings


@click.command("evaluate")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file.")
@click.option("--evidence", is_flag=True, help="Also take evidence sentences out and see what that costs (slow).")
@click.pass_obj
def evaluate(settings: "Settings", paths: tuple[Path, ...], as_json: bool, evidence: bool) -> None:
    """Measure the model on labelled JSON lines, the files at PATHS.

    Rows with grades (talks, missile_aid: 0, 1, 2) give the topic tables and the gate's cost; rows with entities
    (name, type, spans) the entity table and how well names are linked; rows with aid steps the weapons found; rows
    with tokens and IOB2 tags exact spans.
    """
    from monitor import weights
    from monitor.cli.model.measure import measure
    from monitor.understand.reader import Reader

    reader = Reader(weights.classifier(weights.with_all_cores(settings)))
    try:
        for path in paths:
            figures = measure(path, reader, evidence=evidence)
            if as_json:
                click.echo(json.dumps({"file": path.name, "model": reader.model, **figures}, default=_row))
            else:
                _show(path, reader.model, figures)
    finally:
        reader.close()


def _row(figures: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(figures)


def _show(path: Path, model: str, figures: dict[str, Any]) -> None:
    from rich.console import Console

    console = Console()
    console.print(f"[bold]{path.name}[/bold]  {model}", highlight=False)
    if "topics" in figures:
        _show_topics(console, figures)
    if "evidence" in figures:
        fields = ("topic", "n", "without_evidence", "without_another", "evidence_weighs_more")
        names = ("", "matches", "loss without evidence", "without another sentence", "evidence weighs more")
        _table(console, names, figures["evidence"], fields)
    for key in ("entities", "spans"):
        if key in figures:
            heads = ("", "annotated", "found", "precision", "recall", "F1")
            _table(console, heads, figures[key], ("type", "gold", "found", "precision", "recall", "f1"))
    if "links" in figures:
        links = figures["links"]
        console.print(f"known names: {links.known}, found {links.found}, of these linked right {links.accuracy:.3f}")
    if "weapons" in figures:
        weapons = figures["weapons"]
        console.print(f"weapon systems named in aid steps: {weapons.named}, found {weapons.recall:.3f}")


def _show_topics(console: "Console", figures: dict[str, Any]) -> None:
    names = ("", "n", "about it", "AP", "F1", "precision", "recall", "P at R 0.95", "ECE")
    fields = ("name", "n", "positive", "average_precision", "f1", "precision", "recall", "precision_at_recall_95",
              "calibration_error")  # fmt: skip
    _table(console, names, figures["topics"], fields)
    console.print(f"{figures['articles']} articles, {figures['articles_per_second']} a second\n", highlight=False)
    columns = ("gate", "matches kept", "pages fetched")
    _table(console, columns, figures["gate"], ("gate", "recall", "fetched"), title="What the gate costs")


def _table(
    console: "Console", names: Sequence[str], rows: Sequence[Any], fields: Sequence[str], title: str | None = None
) -> None:
    from rich.table import Table

    table = Table(*names, box=None, title=title, title_justify="left")
    for row in rows:
        values = [getattr(row, field) for field in fields]
        table.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value) for value in values))
    console.print(table)
