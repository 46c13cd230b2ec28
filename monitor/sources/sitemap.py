"""News sitemaps: the list of fresh articles that publishers keep for search engines."""

from typing import Any

from lxml import etree

from monitor import urls
from monitor.errors import ParseError
from monitor.sources import known, markup
from monitor.sources.raw import RawEntry, RawFeed
from monitor.sources.source import Source


def read(source: Source) -> RawFeed:
    """Read a news sitemap. Raises ParseError for an index of sitemaps and for a sitemap without news."""
    if source.root == "sitemapindex":
        raise ParseError(
            f"{source.url}: an index of sitemaps, not a feed. Use the address of the news sitemap that it names."
        )
    rows = [row for row in _root(source) if isinstance(row.tag, str) and _name(row) == "url"]
    news = [row for row in rows if _child(row, "news") is not None]
    if rows and not news:
        raise ParseError(f"{source.url}: a sitemap without news entries, not a feed. Look for the site's news sitemap.")
    read_rows = news[: markup.ENTRY_LIMIT]
    publication = next((found for row in news if (found := _publication(row)) is not None), None)
    return RawFeed(
        kind="sitemap",
        count=len(news),
        hashes=tuple(known.hash_of(etree.tostring(row, encoding="utf-8", with_tail=False)) for row in read_rows),
        guids=tuple(_guid(row, source.base) for row in read_rows),
        entry=lambda place: _entry(news[place], source.base),
        title=_value(publication, "name"),
        language=_value(publication, "language"),
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


def _entry(row: Any, base: str) -> RawEntry:
    news = _child(row, "news")
    return RawEntry(
        guid=_guid(row, base),
        links=(_value(row, "loc"),),
        title=_value(news, "title"),
        published=_value(news, "publication_date"),
        updated=_value(row, "lastmod"),
        language=_value(_publication(row), "language"),
    )


def _guid(row: Any, base: str) -> str:
    return urls.web_link(base, _value(row, "loc"))


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
    return "" if child is None else markup.plain("".join(map(str, child.itertext())))
