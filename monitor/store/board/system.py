"""The reads of the system page. Nothing here counts a whole table: windows and limits bound every look."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from monitor.records.articles import EntryState
from monitor.records.board.system import Dropped, Queue, Stored
from monitor.store import schema
from monitor.store.chronicle_tables import happenings, statements, stories
from monitor.store.engine import Database
from monitor.store.tables import analyses, articles, entries, feeds, matches, polls
from monitor.store.upkeep import size

MOST_COUNTED = 10_000
_STAGES = ((EntryState.NEW, "screen"), (EntryState.TO_READ, "read"), (EntryState.TO_ANALYSE, "analyse"))
_SHOWN = (feeds, polls, entries, articles, analyses, matches, stories, statements, happenings)


class SystemBoard:
    """How the program is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def dropped(self, since: datetime) -> tuple[Dropped, ...]:
        """Entries first seen since then, by state and reason, the most first."""
        # As bare columns SQLite would take the index that is sorted by them, and walk through every entry.
        state, reason = func.coalesce(entries.c.state, ""), func.coalesce(entries.c.reason_group, "")
        query = select(state, reason, func.count()).where(entries.c.first_seen_at >= since).group_by(state, reason)
        with self._database.read() as connection:
            found = [Dropped(state=row[0], reason=row[1], count=row[2]) for row in connection.execute(query)]
        return tuple(sorted(found, key=lambda each: (-each.count, each.state, each.reason)))

    def queues(self) -> tuple[Queue, ...]:
        """What waits for each stage."""
        with self._database.read() as connection:
            waiting = [
                _queue(connection, stage, select(entries.c.fresh_at).where(entries.c.state == state.value))
                for state, stage in _STAGES
            ]
            unwoven = select(articles.c.fresh_at).where(articles.c.unwoven, articles.c.pending.is_(False))
            return (*waiting, _queue(connection, "weave", unwoven))

    def stored(self) -> tuple[str, int, Sequence[Stored]]:
        """(revision, bytes on disk, tables)."""
        with self._database.read() as connection:
            return schema.current(connection) or "", size(connection), [_table(connection, each) for each in _SHOWN]


def _queue(connection: Connection, stage: str, query: Select[Any]) -> Queue:
    looked = query.limit(MOST_COUNTED + 1).subquery()
    count, oldest = connection.execute(select(func.count(), func.min(looked.c.fresh_at))).one()
    return Queue(stage=stage, waiting=min(count, MOST_COUNTED), more=count > MOST_COUNTED, oldest=oldest)


def _table(connection: Connection, table: Table) -> Stored:
    return Stored(name=table.name, rows=connection.scalar(select(func.max(table.c.id))) or 0)
