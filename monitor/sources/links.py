"""Links and ids of a well-formed document, of the feed and of its entries alike."""

from dataclasses import dataclass
from typing import Any

from monitor.sources import fixes
from monitor.sources.context import Context, attributes_of, text_of
from monitor.sources.raw import Declined

_PAGES = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A ``link`` element: RSS writes the address as text, Atom as an attribute."""

    href: str
    relation: str
    is_text: bool
    is_page: bool
    """Whether it is the address of what the feed or entry is about."""


def link_of(element: Any, context: Context) -> Link:
    """The link in ``element``. Raises Declined for one with an address both ways or with elements inside."""
    attributes = attributes_of(element)
    relation = attributes.get("rel", "alternate")
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if len(element) or (not href and "href" in attributes):
        raise Declined
    base = context.base_of(element)
    if href:
        is_page = relation == "alternate" and attributes.get("type", "text/html") in _PAGES
        return Link(href=fixes.resolved(base, href), relation=relation, is_text=False, is_page=is_page)
    value = text_of(element)
    value = fixes.repaired(fixes.resolved(base, value) if value else value)
    return Link(href=value, relation=relation, is_text=True, is_page=True)


def guid_of(element: Any, context: Context) -> tuple[str, bool]:
    """The id in ``element``, and whether it is a link too."""
    is_link = attributes_of(element).get("ispermalink", "true") == "true"
    value = text_of(element)
    if is_link and value:
        value = fixes.resolved(context.base_of(element), value)
    return fixes.repaired(value), is_link
