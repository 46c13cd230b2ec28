"""``monitor feeds``: the list of feeds, and what one feed is like."""

import click

from monitor.cli.feeds.inspect import check, discover
from monitor.cli.feeds.inventory import add, export, import_, list_, remove
from monitor.cli.feeds.parse import parse


@click.group("feeds")
def command() -> None:
    """List, add, remove, import, export, discover, check or parse feeds."""


for _command in (list_, add, remove, import_, export, discover, check, parse):
    command.add_command(_command)
