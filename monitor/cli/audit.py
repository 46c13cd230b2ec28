"""``monitor audit``: who changed what, when."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings


@click.command("audit")
@click.option("--person", default="", help="Only what this person did.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Lines at most.")
@click.option("--before", type=click.IntRange(min=1), help="Only lines with a lower number.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def command(settings: "Settings", person: str, limit: int, before: int | None, as_json: bool) -> None:
    """Show what people changed (judgements, snoozes, accounts, tokens), the newest first."""
    from monitor.cli import show
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.audit.listed(limit=limit, before=before, person=person)
    if as_json:
        show.as_json(found)
        return
    columns = ("number", "when (UTC)", "who", "what", "of what", "in words")
    show.as_table(columns, [(each.id, each.at, each.person, each.action, each.subject, each.detail) for each in found])
