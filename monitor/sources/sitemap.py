"""News sitemaps: the list of fresh articles that publishers keep for search engines."""

from datetime import datetime
from typing import Any

from lxml import etree

from monitor import text, urls
from monitor.errors import ParseError
from monitor.records.feeds import FeedEntry, ParsedFeed
from monitor.sources import dates, markup
from monitor.sources.notes import entry_notes
from monitor.sources.source import Source


def parse(source: Source, *, now: datetime) -> ParsedFeed:
    """Read a news sitemap. Raises ParseError for an index of sitemaps and for a sitemap without news."""
    if source.root == "sitemapindex":
        raise ParseError(
            f"{source.url}: an index of sitemaps, not a feed. Use the address of the news sitemap that it names."
        )
    rows = [row for row in _root(source) if isinstance(row.tag, str) and _name(row) == "url"]
    news = [row for row in rows if _child(row, "news") is not None]
    if rows and not news:
        raise ParseError(f"{source.url}: a sitemap without news entries, not a feed. Look for the site's news sitemap.")
    entries = tuple(_entry(row, source.base) for row in news[: markup.ENTRY_LIMIT])
    publication = next((found for row in news if (found := _publication(row)) is not None), None)
    over = (f"{len(news)} entries; only the first {markup.ENTRY_LIMIT} are read",)
    return ParsedFeed(
        kind="sitemap",
        encoding=source.encoding,
        title=_value(publication, "name"),
        language=_value(publication, "language").lower() or source.language,
        entries=entries,
        notes=(*source.notes, *(over if len(news) > markup.ENTRY_LIMIT else ()), *entry_notes(entries, now)),
    )


def _root(source: Source) -> Any:
    # The text is decoded, so the declaration's encoding must not be believed; entities stay as they are.
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(source.text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"{source.url}: a broken sitemap ({error.msg}). It will be asked again.") from error
    if root is None:
        raise ParseError(f"{source.url}: a broken sitemap without any element. It will be asked again.")
    return root


def _entry(row: Any, base: str) -> FeedEntry:
    news = _child(row, "news")
    link = urls.web_link(base, _value(row, "loc"))
    raw = (_value(news, "publication_date") or _value(row, "lastmod"))[:200]
    publication = _publication(row)
    return FeedEntry(
        guid=link,
        url=link,
        title=_value(news, "title"),
        published_raw=raw,
        published=dates.from_text(raw),
        updated=dates.from_text(_value(row, "lastmod")),
        language=_value(publication, "language").lower()[:35],
    )


def _publication(row: Any) -> Any:
    news = _child(row, "news")
    return None if news is None else _child(news, "publication")


def _name(element: Any) -> str:
    # Not QName: it refuses the names that recovered, broken files can have.
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if isinstance(child.tag, str) and _name(child) == name), None)


def _value(element: Any, name: str) -> str:
    child = None if element is None else _child(element, name)
    return "" if child is None else text.one_line(markup.plain("".join(map(str, child.itertext()))))
