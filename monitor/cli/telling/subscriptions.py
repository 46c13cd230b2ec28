"""``monitor subscriptions``: who gets the digest, when, and of what."""

import sys
from typing import TYPE_CHECKING

import click

from monitor.cli.telling import choices

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.telling.subscribers import Subscriber
    from monitor.store import Store

_COLUMNS = ("id", "recipient", "state", "cadence", "at", "topics", "search", "languages", "told until")


@click.group("subscriptions")
def command() -> None:
    """Who gets the digest: add, list, pause, resume, confirm or remove."""


@command.command("add")
@click.argument("recipient")
@choices.schedule_options
@choices.selection_options
@click.option("--skip-empty", is_flag=True, help="No mail when nothing happened, but one sign of life a week.")
@click.option("--ask/--no-ask", default=None, help="Ask the recipient to confirm (else: setting double_opt_in).")
@click.pass_obj
def add(
    settings: "Settings",
    recipient: str,
    *,
    cadence: str,
    zone: str,
    hour: int,
    day: str,
    topics: tuple[str, ...],
    search: str,
    saved: str | None,
    languages: tuple[str, ...],
    skip_empty: bool,
    ask: bool | None,
) -> None:
    r"""Send the digest to RECIPIENT, a mail address.

    \b
    monitor subscriptions add desk@example.org --zone Europe/Kyiv --hour 6
    monitor subscriptions add desk@example.org --cadence weekly --day friday --search 'said:Putin about:Tomahawk'
    """
    from monitor import wiring
    from monitor.digest import periods
    from monitor.jobs.telling import invite
    from monitor.notify import addresses
    from monitor.wiring.telling import desk as open_desk

    address = addresses.checked(recipient)
    schedule = choices.schedule(cadence=cadence, zone=zone, hour=hour, day=day)
    selection = choices.selection(settings, topics=topics, search=search, saved=saved, languages=languages)
    asked = settings.double_opt_in if ask is None else ask
    with wiring.open_store(settings) as store, open_desk(settings, store) as desk:
        now = desk.clock()
        subscriber, added = store.subscribers.add(
            address,
            recipient_key=addresses.same(address),
            schedule=schedule,
            selection=selection,
            stream=periods.stream_key(schedule, selection),
            skip_empty=skip_empty,
            pending=asked,
            now=now,
        )
        if asked and subscriber.state.value == "pending":
            store.deliveries.enter([invite.confirmation(desk, subscriber, now=now)], now=now)
    _tell(subscriber, added.value, settings)


def _tell(subscriber: "Subscriber", added: str, settings: "Settings") -> None:
    known = " as before" if added == "known" else ""
    click.echo(
        f"{subscriber.recipient}: {subscriber.state.value}{known}, {_when(subscriber)} (subscription {subscriber.id})."
    )
    if subscriber.state.value == "pending":
        click.echo("The daemon (`monitor run`) sends the question; `monitor digest send` does it at once.")
    if not settings.smtp_host:
        click.echo(
            f"No mail server is set: mails go to {settings.outbox_folder} as .eml files (docs/mail.md).", err=True
        )
    if not settings.public_url:
        click.echo("public_url is not set: mails will have no unsubscribe link (docs/mail.md).", err=True)


@command.command("list")
@click.option("--all", "ended", is_flag=True, help="Also those that have ended.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def list_(settings: "Settings", ended: bool, as_json: bool) -> None:
    """List the subscriptions."""
    from monitor.cli import show
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = [row for row in store.subscribers.listed() if ended or row.state.value != "ended"]
    if as_json:
        show.as_json(found)
    elif not found:
        click.echo("monitor: nobody gets the digest yet. Add somebody: monitor subscriptions add ADDRESS", err=True)
    else:
        show.as_table(_COLUMNS, [_row(subscriber) for subscriber in found])


def _row(subscriber: "Subscriber") -> tuple[object, ...]:
    selection = subscriber.selection
    return (
        subscriber.id,
        subscriber.recipient,
        subscriber.state.value,
        subscriber.schedule.cadence.value,
        _when(subscriber).partition(" ")[2],
        " ".join(selection.topics) or "all",
        selection.search,
        " ".join(selection.languages) or "all",
        subscriber.told_until,
    )


def _when(subscriber: "Subscriber") -> str:
    schedule = subscriber.schedule
    cadence = schedule.cadence.value
    if cadence == "hourly":
        return f"hourly each full hour, {schedule.zone}"
    day = f"{choices.DAYS[schedule.weekday].capitalize()}s " if cadence == "weekly" else ""
    return f"{cadence} {day}{schedule.hour:02}:00 {schedule.zone}"


def _change(settings: "Settings", which: str, act: str) -> None:
    from monitor import wiring
    from monitor.errors import ConfigError
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = _found(store, which)
        if not found:
            raise ConfigError(f"there is no subscription {which!r}. `monitor subscriptions list` shows them.")
        for subscriber in found:
            after = getattr(store.subscribers, act)(subscriber.id, now=wiring.utc_now()) or subscriber
            click.echo(f"{subscriber.recipient}: {after.state.value} (subscription {subscriber.id}).")


def _found(store: "Store", which: str) -> list["Subscriber"]:
    """One subscription by its number, or all of a recipient."""
    from monitor.notify import addresses

    if _is_number(which):
        one = store.subscribers.get(int(which))
        return [] if one is None else [one]
    return list(store.subscribers.of(addresses.same(addresses.checked(which))))


def _is_number(which: str) -> bool:
    return which.isascii() and which.isdecimal()


@command.command("pause")
@click.argument("which", metavar="ID|ADDRESS")
@click.pass_obj
def pause(settings: "Settings", which: str) -> None:
    """Send nothing until it is resumed."""
    _change(settings, which, "pause")


@command.command("resume")
@click.argument("which", metavar="ID|ADDRESS")
@click.pass_obj
def resume(settings: "Settings", which: str) -> None:
    """Go on, with what is new from now on."""
    _change(settings, which, "resume")


@command.command("confirm")
@click.argument("which", metavar="ID|ADDRESS")
@click.pass_obj
def confirm(settings: "Settings", which: str) -> None:
    """Confirm for the recipient, who said yes in another way."""
    _change(settings, which, "confirm")


@command.command("remove")
@click.argument("which", metavar="ID|ADDRESS")
@click.option("--yes", is_flag=True, help="Do not ask before several are removed.")
@click.pass_obj
def remove(settings: "Settings", which: str, yes: bool) -> None:
    """End a subscription; an address ends all of its."""
    if not _is_number(which) and not yes and sys.stdin.isatty():
        click.confirm(f"End every subscription of {which}?", abort=True)
    _change(settings, which, "end")
