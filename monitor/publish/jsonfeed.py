"""JSON Feed 1.1. Pure."""

import json
from collections.abc import Iterable, Mapping

from monitor.publish import clean, shown
from monitor.records.telling.publishing import PublishedFeed, PublishedItem

VERSION = "https://jsonfeed.org/version/1.1"


def jsonfeed(items: Iterable[PublishedItem], feed: PublishedFeed) -> bytes:
    """The feed with ``items`` in their order."""
    document = {
        "version": VERSION,
        "title": clean.plain(feed.title, clean.TITLE) or shown.NAME,
        "description": clean.plain(feed.description),
        "home_page_url": clean.link(feed.home),
        "feed_url": clean.link(feed.address),
        "items": [_item(item) for item in items],
    }
    return json.dumps(_filled(document), ensure_ascii=False, indent=1).encode() + b"\n"


def _item(item: PublishedItem) -> dict[str, object]:
    return _filled(
        {
            "id": clean.plain(item.id),
            "url": clean.link(item.url),
            "title": shown.title(item),
            "content_html": shown.html(item),
            "content_text": shown.text(item),
            "date_published": clean.stamp(item.published),
            "date_modified": clean.stamp(max(item.updated, item.published)),
            "authors": [{"name": name} for name in shown.authors(item)],
            "tags": shown.topics(item),
            "language": clean.plain(item.language, clean.NAME),
            "_monitor": _own(item),
        }
    )


def _own(item: PublishedItem) -> dict[str, object]:
    """What JSON Feed has no word for."""
    return _filled(
        {
            "outlet": clean.plain(item.outlet, clean.NAME),
            "country": clean.plain(item.country, clean.NAME),
            "state_controlled": item.state_controlled,
            "story": clean.plain(item.story, clean.NAME),
            "scores": {clean.plain(mark.topic, clean.NAME): round(mark.score, 4) for mark in item.marks},
        }
    )


def _filled(fields: Mapping[str, object]) -> dict[str, object]:
    """Without what is not known: JSON Feed leaves such fields out."""
    return {name: value for name, value in fields.items() if value not in ("", [], {}) or name == "items"}
