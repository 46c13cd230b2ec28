"""JSON Feed 1 and 1.1 (jsonfeed.org)."""

import json
from collections.abc import Mapping
from typing import Any

from monitor import text
from monitor.errors import ParseError
from monitor.sources import known, markup
from monitor.sources.raw import Markup, RawEntry, RawFeed
from monitor.sources.source import Source

_VERSION = "https://jsonfeed.org/version/"
_KINDS = {"1": "json1", "1.0": "json1", "1.1": "json11"}


def read(source: Source) -> RawFeed:
    """Read a JSON Feed. Raises ParseError for broken JSON and for JSON of another kind."""
    feed = _loaded(source)
    rows = [row for row in _list(feed.get("items")) if isinstance(row, dict)]
    version = _text(feed.get("version")).rstrip("/").rpartition("/")[2]
    return RawFeed(
        kind=_KINDS.get(version, "json"),
        count=len(rows),
        hashes=tuple(known.hash_of(json.dumps(row, sort_keys=True).encode()) for row in rows[: markup.ENTRY_LIMIT]),
        guids=tuple(_text(row.get("id")) for row in rows[: markup.ENTRY_LIMIT]),
        entry=lambda place: _entry(rows[place]),
        title=_text(feed.get("title")),
        links=(_text(feed.get("home_page_url")),),
        language=_text(feed.get("language")),
        hubs=tuple(_text(hub.get("url")) for hub in _list(feed.get("hubs")) if isinstance(hub, dict)),
        topics=(_text(feed.get("feed_url")),),
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


def _entry(row: Mapping[str, Any]) -> RawEntry:
    content, kind = row.get("content_html"), "text/html"
    if not _text(content):
        content, kind = row.get("content_text"), "text/plain"
    return RawEntry(
        guid=_text(row.get("id")),
        links=(_text(row.get("url")), _text(row.get("external_url"))),
        title=_string(row.get("title")),
        summary=Markup(value=_string(row.get("summary")), kind="text/plain"),
        content=Markup(value=_string(content), kind=kind),
        published=_text(row.get("date_published")),
        updated=_text(row.get("date_modified")),
        authors=_authors(row),
        language=_text(row.get("language")),
    )


def _authors(row: Mapping[str, Any]) -> tuple[str, ...]:
    people = [*_list(row.get("authors")), row.get("author")]
    return tuple(_string(person.get("name")) for person in people if isinstance(person, dict))


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _text(value: object) -> str:
    """Strings as they are, numbers (ids often are) as text, else empty."""
    if isinstance(value, str):
        return markup.one_line(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
