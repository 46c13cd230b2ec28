"""``monitor jobs``: what waits, what broke the rounds it was in, and letting that be tried again."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Settings


# Larger is no number of a row.
NUMBER = click.IntRange(1, 2**63 - 1)


@click.group("jobs")
def command() -> None:
    """See what waits for each stage and what is in quarantine; let it out again."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array: stages, then rows that broke something.")
@click.pass_obj
def listed(settings: "Settings", as_json: bool) -> None:
    """Show what waits for each stage, and the rows that broke a round.

    A row that breaks three rounds in which it was alone, or was in the hands of five workers that died, goes into
    quarantine: nobody takes it until `monitor jobs retry`.
    """
    from monitor.cli import show
    from monitor.store import Store

    now = datetime.now(UTC)
    with Store.open(settings.database_url) as store:
        waiting = store.upkeep.backlogs(now=now)
        broken = store.setbacks.listed()
    if as_json:
        show.as_json([*waiting, *broken])
        return
    rows = [(each.stage, each.waiting, _since(each.oldest, now)) for each in waiting]
    show.as_table(("stage", "waiting", "the oldest since"), rows)
    if not broken:
        click.echo("Nothing broke a round.", err=True)
        return
    click.echo()
    show.as_table(
        ("number", "what", "job", "times", "state", "why"),
        [
            (each.id, f"{each.kind} {each.row_id}", each.job, each.count, _state(each.quarantined_at), each.error)
            for each in broken
        ],
    )


@command.command()
@click.argument("numbers", nargs=-1, type=NUMBER)
@click.option("--all", "everything", is_flag=True, help="All that is in quarantine.")
@click.pass_obj
def retry(settings: "Settings", numbers: tuple[int, ...], everything: bool) -> None:
    """Let rows out of quarantine: those with these NUMBERS (see `monitor jobs list`), or --all."""
    from monitor.store import Store

    if bool(numbers) == everything:
        raise ConfigError("name the numbers of what is to be tried again (see `monitor jobs list`), or --all.")
    with Store.open(settings.database_url) as store:
        freed = store.setbacks.retry(None if everything else numbers)
    if not everything and freed < len(set(numbers)):
        raise ConfigError(
            f"{freed} of {len(set(numbers))} were in quarantine and are tried again; see `monitor jobs list`."
        )
    click.echo(f"{freed} {'row is' if freed == 1 else 'rows are'} tried again.")


@command.command()
@click.argument("kind", type=click.Choice(["feed", "entry", "article"]))
@click.argument("number", type=NUMBER)
@click.option("--why", default="by hand", show_default=True, help="For whoever finds it there.")
@click.pass_obj
def quarantine(settings: "Settings", kind: str, number: int, why: str) -> None:
    """Keep a feed, entry or article away from every job until `monitor jobs retry`; NUMBER is its id."""
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.setbacks.quarantine(kind, number, why, now=datetime.now(UTC))
    if not found:
        raise ConfigError(f"there is no {kind} {number}.")
    click.echo(f"{kind} {number} is in quarantine.")


def _since(oldest: datetime | None, now: datetime) -> str:
    if oldest is None:
        return "-"
    seconds = max(0.0, (now - oldest).total_seconds())
    return f"{oldest:%Y-%m-%d %H:%M} UTC ({seconds / 60:.0f} min)" if seconds >= 60 else f"{seconds:.0f} s"


def _state(quarantined_at: datetime | None) -> str:
    return f"quarantine since {quarantined_at:%Y-%m-%d %H:%M} UTC" if quarantined_at else "is tried again"
