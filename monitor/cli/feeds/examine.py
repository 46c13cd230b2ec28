"""A feed examined: at most three requests to its site, besides redirects, each in its turn."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor.errors import FetchError, ParseError
from monitor.records.feeds import Document, FetchRequest, FetchResult, NotModified, ParsedFeed

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.fetch import Fetcher

_ROBOTS_ACCEPT = "text/plain, */*;q=0.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsWord:
    """What the robots.txt of the articles' site says about one page."""

    page: str
    file: str
    """The address of the robots.txt."""
    status: int
    """200 for a file, 404 for none, 503 when it could not be had."""
    refusal: str
    """Why the page may not be asked for; empty when it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """All that was asked and answered."""

    url: str
    at: datetime
    answer: Document | FetchError
    feed: ParsedFeed | ParseError | None = None
    again: FetchResult | None = None
    """The answer to the server's own validators; None when it gave none."""
    robots: RobotsWord | None = None
    wall: str = ""
    """What stands there in place of a feed, where the answer is a web page that was recognised."""
    offers: tuple[str, ...] = ()
    """Feeds that such a page offers."""


def examine(settings: "Settings", url: str, *, now: datetime) -> Examination:
    """Ask for the feed, then with its validators, then for the robots.txt of its articles' site."""
    from monitor import wiring
    from monitor.cli.feeds.asking import parsed, request, unasked
    from monitor.fetch import Fetcher

    asked = request(settings, url)
    with Fetcher(wiring.fetch_limits(settings)) as fetcher:
        answer = fetcher.get(asked)
        if isinstance(answer, FetchError):
            return Examination(url=url, at=now, answer=answer)
        if isinstance(answer, NotModified):
            return Examination(url=url, at=now, answer=unasked(url))
        feed = parsed(settings, answer, now=now)
        if isinstance(feed, ParseError):
            return Examination(url=url, at=now, answer=answer, feed=feed, wall=_wall(answer), offers=_offers(answer))
        again = _asked_again(fetcher, answer, asked)
        return Examination(url=url, at=now, answer=answer, feed=feed, again=again, robots=_robots(fetcher, feed))


def _asked_again(fetcher: "Fetcher", document: Document, asked: FetchRequest) -> FetchResult | None:
    """The answer to the server's validators, from where it answered: redirects are not gone through again."""
    if not document.etag and not document.last_modified:
        return None
    return fetcher.get(
        FetchRequest(
            key=asked.key,
            url=document.final_url,
            etag=document.etag,
            last_modified=document.last_modified,
            accept=asked.accept,
            max_bytes=asked.max_bytes,
        )
    )


def _robots(fetcher: "Fetcher", feed: ParsedFeed) -> RobotsWord | None:
    """What one entry's site says about its page; the page itself is not asked for."""
    from datetime import UTC

    from monitor.fetch.robots import Rules, understood
    from monitor.urls import is_web

    page = next((entry.url for entry in feed.entries if is_web(entry.url)), "")
    if not page:
        return None
    parts = urlsplit(page)
    site = f"{parts.scheme.lower()}://{parts.netloc.lower()}"
    address = f"{site}/robots.txt"
    answer = fetcher.get(FetchRequest(key=address, url=address, accept=_ROBOTS_ACCEPT))
    file = understood(answer, now=datetime.now(UTC))
    target: Any = page
    refusal = Rules(site, file).refusal(FetchRequest(key=page, url=page), target)
    return RobotsWord(page=page, file=address, status=file.status, refusal=str(refusal or ""))


def _wall(document: Document) -> str:
    """What a page in place of the feed is, as the extraction judges pages; empty when it is just a page."""
    from monitor.errors import ExtractError
    from monitor.extract.pages import extract
    from monitor.records.articles import PageKind

    try:
        page = extract(document)
    except ExtractError:
        return ""
    return page.reason if page.kind is PageKind.WALL else ""


def _offers(document: Document) -> tuple[str, ...]:
    from monitor.sources.discovery import discover

    return tuple(spec.url for spec in discover(document))
