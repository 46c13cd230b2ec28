"""What a page states in schema.org JSON-LD: the nodes, and the one that is the article."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from monitor.urls import canonical

Node = dict[str, Any]

_MAX_NODES = 60
_MAX_BLOCK = 2_000_000
_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]{4,60})"')
_WRAPPING = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$")
_POSTINGS = frozenset({"blogposting", "liveblogposting", "socialmediaposting", "report"})


def nodes(blocks: Iterable[str]) -> list[Node]:
    """The top-level nodes of all JSON-LD blocks, ``@graph`` opened; broken blocks are passed over."""
    found: list[Node] = []
    for block in blocks:
        for node in _opened(_parsed(block)):
            found.append(node)
            if len(found) == _MAX_NODES:
                return found
    return found


def only_date(blocks: Iterable[str]) -> str:
    """The one ``datePublished`` anywhere in the blocks, broken ones too; empty when there are several."""
    dates = {date for block in blocks for date in _PUBLISHED.findall(block)}
    return dates.pop() if len(dates) == 1 else ""


def types(node: Node) -> frozenset[str]:
    """The node's types in lower case, without a schema's address."""
    given = node.get("@type")
    names = given if isinstance(given, list) else [given]
    return frozenset(type_name(name) for name in names if isinstance(name, str))


def type_name(name: str) -> str:
    """``https://schema.org/NewsArticle`` -> ``newsarticle``."""
    return name.strip().rstrip("/").rpartition("/")[2].rpartition(":")[2].lower()


def is_article_type(name: str) -> bool:
    """True for NewsArticle, BlogPosting, Report and their like."""
    return name.endswith("article") or name in _POSTINGS


def article(found: list[Node], addresses: frozenset[str]) -> Node | None:
    """The node of the page's own article: the one with one of ``addresses`` (canonical forms), else the first."""
    articles = [node for node in found if any(map(is_article_type, types(node)))]
    for node in articles:
        if addresses & _addresses(node):
            return node
    return articles[0] if articles else None


def text_of(value: object) -> str:
    """A string value (the first of a list, the ``name`` of a thing), entities resolved, else empty."""
    match value:
        case str():
            # JSON can spell halves of characters, which nothing after us can write down.
            return html.unescape(value).encode("utf-8", "replace").decode().strip()
        case [first, *_]:
            return text_of(first)
        case {"name": name}:
            return text_of(name)
        case _:
            return ""


def names_of(value: object) -> list[str]:
    """The names of persons or organisations, in any of the forms in which they are written."""
    if isinstance(value, list):
        return [name for item in value[:20] for name in names_of(item)]
    name = text_of(value)
    return [name] if name else []


def update_texts(node: Node) -> list[tuple[str, str]]:
    """(headline, text) of each update of a LiveBlogPosting, in the page's order."""
    updates = node.get("liveBlogUpdate")
    updates = updates if isinstance(updates, list) else [updates]
    return [
        (text_of(update.get("headline")), text_of(update.get("articleBody")))
        for update in updates
        if isinstance(update, dict)
    ]


def _parsed(block: str) -> object:
    if len(block) > _MAX_BLOCK:
        return None
    try:
        return json.loads(_WRAPPING.sub("", block).strip().rstrip(";"), strict=False)
    except (ValueError, RecursionError):
        return None


def _opened(value: object) -> Iterator[Node]:
    items = value if isinstance(value, list) else [value]
    for item in items:
        if not isinstance(item, dict):
            continue
        graph = item.get("@graph")
        if isinstance(graph, list):
            yield from (node for node in graph if isinstance(node, dict))
        else:
            yield item
        main = item.get("mainEntity")
        if isinstance(main, dict):
            yield main


def _addresses(node: Node) -> frozenset[str]:
    page = node.get("mainEntityOfPage")
    page = page.get("@id") if isinstance(page, dict) else page
    given = (node.get("url"), node.get("@id"), page)
    return frozenset(canonical(value) for value in given if isinstance(value, str))
