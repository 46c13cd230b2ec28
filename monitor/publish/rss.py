"""RSS 2.0 with its own address as Atom gives it, after the profile of the RSS Advisory Board. Pure.

Written with lxml, which the program has anyway: feedgen would add a library that is rarely kept up, and would leave
what XML cannot hold to us all the same.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from lxml import etree

from monitor.publish import clean, shown
from monitor.records.telling.publishing import PublishedFeed, PublishedItem

_ATOM = "http://www.w3.org/2005/Atom"
_CREATOR = "http://purl.org/dc/elements/1.1/"


def rss(items: Iterable[PublishedItem], feed: PublishedFeed, *, now: datetime) -> bytes:
    """The feed with ``items`` in their order. ``now`` is its date when it has none."""
    found = list(items)
    root = etree.Element("rss", version="2.0", nsmap={"atom": _ATOM, "dc": _CREATOR})
    channel = etree.SubElement(root, "channel")
    _add(channel, "title", clean.plain(feed.title, clean.TITLE) or shown.NAME)
    # A channel must have a link; what nobody serves has none but its name.
    _add(channel, "link", clean.link(feed.home) or clean.link(feed.address) or feed.id)
    _add(channel, "description", clean.plain(feed.description) or shown.NAME)
    _add(channel, "generator", shown.NAME)
    _add(channel, "lastBuildDate", _date(max((item.updated for item in found), default=now)))
    if address := clean.link(feed.address):
        own = {"href": address, "rel": "self", "type": "application/rss+xml"}
        etree.SubElement(channel, f"{{{_ATOM}}}link", own)
    for item in found:
        _item(channel, item)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _item(channel: Any, item: PublishedItem) -> None:
    element = etree.SubElement(channel, "item")
    _add(element, "title", shown.title(item))
    if address := clean.link(item.url):
        _add(element, "link", address)
    _add(element, "description", shown.html(item))
    for author in shown.authors(item):
        _add(element, f"{{{_CREATOR}}}creator", author)
    for topic in shown.topics(item):
        _add(element, "category", topic)
    _add(element, "guid", clean.plain(item.id), isPermaLink="false")
    _add(element, "pubDate", _date(item.published))


def _add(parent: Any, name: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, name, attributes).text = text


def _date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
