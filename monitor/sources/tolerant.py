"""Any XML feed through feedparser, also broken ones; with ``dates`` the only place where feedparser lives.

feedparser gets UTF-8 that we decoded, sanitises nothing and resolves no links inside HTML: nh3 does both, faster, and
without the SGML parser that has hung on hostile input (kurtmckee/feedparser#263). It never sees a path or an address,
only bytes, so it can open nothing; external entities and nested entity definitions stay unexpanded.
"""

import io
import json
import re
import xml.sax
from typing import Any

from monitor import text
from monitor.errors import ParseError
from monitor.sources import known, markup, skips
from monitor.sources.raw import Markup, RawEntry, RawFeed
from monitor.sources.source import Source, depth, label
from monitor.urls import is_web

# What feedparser has been seen to raise on input that is no feed, or a broken one.
_FOREIGN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    xml.sax.SAXException,
)
_OF_CHANNEL = ("title", "link", "subtitle", "updated")
_DEEPEST = 10_000
_MOST_UNCLOSED = 50_000
_MOST_ATTRIBUTES = 2_000
_LONG_TAG = re.compile(r"<[A-Za-z_][^<>]{8000,}")
_NOT_TEXT = ("image/", "video/", "audio/")
# Counters of readers, not words of the entry: they may change at every poll.
_COUNTERS = frozenset({"slash_comments", "slash_hit_parade", "thr_total", "media_starrating", "media_statistics"})


def read(source: Source) -> RawFeed:
    """Read any XML feed that feedparser knows. Raises ParseError when there is none in it."""
    _refuse_endless(source)
    result = _parsed(source)
    feed = result["feed"]
    rows = result["entries"]
    # CDF has no version of its own; its root element and something about the channel must do.
    is_feed = result.get("version") or (source.root == "channel" and any(feed.get(name) for name in _OF_CHANNEL))
    if not is_feed and not rows:
        raise ParseError(f"{source.url}: {_instead(source, result)}, not a feed. Check the address.")
    skip_hours, skip_days = skips.found(source.text)
    return RawFeed(
        kind=result.get("version") or "unknown",
        count=len(rows),
        hashes=tuple(known.hash_of(_sent(row)) for row in rows[: markup.ENTRY_LIMIT]),
        guids=tuple(" ".join(_text(row.get("id")).split()) for row in rows[: markup.ENTRY_LIMIT]),
        entry=lambda place: _entry(rows[place]),
        title=_text(feed.get("title")),
        links=_links(feed),
        language=_text(feed.get("language")),
        ttl=_text(feed.get("ttl")),
        period=_text(feed.get("sy_updateperiod")),
        frequency=_text(feed.get("sy_updatefrequency")),
        hubs=_related(feed, "hub"),
        topics=_related(feed, "self"),
        skip_hours=skip_hours,
        skip_days=skip_days,
        notes=_broken(result),
    )


def _refuse_endless(source: Source) -> None:
    """Refuse what takes feedparser a time that grows with the square of its size; no feed is like that."""
    text, reason = source.text, ""
    opened = text.count("<")
    if opened > _DEEPEST and (found := depth(text)) > _DEEPEST:
        reason = f"elements nested {found} deep"
    elif opened - text.count(">") > _MOST_UNCLOSED:
        reason = f"{opened - text.count('>')} tags that never end"
    elif text.count("=") > _MOST_ATTRIBUTES and any(
        tag[0].count("=") > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(text)
    ):
        reason = f"a tag with more than {_MOST_ATTRIBUTES} attributes"
    if reason:
        raise ParseError(f"{source.url}: {reason}, not a feed. Check the address.")


def _parsed(source: Source) -> Any:
    # Without a base feedparser leaves ids as they are; with one it would rewrite those that look like links.
    headers = {"content-type": "application/xml; charset=utf-8"}
    if source.language:
        headers["content-language"] = source.language
    # Loaded when a document needs it: it takes 13 MB, and the strict reader answers for most feeds.
    import feedparser

    try:
        return feedparser.parse(
            io.BytesIO(source.text.encode("utf-8", "replace")),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except _FOREIGN as error:
        raise ParseError(
            f"{source.url}: the parser gave up on it ({type(error).__name__}: {text.shorten(str(error), 120)}). "
            "Report the address if a browser shows a feed there."
        ) from error


def _instead(source: Source, result: Any) -> str:
    if source.root:
        return f"{label(source.root)} with the root element <{source.root[:40]}>"
    broken = result.get("bozo_exception")
    return f"text without a root element ({text.shorten(str(broken), 80)})" if broken else "text without any element"


def _broken(result: Any) -> tuple[str, ...]:
    error = result.get("bozo_exception")
    return (f"not well-formed: {text.shorten(str(error), 120)}",) if isinstance(error, xml.sax.SAXException) else ()


def _sent(row: Any) -> bytes:
    """What feedparser kept of an entry, without counters."""
    kept = {name: value for name, value in row.items() if name not in _COUNTERS}
    links = [link for link in row.get("links") or () if isinstance(link, dict)]
    kept["links"] = [{name: link[name] for name in link if not name.startswith("thr:")} for link in links]
    return json.dumps(kept, default=str, sort_keys=True).encode()


def _entry(row: Any) -> RawEntry:
    return RawEntry(
        guid=_text(row.get("id")),
        links=_links(row),
        title=_text(row.get("title")),
        summary=_summary(row),
        content=_content(row),
        # dict.get: feedparser's own falls back from one date to another, with a warning.
        published=_text(dict.get(row, "published")),
        created=_text(dict.get(row, "created")),
        updated=_text(dict.get(row, "updated")),
        authors=_authors(row),
        language=_text(row.get("language")) or _text((row.get("title_detail") or {}).get("language")),
        source=_text((row.get("source") or {}).get("title")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _links(row: Any) -> tuple[str, ...]:
    """Candidates for the address of an entry or feed; an aggregator's tracking address gives way to the original."""
    own = row.get("link")
    if isinstance(own, str) and own == row.get("id") and not is_web(own):
        # feedparser takes an RSS id for a link unless the feed denies it, and many feeds forget to.
        own = None
    candidates = [row.get("feedburner_origlink"), own]
    candidates += [link.get("href") for link in row.get("links") or () if link.get("rel") in {"alternate", "via"}]
    return tuple(link for link in candidates if isinstance(link, str) and link)


def _related(feed: Any, relation: str) -> tuple[str, ...]:
    links = (link.get("href") for link in feed.get("links") or () if link.get("rel") == relation)
    return tuple(link for link in links if isinstance(link, str))


def _markup(detail: Any) -> Markup:
    return Markup(value=_text(detail.get("value")), kind=_text(detail.get("type")), base=_text(detail.get("base")))


def _summary(row: Any) -> Markup:
    """The summary, or the content that feedparser lets stand in for it."""
    if detail := row.get("summary_detail"):
        return _markup(detail)
    value = row.get("summary")
    return _markup(next((item for item in row.get("content") or () if item.get("value") == value), {"value": value}))


def _content(row: Any) -> Markup:
    """The longest of the contents that are text."""
    details = [item for item in row.get("content") or () if isinstance(item.get("value"), str)]
    readable = [item for item in details if not str(item.get("type")).startswith(_NOT_TEXT)]
    longest: Any = max(readable, key=lambda item: len(item["value"]), default={})
    return _markup(longest)


def _authors(row: Any) -> tuple[str, ...]:
    people = [person for person in row.get("authors") or () if person]
    names = tuple(_text(person.get("name") or person.get("email")) for person in people)
    return names if any(names) else (_text(row.get("author")),)
