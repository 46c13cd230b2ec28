"""Documents in, parsed feeds out: one module per kind of source.

Parsing hostile input belongs into ``pool.ParserPool``, whose processes can be killed; ``parse`` is what they run.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from monitor.records.feeds import Document, ParsedFeed
from monitor.sources import jsonfeed, sitemap, strict, tolerant
from monitor.sources.raw import Declined, RawFeed, finished
from monitor.sources.source import Source, open_source


class Reader(Protocol):
    """Reads an opened document. Raises ParseError, or Declined when the next reader must decide; nothing else."""

    def __call__(self, source: Source, /) -> RawFeed:
        """Read ``source``."""
        ...


# Root element (or ``{`` for JSON) -> readers, tried in order.
READERS: dict[str, tuple[Reader, ...]] = {
    **dict.fromkeys(("rss", "rdf", "feed"), (strict.read, tolerant.read)),
    "urlset": (sitemap.read,),
    "sitemapindex": (sitemap.read,),
    "{": (jsonfeed.read,),
}
_ANY_OTHER: tuple[Reader, ...] = (tolerant.read,)


def parse(document: Document, *, now: datetime, known: Collection[str] = ()) -> ParsedFeed:
    """The feed in ``document``, with the entries whose hash is not in ``known``.

    Raises ParseError, whose message says what it is instead.
    """
    source = open_source(document)
    *quick, last = READERS.get(source.root, _ANY_OTHER)
    for read in quick:
        try:
            return finished(read(source), source, now=now, known_hashes=known)
        except Declined:
            continue
    return finished(last(source), source, now=now, known_hashes=known)
