"""``monitor feeds add|remove|import|export``: the feeds in the store."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.records.feeds import Document, Feed, FeedSpec, ParsedFeed
    from monitor.store import Store

KINDS = ("media", "wire", "official", "social")


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
    from monitor import wiring
    from monitor.cli.feeds.asking import require_web
    from monitor.records.feeds import FeedSpec

    spec = FeedSpec(url=require_web(url), **(said | {"language": said["language"] or "en"}))  # type: ignore[arg-type]
    now = datetime.now(UTC)
    brought = None if no_check else _asked(settings, spec, language=str(said["language"]), now=now)
    if brought is not None:
        spec = brought[0]
    with wiring.open_store(settings) as store:
        feed = store.feeds.add(spec, now=now)
        if brought is not None:
            _record(settings, store, feed, *brought[1:], now=now)
    click.echo(f"added feed {feed.id}: {feed.spec.title or feed.spec.url} ({feed.spec.url})")


def _record(
    settings: "Settings", store: "Store", feed: "Feed", document: "Document", parsed: "ParsedFeed", *, now: datetime
) -> None:
    """Store what the check brought as the first poll: the site is not asked a second time (miniflux/v2#2128)."""
    from monitor import wiring
    from monitor.pipeline.polling import Pacing, poll_update

    pacing = Pacing(policy=wiring.poll_policy(settings))
    store.feeds.record_polls([poll_update(feed, document, parsed, pacing, now=now, jitter=0.0)])


def _asked(
    settings: "Settings", spec: "FeedSpec", *, language: str, now: datetime
) -> "tuple[FeedSpec, Document, ParsedFeed]":
    """The spec with what the feed says of itself, and the feed. Raises FetchError or ParseError when there is none."""
    from monitor.cli.feeds.asking import fetched, parsed
    from monitor.errors import ParseError

    document = fetched(settings, spec.url)
    feed = parsed(settings, document, now=now)
    if isinstance(feed, ParseError):
        raise ParseError(f"{feed}{_offers(document)}") from feed
    told = replace(
        spec,
        url=document.permanent_url or spec.url,
        title=spec.title or feed.title,
        homepage=spec.homepage or feed.homepage,
        language=language or feed.language or "en",
    )
    return told, replace(document, permanent_url=None), feed


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
    from monitor.cli.feeds.one import named
    from monitor.store import Store

    with Store.open(settings.database_url) as store:
        removed = store.feeds.remove(named(feed))
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
