"""How the sources are, for a digest's coverage and for alerts on sources that went dark."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.jobs.telling.desk import Sources
from monitor.pipeline.polling import health_facts
from monitor.polling.health import STATES, FeedState, judge
from monitor.records.telling.digests import DarkFeed
from monitor.store import Store

KEPT = timedelta(minutes=1)
"""Judging reads every feed's row: one look serves all who ask within so long."""
LIGHT = frozenset({"ok", "new", "moved", "partial"})
LISTENED = timedelta(hours=1)
"""So long a feed is listened to before its silence is one: what it brings first may be old, as in the demo."""


def sources(store: Store) -> Callable[[datetime], Sources]:
    """Give a function that judges every active feed, at most once a minute. Safe between threads."""
    lock = threading.Lock()
    kept: list[tuple[datetime, Sources]] = []

    def look(now: datetime) -> Sources:
        with lock:
            if not kept or not timedelta(0) <= now - kept[0][0] < KEPT:
                kept[:] = [(now, _judged(store, now))]
            return kept[0][1]

    return look


def _judged(store: Store, now: datetime) -> Sources:
    feeds = [feed for feed in store.feeds.all() if feed.active or feed.gone_at is not None]
    dark = []
    for feed in feeds:
        health = judge(health_facts(feed), now=now)
        is_young = health.state == FeedState.STALE and now - feed.added_at < LISTENED
        if health.state not in LIGHT and not is_young:
            title = feed.spec.title or feed.spec.outlet or feed.spec.url
            found = DarkFeed(title=title, state=health.state, since=health.since, detail=health.detail)
            dark.append((STATES.index(health.state), health.since or now, found))
    dark.sort(key=lambda row: row[:2])
    return Sources(active=len(feeds), dark=tuple(found for *_, found in dark))
