"""``monitor feeds list``: every feed and how it is."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.feeds.lines import minute, span

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.polling import FeedHealth
    from monitor.records.feeds import Feed

STATES = ("gone", "failing", "unreached", "frozen", "stale", "partial", "moved", "new", "ok")
"""From the worst to the best, as ``monitor.polling.FeedState``; a test holds them together."""


_NAMES = {
    "last_polled_at": "last_poll",
    "last_success_at": "last_success",
    "next_poll_at": "next_poll",
    "entries_seen": "entries",
}
"""Names of facts in JSON, where they are others than here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A feed and how it is."""

    feed: "Feed"
    health: "FeedHealth"


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per feed, in an array.")
@click.option("--failing", is_flag=True, help="Only the feeds whose last poll failed.")
@click.option(
    "--state", "states", metavar="STATE,…", default="", help=f"Only feeds in these states: {', '.join(STATES)}."
)
@click.option(
    "--by",
    type=click.Choice(["added", "health"]),
    default="added",
    show_default=True,
    help="Order; health puts the worst first.",
)
@click.option("--removed", is_flag=True, help="Also the feeds that were removed.")
@click.pass_obj
def list_(settings: "Settings", as_json: bool, failing: bool, states: str, by: str, removed: bool) -> None:
    """Show every feed and how it is."""
    from monitor import wiring
    from monitor.cli.feeds.health import judged

    wanted = _wanted(states)
    now = datetime.now(UTC)
    with wiring.open_store(settings) as store:
        feeds = [Judged(feed=feed, health=judged(feed, now=now)) for feed in store.feeds.all(removed=removed)]
    shown = [
        each for each in feeds if (not failing or each.feed.failures) and (not wanted or each.health.state in wanted)
    ]
    if by == "health":
        shown.sort(key=lambda each: STATES.index(each.health.state))
    if as_json:
        click.echo(json.dumps([row(each) for each in shown], indent=2, ensure_ascii=False))
        return
    for each in shown:
        _print(each)
    _print_summary(shown, len(feeds))


def _wanted(states: str) -> frozenset[str]:
    named = [name.strip().lower() for name in states.split(",") if name.strip()]
    for name in named:
        if name not in STATES:
            raise click.BadParameter(
                f"there is no state {name!r}. Choose from {', '.join(STATES)}.", param_hint="--state"
            )
    return frozenset(named)


def row(judged: Judged) -> dict[str, Any]:
    """Every fact about a feed, ready for JSON."""
    feed, health = judged.feed, judged.health
    told = {
        _NAMES.get(field.name, field.name): plain(getattr(feed, field.name))
        for field in fields(feed)
        if field.name not in {"spec", "rhythm"}
    }
    return (
        {"id": feed.id}
        | asdict(feed.spec)
        | {"health": str(health.state), "detail": health.detail, "since": plain(health.since)}
        | told
        | {"rhythm": rhythm(feed)}
    )


def rhythm(feed: "Feed") -> dict[str, Any] | None:
    """What was learnt of its publishing times: entries a day, and the share of each hour (UTC) and weekday."""
    from monitor.polling import from_text

    learnt = from_text(feed.rhythm)
    if not learnt or not learnt.watched:
        return None
    return {
        "entries_a_day": round(learnt.items / learnt.watched * 86400, 2),
        "by_hour": [round(count, 2) for count in learnt.hours],
        "by_weekday": [round(count, 2) for count in learnt.days],
    }


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def name_of(feed: "Feed") -> str:
    """How a person knows the feed."""
    from monitor.text import one_line

    return one_line(feed.spec.title or feed.spec.outlet or feed.spec.url)


def entries(count: int) -> str:
    """So many entries."""
    return "1 entry" if count == 1 else f"{count:,} entries"


def detail(judged: Judged) -> str:
    """The sentence about the feed's health, without the address that stands above it."""
    return judged.health.detail.replace(f"{judged.feed.spec.url}: ", "")


def gaps(feed: "Feed") -> str:
    """A sentence about missed entries; empty without any."""
    if not feed.gaps:
        return ""
    count = "1 gap" if feed.gaps == 1 else f"{feed.gaps} gaps"
    return f"{count}, the last on {minute(feed.gap_at)}: entries may have been missed"


def polling(feed: "Feed") -> str:
    """When it was and will be polled."""
    polled = f"polled {minute(feed.last_polled_at)}, " if feed.last_polled_at else ""
    if feed.gone_at is not None or not feed.active:
        return f"{polled}not polled any more"
    return f"{polled}every {span(feed.interval)}, next {minute(feed.next_poll_at)} UTC"


def _print(judged: Judged) -> None:
    """Three or four short lines per feed: they fit any terminal, and a pipe."""
    from monitor.cli.feeds.health import COLOURS
    from monitor.text import one_line

    feed, health = judged.feed, judged.health
    state = click.style(str(health.state), fg=COLOURS[health.state])
    click.echo(f"{feed.id:>5}  {click.style(name_of(feed), bold=True)}  {state}")
    click.echo(f"       {one_line(feed.spec.url)}")
    click.echo(click.style(f"       {polling(feed)}, {entries(feed.entries_seen)}", dim=True))
    if health.state not in {"ok", "new"}:
        click.echo(f"       {one_line(detail(judged))}")
    if told := gaps(feed):
        click.echo(f"       {told}")


def _print_summary(shown: Sequence[Judged], total: int) -> None:
    from monitor.cli.feeds.health import COLOURS, MEANINGS

    counts = Counter(str(each.health.state) for each in shown)
    if shown:
        click.echo()
    for state in (state for state in STATES if counts[state]):
        judged = next(each.health.state for each in shown if each.health.state == state)
        meaning = f"{' ' * (9 - len(state))} {MEANINGS[judged]}" if MEANINGS[judged] else ""
        click.echo(f"{counts[state]:>5}  {click.style(state, fg=COLOURS[judged])}{meaning}")
    click.echo(
        f"{len(shown):>5}  {'feed' if len(shown) == 1 else 'feeds'}" + (f" of {total}" if len(shown) != total else "")
    )
