"""``monitor feeds``: the list of feeds, and what one feed is like."""

import click

from monitor.cli.feeds.change import set_
from monitor.cli.feeds.check import check
from monitor.cli.feeds.discover import discover
from monitor.cli.feeds.inventory import add, export, import_, remove
from monitor.cli.feeds.listing import list_
from monitor.cli.feeds.one import show
from monitor.cli.feeds.parse import parse


@click.group("feeds")
def command() -> None:
    """List, show, add, change, remove, import, export, discover, check or parse feeds."""


for _command in (list_, show, add, set_, remove, import_, export, discover, check, parse):
    command.add_command(_command)
