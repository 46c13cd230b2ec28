"""How much waits for each stage, and since when: what says that more workers are wanted."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from monitor.records.articles import EntryState
from monitor.records.upkeep import Backlog
from monitor.store.engine import Database
from monitor.store.setbacks import is_free
from monitor.store.tables import NOT_PENDING, articles, entries, feeds

COUNTED = 10_000
"""Rows are counted up to here: that more are wanted is clear long before."""


def backlogs(database: Database, *, now: datetime) -> tuple[Backlog, ...]:
    """What waits for polling, the gate, reading, the model and the chronicle; nothing in quarantine does."""
    with database.read() as connection:
        return tuple(
            Backlog(stage=stage, waiting=_counted(connection, rows), oldest=connection.scalar(oldest))
            for stage, rows, oldest in _stages(now)
        )


def _stages(now: datetime) -> Iterator[tuple[str, Select[Any], Select[Any]]]:
    due = (feeds.c.active, feeds.c.gone_at.is_(None), feeds.c.next_poll_at <= now, is_free(feeds))
    yield "poll", select(feeds.c.id).where(*due), select(func.min(feeds.c.next_poll_at)).where(*due)
    for stage, state in (("screen", EntryState.NEW), ("read", EntryState.TO_READ)):
        due_again = or_(entries.c.retry_at.is_(None), entries.c.retry_at <= now)
        waits = (entries.c.state == state.value, due_again, is_free(entries))
        yield stage, select(entries.c.id).where(*waits), _oldest(entries.c.state_at, entries, *waits)
    unwoven = articles.c.unwoven & NOT_PENDING
    for stage, flag in (("analyse", articles.c.pending), ("chronicle", unwoven)):
        kept = (flag, is_free(articles))
        yield stage, select(articles.c.id).where(*kept), _oldest(articles.c.updated_at, articles, *kept)


def _oldest(column: Any, table: Any, *where: Any) -> Select[Any]:
    """Of the rows that are counted: a whole backlog of millions need not be looked through."""
    some = select(column.label("since")).select_from(table).where(*where).limit(COUNTED).subquery()
    return select(func.min(some.c.since))


def _counted(connection: Connection, rows: Select[Any]) -> int:
    return connection.scalar(select(func.count()).select_from(rows.limit(COUNTED).subquery())) or 0
