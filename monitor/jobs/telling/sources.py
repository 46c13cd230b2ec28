"""How the sources are, for a digest's coverage and for alerts on sources that went dark."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.jobs.telling.desk import Sources
from monitor.pipeline.verdicts import Verdicts
from monitor.polling.health import STATES, FeedState
from monitor.records.telling.digests import DarkFeed
from monitor.store import Store

KEPT = timedelta(minutes=1)
"""Judging looks at every feed's row: one look serves all who ask within so long."""
LIGHT = frozenset({"ok", "new", "moved", "partial"})
LISTENED = timedelta(hours=1)
"""So long a feed is listened to before its silence is one: what it brings first may be old, as in the demo."""


def sources(store: Store, verdicts: Verdicts | None = None) -> Callable[[datetime], Sources]:
    """Give a function that judges every active feed, at most once a minute. Safe between threads."""
    verdicts = verdicts or Verdicts(store.feeds)
    lock = threading.Lock()
    kept: list[tuple[datetime, Sources]] = []

    def look(now: datetime) -> Sources:
        with lock:
            if not kept or not timedelta(0) <= now - kept[0][0] < KEPT:
                kept[:] = [(now, _judged(verdicts, now))]
            return kept[0][1]

    return look


def _judged(verdicts: Verdicts, now: datetime) -> Sources:
    found = verdicts.look(now)
    told = verdicts.told((verdict.line.id for verdict in found if verdict.state not in LIGHT), now)
    dark = []
    for feed, health in told.values():
        is_young = health.state == FeedState.STALE and now - feed.added_at < LISTENED
        if health.state not in LIGHT and not is_young:
            title = feed.spec.title or feed.spec.outlet or feed.spec.url
            row = DarkFeed(title=title, state=health.state, since=health.since, detail=health.detail)
            dark.append((STATES.index(health.state), health.since or now, row))
    dark.sort(key=lambda row: row[:2])
    return Sources(active=len(found), dark=tuple(row for *_, row in dark))
