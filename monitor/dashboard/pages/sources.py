"""The sources: how every feed is and why, what it brought, how precise its matches are; and one feed."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import Path, Query

from monitor import charts
from monitor.charts.theme import Spec
from monitor.dashboard.page import NotFoundError, Page, Visit
from monitor.pipeline.polling import health_facts
from monitor.polling.health import STATES, judge
from monitor.records.board.sources import FeedYield, SourceRow, SourcesView, SourceView
from monitor.records.feeds import Feed

PAGE_LENGTH = 100
OFF = "off"
LEAST_JUDGED = 5
"""Judgements below which a feed's precision says nothing."""
State = Literal["gone", "failing", "unreached", "frozen", "stale", "partial", "moved", "new", "ok", "off"]
Order = Literal["health", "title", "country", "new", "matches", "yield", "precision", "success", "gaps"]
_WORST = (*map(str, STATES), OFF)


def load(
    visit: Visit,
    *,
    state: Annotated[State | None, Query()] = None,
    country: Annotated[str, Query(pattern="^([A-Za-z]{2})?$")] = "",
    media: Annotated[Literal["any", "state", "free"], Query(description="Controlled by a state or not.")] = "any",
    text: Annotated[str, Query(max_length=200, description="Part of title, outlet or address.")] = "",
    order: Annotated[Order, Query()] = "health",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> SourcesView:
    """How the feeds are, the worst first."""
    yields = visit.store.board.sources.yields(visit.now)
    rows = [_row(feed, yields.get(feed.id, FeedYield()), visit.now) for feed in visit.store.feeds.all()]
    found = [row for row in rows if _fits(row, state, country, media, text)]
    found.sort(key=_ORDERS[order])
    states = Counter(row.state for row in rows)
    return SourcesView(
        rows=tuple(found[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]),
        found=len(found),
        total=len(rows),
        states=tuple((name, states[name]) for name in _WORST if states[name]),
        countries=tuple(sorted({row.country for row in rows if row.country})),
        page=page,
        pages=max(1, -(-len(found) // PAGE_LENGTH)),
    )


def source(visit: Visit, *, feed_id: Annotated[int, Path(ge=0, le=2**62)]) -> SourceView:
    """One feed: rhythm, polls, entries, matches."""
    feed = visit.store.feeds.get(feed_id)
    if feed is None:
        raise NotFoundError(
            f"There is no feed {feed_id}. It may have been removed: `monitor feeds list` shows those there are."
        )
    return SourceView(
        now=visit.now,
        row=_row(
            feed, visit.store.board.sources.yields(visit.now, feed_id=feed_id).get(feed_id, FeedYield()), visit.now
        ),
        homepage=feed.spec.homepage,
        family=feed.spec.family,
        last_error=feed.last_error or "",
        entries_seen=feed.entries_seen,
        notes=feed.notes,
        facts=visit.store.board.sources.facts(feed_id, person=visit.person.name, now=visit.now),
    )


def _row(feed: Feed, found: FeedYield, now: datetime) -> SourceRow:
    health = judge(health_facts(feed), now=now)
    spec = feed.spec
    is_off = not feed.active and feed.gone_at is None
    return SourceRow(
        id=feed.id,
        title=spec.title or spec.outlet or spec.url,
        outlet=spec.outlet,
        url=spec.url,
        country=spec.country,
        state_controlled=spec.state_controlled,
        language=spec.language,
        kind=spec.kind,
        state=OFF if is_off else str(health.state),
        detail="switched off by a person" if is_off else health.detail,
        since=health.since,
        last_success_at=feed.last_success_at,
        next_poll_at=feed.next_poll_at if feed.active else None,
        interval=feed.interval,
        newest_at=feed.newest_at,
        gaps=feed.gaps,
        found=found,
        gap_at=feed.gap_at,
        notice=_notice(feed),
    )


def _notice(feed: Feed) -> str:
    """What the server said for good, whatever else is wrong."""
    if feed.gone_at is not None:
        return f"its server said on {feed.gone_at:%Y-%m-%d} that it is gone for good"
    if feed.moved_to:
        return f"redirects for good to {feed.moved_to}; watched before it is believed"
    if feed.moved_at is not None and feed.moved_from:
        return f"moved here on {feed.moved_at:%Y-%m-%d} from {feed.moved_from}"
    return ""


def _fits(row: SourceRow, state: str | None, country: str, media: str, text: str) -> bool:
    return (
        (state is None or row.state == state)
        and (not country or row.country == country.upper())
        and (media == "any" or row.state_controlled == (media == "state"))
        and text.casefold() in f"{row.title}\n{row.outlet}\n{row.url}".casefold()
    )


def precision(row: SourceRow) -> float | None:
    """Share of the judged matches that were kept; None where too few were judged to say."""
    judged = row.found.kept + row.found.rejected
    return row.found.kept / judged if judged >= LEAST_JUDGED else None


def yield_of(row: SourceRow) -> float | None:
    """Share of the last seven days' entries that matched; None without entries."""
    return row.found.matched_new / row.found.new if row.found.new else None


def _least(value: float | None) -> tuple[bool, float]:
    """In order, and what is not known last."""
    return (value is None, value or 0.0)


_ORDERS: Mapping[str, Callable[[SourceRow], Any]] = {
    "health": lambda row: (_WORST.index(row.state), row.since.timestamp() if row.since else 0.0, row.title),
    "title": lambda row: row.title.casefold(),
    "country": lambda row: (row.country, row.title.casefold()),
    "new": lambda row: -row.found.new,
    "matches": lambda row: -row.found.matches,
    "yield": lambda row: _least(None if (found := yield_of(row)) is None else -found),
    "gaps": lambda row: -row.gaps,
    "precision": lambda row: _least(precision(row)),
    "success": lambda row: _least(row.last_success_at.timestamp() if row.last_success_at else None),
}


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def _beside(_: SourcesView | SourceView) -> Mapping[str, object]:
    return {"precision": precision, "yield_of": yield_of, "seconds": _seconds, "least_judged": LEAST_JUDGED}


def _rhythm(view: SourceView) -> Spec | None:
    return charts.rhythm(view.facts.hours) if view.facts.hours else None


def _polls(view: SourceView) -> Spec | None:
    return charts.polled(view.facts.poll_hours, now=view.now) if view.facts.poll_hours else None


PAGE = Page(path="/sources", name="sources", title="Sources", load=load, nav="Sources", beside=_beside, kept=True)
SOURCE = Page(
    path="/sources/{feed_id}",
    name="source",
    title="Source",
    load=source,
    heading=lambda view: view.row.title,
    charts={"rhythm": _rhythm, "polls": _polls},
    beside=_beside,
)
