"""What digests are made of, as those who compose them see it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.records.telling.digests import DarkFeed, Facts
from monitor.records.telling.subscribers import Period, Stream
from monitor.store.engine import Database
from monitor.store.facts import counts, events, news, stories
from monitor.store.facts.scope import Scope, fresh
from monitor.store.facts.shared import Shared

OVERLAP = (timedelta(hours=6), timedelta(days=1))
"""So far back of the last digest's end a digest looks, as far as its period is long, but so far at least and at most:
an article may have waited too long to be in that one."""


class Reading:
    """One state of the database, and what is new in it for a stream. What streams have in common is read once.

    ``shared`` stands in for what would be read of it.
    """

    def __init__(self, connection: Connection, now: datetime, *, shared: Shared | None = None) -> None:
        self._connection = connection
        self._now = now
        self._shared = shared or Shared(connection, now)

    def of(
        self,
        stream: Stream,
        *,
        period: Period,
        covers_from: datetime,
        told: frozenset[str] = frozenset(),
        feeds: int = 0,
        dark: tuple[DarkFeed, ...] = (),
    ) -> Facts:
        """All that the stream is to be told about the time from ``covers_from`` to the end of the period.

        ``told`` are the keys of what it was told (``change:...``, ``statement:...``, ``story:...``); what came up
        within ``OVERLAP`` before ``covers_from`` and is not among them is told too. ``feeds`` and ``dark`` go into the
        coverage as they are.
        """
        connection, zone = self._connection, stream.schedule.zone
        scope = self._scope(stream, _since(stream, period, covers_from, told), period.end, told)
        found = news.find(connection, scope, self._shared)
        ahead = events.ahead(connection, scope, zone)
        return Facts(
            period=period,
            changes=found.changes,
            planned=events.shown(connection, scope, ahead, most=events.MOST_AHEAD),
            turned=events.shown(connection, scope, found.turned, most=events.MOST_TURNED),
            statements=found.statements,
            rungs=news.weapons(connection, scope, self._shared),
            stories=stories.lately(connection, scope, since=covers_from),
            volume=counts.volume(connection, scope, zone),
            coverage=counts.coverage(connection, scope, since=covers_from, feeds=feeds, dark=dark),
        )

    def _scope(self, stream: Stream, since: datetime, until: datetime, told: frozenset[str]) -> Scope:
        found = fresh(self._connection, stream.selection, since=since, until=until, now=self._now)
        return Scope(selection=stream.selection, since=since, until=until, now=self._now, told=told, fresh=found)


class FactsStore:
    """What is new for a stream."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self, now: datetime) -> Iterator[Reading]:
        """One state of the database for several streams: far cheaper than one for each."""
        with self._database.read() as connection:
            yield Reading(connection, now)

    def of(
        self,
        stream: Stream,
        *,
        period: Period,
        covers_from: datetime,
        told: frozenset[str] = frozenset(),
        now: datetime,
        feeds: int = 0,
        dark: tuple[DarkFeed, ...] = (),
    ) -> Facts:
        """What ``Reading.of`` says, in a transaction of its own."""
        with self.reading(now) as reading:
            return reading.of(stream, period=period, covers_from=covers_from, told=told, feeds=feeds, dark=dark)

    def is_settled(self, until: datetime) -> bool:
        """Whether nothing that we knew of before ``until`` still waits to be screened, read, understood or woven in."""
        with self._database.read() as connection:
            return counts.is_settled(connection, until)


def _since(stream: Stream, period: Period, covers_from: datetime, told: frozenset[str]) -> datetime:
    """From when on articles are news. A stream's first digest answers for its own time alone."""
    least, most = OVERLAP
    earlier = covers_from - min(max(period.end - period.start, least), most)
    return earlier if told else min(covers_from, max(earlier, stream.since))
