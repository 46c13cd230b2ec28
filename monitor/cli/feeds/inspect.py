"""``monitor feeds discover|check``: what a site offers, and what one feed is like."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.errors import ParseError
    from monitor.records.feeds import Document, FetchResult, ParsedFeed

_INTERVALS = (300.0, 900.0, 1800.0, 3600.0, 3 * 3600.0, 6 * 3600.0)
_STALE = timedelta(days=14)


def fetched(settings: "Settings", url: str) -> "Document":
    """The document at ``url``. Raises FetchError."""
    from monitor import wiring
    from monitor.errors import FetchError
    from monitor.fetch import Fetcher
    from monitor.records.feeds import Document, FetchRequest

    with Fetcher(wiring.fetch_limits(settings)) as fetcher:
        result = fetcher.get(FetchRequest(key=url, url=url, max_bytes=settings.max_feed_bytes))
    match result:
        case Document():
            return result
        case FetchError():
            raise result
        case _:
            raise FetchError(
                f"{url}: the server says that nothing has changed, without having been asked that. Try again later.",
                key=url,
                url=url,
                kind="protocol",
            )


@click.command("discover")
@click.argument("url_or_file")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per feed, in an array.")
@click.pass_obj
def discover(settings: "Settings", url_or_file: str, as_json: bool) -> None:
    """Show the feeds that a web page offers. Exit status 1 when there are none."""
    from monitor.sources import discovery

    found = discovery.discover(_document(settings, url_or_file))
    if as_json:
        click.echo(json.dumps([asdict(spec) for spec in found], indent=2, ensure_ascii=False))
    else:
        for spec in found:
            click.echo(f"{spec.url}  {spec.title}".rstrip())
    if not found:
        click.echo(f"{url_or_file}: no feeds are linked there", err=True)
        sys.exit(1)


def _document(settings: "Settings", url_or_file: str) -> "Document":
    from monitor import urls
    from monitor.errors import ConfigError
    from monitor.records.feeds import Document

    if urls.is_web(url_or_file):
        return fetched(settings, url_or_file)
    try:
        body = Path(url_or_file).read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {url_or_file}: {error.strerror}. Give a path or a full address.") from error
    return Document(key=url_or_file, url=url_or_file, final_url=url_or_file, status=200, body=body)


@click.command("check")
@click.argument("url")
@click.pass_obj
def check(settings: "Settings", url: str) -> None:
    """Ask for the feed at URL and tell how it is: redirects, validators, encoding, entries, dates, ids."""
    from monitor.errors import ParseError

    document = fetched(settings, url)
    now = datetime.now(UTC)
    feed = parsed(settings, document, now=now)
    for name, value in transport_lines(document, _asked_again(settings, document)):
        click.echo(f"{name:12} {value}")
    if isinstance(feed, ParseError):
        click.echo(f"{'feed':12} {feed}")
        sys.exit(1)
    for name, value in feed_lines(feed, now=now):
        click.echo(f"{name:12} {value}")


def parsed(settings: "Settings", document: "Document", *, now: datetime) -> "ParsedFeed | ParseError":
    """The feed in ``document``, or why there is none."""
    from monitor.sources.pool import ParserPool

    with ParserPool(deadline=settings.parse_deadline) as pool:
        return pool.parse(document, now=now)


def _asked_again(settings: "Settings", document: "Document") -> "FetchResult | None":
    """What the server answers to its own validators; None when it gave none."""
    from monitor import wiring
    from monitor.fetch import Fetcher
    from monitor.records.feeds import FetchRequest

    if not document.etag and not document.last_modified:
        return None
    request = FetchRequest(key=document.key, url=document.url, etag=document.etag, last_modified=document.last_modified)
    with Fetcher(wiring.fetch_limits(settings)) as fetcher:
        return fetcher.get(request)


def transport_lines(document: "Document", again: "FetchResult | None") -> list[tuple[str, str]]:
    """What the server did: redirects, size and time, validators and whether they work."""
    from monitor.records.feeds import NotModified

    lines = [("address", document.url)]
    lines += [("redirect", f"{status} to {target}") for status, target in document.redirects]
    if document.permanent_url:
        lines.append(("advice", f"it has moved for good; use {document.permanent_url}"))
    lines.append(
        ("answer", f"{len(document.body)} bytes in {document.elapsed:.2f} s, {document.content_type or 'no type'}")
    )
    if again is None:
        lines.append(("validators", "none: every poll transfers the whole feed"))
    else:
        works = (
            "and they work" if isinstance(again, NotModified) else "but they do not work: the second answer was whole"
        )
        names = " and ".join(
            name for name, value in (("ETag", document.etag), ("Last-Modified", document.last_modified)) if value
        )
        lines.append(("validators", f"{names}, {works}"))
    return lines


def feed_lines(feed: "ParsedFeed", *, now: datetime) -> list[tuple[str, str]]:
    """What is in the feed, what is wrong with it, and how often to look."""
    dates = sorted(entry.published for entry in feed.entries if entry.published)
    guids = [entry.guid for entry in feed.entries if entry.guid]
    lines = [
        ("feed", f"{feed.kind}, {feed.encoding}, language {feed.language or 'not said'}"),
        ("title", feed.title or "none"),
        ("homepage", feed.homepage or "none"),
        ("entries", f"{len(feed.entries)}, {sum(bool(entry.content) for entry in feed.entries)} with full content"),
        ("dates", f"{dates[0]:%Y-%m-%d %H:%M} to {dates[-1]:%Y-%m-%d %H:%M} UTC" if dates else "none"),
        ("ids", f"{len(set(guids))} different of {len(guids)}" if guids else "none; addresses are used"),
    ]
    if feed.ttl:
        lines.append(("asks for", f"a poll every {feed.ttl / 60:.0f} minutes at most"))
    if feed.hub:
        lines.append(("hub", feed.hub))
    lines += [("note", note) for note in feed.notes]
    if dates and now - dates[-1] > _STALE:
        lines.append(("advice", f"nothing new for {(now - dates[-1]).days} days; the publisher may have moved on"))
    if (interval := suggested_interval(dates)) is not None:
        lines.append(("advice", f"a poll every {interval / 60:.0f} minutes would suit it"))
    return lines


def suggested_interval(dates: list[datetime]) -> float | None:
    """Seconds between polls at which about one new entry is found, rounded down to a usual interval."""
    if len(dates) < 3:
        return None
    mean = (dates[-1] - dates[0]).total_seconds() / (len(dates) - 1)
    return max((usual for usual in _INTERVALS if usual <= mean), default=_INTERVALS[0])
