"""``monitor reanalyse``: have stored articles read again, for example by a model that was promoted since."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.times import Since
from monitor.errors import ConfigError
from monitor.records.findings import TOPICS

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.reanalysis import Reanalysis, Wanted

_CURRENT = "current"
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_COLUMNS = ("number", "state", "asked for (UTC)", "articles", "progress", "came of it")


@click.group("reanalyse", invoke_without_command=True)
@click.option("--since", type=Since(), help="Articles published since: 2026-11-20, 36h, 7d ...")
@click.option("--until", type=Since(), help="Only those published before: 2026-11-27, 1d ...; until now by default.")
@click.option("--topic", type=click.Choice(TOPICS), help="Only those that match it, or did.")
@click.option("--language", help="Only those in this language: en, uk, ru ...")
@click.option(
    "--model-other-than",
    "unread_by",
    metavar="NAME",
    help="Only those whose text this model has not read: a name from `monitor why`, or 'current'.",
)
@click.option("--dry-run", is_flag=True, help="Only count them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_context
def command(
    ctx: click.Context,
    since: datetime | None,
    until: datetime | None,
    topic: str | None,
    language: str | None,
    unread_by: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    r"""Have stored articles read again by the model in use, the newest first.

    \b
    monitor reanalyse --since 2026-01-01 --model-other-than current
    monitor reanalyse --since 30d --language uk --dry-run
    monitor reanalyse list

    The running daemon does the work, and only while little fresh news waits. Matches are renewed in their place,
    judgements stay, and nobody is told: no alert, no line in a digest. After a promotion restart the daemon first.
    """
    if ctx.invoked_subcommand is not None:
        if since or until or topic or language or unread_by or dry_run:
            raise ConfigError(f"`monitor reanalyse {ctx.invoked_subcommand}` takes its options behind its name.")
        return
    wanted = _wanted(ctx.obj, since, until, topic, language, unread_by)
    _ask(ctx.obj, wanted, dry_run=dry_run, as_json=as_json)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def listed(settings: "Settings", as_json: bool) -> None:
    """Show what was asked for and how far it is, the latest first."""
    from monitor.cli import show
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.reanalyses.listed()
    if as_json:
        show.as_json(found)
    elif not found:
        click.echo("monitor: nothing was asked for yet. `monitor reanalyse --help` shows how.", err=True)
    else:
        show.as_table(
            _COLUMNS,
            [
                (each.id, each.state, each.requested_at, _told(each.wanted), progress(each), outcome(each))
                for each in found
            ],
        )


@command.command()
@click.argument("number", type=click.IntRange(min=1))
@click.pass_obj
def stop(settings: "Settings", number: int) -> None:
    """Hand no more articles of request NUMBER to the model; the few that wait already are still read."""
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.reanalyses.stop(number)
    click.echo(f"Reanalysis {number} is stopped at {progress(found)}.")


@command.command()
@click.argument("number", type=click.IntRange(min=1))
@click.pass_obj
def resume(settings: "Settings", number: int) -> None:
    """Go on with request NUMBER where it was stopped."""
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.reanalyses.resume(number)
    click.echo(f"Reanalysis {number} is {found.state}: {progress(found)}.")


def progress(found: "Reanalysis") -> str:
    """How far a request is, in words."""
    reached = f", down to {found.reached:%Y-%m-%d %H:%M}" if found.reached and found.is_open else ""
    return f"{found.analysed + found.unread:,} of {found.total:,} articles{reached}"


def outcome(found: "Reanalysis") -> str:
    """What came of it so far, in words."""
    told = {
        "more matches": found.matched,
        "fewer matches": found.withdrawn,
        "without text": found.skipped,
        "could not be read": found.unread,
    }
    return ", ".join(f"{number:,} {words}" for words, number in told.items() if number) or "nothing new"


def _wanted(
    settings: "Settings",
    since: datetime | None,
    until: datetime | None,
    topic: str | None,
    language: str | None,
    unread_by: str | None,
) -> "Wanted":
    from monitor.records.reanalysis import Wanted

    if since is None:
        raise ConfigError("say from when on, for example --since 30d or --since 2026-01-01; --dry-run only counts.")
    until = until or datetime.now(UTC)
    if since >= until:
        raise ConfigError(f"--since {since:%Y-%m-%d %H:%M} is not before --until {until:%Y-%m-%d %H:%M} (UTC).")
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise ConfigError(f"{language!r} is no language code. Write en, uk, ru ...")
    if unread_by == _CURRENT:
        unread_by = _model(settings)
    return Wanted(since=since, until=until, topic=topic, language=language, unread_by=unread_by)


def _model(settings: "Settings") -> str:
    """The name under which the model in use stores what it finds."""
    from monitor import weights

    classifier = weights.classifier(settings)
    try:
        return classifier.name
    finally:
        classifier.close()


def _ask(settings: "Settings", wanted: "Wanted", *, dry_run: bool, as_json: bool) -> None:
    from monitor.cli import show
    from monitor.records.reanalysis import Estimate
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        total = store.reanalyses.count(wanted)
        made = store.reanalyses.request(wanted, total=total, now=datetime.now(UTC)) if total and not dry_run else None
    if as_json:
        show.as_json([made or Estimate(wanted=wanted, articles=total)])
    elif made is not None:
        click.echo(f"Reanalysis {made.id}: {total:,} articles, {_told(wanted)}.")
        click.echo(
            "The daemon takes them while little else waits; `monitor reanalyse list` tells how far it is.", err=True
        )
    else:
        click.echo(f"{total:,} articles, {_told(wanted)}.")


def _told(wanted: "Wanted") -> str:
    parts = [f"published from {wanted.since:%Y-%m-%d %H:%M} to {wanted.until:%Y-%m-%d %H:%M}"]
    if wanted.topic:
        parts.append(f"about {wanted.topic}")
    if wanted.language:
        parts.append(f"in {wanted.language}")
    if wanted.unread_by:
        parts.append(f"not read by {wanted.unread_by}")
    return ", ".join(parts)
