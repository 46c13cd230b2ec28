"""What a feed sent, before cleaning; and the cleaning, which is the same whichever parser read the feed.

Entries that the caller knows are told apart by their hash and never cleaned: that is most of them at most polls.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from monitor import urls
from monitor.records.feeds import FeedEntry, ParsedFeed
from monitor.sources import charset, dates, known, markup
from monitor.sources.notes import entry_notes
from monitor.sources.source import Source

_DATE_LIMIT = 200
# An address that is absolute and needs no second look; whatever else there is goes the long way.
_WEB_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?:/[\w.~%!$&'()*+,=:@/-]*(?:\?[\w.~%!$&'()*+,=:@/-]+)?(?:#[\w.~%=&:@/-]+)?)?",
    re.ASCII,
)
_LONGEST_LINK = 4096
_PERIODS = {"hourly": 3600.0, "daily": 86400.0, "weekly": 604800.0, "monthly": 2592000.0, "yearly": 31536000.0}


class Declined(Exception):  # noqa: N818 -- no error: another reader decides
    """Raised by a strict reader for a document with anything unusual in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """A text field: its media type and its own ``xml:base``, or empty."""

    value: str = ""
    kind: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One entry as sent; a field is empty when the feed lacks it."""

    guid: str = ""
    links: tuple[str, ...] = ()
    """Candidates for the entry's address, the best first, as written or made absolute by the feed's own base."""
    title: str = ""
    summary: Markup = Markup()
    content: Markup = Markup()
    published: str = ""
    created: str = ""
    updated: str = ""
    authors: tuple[str, ...] = ()
    language: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFeed:
    """A feed as sent. ``hashes`` and ``guids`` have one for each entry read; ``entry`` gives the entry at a place."""

    kind: str
    count: int
    """How many entries there are; only the first ``markup.ENTRY_LIMIT`` are read."""
    hashes: tuple[str, ...]
    guids: tuple[str, ...]
    entry: Callable[[int], RawEntry]
    title: str = ""
    links: tuple[str, ...] = ()
    language: str = ""
    ttl: str = ""
    period: str = ""
    frequency: str = ""
    hubs: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def finished(feed: RawFeed, source: Source, *, now: datetime, known_hashes: Collection[str]) -> ParsedFeed:
    """The feed with those of its entries that are not known, cleaned."""
    homepage = _link(feed.links, source.base)
    base = source.base if urls.is_web(source.base) else homepage
    hashes = feed.hashes
    places = known.unknown(hashes, known_hashes)
    entries = tuple(_entry(feed.entry(place), hashes[place], base) for place in places)
    return ParsedFeed(
        kind=feed.kind,
        encoding=source.encoding,
        title=markup.plain(feed.title),
        homepage=homepage,
        language=markup.language(feed.language) or source.language,
        ttl=_ttl(feed),
        hub=_web(feed.hubs),
        topic=_web(feed.topics),
        skip_hours=feed.skip_hours,
        skip_days=feed.skip_days,
        entries=entries,
        hashes=hashes,
        guids_repeat=_guids_repeat(feed, base),
        notes=(*source.notes, *feed.notes, *_count_notes(feed.count), *entry_notes(entries, now)),
    )


def _count_notes(count: int) -> tuple[str, ...]:
    over = count > markup.ENTRY_LIMIT
    return (f"{count} entries; only the first {markup.ENTRY_LIMIT} are read",) if over else ()


def _guids_repeat(feed: RawFeed, base: str) -> bool:
    guids = feed.guids
    if len(set(guids)) == len(guids):
        return False
    often = {guid for guid, times in Counter(guids).items() if times > 1 and guid}
    rows = (feed.entry(place) for place, guid in enumerate(guids) if guid in often)
    return known.guids_repeat((row.guid, _link(row.links, base), markup.plain(row.title)) for row in rows)


def _entry(row: RawEntry, name: str, base: str) -> FeedEntry:
    published_raw, published = _date(row.published, row.created, row.updated)
    _, updated = _date(row.updated)
    names = (markup.plain(author, 200) for author in row.authors)
    content = _html(row.content, base, markup.CONTENT_LIMIT)
    # A content often stands in for the summary.
    is_short = len(content) <= markup.SUMMARY_LIMIT and len(row.content.value) <= markup.SUMMARY_LIMIT
    summary = content if row.summary == row.content and is_short else _html(row.summary, base, markup.SUMMARY_LIMIT)
    return FeedEntry(
        guid=markup.one_line(row.guid)[: markup.TITLE_LIMIT],
        url=_link(row.links, base),
        title=markup.plain(row.title),
        summary=summary,
        content=content,
        published_raw=published_raw,
        published=published,
        updated=updated,
        authors=tuple(dict.fromkeys(name for name in names if name))[:50],
        language=markup.language(row.language),
        source=markup.plain(row.source),
        hash=name,
    )


def _date(*written: str) -> tuple[str, datetime | None]:
    """The first date that can be read, as written and as UTC; else the first that is there, and None."""
    first = ""
    for raw in written:
        if raw and not raw.isspace():
            line = markup.one_line(raw)[:_DATE_LIMIT]
            first = first or line
            when = dates.from_feed(line)
            if when is not None:
                return line, when
    return first, None


def _link(candidates: tuple[str, ...], base: str) -> str:
    for link in candidates:
        if _WEB_ADDRESS.fullmatch(link):
            return link[:_LONGEST_LINK]
        if found := urls.web_link(base, charset.without_forbidden(link)):
            return found
    return ""


def _html(text: Markup, base: str, limit: int) -> str:
    if not text.value:
        return ""
    if text.base:
        own = urls.absolute(base, text.base)
        base = own if urls.is_web(own) else base
    return markup.clean_html(text.value, kind=text.kind, base=base, limit=limit)


def _ttl(feed: RawFeed) -> float | None:
    """Seconds between polls that the publisher asks for; the longer of the two ways to say it."""
    wishes: list[float] = []
    minutes = markup.one_line(feed.ttl)
    if minutes.isdecimal() and int(minutes[:9]) > 0:
        wishes.append(int(minutes[:9]) * 60.0)
    period = _PERIODS.get(markup.one_line(feed.period).lower())
    if period is not None:
        frequency = markup.one_line(feed.frequency)
        wishes.append(period / max(1, int(frequency[:9]) if frequency.isdecimal() else 1))
    return max(wishes, default=None)


def _web(links: tuple[str, ...]) -> str:
    return next((link for link in links if urls.is_web(link)), "")
