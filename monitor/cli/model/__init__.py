"""``monitor model``: what the model is, how good it is, and models trained from people's labels."""

import click

from monitor.cli.model.evaluate import evaluate
from monitor.cli.model.inventory import card, list_
from monitor.cli.model.promote import promote, rollback
from monitor.cli.model.shadow import shadow
from monitor.cli.model.train import train


@click.group("model")
def command() -> None:
    """Show the model's card, measure it; train a candidate from labels, try it, promote it, go back."""


for _command in (card, evaluate, list_, train, shadow, promote, rollback):
    command.add_command(_command)
