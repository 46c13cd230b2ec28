"""What went wrong lately: failed polls, pages and messages, like ones counted together."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, text

from monitor.records.articles import EntryState
from monitor.records.board.system import Trouble
from monitor.records.telling.messages import DeliveryState
from monitor.store.engine import Database
from monitor.store.keys import reason_group
from monitor.store.tables import entries, feeds, polls
from monitor.store.telling.tables import deliveries

LOOKED = 2000
"""Failures of each kind that are looked at, the newest."""
MOST = 15
_ADDRESS = re.compile(r"(?:https?|ftp)://\S+?(?=[\s,;)]|:\s|$)|\S+@\S+\.\w+")
_Found = tuple[str, str, int, str, datetime | None]


class TroubleBoard:
    """Failures by their words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, moment: datetime) -> tuple[Trouble, ...]:
        """What went wrong since then, the most frequent first."""
        with self._database.read() as connection:
            found = [*_polls(connection, moment), *_pages(connection, moment), *_messages(connection, moment)]
        return _grouped(found)


def folded(error: str) -> str:
    """An error's words without what differs from case to case."""
    return reason_group(_ADDRESS.sub("…", error).removeprefix("…: "))


def _grouped(found: Iterable[_Found]) -> tuple[Trouble, ...]:
    """Those found are the newest first within each kind."""
    groups: dict[tuple[str, str], Trouble] = {}
    for where, what, count, example, at in found:
        known = groups.get((where, what))
        groups[where, what] = Trouble(
            where=where,
            what=what,
            count=count + (known.count if known else 0),
            example=known.example if known else example,
            last_at=known.last_at if known else at,
        )
    return tuple(sorted(groups.values(), key=lambda each: (-each.count, each.where, each.what))[:MOST])


def _polls(connection: Connection, since: datetime) -> Iterator[_Found]:
    # Word for word the condition of the partial index.
    failed = (polls.c.outcome == text("'failed'"), polls.c.polled_at >= since)
    newest = select(polls.c.feed_id, polls.c.error, polls.c.polled_at).where(*failed)
    looked = newest.order_by(polls.c.polled_at.desc()).limit(LOOKED).subquery()
    query = select(looked, feeds.c.title, feeds.c.outlet).join(feeds, feeds.c.id == looked.c.feed_id)
    for row in connection.execute(query.order_by(looked.c.polled_at.desc())):
        yield "poll", folded(row.error or "no reason was kept"), 1, row.title or row.outlet, row.polled_at


def _pages(connection: Connection, since: datetime) -> Iterator[_Found]:
    # As in the funnel: bare columns would make SQLite walk through every entry.
    reason: Any = func.coalesce(entries.c.reason_group, "")
    failed = (entries.c.first_seen_at >= since, func.coalesce(entries.c.state, "") == EntryState.FAILED.value)
    query = select(reason, func.count(), func.max(entries.c.first_seen_at, type_=entries.c.first_seen_at.type))
    for what, count, last in connection.execute(query.where(*failed).group_by(reason)):
        yield "page", what, count, "", last


def _messages(connection: Connection, since: datetime) -> Iterator[_Found]:
    failed = (deliveries.c.state == DeliveryState.FAILED.value, deliveries.c.composed_at >= since)
    columns = (deliveries.c.last_error, deliveries.c.target, deliveries.c.kind, deliveries.c.composed_at)
    for row in connection.execute(
        select(*columns).where(*failed).order_by(deliveries.c.composed_at.desc()).limit(LOOKED)
    ):
        words = row.last_error.replace(row.target, "the recipient") if row.target else row.last_error
        yield "message", folded(words or "no reason was kept"), 1, row.kind, row.composed_at
