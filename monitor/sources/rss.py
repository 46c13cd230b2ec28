"""RSS, RDF, Atom and CDF through feedparser; the only place where feedparser lives.

feedparser gets UTF-8 that we decoded, sanitises nothing and resolves no links inside HTML: nh3 does both, faster, and
without the SGML parser that has hung on hostile input (kurtmckee/feedparser#263). It never sees a path or an address,
only bytes, so it can open nothing; external entities and nested entity definitions stay unexpanded.
"""

import io
import xml.sax
from datetime import datetime
from typing import Any

import feedparser

from monitor import text, urls
from monitor.errors import ParseError
from monitor.records.feeds import FeedEntry, ParsedFeed
from monitor.sources import charset, dates, markup
from monitor.sources.notes import entry_notes
from monitor.sources.source import Source, label

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
_NOT_TEXT = ("image/", "video/", "audio/")
_DATE_LIMIT = 200
_PERIODS = {"hourly": 3600.0, "daily": 86400.0, "weekly": 604800.0, "monthly": 2592000.0, "yearly": 31536000.0}


def parse(source: Source, *, now: datetime) -> ParsedFeed:
    """Read any XML feed that feedparser knows. Raises ParseError when there is none in it."""
    result = _parsed(source)
    feed = result["feed"]
    rows = result["entries"]
    # CDF has no version of its own; its root element and a title must do.
    known = result.get("version") or (source.root == "channel" and feed.get("title"))
    if not known and not rows:
        raise ParseError(f"{source.url}: {_instead(source, result)}, not a feed. Check the address.")
    homepage = _link(feed, source.base)
    base = source.base if urls.is_web(source.base) else homepage
    entries = tuple(_entry(row, base) for row in rows[: markup.ENTRY_LIMIT])
    return ParsedFeed(
        kind=result.get("version") or "unknown",
        encoding=source.encoding,
        title=markup.plain(feed.get("title")),
        homepage=homepage,
        language=_language(feed.get("language")) or source.language,
        ttl=_ttl(feed),
        hub=_hub(feed),
        entries=entries,
        notes=(*source.notes, *_broken(result), *_count(rows), *entry_notes(entries, now)),
    )


def _parsed(source: Source) -> Any:
    # Without a base feedparser leaves ids as they are; with one it would rewrite those that look like links.
    headers = {"content-type": "application/xml; charset=utf-8"}
    if source.language:
        headers["content-language"] = source.language
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


def _count(rows: list[Any]) -> tuple[str, ...]:
    over = len(rows) > markup.ENTRY_LIMIT
    return (f"{len(rows)} entries; only the first {markup.ENTRY_LIMIT} are read",) if over else ()


def _entry(row: Any, base: str) -> FeedEntry:
    published_raw, published = _date(row, "published", "created", "updated")
    _, updated = _date(row, "updated")
    title_detail = row.get("title_detail") or {}
    return FeedEntry(
        guid=_line(row.get("id")),
        url=_link(row, base),
        title=markup.plain(row.get("title")),
        summary=_html(row.get("summary_detail") or {"value": row.get("summary")}, base, markup.SUMMARY_LIMIT),
        content=_content(row, base),
        published_raw=published_raw,
        published=published,
        updated=updated,
        authors=_authors(row),
        language=_language(title_detail.get("language")),
        source=markup.plain((row.get("source") or {}).get("title")),
    )


def _line(value: object) -> str:
    return text.one_line(charset.without_forbidden(value))[: markup.TITLE_LIMIT] if isinstance(value, str) else ""


def _date(row: Any, *names: str) -> tuple[str, datetime | None]:
    """The first of the named dates that can be read, as written and as UTC; else the first that is there, and None."""
    first = ""
    for name in names:
        # dict.get: feedparser's own falls back from one date to another, with a warning.
        raw = dict.get(row, name)
        if isinstance(raw, str) and raw.strip():
            raw = _line(raw)[:_DATE_LIMIT]
            parsed = dict.get(row, f"{name}_parsed")
            # feedparser takes Unix seconds for a year.
            when = dates.from_text(raw) if parsed is None or raw.isdecimal() else dates.from_struct(parsed)
            first = first or raw
            if when is not None:
                return raw, when
    return first, None


def _link(row: Any, base: str) -> str:
    """The web address of an entry or feed; an aggregator's tracking address gives way to the original."""
    own = row.get("link")
    if isinstance(own, str) and own == row.get("id") and not urls.is_web(own):
        # feedparser takes an RSS id for a link unless the feed denies it, and many feeds forget to.
        own = None
    candidates = [row.get("feedburner_origlink"), own]
    candidates += [link.get("href") for link in row.get("links") or () if link.get("rel") in {"alternate", "via"}]
    links = (urls.web_link(base, charset.without_forbidden(link)) for link in candidates if isinstance(link, str))
    return next((link for link in links if link), "")


def _html(detail: Any, base: str, limit: int) -> str:
    own = urls.absolute(base, detail.get("base") or "")
    return markup.clean_html(
        detail.get("value"), kind=detail.get("type") or "", base=own if urls.is_web(own) else base, limit=limit
    )


def _content(row: Any, base: str) -> str:
    """The longest of the contents that are text."""
    details = [item for item in row.get("content") or () if isinstance(item.get("value"), str)]
    readable = [item for item in details if not str(item.get("type")).startswith(_NOT_TEXT)]
    longest: Any = max(readable, key=lambda item: len(item["value"]), default={})
    return _html(longest, base, markup.CONTENT_LIMIT)


def _authors(row: Any) -> tuple[str, ...]:
    people = [person for person in row.get("authors") or () if person]
    names = [markup.plain(person.get("name") or person.get("email"), 200) for person in people]
    names = names or [markup.plain(row.get("author"), 200)]
    return tuple(dict.fromkeys(name for name in names if name))[:50]


def _language(value: object) -> str:
    return _line(value).lower().replace("_", "-")[:35]


def _ttl(feed: Any) -> float | None:
    """Seconds between polls that the publisher asks for; the longer of the two ways to say it."""
    wishes: list[float] = []
    minutes = _line(feed.get("ttl"))
    if minutes.isdecimal() and int(minutes[:9]) > 0:
        wishes.append(int(minutes[:9]) * 60.0)
    period = _PERIODS.get(_line(feed.get("sy_updateperiod")).lower())
    if period is not None:
        frequency = _line(feed.get("sy_updatefrequency"))
        wishes.append(period / max(1, int(frequency[:9]) if frequency.isdecimal() else 1))
    return max(wishes, default=None)


def _hub(feed: Any) -> str:
    hubs = (link.get("href") for link in feed.get("links") or () if link.get("rel") == "hub")
    return next((hub for hub in hubs if isinstance(hub, str) and urls.is_web(hub)), "")
