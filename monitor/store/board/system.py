"""The reads of the system page. Nothing here counts a whole table: windows and limits bound every look."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from monitor.records.articles import EntryState
from monitor.records.board.system import Dropped, Queue, Stored
from monitor.store import schema
from monitor.store.chronicle_tables import happenings, statements, stories
from monitor.store.engine import Database
from monitor.store.tables import NOT_PENDING, analyses, articles, entries, feeds, matches, polls
from monitor.store.upkeep import size

MOST_COUNTED = 10_000
DAY = timedelta(days=1)
REMEMBERED = timedelta(minutes=1)
"""After so long the day that was counted longest ago is counted anew."""
LONGEST = timedelta(days=62)
"""Days before that are forgotten."""
_STAGES = ((EntryState.NEW, "screen"), (EntryState.TO_READ, "read"), (EntryState.TO_ANALYSE, "analyse"))
_SHOWN = (feeds, polls, entries, articles, analyses, matches, stories, statements, happenings)


class SystemBoard:
    """How the program is."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._days: dict[datetime, tuple[datetime, Counter[tuple[str, str]]]] = {}

    def dropped(self, since: datetime, *, now: datetime) -> tuple[Dropped, ...]:
        """Entries first seen since then, by state and reason, the most first.

        Whole days before today come from memory: what became of them hardly changes. Each call counts the one of them
        anew whose number is the oldest.
        """
        spans, days = _parts(since, now)
        counted = Counter[tuple[str, str]]()
        with self._lock, self._database.read() as connection:
            for day in self._stale(days, now):
                self._days[day] = now, _counted(connection, day, day + DAY)
            for day in days:
                counted.update(self._days[day][1])
            for start, end in spans:
                counted.update(_counted(connection, start, end))
        found = (Dropped(state=state, reason=reason, count=count) for (state, reason), count in counted.items())
        return tuple(sorted(found, key=lambda each: (-each.count, each.state, each.reason)))

    def _stale(self, days: Sequence[datetime], now: datetime) -> list[datetime]:
        """Those of the days to count: all that never were, else the one that was longest ago, if that was long ago."""
        for day in [day for day in self._days if day < now - LONGEST]:
            del self._days[day]
        unknown = [day for day in days if day not in self._days]
        if unknown or not days:
            return unknown
        oldest = min(days, key=lambda day: self._days[day][0])
        return [oldest] if now - self._days[oldest][0] >= REMEMBERED else []

    def queues(self) -> tuple[Queue, ...]:
        """What waits for each stage."""
        with self._database.read() as connection:
            waiting = [
                _queue(connection, stage, select(entries.c.fresh_at).where(entries.c.state == state.value))
                for state, stage in _STAGES
            ]
            unwoven = select(articles.c.fresh_at).where(articles.c.unwoven, NOT_PENDING)
            return (*waiting, _queue(connection, "weave", unwoven))

    def model(self) -> str:
        """The model that made the newest analysis; empty when there is none."""
        with self._database.read() as connection:
            newest = select(analyses.c.model).order_by(analyses.c.id.desc()).limit(1)
            return connection.scalar(newest) or ""

    def stored(self) -> tuple[str, int, Sequence[Stored]]:
        """(revision, bytes on disk, tables)."""
        with self._database.read() as connection:
            return schema.current(connection) or "", size(connection), [_table(connection, each) for each in _SHOWN]


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _parts(since: datetime, now: datetime) -> tuple[list[tuple[datetime, datetime | None]], list[datetime]]:
    """(spans that are counted now, the whole days between them)."""
    today = _midnight(now)
    if since >= today:
        return [(since, None)], []
    first = _midnight(since - timedelta(microseconds=1)) + DAY
    return [(since, first), (today, None)], [first + DAY * place for place in range((today - first).days)]


def _counted(connection: Connection, start: datetime, end: datetime | None) -> Counter[tuple[str, str]]:
    # As bare columns SQLite would take the index that is sorted by them, and walk through every entry.
    state, reason = func.coalesce(entries.c.state, ""), func.coalesce(entries.c.reason_group, "")
    seen = entries.c.first_seen_at
    query = select(state, reason, func.count()).where(seen >= start).group_by(state, reason)
    if end is not None:
        query = query.where(seen < end)
    return Counter({(state, reason): count for state, reason, count in connection.execute(query)})


def _queue(connection: Connection, stage: str, query: Select[Any]) -> Queue:
    # Sorted, or SQLite would rather walk through a table whose statistics say that most of it waits.
    looked = query.order_by("fresh_at").limit(MOST_COUNTED + 1).subquery()
    count, oldest = connection.execute(select(func.count(), func.min(looked.c.fresh_at))).one()
    return Queue(stage=stage, waiting=min(count, MOST_COUNTED), more=count > MOST_COUNTED, oldest=oldest)


def _table(connection: Connection, table: Table) -> Stored:
    size_ = None
    if connection.dialect.name == "postgresql":
        size_ = connection.scalar(select(func.pg_total_relation_size(table.name)))
    return Stored(name=table.name, rows=connection.scalar(select(func.max(table.c.id))) or 0, bytes=size_)
