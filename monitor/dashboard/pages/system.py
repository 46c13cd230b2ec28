"""The system: funnel, queues, errors, storage, messages, who works; for admins also accounts and the audit log."""

from collections import defaultdict
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Query

from monitor import charts
from monitor.charts.theme import Spec
from monitor.dashboard.page import Page, Visit
from monitor.records.accounts import Role
from monitor.records.articles import EntryState
from monitor.records.board.system import Dropped, Failure, SystemView
from monitor.records.upkeep import DAEMON

WINDOWS = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
OVERDUE = timedelta(hours=1)
MOST_FAILURES = 12
AUDITED = 50


def load(visit: Visit, *, window: Annotated[Literal["24h", "7d", "30d"], Query()] = "24h") -> SystemView:
    """How the program is."""
    store, since = visit.store, visit.now - WINDOWS[window]
    dropped = store.board.system.dropped(since)
    revision, size, tables = store.board.system.stored()
    holder = store.leases.holder(DAEMON)
    alive = holder is not None and holder.expires_at > visit.now
    is_admin = visit.person.may(Role.ADMIN)
    return SystemView(
        window=window,
        since=since,
        seen=sum(each.count for each in dropped),
        funnel=_funnel(dropped),
        dropped=dropped[:40],
        queues=store.board.system.queues(),
        failures=_failures(visit),
        messages=tuple((state, count) for state, count in store.deliveries.counts().items() if count),
        overdue=store.deliveries.overdue(now=visit.now, after=OVERDUE).count,
        daemon=holder.holder if holder is not None and alive else "",
        daemon_until=holder.expires_at if holder is not None and alive else None,
        revision=revision,
        database=store.name,
        bytes=size,
        tables=tuple(tables),
        accounts=store.accounts.listed() if is_admin else (),
        audit=store.audit.listed(limit=AUDITED) if is_admin else (),
    )


def _funnel(dropped: tuple[Dropped, ...]) -> tuple[tuple[str, int], ...]:
    counted: defaultdict[str, int] = defaultdict(int)
    for each in dropped:
        counted[each.state] += each.count
    seen = sum(counted.values())
    screened = seen - counted[EntryState.NEW] - counted[EntryState.SKIPPED]
    passed = screened - counted[EntryState.RULED_OUT]
    read = passed - counted[EntryState.TO_READ] - counted[EntryState.FAILED]
    analysed = read - counted[EntryState.TO_ANALYSE]
    matched = counted[EntryState.MATCHED]
    stages = ("seen", "screened", "passed the gate", "read", "analysed", "matched")
    return tuple(zip(stages, (seen, screened, passed, read, analysed, matched), strict=True))


def _failures(visit: Visit) -> tuple[Failure, ...]:
    """Feeds that fail now, by what is wrong."""
    by_words: defaultdict[str, list[str]] = defaultdict(list)
    for feed in visit.sources(visit.now).dark:
        by_words[feed.detail or feed.state].append(feed.title)
    found = [Failure(what=what, count=len(names), example=names[0]) for what, names in by_words.items()]
    return tuple(sorted(found, key=lambda each: (-each.count, each.what))[:MOST_FAILURES])


def _chart(view: SystemView) -> Spec | None:
    return charts.funnel(view.funnel) if view.seen else None


PAGE = Page(
    path="/system", name="system", title="System", load=load, nav="System", charts={"funnel": _chart}, kept=True
)
