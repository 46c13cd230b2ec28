"""``monitor understand``: how well quotes, events, dates and aid steps are found."""

import click

from monitor.cli.understand.evaluate import evaluate


@click.group("understand")
def command() -> None:
    """Measure what is told of articles beside topics and names."""


command.add_command(evaluate)
