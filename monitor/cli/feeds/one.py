"""``monitor feeds show``: everything that is known about one feed."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.feeds.lines import Line, Tone, days, doubtful, hours, minute, print_lines, size, span

if TYPE_CHECKING:
    from monitor.cli.feeds.listing import Judged
    from monitor.config import Settings
    from monitor.records.feeds import Feed
    from monitor.records.history import PastPoll
    from monitor.records.subscriptions import Subscription

_POLLS = 12
_TONES = {
    "ok": Tone.GOOD,
    "new": Tone.PLAIN,
    "moved": Tone.PLAIN,
    "partial": Tone.DOUBT,
    "stale": Tone.DOUBT,
    "frozen": Tone.DOUBT,
    "unreached": Tone.DOUBT,
}


@click.command("show")
@click.argument("feed")
@click.option(
    "--polls", "count", default=_POLLS, show_default=True, type=click.IntRange(0, 1000), help="Last polls to show."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def show(settings: "Settings", feed: str, count: int, as_json: bool) -> None:
    """Show everything about FEED, its number or address (also a former one): health, rhythm, last polls."""
    from monitor.cli.feeds.health import judged
    from monitor.cli.feeds.listing import Judged, row
    from monitor.store import Store

    now = datetime.now(UTC)
    with Store.open(settings.database_url) as store:
        known = store.feed_changes
        found = known.find(named(feed))
        polls = known.polls(found.id, limit=count)
        subscription = known.subscription(found.id)
    one = Judged(feed=found, health=judged(found, now=now))
    if as_json:
        told = row(one) | {
            "subscription": _subscription_facts(subscription),
            "polls": [_poll_facts(poll) for poll in polls],
        }
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    print_lines(lines(one, subscription, now=now))
    _print_polls(polls, found.spec.url)


def named(feed: str) -> int | str:
    """A feed's number, or its address."""
    return int(feed) if feed.isascii() and feed.isdecimal() else feed


def lines(judged: "Judged", subscription: "Subscription | None", *, now: datetime) -> Iterator[Line]:
    """Everything about the feed but its polls."""
    from monitor.cli.feeds.listing import detail, gaps, name_of, polling

    feed, health = judged.feed, judged.health
    yield Line(name="feed", text=f"{feed.id}  {name_of(feed)}")
    yield Line(name="address", text=feed.spec.url)
    if feed.moved_from:
        yield Line(name="formerly", text=f"{feed.moved_from} (until {minute(feed.moved_at)} UTC)")
    yield Line(name="belongs to", text=_belongs(feed))
    tone = _TONES.get(str(health.state), Tone.BAD)
    since = (
        f" since {minute(health.since)} UTC" if health.since and health.state not in {"ok", "new", "failing"} else ""
    )
    yield Line(name="health", text=f"{health.state}{since}: {detail(judged)}", tone=tone)
    yield Line(name="polls", text=polling(feed))
    yield Line(name="entries", text=_entries(feed, now))
    if told := gaps(feed):
        yield doubtful("gaps", told, told)
    yield Line(name="validators", text=_validators(feed))
    if wishes := _wishes(feed):
        yield Line(name="wishes", text=wishes)
    yield from _rhythm(feed)
    if feed.hub or subscription:
        yield Line(name="hub", text=_hub(feed, subscription))
    for note in feed.notes:
        yield doubtful("note", note, note)


def _belongs(feed: "Feed") -> str:
    spec = feed.spec
    parts = (
        spec.outlet or "no outlet named",
        spec.family and f"family {spec.family}",
        spec.country,
        spec.kind,
        "state-controlled" if spec.state_controlled else "",
        spec.language and f"language {spec.language}",
        spec.homepage,
    )
    return ", ".join(part for part in parts if part)


def _entries(feed: "Feed", now: datetime) -> str:
    newest = f", the newest {span(now - feed.newest_at)} old" if feed.newest_at else ""
    changed = f", its content last changed {minute(feed.last_changed_at)} UTC" if feed.last_changed_at else ""
    return f"{feed.entries_seen:,} seen since {minute(feed.added_at)} UTC{newest}{changed}"


def _validators(feed: "Feed") -> str:
    names = [name for name, value in (("ETag", feed.etag), ("Last-Modified", feed.last_modified)) if value]
    if not feed.conditional:
        return (
            f"{' and '.join(names) or 'none'}; not sent back: `monitor feeds set {feed.id} --conditional` does so again"
        )
    return f"{' and '.join(names)}, sent back with every poll" if names else "none"


def _wishes(feed: "Feed") -> str:
    parts = (
        f"{span(feed.wish)} between polls" if feed.wish else "",
        f"no polls at {hours(feed.skip_hours)} h UTC" if feed.skip_hours else "",
        f"no polls on {days(feed.skip_days)}" if feed.skip_days else "",
    )
    return "; ".join(part for part in parts if part)


def _rhythm(feed: "Feed") -> Iterator[Line]:
    from monitor.cli.feeds.feed_facts import rhythm_bars
    from monitor.polling import from_text

    rhythm = from_text(feed.rhythm)
    if not rhythm or not rhythm.watched:
        yield Line(name="rhythm", text="not known yet")
        return
    yield Line(name="rhythm", text=f"{rhythm.items / rhythm.watched * 86400:.1f} entries a day")
    if sys.stdout.isatty() and (bars := rhythm_bars(rhythm)):
        yield Line(name="by hour", text=f"{bars}  0 to 23 h UTC")


def _hub(feed: "Feed", subscription: "Subscription | None") -> str:
    if subscription is None:
        return f"{feed.hub}, not asked to push"
    until = f" until {minute(subscription.lease_until)} UTC" if subscription.lease_until else ""
    pushes = (
        f", {subscription.pushes} pushes, the last {minute(subscription.last_push_at)} UTC"
        if subscription.pushes
        else ", no push yet"
    )
    error = f"; {subscription.last_error}" if subscription.last_error else ""
    return f"{subscription.hub}, {subscription.state}{until}{pushes}{error}"


def _print_polls(polls: "Sequence[PastPoll]", url: str) -> None:
    """The last polls, the newest first, each one line; an error has the next, once for polls that failed alike."""
    from monitor.text import one_line

    if not polls:
        return
    click.echo(click.style("\nLast polls (UTC)", bold=True))
    before = ""
    for poll in polls:
        told = _poll(poll)
        colour = "red" if poll.outcome == "failed" else "green" if poll.outcome == "new" else None
        click.echo(f"{poll.polled_at:%Y-%m-%d %H:%M:%S}  {click.style(f'{poll.outcome:9}', fg=colour)} {told}".rstrip())
        if poll.error and poll.error != before:
            click.echo(f"                     {one_line(poll.error.removeprefix(f'{url}: '))}")
        before = poll.error or ""


def _poll(poll: "PastPoll") -> str:
    if poll.pushed:
        how = "pushed by the hub"
    else:
        how = ", ".join(part for part in (_answered(poll), f"{poll.elapsed:.1f} s" if poll.elapsed else "") if part)
    found = [
        f"{poll.new_entries} new" if poll.new_entries else "",
        f"{poll.changed_entries} changed" if poll.changed_entries else "",
        "nothing in common with the poll before: a gap" if poll.gap else "",
    ]
    return ", ".join(part for part in (how, *found) if part)


def _answered(poll: "PastPoll") -> str:
    if poll.http_status is None:
        return ""
    return f"{poll.http_status}, {size(poll.bytes_read)}" if poll.bytes_read else str(poll.http_status)


def _poll_facts(poll: "PastPoll") -> dict[str, Any]:
    return asdict(poll) | {"polled_at": poll.polled_at.isoformat()}


def _subscription_facts(subscription: "Subscription | None") -> dict[str, Any] | None:
    """Without token and secret: who knows them may talk to us in the hub's name."""
    from monitor.cli.feeds.listing import plain

    if subscription is None:
        return None
    names = (
        "hub",
        "topic",
        "requested_at",
        "lease_until",
        "renew_at",
        "failures",
        "last_error",
        "last_push_at",
        "pushes",
    )
    return {"state": str(subscription.state)} | {name: plain(getattr(subscription, name)) for name in names}
