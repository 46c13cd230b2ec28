"""How all feeds are, judged again only where something has changed or time alone may have changed it."""

import threading
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from monitor.pipeline.polling import health_facts
from monitor.polling.health import FeedHealth, FeedState, holds_until, judge
from monitor.records.feeds import Feed, FeedLine

_TOGETHER = 500
"""Whole feeds in memory at once: the first look judges all."""


class ReadsFeeds(Protocol):
    """The part of the feeds' store that is read here."""

    def lines(self) -> tuple[FeedLine, ...]:
        """Every feed that is polled."""
        ...

    def some(self, ids: Iterable[int]) -> tuple[Feed, ...]:
        """The feeds with those numbers."""
        ...


class Verdict(NamedTuple):
    """How a feed is, without the words."""

    line: FeedLine
    state: FeedState
    since: datetime | None


class _Known(NamedTuple):
    """What was found, and when and of which row it holds."""

    stamp: int
    state: FeedState
    since: datetime | None
    judged_at: datetime
    until: datetime | None


class Verdicts:
    """Remembers what it found of each feed. Safe between threads."""

    def __init__(self, feeds: ReadsFeeds) -> None:
        self._feeds = feeds
        self._lock = threading.Lock()
        self._known: dict[int, _Known] = {}

    def look(self, now: datetime) -> tuple[Verdict, ...]:
        """How every feed that is polled is now, in the order added."""
        with self._lock:
            lines = self._feeds.lines()
            known = {
                line.id: found for line in lines if (found := self._known.get(line.id)) and _holds(found, line, now)
            }
            stamps = {line.id: line.stamp for line in lines if line.id not in known}
            wanted = list(stamps)
            for start in range(0, len(wanted), _TOGETHER):
                for feed in self._feeds.some(wanted[start : start + _TOGETHER]):
                    # A row that changes between the two reads is judged again next time: the stamp is the older one's.
                    known[feed.id] = _judged(feed, stamps[feed.id], now)
            self._known = known
        return tuple([_verdict(line, known[line.id]) for line in lines if line.id in known])

    def told(self, ids: Iterable[int], now: datetime) -> dict[int, tuple[Feed, FeedHealth]]:
        """Those feeds, and how they are in words; feeds that are gone are left out."""
        return {feed.id: (feed, judge(health_facts(feed), now=now)) for feed in self._feeds.some(ids)}


def _judged(feed: Feed, stamp: int, now: datetime) -> _Known:
    facts = health_facts(feed)
    health = judge(facts, now=now)
    return _Known(stamp, health.state, health.since, now, holds_until(facts, now=now))


def _holds(known: _Known, line: FeedLine, now: datetime) -> bool:
    return known.stamp == line.stamp and known.judged_at <= now and (known.until is None or now <= known.until)


def _verdict(line: FeedLine, known: _Known) -> Verdict:
    return Verdict(line, known.state, known.since)
