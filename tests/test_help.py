"""What ``--help`` says: every command, argument and option has a sentence for a stranger."""

import click

from proof.strangers_day_help import faults, tree


def test_every_command_argument_and_option_says_what_it_is_for_in_plain_words() -> None:
    everything = list(tree())
    assert len(everything) > 90
    assert [fault for path, command in everything for fault in faults(path, command)] == []


def test_what_says_nothing_is_found() -> None:
    silent = click.Command("x", params=[click.Option(["--deep"]), click.Argument(["thing"])], help="Idempotent no-op.")
    assert len(list(faults(("monitor", "x"), silent))) == 3
