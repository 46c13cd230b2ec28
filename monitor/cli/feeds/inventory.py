"""``monitor feeds list|add|remove|import|export``: the feeds in the store."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.feeds import Document, Feed, FeedSpec

KINDS = ("media", "wire", "official", "social")


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per feed, in an array.")
@click.option("--failing", is_flag=True, help="Only the feeds that fail.")
@click.pass_obj
def list_(settings: "Settings", as_json: bool, failing: bool) -> None:
    """Show every feed and how it is."""
    from monitor import wiring

    with wiring.open_store(settings) as store:
        feeds = [feed for feed in store.feeds.all() if feed.failures or not failing]
    if as_json:
        click.echo(json.dumps([_row(feed) for feed in feeds], indent=2, ensure_ascii=False, default=str))
        return
    _print(feeds)


def health(feed: "Feed") -> str:
    """How a feed is, in words: ok, failing since when, or never polled."""
    if feed.last_polled_at is None:
        return "never polled"
    if not feed.failures:
        return "ok"
    return f"failing since {_minute(feed.last_success_at or feed.added_at)}"


def _minute(when: "datetime | None") -> str:
    return f"{when:%Y-%m-%d %H:%M}" if when else ""


def _row(feed: "Feed") -> dict[str, object]:
    return asdict(feed.spec) | {
        "id": feed.id,
        "health": health(feed),
        "last_status": feed.last_status,
        "last_error": feed.last_error,
        "failures": feed.failures,
        "last_poll": feed.last_polled_at and feed.last_polled_at.isoformat(),
        "last_success": feed.last_success_at and feed.last_success_at.isoformat(),
        "next_poll": feed.next_poll_at.isoformat(),
        "entries": feed.entries_seen,
    }


def _print(feeds: "list[Feed]") -> None:
    """Two or three short lines per feed: they fit any terminal, and a pipe."""
    for feed in feeds:
        colour = "red" if feed.failures else "green" if feed.last_polled_at else None
        name = feed.spec.title or feed.spec.outlet or feed.spec.url
        click.echo(f"{feed.id:>5}  {name}  {click.style(health(feed), fg=colour)}")
        polled = f"polled {_minute(feed.last_polled_at)}, " if feed.last_polled_at else ""
        click.echo(
            f"       {feed.spec.url}  {polled}next {_minute(feed.next_poll_at)} UTC, {feed.entries_seen} entries"
        )
        if feed.failures and feed.last_error:
            click.echo(f"       {feed.last_error}")
    click.echo(f"{len(feeds)} feeds, {sum(bool(feed.failures) for feed in feeds)} failing")


@click.command("add")
@click.argument("url")
@click.option("--title", default="", help="Its name here; else the feed's own.")
@click.option("--outlet", default="", help="The newsroom or office it belongs to.")
@click.option("--family", default="", help="The outlet's owner or publisher group.")
@click.option("--country", default="", help="The owner's country, two letters.")
@click.option("--language", default="", help="Its language; else the feed's own.")
@click.option("--kind", default="media", type=click.Choice(KINDS), show_default=True, help="What publishes it.")
@click.option("--state-controlled", is_flag=True, help="A state decides what it publishes.")
@click.option("--no-check", is_flag=True, help="Add it without asking for it.")
@click.pass_obj
def add(settings: "Settings", /, url: str, no_check: bool, **said: str | bool) -> None:
    """Add the feed at URL, after asking for it once."""
    from monitor import urls, wiring
    from monitor.errors import ConfigError
    from monitor.records.feeds import FeedSpec

    if not urls.is_web(url):
        raise ConfigError(f"{url!r} is not a web address. Give the feed's full address, with https://.")
    spec = FeedSpec(url=url.strip(), **(said | {"language": said["language"] or "en"}))  # type: ignore[arg-type]
    if not no_check:
        spec = _asked(settings, spec, language=str(said["language"]))
    with wiring.open_store(settings) as store:
        feed = store.feeds.add(spec, now=datetime.now(UTC))
    click.echo(f"added feed {feed.id}: {feed.spec.title or feed.spec.url} ({feed.spec.url})")


def _asked(settings: "Settings", spec: "FeedSpec", *, language: str) -> "FeedSpec":
    """The spec with what the feed says of itself. Raises FetchError or ParseError when there is no feed."""
    from monitor.cli.feeds.inspect import fetched, parsed
    from monitor.errors import ParseError

    document = fetched(settings, spec.url)
    feed = parsed(settings, document, now=datetime.now(UTC))
    if isinstance(feed, ParseError):
        raise ParseError(f"{feed}{_offers(document)}") from feed
    return replace(
        spec,
        url=document.permanent_url or spec.url,
        title=spec.title or feed.title,
        homepage=spec.homepage or feed.homepage,
        language=language or feed.language or "en",
    )


def _offers(document: "Document") -> str:
    from monitor.sources.discovery import discover

    offered = discover(document)
    if not offered:
        return ""
    lines = "".join(f"\n  {found.url}  {found.title}".rstrip() for found in offered)
    return f"\nThe page offers:{lines}\nAdd one of them."


@click.command("remove")
@click.argument("feed")
@click.pass_obj
def remove(settings: "Settings", feed: str) -> None:
    """Stop polling FEED, its number or address. What it brought stays."""
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        removed = store.feeds.remove(int(feed) if feed.isdecimal() else feed)
    click.echo(f"removed feed {removed.id}: {removed.spec.title or removed.spec.url}")


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def import_(settings: "Settings", file: Path) -> None:
    """Add the feeds of an OPML FILE. Feeds that are already there stay as they are; bad outlines are reported."""
    from monitor import wiring
    from monitor.errors import ConfigError
    from monitor.sources import opml

    try:
        specs, problems = opml.read(file.read_bytes())
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}. Check the path and its rights.") from error
    now = datetime.now(UTC)
    with wiring.open_store(settings) as store:
        known = {spec.url: store.feeds.by_url(spec.url) for spec in specs}
        missing = [spec for spec in specs if known[spec.url] is None]
        removed = [spec for spec in specs if (feed := known[spec.url]) is not None and not feed.active]
        store.feeds.sync(missing, now=now)
        for spec in removed:
            store.feeds.add(spec, now=now)
    for problem in problems:
        click.echo(f"{file}: {problem}", err=True)
    added = len(missing) + len(removed)
    click.echo(f"added {added} feeds, {len(specs) - added} were there, {len(problems)} outlines had problems")


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.pass_obj
def export(settings: "Settings", file: Path) -> None:
    """Write every feed to an OPML FILE (- is standard output)."""
    from monitor import wiring
    from monitor.errors import ConfigError
    from monitor.sources import opml

    with wiring.open_store(settings) as store:
        feeds = store.feeds.all()
    body = opml.write(feed.spec for feed in feeds)
    if str(file) == "-":
        click.echo(body, nl=False)
        return
    try:
        file.write_bytes(body)
    except OSError as error:
        raise ConfigError(f"cannot write {file}: {error.strerror}. Check the path and its rights.") from error
    click.echo(f"wrote {len(feeds)} feeds to {file}")
