"""``monitor db move``: everything of the database into another one."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.moving import Moved, MoveStep


@click.command("move")
@click.argument("target_url")
@click.option("--verify-only", is_flag=True, help="Only compare the two databases, row by row.")
@click.option("--afresh", is_flag=True, help="Empty what an interrupted move has copied, and begin again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object in place of sentences.")
@click.pass_obj
def command(settings: "Settings", target_url: str, verify_only: bool, afresh: bool, as_json: bool) -> None:
    """Copy everything into the empty database at TARGET_URL and compare every row.

    From SQLite to Postgres, or any other way. Stop the daemon first. What was interrupted goes on where it stopped
    when the same command is given again; until all rows are compared, no program starts on the target.
    """
    from monitor.store.moving import move

    with _progress() as on:
        if verify_only:
            moved = move.verify(settings.database_url, target_url, on=on)
        else:
            moved = move.move(settings.database_url, target_url, now=datetime.now(UTC), on=on, afresh=afresh)
            if not moved.differences:
                _add_queue(target_url)
    if as_json:
        click.echo(json.dumps(asdict(moved), ensure_ascii=False, indent=2))
    else:
        _tell(moved, verify_only=verify_only)
    if moved.differences:
        sys.exit(1)


def _add_queue(url: str) -> None:
    """The queue's own tables, as after ``monitor db upgrade``; what waits in it is handed out anew by the daemon."""
    from monitor.store.engine import dialect_of
    from monitor.worker import schema as queue

    if dialect_of(url) == "postgresql":
        queue.upgrade(url)


def _tell(moved: "Moved", *, verify_only: bool) -> None:
    rows = sum(table.rows for table in moved.tables)
    for text in moved.mended:
        click.echo(
            f"{text.table}.{text.column}: {text.rows} texts held characters that no Postgres stores; "
            f"each became U+FFFD (first: {text.first})."
        )
    for difference in moved.differences:
        what = {
            "missing": f"is missing in {moved.target}",
            "added": f"is only in {moved.target}",
        }.get(difference.what, f"differs in the column {difference.what}")
        click.echo(f"{difference.table}: the row {difference.key} {what}.", err=True)
    if moved.differences:
        click.echo(f"{moved.target} is not the same as {moved.source}. {_advice(verify_only)}", err=True)
        return
    said = "hold the same" if verify_only else "now hold the same"
    click.echo(f"{moved.source} and {moved.target} {said}: {rows:,} rows in {len(moved.tables)} tables, all compared.")
    if not verify_only:
        click.echo(
            "Now set database_url (or MONITOR_DATABASE_URL) to the address that you moved to, and start the program "
            "again. Keep the source until you are content."
        )


def _advice(verify_only: bool) -> str:
    if verify_only:
        return "One of them was written to since they were compared, or the move was never finished."
    return (
        "The source was written to between two runs of the move, or somebody wrote to the target. "
        "Run the same command with --afresh."
    )


@contextmanager
def _progress() -> Iterator[Callable[["MoveStep"], None]]:
    """What to call at each step: a bar on stderr where a person sits at a terminal."""
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda step: bar.update(
            task, completed=step.done, total=step.total, description=f"{step.doing} {step.table}"
        )
