"""``monitor digest``: see a digest before it is sent, send what is due, see what became of it, send again."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.telling import choices

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.jobs.telling.desk import Desk
    from monitor.records.telling.digests import Digest
    from monitor.records.telling.messages import Delivery
    from monitor.records.telling.subscribers import Schedule, Selection, Stream

FORMATS = ("text", "html", "page", "markdown", "json", "eml")
ROUNDS = 10_000


@click.group("digest")
def command() -> None:
    """Preview, send, follow or repeat the digest mails."""


@command.command("preview")
@click.option("--subscription", type=int, help="As this subscription would get it (its number).")
@choices.schedule_options
@choices.selection_options
@click.option("--now", "current", is_flag=True, help="The period that is still open, in place of the last closed one.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help="As what.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file.")
@click.pass_obj
def preview(
    settings: "Settings",
    *,
    subscription: int | None,
    cadence: str,
    zone: str,
    hour: int,
    day: str,
    topics: tuple[str, ...],
    search: str,
    saved: str | None,
    languages: tuple[str, ...],
    current: bool,
    format_: str,
    output: Path | None,
) -> None:
    r"""Show the digest of the last period. Nothing is sent and nothing is noted.

    \b
    monitor digest preview --zone Europe/Kyiv
    monitor digest preview --now --format page --output digest.html
    """
    from monitor.cli.export_file import written
    from monitor.store import Store
    from monitor.wiring.telling import desk as open_desk

    with Store.open(settings.database_url) as store, open_desk(settings, store) as desk:
        if subscription is not None:
            stream = _stream_of(desk, subscription)
        else:
            schedule = choices.schedule(cadence=cadence, zone=zone, hour=hour, day=day)
            selection = choices.selection(settings, topics=topics, search=search, saved=saved, languages=languages)
            stream = _stream(desk, schedule, selection)
        shown = _shown(desk, _digest(desk, stream, current=current), format_)
    if output is None and not shown.endswith(b"\n"):
        shown += b"\n"
    with written(output) as target:
        target.write(shown)
    if output is not None:
        click.echo(f"{output}: {len(shown):,} bytes", err=True)


def _stream_of(desk: "Desk", number: int) -> "Stream":
    from monitor.errors import ConfigError

    subscriber = desk.store.subscribers.get(number)
    if subscriber is None:
        raise ConfigError(f"there is no subscription {number}. `monitor subscriptions list` shows them.")
    return _stream(desk, subscriber.schedule, subscriber.selection)


def _stream(desk: "Desk", schedule: "Schedule", selection: "Selection") -> "Stream":
    from monitor.digest import periods
    from monitor.records.telling.subscribers import Stream

    key = periods.stream_key(schedule, selection)
    return Stream(key=key, schedule=schedule, selection=selection, since=desk.clock())


def _digest(desk: "Desk", stream: "Stream", *, current: bool) -> "Digest":
    from monitor.digest import periods
    from monitor.jobs.telling.compose import digest_of
    from monitor.records.telling.subscribers import Period

    now = desk.clock()
    period = periods.latest(stream.schedule, now=now)
    if current:
        period = Period(start=period.end, end=now)
    with desk.store.facts.reading(now) as reading:
        return digest_of(desk, reading, stream, period, last=None, now=now)


def _shown(desk: "Desk", digest: "Digest", format_: str) -> bytes:
    from monitor.digest import markdown, page
    from monitor.digest.personal import personal
    from monitor.digest.render import rendered
    from monitor.notify import envelope
    from monitor.records.telling.messages import Mail

    if format_ == "json":
        return desk.store.editions.as_json(digest)
    if format_ == "markdown":
        return markdown.markdown(digest, dashboard_url=desk.dashboard_url).encode()
    if format_ == "page":
        return page.page(
            digest, dashboard_url=desk.dashboard_url, templates=desk.templates, pictures=desk.pictures
        ).encode()
    mail = personal(
        rendered(digest, dashboard_url=desk.dashboard_url, templates=desk.templates, pictures=desk.pictures),
        unsubscribe="",
    )
    if format_ == "text":
        return mail.text.encode()
    if format_ == "html":
        return mail.html.encode()
    letter = Mail(
        to="reader@example.org",
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        pictures=mail.pictures,
        message_id=f"<preview@{desk.mail_domain}>",
        date=desk.clock(),
    )
    return envelope.message(letter, sender=desk.sender).as_bytes()


@command.command("send")
@click.pass_obj
def send(settings: "Settings") -> None:
    """Compose what is due and hand over what waits, now. Safe beside a running daemon: nothing goes out twice."""
    from monitor.daemon import logs
    from monitor.jobs.telling.compose import compose_round
    from monitor.jobs.telling.deliver import HAND_OVERS, deliver_round
    from monitor.records.telling.messages import DeliveryState
    from monitor.store import Store
    from monitor.wiring.telling import desk as open_desk

    logs.configure("error", settings.log_format)
    totals: dict[str, int] = {}
    with Store.open(settings.database_url) as store, open_desk(settings, store) as desk:
        _add(totals, compose_round(desk).counts)
        for work in (*HAND_OVERS.values(), deliver_round):
            for _ in range(ROUNDS):
                done = work(desk)
                _add(totals, done.counts)
                if not done:
                    break
        waiting = store.deliveries.counts()[DeliveryState.COMPOSED.value]
    told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in totals.items() if count)
    click.echo(told or "Nothing was due.")
    if waiting:
        click.echo(f"{waiting:,} wait for their next try: monitor digest status", err=True)
    if totals.get("sent") and not settings.smtp_host:
        click.echo(f"No mail server is set, so the mails are in {settings.outbox_folder} (docs/mail.md).", err=True)
    if totals.get("postponed") or totals.get("refused") or totals.get("given_up"):
        click.echo("See what went wrong with: monitor digest status", err=True)
        sys.exit(1)


def _add(totals: dict[str, int], counts: dict[str, int]) -> None:
    for name, count in counts.items():
        totals[name] = totals.get(name, 0) + count


@command.command("status")
@click.option("--state", type=click.Choice(("composed", "sending", "sent", "failed", "skipped")), help="Only these.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="Deliveries at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.pass_obj
def status(settings: "Settings", state: str | None, limit: int, as_json: bool) -> None:
    """The ledger: what was sent to whom, what waits and why. Exit status 1 when something is stuck."""
    from monitor import wiring
    from monitor.cli import show
    from monitor.jobs.telling.watch import OVERDUE
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        found = store.deliveries.listed(state=state, limit=limit)
        counts = store.deliveries.counts()
        stuck = store.deliveries.overdue(now=wiring.utc_now(), after=OVERDUE)
    if as_json:
        show.as_json([_public(delivery) for delivery in found])
    elif not found:
        click.echo("monitor: nothing has been sent, and nothing waits.", err=True)
    else:
        columns = ("id", "composed", "kind", "to", "state", "tries", "doubtful", "sent", "next try", "subject", "why")
        show.as_table(columns, [_line(delivery) for delivery in found])
        click.echo(", ".join(f"{count:,} {name}" for name, count in counts.items() if count), err=True)
    if stuck.count:
        click.echo(f"monitor: messages that failed, or wait for more than an hour: {stuck.count}.", err=True)
        sys.exit(1)


def _public(delivery: "Delivery") -> "Delivery":
    """Without secrets in the target, and without the whole message."""
    from dataclasses import replace

    from monitor.notify import redacted

    return replace(delivery, target=redacted(delivery.channel, delivery.target), body="")


def _line(delivery: "Delivery") -> tuple[object, ...]:
    shown = _public(delivery)
    return (
        shown.id,
        shown.composed_at,
        shown.kind,
        shown.target,
        shown.state.value,
        shown.attempts,
        shown.doubtful or "",
        shown.sent_at,
        shown.next_try_at,
        shown.subject,
        shown.last_error,
    )


@command.command("resend")
@click.argument("delivery", type=int)
@click.pass_obj
def resend(settings: "Settings", delivery: int) -> None:
    """Send DELIVERY (its number in `monitor digest status`) once more, unchanged."""
    from monitor import wiring
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        number = store.deliveries.resend(delivery, now=wiring.utc_now())
    click.echo(f"Delivery {number} will be sent by the daemon; `monitor digest send` does it at once.")


@command.command("test")
@click.argument("recipient")
@click.pass_obj
def test(settings: "Settings", recipient: str) -> None:
    """Send a test mail to RECIPIENT at once, and say what the mail server says."""
    from monitor import wiring
    from monitor.daemon import logs
    from monitor.jobs.telling import invite
    from monitor.jobs.telling.deliver import urgent_round
    from monitor.notify import addresses
    from monitor.wiring.telling import desk as open_desk

    logs.configure("error", settings.log_format)
    address = addresses.checked(recipient)
    with wiring.open_store(settings) as store, open_desk(settings, store) as desk:
        mail = invite.trial(desk, address, now=desk.clock())
        store.deliveries.enter([mail], now=desk.clock())
        while urgent_round(desk):
            pass
        found = store.deliveries.by_key(mail.ledger_key)
    if found.state.value == "sent":
        where = f"{settings.smtp_host}:{settings.smtp_port}" if settings.smtp_host else settings.outbox_folder
        click.echo(f"{address}: handed over to {where}.")
    else:
        click.echo(f"{address}: {found.state.value}, {found.last_error or 'another process is sending it'}", err=True)
        sys.exit(1)
