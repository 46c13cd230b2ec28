"""``monitor changes``: what is new since a moment, in one line each: what digest and alerts are made of."""

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.times import Since

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.chronicle import Change

_MARKS = {
    "new event": ("+", "green"),
    "event status": ("→", "cyan"),
    "event date": ("→", "cyan"),
    "ladder": ("≡", "magenta"),
    "first statement": ("“", "blue"),
    "answer": ("↩", "yellow"),
    "silence": ("…", "red"),
}


@click.command("changes")
@click.option("--since", type=Since(), help="Since when: 2026-11-20, 36h, 7d ... (else: the last day).")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="Changes at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def command(settings: "Settings", since: datetime | None, limit: int, as_json: bool) -> None:
    """Tell what has changed: new events, changed plans, moves on the ladder, first words, answers, silences."""
    from monitor.cli import show
    from monitor.store import Store

    now = datetime.now(UTC)
    with Store.open(settings.database_url) as store:
        found = store.chronicle.changes(since=since or now - timedelta(days=1), now=now)[:limit]
    if as_json:
        show.as_json(found)
    elif not found:
        click.echo("monitor: nothing has changed since then.", err=True)
    elif sys.stdout.isatty():
        for change in found:
            _show(change)
    else:
        show.as_table(
            ("at (UTC)", "kind", "what", "names", "evidence", "outlet", "address"),
            [
                (
                    change.at,
                    change.kind,
                    change.what,
                    ", ".join(change.names),
                    change.evidence,
                    change.source.outlet if change.source else "",
                    change.source.url if change.source else "",
                )
                for change in found
            ],
        )


def _show(change: "Change") -> None:
    from monitor.cli.chronicle import told
    from monitor.text import one_line

    mark, colour = _MARKS.get(change.kind, ("·", "white"))
    click.echo(f"{told.dim(f'{change.at:%d %b %H:%M}')} {click.style(mark, fg=colour)} {one_line(change.what)}")
    if change.evidence:
        source = told.dim(f" {told.by(change.source)}") if change.source else ""
        click.echo(f"{' ' * 15}{told.quoted(change.evidence)}{source}")
