"""``monitor understand evaluate``: quotes, speakers, events, aid steps and stories against labelled rows."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings


@click.command("evaluate")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file.")
@click.pass_obj
def evaluate(settings: "Settings", paths: tuple[Path, ...], as_json: bool) -> None:
    """Measure quotes, events, aid steps and stories on labelled JSON lines, the files at PATHS.

    Rows have id, title, text, published, and quotes (start, end, speaker), events (type, participants, when, status)
    or aid (item, donor, step), or several of these; or attributions, as in PolNeAR; or the cluster that an article is
    of, where "same article" then means the same address or nearly the same words.
    """
    from monitor.cli import show
    from monitor.cli.understand.measure import measure

    for path in paths:
        tables = measure(settings, path)
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
