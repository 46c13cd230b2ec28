"""One feed asked for and parsed, for the commands that look at a feed once."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.errors import FetchError, ParseError
    from monitor.records.feeds import Document, FetchRequest, ParsedFeed


def fetched(settings: "Settings", url: str) -> "Document":
    """The document at ``url``, with one GET and those of its redirects. Raises FetchError."""
    from monitor import wiring
    from monitor.errors import FetchError
    from monitor.fetch import Fetcher
    from monitor.records.feeds import Document

    with Fetcher(wiring.fetch_limits(settings)) as fetcher:
        result = fetcher.get(request(settings, url))
    match result:
        case Document():
            return result
        case FetchError():
            raise result
        case _:
            raise unasked(url)


def request(settings: "Settings", url: str) -> "FetchRequest":
    """The request for a feed as the polls make it, without validators."""
    from monitor.pipeline.polling import ACCEPT
    from monitor.records.feeds import FetchRequest

    return FetchRequest(key=url, url=url, accept=ACCEPT, max_bytes=settings.max_feed_bytes)


def unasked(url: str) -> "FetchError":
    """The error of a server that says "not modified" to a request without validators."""
    from monitor.errors import FetchError

    return FetchError(
        f"{url}: the server says that nothing has changed, without having been asked that. Try again later.",
        key=url,
        url=url,
        kind="protocol",
    )


def parsed(settings: "Settings", document: "Document", *, now: datetime) -> "ParsedFeed | ParseError":
    """The feed in ``document``, or why there is none."""
    from monitor.sources.pool import ParserPool

    with ParserPool(deadline=settings.parse_deadline) as pool:
        return pool.parse(document, now=now)


def require_web(url: str) -> str:
    """``url`` without the white space around it. Raises ConfigError when it is no web address."""
    from monitor import urls
    from monitor.errors import ConfigError

    if not urls.is_web(url):
        raise ConfigError(f"{url!r} is not a web address. Give the feed's full address, with https://.")
    return url.strip()
