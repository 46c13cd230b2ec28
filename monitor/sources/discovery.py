"""Which feeds a web page offers: its declared alternates first, then links that look like feeds."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from monitor import text, urls
from monitor.records.feeds import Document, FeedSpec
from monitor.sources import charset, markup

_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/x.atom+xml",
        "application/x-atom+xml",
        "application/feed+json",
        "text/rss+xml",
        "text/rss",
        "application/rss",
        "application/atom",
    }
)
# Types that feeds and other documents share: counted only when the address speaks for a feed as well.
_SHARED_TYPES = frozenset({"application/xml", "text/xml", "application/json"})
_FEED_ADDRESS = re.compile(
    r"(?:^|[/._=-])(?:rss|atom|feeds?|rdf)(?:$|[/._?&=-])|\.(?:rss|rdf|atom)$|(?:rss|atom|feed|index)\.(?:xml|json|php)$",
    re.IGNORECASE,
)
_NO_FEED = re.compile(
    r"\.(?:html?|png|jpe?g|gif|svg|css|js|pdf|mp3|mp4|ico|webp)$|/(?:tag|category)/[^/]*$", re.IGNORECASE
)
_COMMENTS = re.compile(r"comments?", re.IGNORECASE)
_SCHEMES = re.compile(r"^(?:feed|pcast|rss):(?://)?(?=https?:)|^feed(?=://)", re.IGNORECASE)
_ANCHORS_KEPT = 50


def discover(document: Document) -> tuple[FeedSpec, ...]:
    """The feeds that a web page links to, the likeliest first; comment feeds last. Empty when there are none.

    A declared alternate (``<link rel="alternate">``) counts by its type; an ``<a>`` only by its address, and only
    when nothing is declared.
    """
    root = _root(document)
    if root is None:
        return ()
    page = document.final_url or document.url
    base = _base(root, page)
    homepage = page if urls.is_web(page) else ""
    language = text.one_line(root.get("lang") or "")[:35] or "en"
    found = list(_declared(root)) or list(_anchors(root))[:_ANCHORS_KEPT]
    specs: dict[str, FeedSpec] = {}
    for link, title in found:
        url = urls.absolute(base, _SCHEMES.sub(lambda scheme: "http" if scheme[0].lower() == "feed" else "", link))
        if urls.is_web(url):
            url = url.partition("#")[0]
            specs.setdefault(url, FeedSpec(url=url, title=title, homepage=homepage, language=language))
    return tuple(sorted(specs.values(), key=_about_comments))


def _about_comments(spec: FeedSpec) -> bool:
    return _COMMENTS.search(spec.title) is not None or _COMMENTS.search(urlsplit(spec.url).path) is not None


def _root(document: Document) -> Any:
    decoded = charset.decode(document.body, document.content_type).text.strip()
    if not decoded:
        return None
    try:
        # Bytes with a named encoding: lxml refuses text that still declares one.
        return html.document_fromstring(decoded.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _base(root: Any, page: str) -> str:
    for element in root.iter("base"):
        if href := element.get("href"):
            return urls.absolute(page, href)
    return page


def _declared(root: Any) -> Iterator[tuple[str, str]]:
    for element in root.iter("link"):
        link = (element.get("href") or "").strip()
        relations = (element.get("rel") or "").lower().split()
        if link and ("alternate" in relations or "feed" in relations) and _is_feed(element, link, relations):
            yield link, markup.plain(element.get("title"), 200)


def _is_feed(element: Any, link: str, relations: list[str]) -> bool:
    kind = (element.get("type") or "").partition(";")[0].strip().lower()
    if "stylesheet" in relations:
        return False
    if kind in _FEED_TYPES:
        return True
    return (not kind and "feed" in relations) or (kind in _SHARED_TYPES and _looks_like_feed(link))


def _anchors(root: Any) -> Iterator[tuple[str, str]]:
    for element in root.iter("a", "area"):
        link = (element.get("href") or "").strip()
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        if link and (kind in _FEED_TYPES or _SCHEMES.match(link) or _looks_like_feed(link)):
            words = " ".join(element.itertext()) or element.get("title") or ""
            yield link, markup.plain(words, 200)


def _looks_like_feed(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    if parts.scheme not in {"", "http", "https"} or _NO_FEED.search(parts.path):
        return False
    return _FEED_ADDRESS.search(parts.path + (f"?{parts.query}" if parts.query else "")) is not None
