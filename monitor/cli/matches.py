"""``monitor matches``: the latest matches with their evidence."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.times import Since
from monitor.records.findings import TOPICS

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.findings import Match


@click.command("matches")
@click.option("--topic", type=click.Choice(TOPICS), help="Only this topic.")
@click.option("--since", type=Since(), help="Only matches found since: 2026-11-20, 36h, 7d ...")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="Matches at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def command(settings: "Settings", topic: str | None, since: datetime | None, limit: int, as_json: bool) -> None:
    """List the latest matches with their evidence, the newest first."""
    from monitor.cli import show
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.findings.matches(topic=topic, since=since, limit=limit)
    if as_json:
        show.as_json(found)
        return
    if not found:
        click.echo("monitor: no match in the store yet, or none that fits the options.", err=True)
        return
    if sys.stdout.isatty():
        for match in found:
            _show(match)
        return
    columns = ("matched (UTC)", "topic", "score", "outlet", "title", "evidence", "entities", "address", "translated by")
    rows = (
        (
            match.matched_at,
            match.topic,
            f"{match.score:.2f}",
            _outlet(match),
            match.title,
            match.evidence,
            ", ".join(match.entities[:6]),
            match.url,
            match.evidence_by,
        )
        for match in found
    )
    show.as_table(columns, rows)


def _show(match: "Match") -> None:
    """Print one match as a block, its address on a line of its own so that it can be clicked or copied."""
    from monitor.text import one_line

    when = f"{match.published:%d %b %Y %H:%M}" if match.published else "undated"
    topic = click.style(f"{match.topic} {match.score:.2f}", fg="cyan" if match.topic == "talks" else "magenta")
    click.echo(f"{topic}  {click.style(one_line(match.title), bold=True)}")
    click.echo(click.style(f"  {one_line(_outlet(match))}, {when} UTC", dim=True))
    by = click.style(f" translated by {one_line(match.evidence_by)}", dim=True) if match.evidence_by else ""
    click.echo(f"  “{one_line(match.evidence)}”{by}")
    click.echo(click.style(f"  {', '.join(map(one_line, match.entities[:8]))}", dim=True))
    click.echo(f"  {one_line(match.url)}\n")


def _outlet(match: "Match") -> str:
    return match.outlet + (" (state-controlled)" if match.state_controlled else "")
