"""The system: funnel, queues, errors, storage, messages, who works; for admins also accounts and the audit log."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Query

from monitor import charts
from monitor.charts.theme import Spec
from monitor.dashboard.page import Page, Visit
from monitor.records.accounts import Role
from monitor.records.articles import EntryState
from monitor.records.board.system import Dropped, Failure, Stage, SystemView
from monitor.records.upkeep import DAEMON

WINDOWS = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
OVERDUE = timedelta(hours=1)
TROUBLED = timedelta(days=1)
COUNTED = timedelta(days=30)
MOST_FAILURES = 12
AUDITED = 50
STAGES = ("seen", "passed the gate", "read", "analysed", "matched")
FOR_ITS_LANGUAGE = "language"
"""How the reason of an entry begins that was given up for its language: most are before their page is read."""
_WAITS = frozenset({EntryState.NEW, EntryState.TO_READ, EntryState.TO_ANALYSE})
_ENDS_AT = {
    EntryState.NEW: 0,
    EntryState.RULED_OUT: 0,
    EntryState.SKIPPED: 0,
    EntryState.TO_READ: 1,
    EntryState.FAILED: 1,
    EntryState.TO_ANALYSE: 2,
    EntryState.UNMATCHED: 3,
    EntryState.MATCHED: 4,
}
"""The stage that entries of a state have reached."""


def load(visit: Visit, *, window: Annotated[Literal["24h", "7d", "30d"], Query()] = "24h") -> SystemView:
    """How the program is."""
    store, since = visit.store, visit.now - WINDOWS[window]
    dropped = store.board.system.dropped(since, now=visit.now)
    revision, size, tables = store.board.system.stored()
    holder = store.leases.holder(DAEMON)
    alive = holder is not None and holder.expires_at > visit.now
    is_admin = visit.person.may(Role.ADMIN)
    return SystemView(
        window=window,
        since=since,
        seen=sum(each.count for each in dropped),
        funnel=stages(dropped),
        dropped=dropped[:40],
        queues=store.board.system.queues(),
        failures=_failures(visit),
        troubles=store.board.troubles.since(visit.now - TROUBLED),
        messages=store.board.messages.counts(visit.now - COUNTED),
        waiting=store.board.messages.waiting(),
        overdue=store.deliveries.overdue(now=visit.now, after=OVERDUE).count,
        daemon=holder.holder if holder is not None and alive else "",
        daemon_until=holder.expires_at if holder is not None and alive else None,
        model=store.board.system.model(),
        revision=revision,
        database=store.name,
        bytes=size,
        tables=tuple(tables),
        accounts=store.accounts.listed() if is_admin else (),
        audit=store.audit.listed(limit=AUDITED) if is_admin else (),
    )


def stages(dropped: Sequence[Dropped]) -> tuple[Stage, ...]:
    """Entries on their way: each stage with those that reached it, and what ended there."""
    lost: defaultdict[int, list[Dropped]] = defaultdict(list)
    waiting: Counter[int] = Counter()
    for each in dropped:
        stage = _ENDS_AT[EntryState(each.state)]
        if each.state == EntryState.SKIPPED and not each.reason.startswith(FOR_ITS_LANGUAGE):
            stage += 1
        if each.state in _WAITS:
            waiting[stage] += each.count
        elif each.state != EntryState.MATCHED:
            lost[stage].append(each)
    left = sum(each.count for each in dropped)
    found = []
    for place, name in enumerate(STAGES):
        found.append(Stage(name=name, count=left, lost=tuple(lost[place]), waiting=waiting[place]))
        left -= waiting[place] + sum(each.count for each in lost[place])
    return tuple(found)


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
