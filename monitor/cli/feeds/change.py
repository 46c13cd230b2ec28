"""``monitor feeds set``: what a person says anew about a feed."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from monitor.config import Settings


@click.command("set")
@click.argument("feed")
@click.option(
    "--conditional/--no-conditional",
    default=None,
    help="Send the server's validators back, or never: for servers that say “not modified” wrongly.",
)
@click.option("--title", help="Its name here.")
@click.option("--outlet", help="The newsroom or office it belongs to.")
@click.option("--family", help="The outlet's owner or publisher group.")
@click.option("--country", help="The owner's country, two letters.")
@click.option("--language", help="Its language, as in en.")
@click.option("--url", help="Its new address; it is polled there at once, and what it brought stays.")
@click.pass_obj
def set_(settings: "Settings", /, feed: str, **said: Any) -> None:
    """Change what is said about FEED, its number or address. What is not named stays; "" empties a field."""
    from monitor.cli.feeds.one import named
    from monitor.store import Store

    if all(value is None for value in said.values()):
        raise click.UsageError("Nothing to change: name at least one option. `monitor feeds set --help` lists them.")
    country = said["country"]
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise click.BadParameter(
            f"{country!r} is no country code. Write two letters, such as UA.", param_hint="--country"
        )
    if country:
        said["country"] = country.upper()
    with Store.open(settings.database_url) as store:
        changes = store.feed_changes
        before = changes.find(named(feed))
        after = changes.say(before.id, now=datetime.now(UTC), **said)
    differing = [(name, _of(before, name), _of(after, name)) for name in said if _of(before, name) != _of(after, name)]
    click.echo(f"feed {after.id}: {after.spec.title or after.spec.url}")
    for name, old, new in differing:
        click.echo(f"  {name}: {old or '(empty)'} → {new or '(empty)'}")
    if not differing:
        click.echo("  nothing changed: it said so already")
    if any(name == "url" for name, _, _ in differing):
        click.echo(f"  `monitor feeds check {after.spec.url}` looks at the new address")


def _of(feed: Any, name: str) -> str:
    if name == "conditional":
        return "validators are sent" if feed.conditional else "validators are not sent"
    return str(getattr(feed.spec, name))
