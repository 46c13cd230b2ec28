"""The sources: how every feed is and why, what it brought, how precise its matches are; and one feed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import Path, Query

from monitor import charts
from monitor.charts.theme import Spec
from monitor.dashboard.page import NotFoundError, Page, Visit
from monitor.pipeline.polling import health_facts
from monitor.pipeline.verdicts import Verdict
from monitor.polling.health import STATES, FeedHealth, judge
from monitor.records.board.sources import FeedYield, SourceRow, SourcesView, SourceView
from monitor.records.feeds import Feed, FeedLine, FeedSpec

PAGE_LENGTH = 100
OFF = "off"
LEAST_JUDGED = 5
"""Judgements below which a feed's precision says nothing."""
State = Literal["gone", "failing", "unreached", "frozen", "stale", "partial", "moved", "new", "ok", "off"]
Order = Literal["health", "title", "country", "new", "matches", "yield", "precision", "success", "gaps"]
_NOTHING = FeedYield()


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
    verdicts = visit.verdicts.look(visit.now)
    fitting = [verdict for verdict in verdicts if _fits(verdict, state, country, media, text)]
    yields = visit.store.board.sources.yields(visit.now) if order in _BY_YIELD else {}
    key = _ORDERS[order]
    fitting.sort(key=lambda verdict: key(verdict, yields.get(verdict.line.id, _NOTHING)))
    shown = [verdict.line.id for verdict in fitting[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]]
    states = Counter(verdict.state for verdict in verdicts)
    return SourcesView(
        rows=_rows(visit, shown),
        found=len(fitting),
        total=len(verdicts),
        states=tuple((state.value, states[state]) for state in STATES if states[state]),
        countries=tuple(sorted({verdict.line.country for verdict in verdicts if verdict.line.country})),
        page=page,
        pages=max(1, -(-len(fitting) // PAGE_LENGTH)),
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
            feed,
            judge(health_facts(feed), now=visit.now),
            visit.store.board.sources.yields(visit.now, of=[feed_id]).get(feed_id, _NOTHING),
        ),
        homepage=feed.spec.homepage,
        family=feed.spec.family,
        last_error=feed.last_error or "",
        entries_seen=feed.entries_seen,
        notes=feed.notes,
        facts=visit.store.board.sources.facts(feed_id, person=visit.person.name, now=visit.now),
    )


def _rows(visit: Visit, ids: Sequence[int]) -> tuple[SourceRow, ...]:
    told = visit.verdicts.told(ids, visit.now)
    yields = visit.store.board.sources.yields(visit.now, of=ids)
    return tuple(_row(*told[id_], yields.get(id_, _NOTHING)) for id_ in ids if id_ in told)


def _row(feed: Feed, health: FeedHealth, found: FeedYield) -> SourceRow:
    spec = feed.spec
    is_off = not feed.active and feed.gone_at is None
    return SourceRow(
        id=feed.id,
        title=_title(spec),
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


def _fits(verdict: Verdict, state: str | None, country: str, media: str, text: str) -> bool:
    line = verdict.line
    return (
        (state is None or verdict.state == state)
        and (not country or line.country == country.upper())
        and (media == "any" or line.state_controlled == (media == "state"))
        and text.casefold() in f"{_title(line)}\n{line.outlet}\n{line.url}".casefold()
    )


def _title(said: FeedSpec | FeedLine) -> str:
    return said.title or said.outlet or said.url


def precision(found: FeedYield) -> float | None:
    """Share of the judged matches that were kept; None where too few were judged to say."""
    judged = found.kept + found.rejected
    return found.kept / judged if judged >= LEAST_JUDGED else None


def yield_of(found: FeedYield) -> float | None:
    """Share of the last seven days' entries that matched; None without entries."""
    return found.matched_new / found.new if found.new else None


def _least(value: Any) -> tuple[bool, Any]:
    """In order, and what is not known last."""
    return (value is None, value)


_ORDERS: Mapping[str, Callable[[Verdict, FeedYield], Any]] = {
    "health": lambda of, _: (STATES.index(of.state), of.since.timestamp() if of.since else 0.0, _title(of.line)),
    "title": lambda of, _: _title(of.line).casefold(),
    "country": lambda of, _: (of.line.country, _title(of.line).casefold()),
    "gaps": lambda of, _: -of.line.gaps,
    "success": lambda of, _: _least(of.line.succeeded),
    "new": lambda _, found: -found.new,
    "matches": lambda _, found: -found.matches,
    "yield": lambda _, found: _least(None if (share := yield_of(found)) is None else -share),
    "precision": lambda _, found: _least(precision(found)),
}
_BY_YIELD = frozenset({"new", "matches", "yield", "precision"})


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
