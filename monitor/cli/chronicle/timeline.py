"""``monitor timeline``: calls, meetings, visits and offers, past and planned, with their history."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.times import Since

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.chronicle import EventChange, Happening

TYPES = ("call", "meeting", "visit", "talks_round", "offer", "ceasefire", "sanction", "delivery", "other")
STATUSES = ("proposed", "planned", "under_way", "held", "postponed", "called_off")


@click.command("timeline")
@click.option("--since", type=Since(), help="Only what happens, or was told, since: 2026-11-20, 36h, 7d ...")
@click.option("--until", type=Since(), help="Only what happens, or was told, until then.")
@click.option("--status", type=click.Choice(STATUSES), help="Only events that stand so.")
@click.option("--type", "kind", type=click.Choice(TYPES), help="Only events of this type.")
@click.option("--who", help="Only events with this participant.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="Events at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def command(
    settings: "Settings",
    since: datetime | None,
    until: datetime | None,
    status: str | None,
    kind: str | None,
    who: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the events that articles tell of, the latest first: who, where, when, and how each came to stand so."""
    from monitor.cli import show
    from monitor.cli.chronicle.told import canonical
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.chronicle.happenings(
            since=since, until=until, status=status, type=kind, who=canonical(who), limit=limit
        )
    if as_json:
        show.as_json(found)
    elif not found:
        click.echo("monitor: no event in the store yet, or none that fits the options.", err=True)
    elif sys.stdout.isatty():
        for happening in found:
            _show(happening)
    else:
        _table(found)


def _table(found: "tuple[Happening, ...]") -> None:
    from monitor.cli import show

    columns = ("id", "status", "from", "to", "certainty", "type", "participants", "where", "reports", "origins",
               "contradicted", "evidence", "address")  # fmt: skip
    show.as_table(
        columns,
        [
            (
                happening.id,
                happening.status,
                happening.when[0] if happening.when else None,
                happening.when[1] if happening.when else None,
                happening.certainty,
                happening.type,
                ", ".join(happening.participants),
                happening.where,
                len(happening.reports),
                len({report.origin.key for report in happening.reports}),
                "yes" if happening.contradictions else "",
                happening.reports[-1].event.evidence.text if happening.reports else "",
                happening.reports[-1].source.url if happening.reports else "",
            )
            for happening in found
        ],
    )


def _show(happening: "Happening") -> None:
    """Print one event as a block: what, how it stands, how it came there, who says so."""
    from monitor.cli.chronicle import told

    outlets = len({report.source.outlet for report in happening.reports})
    origins = {report.origin.key: report.origin.state_controlled for report in happening.reports}
    state = sum(origins.values())
    when = told.days(happening.when, happening.certainty)
    click.echo(f"{when:<22} {told.word(happening.status, 11)} {click.style(told.happening(happening), bold=True)}")
    indent = " " * 23
    for change in happening.history:
        click.echo(f"{indent}{told.dim(_change(change))}")
    for change in happening.contradictions:
        click.echo(f"{indent}{click.style('disputed: ', fg='red')}{told.dim(_change(change))}")
    if happening.reports:
        last = happening.reports[-1]
        click.echo(f"{indent}{told.quoted(last.event.evidence.text)}")
        click.echo(told.dim(f"{indent}{told.support(outlets, len(origins) - state, state)} · {last.source.url}"))
    click.echo()


def _change(change: "EventChange") -> str:
    from monitor.cli.chronicle import told

    step = f"{change.before} → {change.after}" if change.before else change.after
    return f"{change.at:%d %b %H:%M} {change.field}: {step.replace('_', ' ')} ({told.by(change.report.source)})"
