"""The commands; the only place that prints. Each command's module is imported only when it is called for.

Exit status: 0 done, 1 the command ran and the answer is bad news, 2 a mistake that a person must mend.
"""

import importlib
import sys
from pathlib import Path

import click

from monitor import __version__
from monitor.errors import HungError, MonitorError

# name -> (module, one-line help): the help is here so that `monitor --help` imports nothing.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("monitor.cli.run", "Poll, read, classify and store until told to stop."),
    "demo": ("monitor.cli.demo", "The same against the bundled newsroom, without internet."),
    "daemon": ("monitor.cli.daemon", "Only the timer, for workers on other machines (Postgres)."),
    "worker": ("monitor.cli.worker", "Do what the daemon's timer asks for, beside other workers (Postgres)."),
    "jobs": ("monitor.cli.jobs", "What waits, what broke, what is in quarantine; let it out again."),
    "dashboard": ("monitor.cli.dashboard", "Serve the pages: what happened, is planned, was said, stands."),
    "status": ("monitor.cli.status", "What is in the store and how the sources are."),
    "matches": ("monitor.cli.matches", "List the latest matches."),
    "stories": ("monitor.cli.chronicle.stories", "One line per story: how many outlets and independent origins."),
    "timeline": ("monitor.cli.chronicle.timeline", "Calls, meetings, visits and offers, planned and past."),
    "statements": ("monitor.cli.chronicle.statements", "Who said what about whom, with everybody who reports it."),
    "ladder": ("monitor.cli.chronicle.ladder", "Where the decision on each weapon stands."),
    "changes": ("monitor.cli.chronicle.changes", "What is new since a moment, in one line each."),
    "digest": ("monitor.cli.telling.digest", "Preview, send, follow or repeat the digest mails."),
    "subscriptions": ("monitor.cli.telling.subscriptions", "Who gets the digest: add, list, pause, resume, remove."),
    "alerts": ("monitor.cli.telling.alerts", "What is told at once: add, list, pause, snooze, test, remove."),
    "search": ("monitor.cli.search", "Search the stored articles."),
    "searches": ("monitor.cli.searches", "Searches under a name: add, list, rename, remove."),
    "why": ("monitor.cli.why", "An entry's whole way: why it matched, or why not."),
    "versions": ("monitor.cli.versions", "What an entry and its article said before, word by word."),
    "label": ("monitor.cli.label", "Judge an article: keep, reject or wrong topic, for the next model to learn."),
    "export": ("monitor.cli.export", "Matches, stories, statements, events and the ladder as feed, calendar or table."),
    "analyze": ("monitor.cli.analyze", "Classify documents: files, addresses, stdin or JSON lines."),
    "extract": ("monitor.cli.extract", "Take the article out of pages."),
    "feeds": ("monitor.cli.feeds", "List, show, add, change, remove, import, export, discover, check or parse feeds."),
    "model": ("monitor.cli.model", "Card and figures; train, try and promote a model from labels."),
    "reanalyse": ("monitor.cli.reanalyse", "Have stored articles read again by the model of now."),
    "understand": ("monitor.cli.understand", "How well quotes, events, dates and aid steps are found."),
    "accounts": ("monitor.cli.accounts", "Who may use the dashboard: add, list, role, password, disable, tokens."),
    "audit": ("monitor.cli.audit", "Who changed what, when."),
    "db": ("monitor.cli.db", "Upgrade, back up, restore, move or check the database."),
    "config": ("monitor.cli.config", "Show every setting, its value and its meaning."),
    "newsroom": ("monitor.cli.newsroom", "Serve the bundled newsroom's week on this machine."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        _keep_lines(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command list from the table, importing nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _keep_lines(command: click.Command) -> None:
    """Examples keep their lines: click wants a real backspace before them, and docstrings are raw."""
    if command.help:
        command.help = command.help.replace("\\b\n", "\b\n")
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _keep_lines(inner)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="monitor")
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path), help="TOML settings file (else MONITOR_CONFIG)."
)
@click.option("--db", "database_url", help="Database address, in place of the setting.")
@click.pass_context
def cli(ctx: click.Context, config_path: Path | None, database_url: str | None) -> None:
    """Watch the Trump-Putin-Zelensky talks and missile aid to Ukraine in the news, with evidence, in SQL."""
    from monitor import config

    overrides = {"database_url": database_url} if database_url else {}
    ctx.obj = config.load(config_path, **overrides)


def main() -> None:
    """Run the command line; a known error is one line on stderr and exit status 2."""
    try:
        cli(prog_name="monitor")
    except MonitorError as error:
        click.echo(f"monitor: {error}", err=True)
        sys.exit(error.status if isinstance(error, HungError) else 2)
