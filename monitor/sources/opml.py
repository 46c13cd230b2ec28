"""OPML: lists of feeds from and for other readers. One bad outline never stops the rest."""

from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from monitor import text, urls
from monitor.errors import ParseError
from monitor.records.feeds import FeedSpec
from monitor.sources import charset, markup

# Our own attributes beside OPML's text, title, xmlUrl, htmlUrl and language; fields of FeedSpec are called so too.
_EXTRA = ("outlet", "family", "country", "kind")
_KINDS = frozenset({"media", "wire", "official", "social"})
_DEPTH = 50
_TRUE = frozenset({"true", "yes", "1"})


def read(body: bytes) -> tuple[tuple[FeedSpec, ...], tuple[str, ...]]:
    """The feeds of an OPML file, in its order and each once, and a line for every outline that could not be read.

    Raises ParseError when the file is no OPML at all, defines entities, or breaks off before its first feed.
    """
    root, damage = _root(body)
    feeds: dict[str, FeedSpec] = {}
    problems: list[str] = []
    for outline, path in _outlines(root, ()):
        address = _address(outline)
        name = _said(outline, "title") or _said(outline, "text") or "an outline"
        where = " / ".join((*path, name))
        if address is None:
            continue
        if not urls.is_web(address):
            problems.append(f"{where}: {text.shorten(address, 100)!r} is not a web address; this feed was left out")
        elif address in feeds:
            problems.append(f"{where}: {address} is listed twice; the first stays")
        else:
            feeds[address] = _spec(outline, address, problems)
    if damage and not feeds and not problems:
        raise ParseError(f"the file is damaged and holds no feed: {damage}. Export it again from the other reader.")
    return tuple(feeds.values()), tuple(problems)


def write(feeds: Iterable[FeedSpec], *, title: str = "talks-monitor feeds") -> bytes:
    """An OPML 2.0 file of ``feeds``; ``read`` gives them back unchanged."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for feed in feeds:
        name = _writable(feed.title)
        attributes = {"type": "rss", "text": name or feed.url, "title": name, "xmlUrl": feed.url}
        attributes |= {"htmlUrl": _writable(feed.homepage), "language": _writable(feed.language)}
        attributes |= {extra: _writable(getattr(feed, extra)) for extra in _EXTRA}
        attributes["stateControlled"] = "true" if feed.state_controlled else "false"
        etree.SubElement(body, "outline", attributes)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _root(body: bytes) -> tuple[Any, str]:
    """The root, and what is wrong with the XML where it had to be mended."""
    source = charset.decode(body).text.lstrip()
    if "<!ENTITY" in source[:100_000].upper():
        raise ParseError("the file defines XML entities, which no list of feeds needs. Remove them and import again.")
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"not an OPML file: {error.msg}. Export it again from the other reader.") from error
    if root is None or not isinstance(root.tag, str) or _name(root) not in {"opml", "outlinedocument"}:
        found = "no XML" if root is None else f"the root element is <{text.shorten(str(root.tag), 40)}>"
        raise ParseError(f"not an OPML file: {found}. Export the feeds as OPML from the other reader.")
    return root, parser.error_log[0].message if parser.error_log else ""


def _outlines(element: Any, path: tuple[str, ...]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Every outline below ``element`` with the titles of the folders above it, in the file's order."""
    for child in element:
        if not isinstance(child.tag, str) or len(path) > _DEPTH:
            continue
        if _name(child) != "outline":
            yield from _outlines(child, path)
            continue
        yield child, path
        yield from _outlines(child, (*path, _said(child, "text") or _said(child, "title") or "folder"))


def _address(outline: Any) -> str | None:
    """The feed's address; None for a folder, empty when a feed has none."""
    address = _said(outline, "xmlurl") or _said(outline, "url" if _said(outline, "type").lower() == "rss" else "xmlurl")
    if address or _said(outline, "type").lower() in {"rss", "atom", "feed"}:
        return address
    return None


def _spec(outline: Any, address: str, problems: list[str]) -> FeedSpec:
    extra = {name: _said(outline, name) for name in _EXTRA}
    kind = extra.pop("kind") or "media"
    if kind not in _KINDS:
        problems.append(f"{address}: the kind {text.shorten(kind, 40)!r} is unknown; media is used")
        kind = "media"
    title = _said(outline, "title") or _said(outline, "text")
    return FeedSpec(
        url=address,
        title="" if title == address else title,
        homepage=_said(outline, "htmlurl"),
        language=_said(outline, "language") or "en",
        state_controlled=_said(outline, "statecontrolled").lower() in _TRUE,
        kind=kind,
        **extra,
    )


def _said(outline: Any, name: str) -> str:
    """An attribute's value; the case of attribute names differs from reader to reader."""
    value = next((str(value) for key, value in outline.attrib.items() if key.lower() == name), "")
    return text.one_line(value)[: markup.TITLE_LIMIT]


def _writable(value: str) -> str:
    return text.one_line(charset.without_forbidden(value))


def _name(element: Any) -> str:
    # Not QName: it refuses the names that recovered, broken files can have.
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()
