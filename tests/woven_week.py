"""The bundled newsroom's week, read by the shipped model and woven by the real jobs into a store."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from monitor.config import Settings
from monitor.jobs.analyse import analyse
from monitor.jobs.chronicle import chronicle
from monitor.jobs.services import Done, Services
from monitor.records.articles import Article, EntryState, PageKind, ReadResult
from monitor.records.feeds import FeedEntry, FeedSpec
from monitor.replay.week import Entry, Outlet, Week, load
from monitor.store import Store
from monitor.weights import routes
from tests.store_builders import add_feed, poll, screened


@dataclass(frozen=True, slots=True, kw_only=True)
class WovenWeek:
    """The week, the store that tells of it, and how many articles were read, and matched and were woven."""

    week: Week
    store: Store
    read: int
    woven: int


def woven_week(
    store: Store, chosen: Callable[[Entry], bool] = lambda entry: entry.talks + entry.missile_aid > 0
) -> WovenWeek:
    """Every chosen entry in its first wording, through entries and articles, model, extraction and weaving."""
    week = load()
    entries = [entry for entry in week.entries if chosen(entry)]
    _publish(store, week, entries)
    services = _services(store, week.end)
    read = _all_rounds(analyse, services).get("analysed", 0)
    woven = _all_rounds(chronicle, services).get("woven", 0)
    return WovenWeek(week=week, store=store, read=read, woven=woven)


def _publish(store: Store, week: Week, entries: Iterable[Entry]) -> None:
    """Each outlet's entries as its feed brings them out, read from their pages."""
    outlets = {outlet.id: outlet for outlet in week.outlets}
    feeds = {id_: add_feed(store, _feed_url(id_), **_spec_fields(outlet)) for id_, outlet in outlets.items()}
    for feed in feeds.values():
        # What a feed's first document brings is a back catalogue, and none of this is.
        poll(store, feed, at=week.start - timedelta(hours=1))
    for entry in entries:
        at = entry.at + timedelta(minutes=5)
        (entry_id,) = poll(store, feeds[entry.outlet], _feed_entry(entry), at=at).new_entry_ids
        store.entries.record_screen([screened(entry_id, EntryState.TO_READ)], now=at)
        store.entries.record_read([_read(entry_id, entry, outlets[entry.outlet])], now=at)


def _services(store: Store, now: datetime) -> Services:
    nothing = cast(Any, None)
    return Services(
        store=store,
        fetcher=nothing,
        parser=nothing,
        reader=routes(Settings()),
        pace=nothing,
        read_policy=nothing,
        holder="newsroom",
        clock=lambda: now.astimezone(UTC),
        dice=lambda: 0.0,
    )


def _all_rounds(job: Callable[[Services], Done], services: Services) -> dict[str, int]:
    counts: dict[str, int] = {}
    while done := job(services):
        for kind, number in done.counts.items():
            counts[kind] = counts.get(kind, 0) + number
    return counts


def _feed_url(outlet: str) -> str:
    return f"https://{outlet}.example/rss"


def url_of(entry: Entry) -> str:
    """The address of an entry's page."""
    return f"https://{entry.outlet}.example/{entry.slug}"


def _spec_fields(outlet: Outlet) -> dict[str, Any]:
    spec = FeedSpec(
        url=_feed_url(outlet.id),
        title=outlet.name,
        outlet=outlet.name,
        family=outlet.family,
        country=outlet.country,
        state_controlled=outlet.state_controlled,
        language=outlet.language,
        kind=outlet.kind,
    )
    return {name: getattr(spec, name) for name in spec.__slots__ if name != "url"}


def _feed_entry(entry: Entry) -> FeedEntry:
    first = entry.versions[0]
    return FeedEntry(
        guid=entry.id,
        url=url_of(entry),
        title=first.plain_title,
        summary=first.summary,
        published=entry.at,
        published_raw=entry.at.isoformat(),
    )


def _read(entry_id: int, entry: Entry, outlet: Outlet) -> ReadResult:
    first = entry.versions[0]
    article = Article(
        id=entry.id,
        title=first.plain_title,
        text="\n\n".join(first.body),
        url=url_of(entry),
        published=entry.at,
        source=outlet.name,
        language=outlet.language,
    )
    return ReadResult(entry_id=entry_id, article=article, page_kind=PageKind.ARTICLE, text_source="page")
