"""The channel or Atom feed of a well-formed document, read as feedparser would read it; its entries are only found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from monitor import urls
from monitor.sources import fixes
from monitor.sources.context import Context, attributes_of, is_mixed, name_of, text_of
from monitor.sources.links import guid_of, link_of
from monitor.sources.raw import Declined
from monitor.sources.strict_entry import BEYOND

_TEXT_TYPES = frozenset({"text", "html", "plain", "text/plain", "text/html"})
_ENTRIES = frozenset({"item", "entry"})


@dataclass(slots=True)
class Reading:
    """A feed while its elements are read in order."""

    context: Context
    language: str = ""
    title: str = ""
    title_depth: int = -1
    link: str | None = None
    guid: str = ""
    links: list[str] = field(default_factory=list)
    hubs: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    hours: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    entries: list[Any] = field(default_factory=list)
    has_summary: bool = False

    def read_feed(self, outer: Any) -> None:
        """Take in every child of the channel or Atom feed."""
        for child in outer:
            name = name_of(child, self.context)
            if name in _ENTRIES:
                self.entries.append(child)
                self.title_depth = -1
            elif (handler := _HANDLERS.get(name)) is not None:
                handler(self, child)
            elif name in _BEYOND_IN_FEED:
                raise Declined
            elif len(child) and name not in _CLOSED:
                self.look_inside(child)

    def read_rdf(self, root: Any) -> None:
        """Take in the items that stand beside the channel; its image and text input say nothing."""
        for child in root[1:]:
            name = name_of(child, self.context)
            if name == "item":
                self.entries.append(child)
            elif name not in {"image", "textinput"}:
                raise Declined

    def look_inside(self, element: Any) -> None:
        """Decline when anything below ``element`` would be taken for a part of the feed itself."""
        for inner in element.iterdescendants():
            name = name_of(inner, self.context)
            if name in _HANDLERS or name in _BEYOND_IN_FEED or name in _ENTRIES:
                raise Declined

    def candidates(self) -> tuple[str, ...]:
        """Candidates for the homepage, the best first."""
        own = self.link
        if own is not None and own == self.guid and not urls.is_web(own):
            own = None
        return tuple(link for link in (own, *self.links) if link)


def _title(reading: Reading, element: Any) -> None:
    attributes = attributes_of(element)
    if "mode" in attributes or attributes.get("type", "text") not in _TEXT_TYPES:
        raise Declined
    value = fixes.repaired(text_of(element))
    if reading.title_depth == -1:
        reading.title = value
    if value:
        reading.title_depth = 0


def _media_title(reading: Reading, element: Any) -> None:
    before = reading.title_depth
    _title(reading, element)
    reading.title_depth = before


def _link(reading: Reading, element: Any) -> None:
    link = link_of(element, reading.context)
    href = fixes.query(link.href) if link.is_text else link.href
    if link.is_page:
        reading.link = href
    wanted = {"alternate": reading.links, "via": reading.links, "hub": reading.hubs, "self": reading.topics}
    if link.relation in wanted:
        wanted[link.relation].append(href)


def _guid(reading: Reading, element: Any) -> None:
    reading.guid, is_link = guid_of(element, reading.context)
    if is_link and reading.link is None:
        reading.link = reading.guid


def _language(reading: Reading, element: Any) -> None:
    reading.language = fixes.repaired(text_of(element))


def _noted(name: str) -> "Callable[[Reading, Any], None]":
    def note(reading: Reading, element: Any) -> None:
        reading.texts[name] = "" if element.attrib else fixes.repaired(text_of(element))

    return note


def _summary(reading: Reading, element: Any) -> None:
    # After a summary feedparser takes the next one for content, also in the first entry.
    if reading.has_summary or len(element):
        raise Declined
    reading.has_summary = True


def _description(reading: Reading, element: Any) -> None:
    if reading.has_summary or len(element):
        raise Declined


def _image(reading: Reading, element: Any) -> None:
    if any(name_of(child, reading.context) not in _IN_IMAGE or len(child) for child in element):
        raise Declined
    reading.title_depth = -1


_IN_IMAGE = frozenset({"title", "link", "description", "url", "href", "width", "height"})


def _text_input(reading: Reading, element: Any) -> None:
    if any(name_of(child, reading.context) not in _IN_INPUT or len(child) for child in element):
        raise Declined
    reading.title_depth = -1


_IN_INPUT = frozenset({"title", "link", "description", "name"})


def _skip_hours(reading: Reading, element: Any) -> None:
    reading.hours += _listed(reading, element, "hour")


def _skip_days(reading: Reading, element: Any) -> None:
    reading.days += _listed(reading, element, "day")


def _listed(reading: Reading, element: Any, wanted: str) -> list[str]:
    if is_mixed(element) or any(name_of(child, reading.context) != wanted for child in element):
        raise Declined
    return [text_of(child) for child in element]


_HANDLERS: dict[str, Callable[[Reading, Any], None]] = {
    **dict.fromkeys(("title", "dc_title"), _title),
    "media_title": _media_title,
    "link": _link,
    **dict.fromkeys(("guid", "id"), _guid),
    **dict.fromkeys(("language", "dc_language"), _language),
    **{name: _noted(name) for name in ("ttl", "sy_updateperiod", "sy_updatefrequency")},
    **dict.fromkeys(("summary", "itunes_summary"), _summary),
    **dict.fromkeys(("description", "dc_description", "media_description"), _description),
    "image": _image,
    "textinput": _text_input,
    "skiphours": _skip_hours,
    "skipdays": _skip_days,
}
_BEYOND_IN_FEED = (BEYOND - _ENTRIES - {"itunes_owner"}) | {
    "content",
    "content_encoded",
    "fullitem",
    "feedburner_origlink",
    "source",
}
# Elements whose insides are text to feedparser.
_CLOSED = frozenset({"rights", "copyright", "subtitle", "tagline", "info"})
