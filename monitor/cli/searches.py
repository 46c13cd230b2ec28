"""``monitor searches``: searches that are kept under a name."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings

_COLUMNS = ("name", "search", "made (UTC)")


@click.group("searches")
def command() -> None:
    """Searches under a name, for `monitor search`, digests, alerts and feeds: add, list, rename or remove."""


@command.command("add", context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("name")
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def add(settings: "Settings", name: str, words: tuple[str, ...]) -> None:
    r"""Keep the search WORDS under NAME.

    \b
    monitor searches add tomahawks 'about:Tomahawk -is:state'
    monitor searches add 'not the sport' -football -tennis

    Names are written as the knowledge base has them, so that you see who was understood.
    """
    from monitor import wiring
    from monitor.understand import searching

    query = searching.read(" ".join(words))
    with wiring.open_store(settings) as store:
        made = store.searches.add(name, query, now=wiring.utc_now())
    click.echo(f"{made.name}: {made.search}")
    if query.only_excludes:
        click.echo("It only says what to leave out: it finds everything else.", err=True)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def list_(settings: "Settings", as_json: bool) -> None:
    """List the saved searches."""
    from monitor.cli import show
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.searches.listed()
    if as_json:
        show.as_json(found)
    elif not found:
        click.echo("monitor: there are no saved searches yet. `monitor searches add --help` shows how.", err=True)
    else:
        show.as_table(_COLUMNS, [(each.name, each.search, each.created_at) for each in found])


@command.command("rename")
@click.argument("name")
@click.argument("new_name")
@click.pass_obj
def rename(settings: "Settings", name: str, new_name: str) -> None:
    """Give the search NAME another name. Subscriptions and alerts made from it go on as they are."""
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        made = store.searches.rename(name, new_name)
    click.echo(f"{made.name}: {made.search}")


@command.command("remove")
@click.argument("name")
@click.pass_obj
def remove(settings: "Settings", name: str) -> None:
    """Delete the search NAME. Subscriptions and alerts made from it go on as they are."""
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        store.searches.remove(name)
    click.echo(f"{name}: removed.")
