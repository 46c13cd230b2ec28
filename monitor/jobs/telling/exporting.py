"""What was found, as bytes for other programs: what the store has, in the words of ``publish``.

Both ``monitor export`` and the dashboard's downloads come through here, so that they say the same.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid5

from monitor import urls
from monitor.records.telling.publishing import IDS, PublishedFeed, PublishedItem
from monitor.records.telling.subscribers import Selection

if TYPE_CHECKING:
    from monitor.store.publishing import Listing, Publishing

WHAT = ("matches", "stories", "statements", "events", "ladder")
FEEDS = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
CALENDAR = {"ics": "text/calendar; charset=utf-8"}
STREAMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
"""Tables that are written piece by piece."""
FEED_ITEMS = 100
"""Items of a feed unless told otherwise: readers ask again and again."""


def found(
    publishing: "Publishing",
    what: str,
    selection: Selection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
    now: datetime,
) -> "Listing[Any]":
    """The records, the newest first; statements and events go by days. Raises QueryError for a wrong search."""
    if what in {"statements", "events"}:
        days = {"since": since and since.astimezone(UTC).date(), "until": until and until.astimezone(UTC).date()}
        read = publishing.statements if what == "statements" else publishing.happenings
        return read(selection, **days, limit=limit, now=now)
    between = {"since": since, "until": until}
    if what == "stories":
        return publishing.stories(selection, **between, limit=limit, now=now)
    return (publishing.matches if what == "matches" else publishing.steps)(selection, **between, limit=limit, now=now)


def feed_of(
    dashboard_url: str, what: str, selection: Selection, *, title: str = "", address: str = ""
) -> PublishedFeed:
    """What the feed says of itself; its id is made of what it holds, so it stays when its title changes."""
    asked = [*selection.topics, *selection.languages, selection.search]
    named = f"Talks monitor: {what}" + (f" · {' '.join(filter(None, asked))}" if any(asked) else "")
    return PublishedFeed(
        id=uuid5(IDS, f"feed {what} {selection!r}".encode("utf-8", "replace").decode()).urn,
        title=title or named,
        description="The Trump-Putin-Zelensky talks and missile aid to Ukraine in the news, with evidence.",
        home=dashboard_url,
        address=address,
    )


def as_feed(form: str, what: str, records: Iterable[Any], feed: PublishedFeed, *, now: datetime) -> bytes:
    """The records as ``rss``, ``atom`` or ``json`` feed."""
    items = list(_items(what, records))
    if form == "json":
        from monitor.publish.jsonfeed import jsonfeed

        return jsonfeed(items, feed)
    if form == "atom":
        from monitor.publish.atom import atom

        return atom(items, feed, now=now)
    from monitor.publish.rss import rss

    return rss(items, feed, now=now)


def as_calendar(records: Iterable[Any], feed: PublishedFeed) -> bytes:
    """Events as a calendar. The monitor's own name tells the events of two monitors apart."""
    from monitor.publish.calendars import calendar

    name = urls.host(feed.home)
    return calendar(records, name=feed.title, **({"host": name} if name else {}))


def as_table(form: str, what: str, records: Iterator[Any], topics: Collection[str] = ()) -> Iterator[bytes]:
    """The records as ``csv`` or ``jsonl``, piece by piece."""
    from monitor.publish import tables
    from monitor.publish.columns import TABLES, rows

    write = tables.csv if form == "csv" else tables.jsonl
    yield from write(TABLES[what], rows(what, records, topics=topics))


def _items(what: str, records: Iterable[Any]) -> Iterable[PublishedItem]:
    """Records as items of a feed."""
    from monitor.publish import items

    if what == "matches":
        return records
    if what == "stories":
        return (items.of_story(story, urn) for story, urn in records)
    if what == "statements":
        return map(items.of_statement, records)
    if what == "ladder":
        return map(items.of_step, records)
    return (item for item in map(items.of_happening, records) if item is not None)
