"""Feed documents as outlets write them: RSS, Atom and JSON Feed, with the oddities that lie in the document."""

import html
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from monitor.replay.week import Entry, Outlet, Version

NEWEST = 40
"""A feed holds so many entries."""

FEED_NAMES = {"rss": "feed.xml", "atom": "feed.xml", "jsonfeed": "feed.json"}
MOVED_FROM = "rss.xml"
"""Where a feed with the quirk ``moved`` used to be."""

CONTENT_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "jsonfeed": "application/feed+json"}
_SPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:dcterms": "http://purl.org/dc/terms/",
}
_UNPARSABLE = "late on Tuesday evening"


def home_url(base: str, outlet: Outlet) -> str:
    """An outlet's front page; ``base`` is where its server is, without a slash at the end."""
    return f"{base}/{outlet.id}/"


def feed_url(base: str, outlet: Outlet) -> str:
    """Where the feed is now."""
    return home_url(base, outlet) + FEED_NAMES[outlet.format]


def listed_url(base: str, outlet: Outlet) -> str:
    """Where the world believes the feed to be: the old address of a moved one."""
    return home_url(base, outlet) + MOVED_FROM if "moved" in outlet.quirks else feed_url(base, outlet)


def article_url(base: str, entry: Entry) -> str:
    """The address of an entry's page."""
    return f"{base}/{entry.outlet}/news/{entry.slug}.html"


def last_change(entries: Sequence[Entry], now: datetime) -> datetime:
    """When the newest version of ``entries`` came out; ``now`` when there are none."""
    return max((entry.version(now).at for entry in entries), default=now)


def feed_document(outlet: Outlet, published: Sequence[Entry], *, base: str, now: datetime) -> bytes:
    """The feed as it stands at ``now``; ``published`` is all that is out, newest first."""
    return _WRITERS[outlet.format](outlet, published[:NEWEST], base, now)


def _rss(outlet: Outlet, entries: Sequence[Entry], base: str, now: datetime) -> bytes:
    root = ET.Element("rss", {"version": "2.0", **_SPACES})
    channel = ET.SubElement(root, "channel")
    _leaf(channel, "title", outlet.name)
    _leaf(channel, "link", home_url(base, outlet))
    _leaf(channel, "description", outlet.description)
    _leaf(channel, "language", outlet.language)
    _leaf(channel, "lastBuildDate", _mail_date(outlet, last_change(entries, now)))
    ET.SubElement(channel, "atom:link", {"rel": "self", "type": CONTENT_TYPES["rss"], "href": feed_url(base, outlet)})
    vague = min((entry.at for entry in entries if "undated" in entry.flags), default=None)
    for entry in entries:
        _item(ET.SubElement(channel, "item"), outlet, entry, base, now, vague=entry.at == vague)
    return _serialised(root, outlet)


def _item(item: ET.Element, outlet: Outlet, entry: Entry, base: str, now: datetime, *, vague: bool) -> None:
    version = entry.version(now)
    if "no_titles" in outlet.quirks:
        _leaf(item, "description", _paragraphs(version))
    else:
        _leaf(item, "title", version.title)
        _leaf(item, "description", version.summary)
    _leaf(item, "link", article_url(base, entry))
    guid = _guid(outlet, entry, base)
    _leaf(item, "guid", guid, isPermaLink="true" if guid.startswith("http") else "false")
    if "undated" not in entry.flags:
        _leaf(item, "pubDate", _mail_date(outlet, entry.at))
    elif vague:
        _leaf(item, "pubDate", _UNPARSABLE)
    if version.at > entry.at and "undated" not in entry.flags:
        _leaf(item, "dcterms:modified", _iso_date(outlet, version.at))
    if entry.author:
        _leaf(item, "dc:creator", entry.author)
    if "full_content" in outlet.quirks:
        _leaf(item, "content:encoded", _paragraphs(version))


def _atom(outlet: Outlet, entries: Sequence[Entry], base: str, now: datetime) -> bytes:
    root = ET.Element("feed", {"xmlns": _SPACES["xmlns:atom"], "xml:lang": outlet.language})
    _leaf(root, "id", f"tag:{outlet.id}.example,2025:feed")
    _leaf(root, "title", outlet.name)
    _leaf(root, "subtitle", outlet.description)
    _leaf(root, "updated", _iso_date(outlet, last_change(entries, now)))
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": home_url(base, outlet)})
    ET.SubElement(root, "link", {"rel": "self", "type": CONTENT_TYPES["atom"], "href": feed_url(base, outlet)})
    for entry in entries:
        version, item = entry.version(now), ET.SubElement(root, "entry")
        _leaf(item, "id", _guid(outlet, entry, base))
        _leaf(item, "title", version.title, type="html" if "html_title" in entry.flags else "text")
        ET.SubElement(item, "link", {"rel": "alternate", "type": "text/html", "href": article_url(base, entry)})
        if "undated" not in entry.flags:
            _leaf(item, "published", _iso_date(outlet, entry.at))
            _leaf(item, "updated", _iso_date(outlet, version.at))
        _leaf(ET.SubElement(item, "author"), "name", entry.author or outlet.name)
        _leaf(item, "summary", version.summary, type="text")
    return _serialised(root, outlet)


def _json(outlet: Outlet, entries: Sequence[Entry], base: str, now: datetime) -> bytes:
    items = []
    for entry in entries:
        version = entry.version(now)
        item: dict[str, object] = {
            "id": _guid(outlet, entry, base),
            "url": article_url(base, entry),
            "title": version.title,
            "summary": version.summary,
            "content_text": version.summary,
        }
        if "undated" not in entry.flags:
            item["date_published"] = _iso_date(outlet, entry.at)
            item["date_modified"] = _iso_date(outlet, version.at)
        if entry.author:
            item["authors"] = [{"name": entry.author}]
        items.append(item)
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": outlet.description,
        "home_page_url": home_url(base, outlet),
        "feed_url": feed_url(base, outlet),
        "language": outlet.language,
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


_WRITERS: Mapping[str, Callable[[Outlet, Sequence[Entry], str, datetime], bytes]] = {
    "rss": _rss,
    "atom": _atom,
    "jsonfeed": _json,
}


def _guid(outlet: Outlet, entry: Entry, base: str) -> str:
    """Some outlets number their pieces, some use the address; with ``repeat_guid`` a desk forgot to change it."""
    if "repeat_guid" in entry.flags:
        return f"{outlet.id}-latest"
    if outlet.format == "atom":
        return f"tag:{outlet.id}.example,2025:{entry.number}"
    return article_url(base, entry) if outlet.number % 2 else f"{outlet.id}-{entry.number}"


def _paragraphs(version: Version) -> str:
    return "\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in version.body)


def _mail_date(outlet: Outlet, at: datetime) -> str:
    """RFC 822 in the desk's zone; American desks write EDT, agencies GMT, the rest an offset."""
    if outlet.kind == "wire":
        return format_datetime(at.astimezone(UTC), usegmt=True)
    local = at.astimezone(outlet.zone)
    written = format_datetime(local)
    return f"{written[:-5]}{local.tzname()}" if outlet.timezone.startswith("America/") else written


def _iso_date(outlet: Outlet, at: datetime) -> str:
    return at.astimezone(outlet.zone).isoformat(timespec="seconds")


def _leaf(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text


def _serialised(root: ET.Element, outlet: Outlet) -> bytes:
    """Bytes in the outlet's character set; what it does not hold becomes a character reference."""
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding=outlet.encoding, xml_declaration=True)
    return document
