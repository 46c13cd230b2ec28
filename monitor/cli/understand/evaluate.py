"""``monitor understand evaluate``: quotes, speakers, events, dates and aid steps against annotated documents."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.understand.gold import PairFigures


@click.command("evaluate")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file.")
@click.pass_obj
def evaluate(settings: "Settings", paths: tuple[Path, ...], as_json: bool) -> None:
    """Measure quotes, events and aid steps on annotated JSON lines.

    Rows have id, title, text, published, and quotes (start, end, speaker), events (type, participants, when, status)
    or aid (item, donor, step), or several of these.
    """
    from monitor.cli import show

    for path in paths:
        tables = _figures(settings, path)
        if as_json:
            rows = [asdict(row) | {"accuracy": round(row.accuracy, 3)} for row in tables]
            click.echo(json.dumps({"file": path.name, "figures": rows}))
            continue
        click.echo(path.name)
        show.as_table(
            ("", "annotated", "found", "precision", "recall", "F1", "further right", "of"),
            [
                (
                    row.name,
                    row.gold,
                    row.found,
                    f"{row.precision:.3f}",
                    f"{row.recall:.3f}",
                    f"{row.f1:.3f}",
                    f"{row.accuracy:.3f}" if row.asked else "",
                    row.asked or "",
                )
                for row in tables
            ],
        )


def _figures(settings: "Settings", path: Path) -> "list[PairFigures]":
    from monitor import weights
    from monitor.cli.analyze import from_row
    from monitor.errors import ConfigError
    from monitor.records.findings import Findings
    from monitor.understand.gold import gold_figures

    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        articles = [from_row(row, number) for number, row in enumerate(rows, 1)]
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{path}: {error}. Each line must be an object with id, title and text.") from error
    if not any({"quotes", "events", "aid"} & set(row) for row in rows):
        raise ConfigError(f"{path} has nothing to measure against. Its rows must have quotes, events or aid.")
    reader = weights.routes(settings, every_article=True)
    try:
        found = reader.understand(articles)
    finally:
        reader.close()
    kept = [(row, each) for row, each in zip(rows, found, strict=True) if isinstance(each, Findings)]
    return gold_figures([row for row, _ in kept], [each for _, each in kept])
