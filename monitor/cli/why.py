"""``monitor why``: an entry's whole way, and why it matched or not."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings


@click.command("why")
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="One JSON array of steps.")
@click.pass_obj
def command(settings: "Settings", url: str, as_json: bool) -> None:
    """Tell the way of an entry: why it matched, or why not. URL is its address; its guid or number will do.

    Exit status 1 when no feed ever brought it.
    """
    from monitor.cli import show
    from monitor.store import Store

    named = int(url) if url.isascii() and url.isdigit() else url
    with Store.open(settings.database_url) as store:
        steps = store.entries.why(named)
        feeds = 0 if steps else len(store.feeds.all())
        changed = store.versions.of(named).changed
    if as_json:
        show.as_json(steps)
    elif steps:
        show.as_table(("time (UTC)", "step", "what happened"), [(step.at, step.what, step.detail) for step in steps])
    if changed:
        # On stderr, so that what reads the steps meets nothing else.
        click.echo(f"Its words were changed afterwards: `monitor versions {url}` shows how.", err=True)
    if not steps:
        click.echo(
            f"monitor: {url} is unknown: none of the {feeds} feeds brought an entry with that address, guid or number. "
            "`monitor search` looks in the articles' words; `monitor feeds list` shows what is polled.",
            err=True,
        )
        sys.exit(1)
