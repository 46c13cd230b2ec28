"""Documents in, parsed feeds out: one module per kind of source.

Parsing hostile input belongs into ``pool.ParserPool``, whose processes can be killed; ``parse`` is what they run.
"""

from datetime import datetime
from typing import Protocol

from monitor.records.feeds import Document, ParsedFeed
from monitor.sources import jsonfeed, rss, sitemap
from monitor.sources.source import Source, open_source


class Parser(Protocol):
    """Turns an opened document into a feed. Raises ParseError and nothing else."""

    def __call__(self, source: Source, *, now: datetime) -> ParsedFeed:
        """Parse ``source``."""
        ...


# Root element (or ``{`` for JSON) -> parser. Any other root goes to the RSS parser, which reads what it can.
PARSERS: dict[str, Parser] = {
    "rss": rss.parse,
    "rdf": rss.parse,
    "feed": rss.parse,
    "channel": rss.parse,
    "urlset": sitemap.parse,
    "sitemapindex": sitemap.parse,
    "{": jsonfeed.parse,
}


def parse(document: Document, *, now: datetime) -> ParsedFeed:
    """The feed in ``document``. Raises ParseError, whose message says what it is instead."""
    source = open_source(document)
    return PARSERS.get(source.root, rss.parse)(source, now=now)
