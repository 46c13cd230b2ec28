"""``monitor alerts``: what is told at once, to whom, and how politely."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.telling import choices
from monitor.cli.times import Length, Until

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.telling.alerts import AlertRule

_COLUMNS = ("name", "on", "channel", "to", "topics", "search", "score", "quiet", "state", "raised today")


@click.group("alerts")
def command() -> None:
    """Alert rules: add, list, pause, resume, snooze, test or remove."""


@command.command("add")
@click.argument("name")
@click.option("--on", "triggers", required=True, help="match, event, status, ladder, leader, answer, silence, dark.")
@click.option("--mail", help="To this mail address.")
@click.option("--webhook", help="To this address, as JSON by POST.")
@click.option("--apprise", help="To this Apprise URL: Slack, Telegram, Matrix, ntfy, Teams and others.")
@choices.selection_options
@click.option("--score", default=0.0, type=click.FloatRange(0, 1), help="Least score of a match.")
@click.option("--quiet", help='No messages in these hours: "22-7 Europe/Kyiv".')
@click.option("--group", default=0.0, type=Length(86_400), help="How long to wait for more of the same: 5m.")
@click.option("--hourly", default=30, show_default=True, type=click.IntRange(1, 3600), help="Messages an hour at most.")
@click.pass_obj
def add(
    settings: "Settings",
    name: str,
    *,
    triggers: str,
    mail: str | None,
    webhook: str | None,
    apprise: str | None,
    topics: tuple[str, ...],
    search: str,
    saved: str | None,
    languages: tuple[str, ...],
    score: float,
    quiet: str | None,
    group: float,
    hourly: int,
) -> None:
    r"""Add the rule NAME.

    \b
    monitor alerts add calls --on event,status --mail desk@example.org --quiet "22-7 Europe/Kyiv"
    monitor alerts add tomahawk --on ladder --search about:Tomahawk --apprise ntfy://ntfy.example.org/desk
    """
    from monitor import alerts, notify, wiring

    channel, target = notify.checked_target(mail=mail, webhook=webhook, apprise=apprise)
    selection = choices.selection(settings, topics=topics, search=search, saved=saved, languages=languages)
    with wiring.open_store(settings) as store:
        rule = store.alerts.add(
            name,
            triggers=alerts.triggers(triggers),
            selection=selection,
            channel=channel,
            target=target,
            threshold=score,
            quiet=alerts.quiet_hours(quiet) if quiet else None,
            group_seconds=group,
            hourly_limit=hourly,
            now=wiring.utc_now(),
        )
    click.echo(f"{rule.name}: from now on, {' '.join(trigger.value for trigger in rule.triggers)} to {_to(rule)}.")


def _to(rule: "AlertRule") -> str:
    from monitor.notify import redacted

    return redacted(rule.channel, rule.target)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def list_(settings: "Settings", as_json: bool) -> None:
    """List the rules."""
    from dataclasses import replace

    from monitor import wiring
    from monitor.cli import show
    from monitor.store import Store

    now = wiring.utc_now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    with Store.open(settings.database_url) as store:
        found = [(rule, store.alerts.sent(rule, since=today)) for rule in store.alerts.listed()]
    if as_json:
        show.as_json(replace(rule, target=_to(rule)) for rule, _ in found)
    elif not found:
        click.echo("monitor: there are no alert rules yet. `monitor alerts add --help` shows how.", err=True)
    else:
        show.as_table(_COLUMNS, [(*_row(rule, now), sent) for rule, sent in found])


def _row(rule: "AlertRule", now: datetime) -> tuple[object, ...]:
    snoozed = rule.snoozed_until is not None and rule.snoozed_until > now
    state = (
        f"snoozed until {rule.snoozed_until:%Y-%m-%d %H:%M}" if snoozed else "active" if rule.is_active else "paused"
    )
    quiet = f"{rule.quiet.start}-{rule.quiet.end} {rule.quiet.zone}" if rule.quiet else ""
    return (
        rule.name,
        " ".join(trigger.value for trigger in rule.triggers),
        rule.channel.value,
        _to(rule),
        " ".join(rule.selection.topics) or "all",
        rule.selection.search,
        rule.threshold or "",
        quiet,
        state,
    )


@command.command("pause")
@click.argument("name")
@click.pass_obj
def pause(settings: "Settings", name: str) -> None:
    """Raise nothing until the rule NAME is resumed; what comes up meanwhile is not told."""
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        store.alerts.pause(name)
    click.echo(f"{name}: paused.")


@command.command("resume")
@click.argument("name")
@click.pass_obj
def resume(settings: "Settings", name: str) -> None:
    """Let the rule NAME go on with what comes up from now on."""
    from monitor import wiring
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        store.alerts.resume(name, now=wiring.utc_now())
    click.echo(f"{name}: active.")


@command.command("snooze")
@click.argument("name")
@click.option("--until", "until", required=True, type=Until(), help="Until when: 2h, 3d, or 2026-11-20T12:00 (UTC).")
@click.pass_obj
def snooze(settings: "Settings", name: str, until: datetime) -> None:
    """Hold the messages of the rule NAME back until then."""
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        store.alerts.snooze(name, until=until)
    click.echo(f"{name}: snoozed until {until:%Y-%m-%d %H:%M} UTC.")


@command.command("remove")
@click.argument("name")
@click.pass_obj
def remove(settings: "Settings", name: str) -> None:
    """Delete the rule NAME. What it has sent stays in the ledger."""
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        store.alerts.remove(name)
    click.echo(f"{name}: removed.")


@command.command("test")
@click.argument("name")
@click.pass_obj
def test(settings: "Settings", name: str) -> None:
    """Send a sample message where the rule NAME sends, and say what the other side says."""
    import sys

    from monitor.daemon import logs
    from monitor.jobs.telling.alert import sample_round
    from monitor.store import Store
    from monitor.wiring.telling import desk as open_desk

    with Store.open(settings.database_url) as store, open_desk(settings, store) as desk:
        rule = store.alerts.get(name)
        logs.configure("error", settings.log_format)
        delivery = sample_round(desk, rule)
    said = "not sent, it waits and is tried again" if delivery.state.value == "composed" else delivery.state.value
    click.echo(f"{rule.name}: {said}. {delivery.last_error}".rstrip())
    if delivery.state.value != "sent":
        sys.exit(1)
