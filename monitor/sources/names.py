"""Element and attribute names, brought to the one spelling that feedparser gives them: ``dc_date``, ``media_title``.

A known namespace has its usual prefix whatever prefix the document gives it; an unknown one keeps the document's.
"""

import re
from collections.abc import Iterable
from typing import Any

from monitor.sources.raw import Declined

# Namespace in lower case -> prefix, empty for the feed formats themselves. Others cannot meet a name that matters.
_PREFIXES = {
    "": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://example.com/newformat#": "",
    "http://example.com/necho": "",
    "http://purl.org/echo/": "",
    "uri/of/echo/namespace#": "",
    "http://purl.org/pie/": "",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/xml/1998/namespace": "xml",
    "http://www.w3.org/1999/xlink": "xlink",
}
_TAKEN = frozenset(_PREFIXES.values())
_MANY_ATTRIBUTES = 100
_MEANINGFUL = frozenset("base href ispermalink lang mode rel src type uri url".split())
_BINDING = re.compile(r"""xmlns(?::([\w.-]+))?\s*=\s*["']([^"']*)["']""")
_USERLAND = "backend.userland.com/rss"

Bindings = list[tuple[str, str]]


def bindings(text: str) -> Bindings:
    """Every (prefix, namespace in lower case) that the document declares, in its order."""
    return [(prefix, uri.strip().lower()) for prefix, uri in _BINDING.findall(text) if uri.strip()]


def are_usual(found: Iterable[tuple[str, str]]) -> bool:
    """False when a prefix stands for two namespaces, an unknown one has two, or a known one another's."""
    uris: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    for prefix, uri in found:
        usual = _prefix(uri)
        if usual is None and prefixes.setdefault(uri, prefix) != prefix:
            return False
        if prefix and uris.setdefault(prefix, uri) != uri:
            return False
        if prefix in _TAKEN and prefix and usual not in {None, prefix}:
            return False
    return True


def _prefix(uri: str) -> str | None:
    return "" if _USERLAND in uri else _PREFIXES.get(uri)


def name(element: Any) -> str:
    """The element's name, lower case, with its prefix before an underscore."""
    uri, _, local = str(element.tag).rpartition("}")
    prefix = _prefix(uri[1:].lower())
    if prefix is None:
        prefix = element.prefix or ""
    return f"{prefix}_{local}".lower() if prefix else local.lower()


def attributes(element: Any) -> dict[str, str]:
    """The element's attributes, names in lower case; those of known namespaces with prefix and colon.

    Raises Declined where an attribute of an unknown namespace has a name that means something.
    """
    if len(element.attrib) > _MANY_ATTRIBUTES:
        # libxml2 looks each one up from the first.
        raise Declined
    found = {}
    for key, value in element.items():
        uri, _, local = key.rpartition("}")
        prefix = _prefix(uri[1:].lower()) if uri else ""
        if prefix is None and local.lower() in _MEANINGFUL:
            raise Declined
        spelled = f"{prefix}:{local}".lower() if prefix else local.lower()
        found[spelled] = value.lower() if spelled in {"rel", "type"} else value
    return found
