"""Every ``--help``, as a stranger reads it."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence

import click

from monitor.cli import cli
from proof.ledger import ROOT
from proof.promise import Figure, Scene

# Words of the trade that nobody needs to know in order to use the program.
JARGON = (
    "upsert", "ORM", "DDL", "mutex", "coroutine", "asyncio", "callback", "payload", "endpoint", "boolean", "regex",
    "daemonize", "idempotent", "no-op", "TODO", "dict", "tuple", "None", "deprecated",
)  # fmt: skip


def tree(
    command: click.Command = cli, path: tuple[str, ...] = ("monitor",)
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command and group, with the words that lead to it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from tree(inner, (*path, name))


def faults(path: tuple[str, ...], command: click.Command) -> Iterator[str]:
    """What a stranger would miss in this command's help."""
    name = " ".join(path)
    said = command.help or ""
    if len(said) < 15 or not re.search(r"[.:)]\s*$", said.partition("\n\n")[0].strip()):
        yield f"{name}: no sentence says what it does"
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            words = option.help or ""
            if not re.search(r"[A-Za-z]", words) or not words.rstrip().endswith((".", "…", ")", "...")):
                yield f"{name} {option.opts[0]}: no sentence says what it is for"
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    text = click.Context(command, info_name=name)
    whole = command.get_help(text)
    for argument in arguments:
        shown = argument.make_metavar(text).strip("[]{}.…")
        if "|" not in shown and not _told(shown, whole.partition("\n\n")[2]):
            yield f"{name}: what {shown} is, is not said"
    yield from (f"{name}: {word!r} is jargon" for word in JARGON if re.search(rf"\b{re.escape(word)}\b", whole))


def _told(metavar: str, text: str) -> bool:
    """Whether the text under the usage line speaks of it: by its name, or by the word that it is made of."""
    return any(
        re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) for word in re.split(r"[_|]|OR", metavar) if word
    )


def helps(_: Scene) -> Sequence[Figure]:
    """All of them as processes: what they print, and what they lack."""
    everything = list(tree())
    lacking = [fault for path, command in everything for fault in faults(path, command)]
    broken = []
    for path, _command in everything:
        run = [sys.executable, "-m", *path, "--help"]
        done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60)
        if done.returncode or done.stderr or not done.stdout.startswith("Usage: monitor"):
            broken.append(" ".join(path))
    return [
        Figure(
            what=f"of {len(everything)} pages of help, those that do not come",
            measured=", ".join(broken) or "none", wanted="none", holds=not broken,
        ),
        Figure(
            what="commands, arguments and options without a sentence that says what for, and jargon",
            measured="; ".join(lacking) or "none", wanted="none", holds=not lacking,
        ),
    ]  # fmt: skip
