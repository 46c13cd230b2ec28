"""Well-formed RSS, RDF and Atom feeds of the common kind, twenty times as fast as feedparser, with the same answers.

libxml2 builds the tree; anything unusual in it raises Declined, and feedparser decides (``tolerant``). Nothing is
resolved or opened: a document with a DOCTYPE is declined before it is parsed. Of an entry that is known already only
the hash is made.
"""

import re
from collections.abc import Collection
from typing import Any

from lxml import etree

from monitor.sources import bases, fixes, known, markup, names, skips
from monitor.sources.context import Context, attributes_of, language_of
from monitor.sources.raw import Declined, RawFeed
from monitor.sources.source import Source, without
from monitor.sources.strict_entry import entry
from monitor.sources.strict_feed import Reading

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_ABOUT = _RDF.replace("RDF", "about")
_ATOM = "{http://www.w3.org/2005/Atom}feed"
_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_RSS10 = "http://purl.org/rss/1.0/"
_RSS090 = "http://my.netscape.com/rdf/simple/0.9/"
_ATOM10 = "http://www.w3.org/2005/atom"
_KIND_OF_NAMESPACE = {_RSS10: "rss10", _RSS090: "rss090", _ATOM10: "atom10"}
_LIMITS = (("</item>", re.compile(r"<item[\s>]")), ("</entry>", re.compile(r"<entry[\s>]")))
# Counters of readers, not words of the entry: they may change at every poll. Their prefix and name.
_COUNTERS = (("slash", "comments"), ("slash", "hit_parade"), ("thr", "total"), ("media", "community"))
_COUNTING_ATTRIBUTES = re.compile(r" thr:(?:count|updated)=(?:\"[^\"]*\"|'[^']*')")


def read(source: Source) -> RawFeed:
    """Read a feed that is well-formed and of a common kind. Raises Declined for every other document."""
    root, bindings = _opened(source.text)
    kind, outer = _kind(root, bindings)
    reading = Reading(_context(root, outer, source, kind))
    attributes = attributes_of(root)
    reading.language = source.language
    if kind not in {"rss10", "rss090"} and (language := language_of(attributes, source.language)):
        reading.language = language
    reading.read_feed(outer)
    if outer is not root and kind in {"rss10", "rss090"}:
        reading.read_rdf(root)
    rows = reading.entries[: markup.ENTRY_LIMIT]
    context = reading.context
    return RawFeed(
        kind=kind,
        count=len(reading.entries),
        hashes=_hashes(source.text, rows, len(reading.entries), {prefix for prefix, _ in bindings}),
        guids=_guids(rows),
        entry=lambda place: entry(rows[place], context),
        title=reading.title,
        links=reading.candidates(),
        language=reading.language,
        ttl=reading.texts.get("ttl", ""),
        period=reading.texts.get("sy_updateperiod", ""),
        frequency=reading.texts.get("sy_updatefrequency", ""),
        hubs=tuple(reading.hubs),
        topics=tuple(reading.topics),
        skip_hours=skips.hours(reading.hours),
        skip_days=skips.days(reading.days),
    )


def _opened(text: str) -> tuple[Any, names.Bindings]:
    if "<!DOCTYPE" in text:
        raise Declined
    bindings = names.bindings(text)
    if not names.are_usual(bindings):
        raise Declined
    # The text is decoded, so the declaration's encoding must not be believed.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        raise Declined from None
    if len(parser.error_log):
        # A warning: the two XML parsers may differ over it.
        raise Declined
    return root, bindings


def _kind(root: Any, bindings: names.Bindings) -> tuple[str, Any]:
    """What kind of feed it is, and the element that holds its title."""
    first = next((_KIND_OF_NAMESPACE[uri] for _, uri in bindings if uri in _KIND_OF_NAMESPACE), "")
    if root.tag == "rss":
        if any(uri in {_RSS10, _RSS090} for _, uri in bindings):
            raise Declined
        version = attributes_of(root).get("version", "")
        return _VERSIONS.get(version) or ("rss20" if version.startswith("2.") else "rss"), _only_channel(root)
    if root.tag == _ATOM and first == "atom10":
        return first, root
    if root.tag == _RDF and first in {"rss10", "rss090"}:
        return first, _only_channel(root)
    raise Declined


def _only_channel(root: Any) -> Any:
    channels = [child for child in root if child.tag.rpartition("}")[2] == "channel"]
    if len(channels) != 1 or root[0] is not channels[0] or (root.tag == "rss" and len(root) != 1):
        raise Declined
    if any(key in {"href", "lastmod"} for key in attributes_of(channels[0])):
        raise Declined
    return channels[0]


def _context(root: Any, outer: Any, source: Source, kind: str) -> Context:
    attributes = attributes_of(root)
    language = language_of(attributes, source.language)
    if root.tag == "rss":
        language = language_of(attributes_of(outer), language)
    return Context(
        base=fixes.resolved("", attributes.get("xml:base") or attributes.get("base") or ""),
        language=language,
        is_atom=kind.startswith("atom"),
        bases=bases.inner(root) if bases.MAY_BE.search(source.text) else {},
    )


def _hashes(text: str, rows: list[Any], count: int, prefixes: Collection[str]) -> tuple[str, ...]:
    """The hash of what the feed sent for each entry, without the counters in it."""
    shown = _shown(_uncounted(text, prefixes), len(rows), count)
    if shown is None:
        written = (etree.tostring(row, encoding="unicode", with_tail=False) for row in rows)
        shown = [_uncounted(sent, prefixes) for sent in written]
    return tuple(known.hash_of(sent.encode("utf-8", "replace")) for sent in shown)


def _uncounted(text: str, prefixes: Collection[str]) -> str:
    for prefix, name in _COUNTERS:
        opening, closing = f"<{prefix}:{name}", f"</{prefix}:{name}>"
        if prefix in prefixes and opening in text and text.count(opening) == text.count(closing):
            text = without(text, opening, closing)
    return _COUNTING_ATTRIBUTES.sub("", text) if "thr" in prefixes and " thr:" in text else text


def _shown(text: str, wanted: int, count: int) -> list[str] | None:
    """The first entries as they stand in the document; None where its text does not show all of them one by one."""
    for closing, opening in _LIMITS:
        *parts, rest = text.split(closing)
        if parts and len(parts) == count and not opening.search(rest):
            starts = [opening.search(part) for part in parts[:wanted]]
            if all(starts):
                return [part[start.start() :] for part, start in zip(parts, starts, strict=False) if start]
    return None


def _guids(rows: list[Any]) -> tuple[str, ...]:
    """The entries' ids, only to see whether they repeat."""
    if not rows:
        return ()
    space = rows[0].tag.rpartition("}")[0]
    tags = tuple(f"{space}}}{name}" if space else name for name in ("guid", "id"))
    # Of several the last counts, as for the entry itself.
    found = (next(row.iterchildren(*tags, reversed=True), None) for row in rows)
    written = (row.get(_ABOUT) if guid is None else guid.text for row, guid in zip(rows, found, strict=True))
    return tuple(" ".join((guid or "").split()) for guid in written)
