"""JSON Feed 1 and 1.1 (jsonfeed.org)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor import text, urls
from monitor.errors import ParseError
from monitor.records.feeds import FeedEntry, ParsedFeed
from monitor.sources import charset, dates, markup
from monitor.sources.notes import entry_notes
from monitor.sources.source import Source

_VERSION = "https://jsonfeed.org/version/"
_KINDS = {"1": "json1", "1.0": "json1", "1.1": "json11"}


def parse(source: Source, *, now: datetime) -> ParsedFeed:
    """Read a JSON Feed. Raises ParseError for broken JSON and for JSON of another kind."""
    feed = _loaded(source)
    base = source.base if urls.is_web(source.base) else _text(feed.get("feed_url") or feed.get("home_page_url"))
    rows = [row for row in _list(feed.get("items")) if isinstance(row, dict)]
    entries = tuple(_entry(row, base) for row in rows[: markup.ENTRY_LIMIT])
    version = _text(feed.get("version")).rstrip("/").rpartition("/")[2]
    over = (f"{len(rows)} entries; only the first {markup.ENTRY_LIMIT} are read",)
    return ParsedFeed(
        kind=_KINDS.get(version, "json"),
        encoding=source.encoding,
        title=markup.plain(feed.get("title")),
        homepage=_link(feed.get("home_page_url"), base),
        language=_text(feed.get("language")).lower()[:35] or source.language,
        hub=_hub(feed),
        entries=entries,
        notes=(*source.notes, *(over if len(rows) > markup.ENTRY_LIMIT else ()), *entry_notes(entries, now)),
    )


def _loaded(source: Source) -> Mapping[str, Any]:
    try:
        feed = json.loads(source.text, strict=False)
    except (ValueError, RecursionError) as error:
        raise ParseError(
            f"{source.url}: broken JSON ({text.shorten(str(error), 100)}), not a feed. It will be asked again."
        ) from error
    if not isinstance(feed, dict):
        raise ParseError(f"{source.url}: a JSON list, not a JSON Feed. Check the address.")
    version = _text(feed.get("version")).replace("http:", "https:").replace("//www.", "//")
    if not version.startswith(_VERSION):
        keys = ", ".join(map(str, list(feed)[:5])) or "nothing"
        raise ParseError(
            f"{source.url}: JSON of another kind (with {text.shorten(keys, 100)}), not a JSON Feed. Check the address."
        )
    return feed


def _entry(row: Mapping[str, Any], base: str) -> FeedEntry:
    raw = _text(row.get("date_published") or row.get("date_modified"))[:200]
    content, kind = row.get("content_html"), "text/html"
    if not _text(content):
        content, kind = row.get("content_text"), "text/plain"
    return FeedEntry(
        guid=_text(row.get("id"))[: markup.TITLE_LIMIT],
        url=_link(row.get("url") or row.get("external_url"), base),
        title=markup.plain(row.get("title")),
        summary=markup.clean_html(row.get("summary"), kind="text/plain", base=base, limit=markup.SUMMARY_LIMIT),
        content=markup.clean_html(content, kind=kind, base=base, limit=markup.CONTENT_LIMIT),
        published_raw=raw,
        published=dates.from_text(raw),
        updated=dates.from_text(_text(row.get("date_modified"))),
        authors=_authors(row),
        language=_text(row.get("language")).lower()[:35],
    )


def _authors(row: Mapping[str, Any]) -> tuple[str, ...]:
    people = [*_list(row.get("authors")), row.get("author")]
    names = (markup.plain(person.get("name"), 200) for person in people if isinstance(person, dict))
    return tuple(dict.fromkeys(name for name in names if name))[:50]


def _hub(feed: Mapping[str, Any]) -> str:
    hubs = (_text(hub.get("url")) for hub in _list(feed.get("hubs")) if isinstance(hub, dict))
    return next((hub for hub in hubs if urls.is_web(hub)), "")


def _link(value: object, base: str) -> str:
    return urls.web_link(base, _text(value))


def _text(value: object) -> str:
    """Strings as they are, numbers (ids often are) as text, else empty."""
    if isinstance(value, str):
        return text.one_line(charset.without_forbidden(value))
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
