"""Reads of all feeds together, in which most have not changed since the last one."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, type_coerce
from sqlalchemy.types import NullType

from monitor.records.feeds import Feed, FeedLine
from monitor.store import rows
from monitor.store.tables import feeds

_TOGETHER = 500
_SHOWN = ("id", "title", "outlet", "url", "country", "state_controlled", "last_success_at", "gaps")
_JUDGED = (
    "active",
    "added_at",
    "next_poll_at",
    "interval",
    "last_polled_at",
    "last_new_at",
    "last_status",
    "last_error",
    "failing_since",
    "moved_to",
    "moved_at",
    "gone_at",
    "newest_at",
    "last_changed_at",
    "notes",
    "rhythm",
)


def lines(connection: Connection) -> tuple[FeedLine, ...]:
    """Every feed that is polled, in the order added."""
    # As the driver gives them: making times and truths of them would cost as much again as all the rest.
    raw: list[ColumnElement[Any]] = [type_coerce(feeds.c[name], NullType()) for name in (*_SHOWN, *_JUDGED)]
    found = connection.execute(select(*raw).where(feeds.c.active).order_by(feeds.c.id))
    return tuple(
        [FeedLine(row[0], hash(row), row[1], row[2], row[3], row[4], bool(row[5]), row[6], row[7]) for row in found]
    )


def of(connection: Connection, ids: Iterable[int]) -> Iterator[Feed]:
    """The feeds with those numbers, in the order added; those that are gone are left out."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), _TOGETHER):
        some = select(feeds).where(feeds.c.id.in_(wanted[start : start + _TOGETHER])).order_by(feeds.c.id)
        yield from map(rows.feed, connection.execute(some))
