"""Atom (RFC 4287). Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from lxml import etree

from monitor.publish import clean, shown
from monitor.records.telling.publishing import PublishedFeed, PublishedItem

_ATOM = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def atom(items: Iterable[PublishedItem], feed: PublishedFeed, *, now: datetime) -> bytes:
    """The feed with ``items`` in their order. ``now`` is its date when it has none."""
    found = list(items)
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _add(root, "id", clean.plain(feed.id))
    _add(root, "title", clean.plain(feed.title, clean.TITLE) or shown.NAME)
    if description := clean.plain(feed.description):
        _add(root, "subtitle", description)
    _add(root, "updated", clean.stamp(max((item.updated for item in found), default=now)))
    _person(root, [shown.NAME])
    _add(root, "generator", shown.NAME)
    _link(root, "self", feed.address, "application/atom+xml")
    _link(root, "alternate", feed.home, "text/html")
    for item in found:
        _entry(root, item)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _entry(root: Any, item: PublishedItem) -> None:
    entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
    if item.language.isascii() and item.language.isalpha():
        entry.set(_LANGUAGE, item.language)
    _add(entry, "id", clean.plain(item.id))
    _add(entry, "title", shown.title(item), type="text")
    _add(entry, "published", clean.stamp(item.published))
    _add(entry, "updated", clean.stamp(max(item.updated, item.published)))
    _person(entry, shown.authors(item))
    _link(entry, "alternate", item.url)
    for topic in shown.topics(item):
        etree.SubElement(entry, f"{{{_ATOM}}}category", term=topic)
    _add(entry, "content", shown.html(item), type="html")


def _person(parent: Any, names: Iterable[str]) -> None:
    for name in names:
        _add(etree.SubElement(parent, f"{{{_ATOM}}}author"), "name", name)


def _link(parent: Any, relation: str, url: str, type_: str = "") -> None:
    if address := clean.link(url):
        kind = {"type": type_} if type_ else {}
        etree.SubElement(parent, f"{{{_ATOM}}}link", {"rel": relation, "href": address} | kind)


def _add(parent: Any, name: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes).text = text
