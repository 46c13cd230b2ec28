"""``monitor statements``: what somebody said about something, day by day, with everybody who reports it."""

import sys
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

import click

from monitor.cli.times import Since

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.chronicle import Statement


@click.command("statements")
@click.option("--who", help="Only what this person or body said.")
@click.option("--about", help="Only what concerns this person, place, organisation or weapon.")
@click.option("--since", type=Since(), help="Only what was said since: 2026-11-20, 36h, 7d ...")
@click.option("--until", type=Since(), help="Only what was said until then.")
@click.option("--direct", is_flag=True, help="Only words between quotation marks, no reported speech.")
@click.option("--limit", default=30, show_default=True, type=click.IntRange(1, 10_000), help="Statements at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, with every witness and wording.")
@click.pass_obj
def command(
    settings: "Settings",
    who: str | None,
    about: str | None,
    since: datetime | None,
    until: datetime | None,
    direct: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List what was said, the latest day first. A statement that forty outlets carry is one, with forty witnesses."""
    from monitor.cli import show
    from monitor.cli.chronicle.told import canonical
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.chronicle.statements(
            speaker=canonical(who),
            about=canonical(about),
            since=since,
            until=until,
            kind="direct" if direct else None,
            limit=limit,
        )
    if as_json:
        show.as_json(found)
    elif not found:
        click.echo("monitor: no statement in the store yet, or none that fits the options.", err=True)
    elif sys.stdout.isatty():
        _show(found)
    else:
        _table(found)


def _table(found: "tuple[Statement, ...]") -> None:
    from monitor.cli import show

    show.as_table(
        ("id", "day", "speaker", "kind", "text", "channel", "about", "witnesses", "origins", "outlet", "address"),
        [
            (
                statement.id,
                statement.said_on,
                statement.speaker,
                statement.kind,
                statement.text,
                statement.channel,
                ", ".join(statement.about),
                len(statement.witnesses),
                statement.origins,
                statement.witnesses[0].source.outlet,
                statement.witnesses[0].source.url,
            )
            for statement in found
        ],
    )


def _show(found: "tuple[Statement, ...]") -> None:
    from monitor.cli.chronicle import told
    from monitor.text import one_line

    for day, of_day in groupby(found, key=lambda statement: statement.said_on):
        click.echo(click.style(f"{day:%a %d %b %Y}", bold=True))
        for statement in of_day:
            words = told.quoted(statement.text, 400) if statement.kind == "direct" else one_line(statement.text)
            channel = f" ({one_line(statement.channel)})" if statement.channel else ""
            click.echo(f"  {click.style(one_line(statement.speaker), fg='cyan')}{channel}: {words}")
            outlets = len({witness.source.outlet for witness in statement.witnesses})
            where = f"{told.support(outlets, statement.origins)} · {statement.witnesses[0].source.url}"
            click.echo(told.dim(f"    {where}"))
        click.echo()
