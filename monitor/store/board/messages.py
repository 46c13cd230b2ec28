"""The reads of the messages page. The ledger is kept for ever: nothing here counts or sorts the whole of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, tuple_, union_all

from monitor.records.board.messages import EditionLine, Fired, Waiting
from monitor.records.telling.messages import Delivery, DeliveryState
from monitor.store.board import cursor
from monitor.store.engine import Database
from monitor.store.telling.ledger import delivery
from monitor.store.telling.tables import alert_rules, deliveries, editions, subscribers

KINDS = ("digest", "alert", "confirmation", "notice", "test")
_WAITING = (DeliveryState.COMPOSED.value, DeliveryState.SENDING.value)
_SHOWN = ("cadence", "hour", "weekday", "zone", "topics", "search")
MOST_WAITING = 10_000


class MessagesBoard:
    """What was told to whom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def deliveries(
        self, *, limit: int, before: int | None = None, state: DeliveryState | None = None, kind: str | None = None
    ) -> tuple[Delivery, ...]:
        """Messages before the id ``before``, the newest first; of one state, one kind, or both."""
        newest = select(deliveries.c.id).order_by(deliveries.c.id.desc()).limit(limit)
        if before is not None:
            newest = newest.where(deliveries.c.id < before)
        if state is not None or kind is not None:
            newest = _merged(newest, [kind] if kind else KINDS, [state] if state else tuple(DeliveryState), limit)
        query = select(deliveries).where(deliveries.c.id.in_(newest)).order_by(deliveries.c.id.desc())
        with self._database.read() as connection:
            return tuple(map(delivery, connection.execute(query)))

    def counts(self, since: datetime) -> tuple[tuple[str, int], ...]:
        """(state, messages) of those composed since then; what waits counts whenever it was composed."""
        lately = deliveries.c.composed_at >= since
        with self._database.read() as connection:
            found = [
                (state.value, _count(connection, state.value, *(() if state.value in _WAITING else (lately,))))
                for state in DeliveryState
            ]
        return tuple((state, count) for state, count in found if count)

    def waiting(self) -> Waiting:
        """What has not left yet."""
        columns = (deliveries.c.composed_at, deliveries.c.last_error)
        looked = select(*columns).where(deliveries.c.state.in_(_WAITING)).limit(MOST_WAITING).subquery()
        sums = select(func.count(), func.min(looked.c.composed_at), func.count().filter(looked.c.last_error != ""))
        with self._database.read() as connection:
            count, oldest, tried = connection.execute(sums).one()
            return Waiting(count=count, oldest=oldest, in_vain=tried)

    def fired(self, since: datetime) -> Mapping[int, Fired]:
        """By rule: how many messages it has sent since then, and when its last one was composed."""
        ours = (deliveries.c.rule_id == alert_rules.c.id, deliveries.c.kind == "alert")
        lately = select(func.count()).where(*ours, deliveries.c.composed_at >= since).scalar_subquery()
        last = select(func.max(deliveries.c.composed_at, type_=deliveries.c.composed_at.type)).where(*ours)
        query = select(alert_rules.c.id, lately.label("lately"), last.scalar_subquery().label("last"))
        with self._database.read() as connection:
            found = connection.execute(query)
            return {row.id: Fired(messages=row.lately, last_at=row.last) for row in found}

    def editions(self, *, limit: int, after: str | None = None) -> tuple[tuple[EditionLine, ...], str | None]:
        """Editions, the latest period first, and what asks for those behind them. ``after`` asks so.

        Raises QueryError for an ``after`` that is none.
        """
        order = (editions.c.period_start, editions.c.id)
        heads = [column for column in editions.c if column.name not in {"digest", "rendered", "told"}]
        query = select(*heads).order_by(*(column.desc() for column in order)).limit(limit + 1)
        if after:
            query = query.where(tuple_(*order) < tuple_(*cursor.read(after)))
        with self._database.read() as connection:
            found = connection.execute(query).all()
            lines = _lines(connection, found[:limit])
        last = found[limit - 1] if len(found) > limit else None
        return lines, None if last is None else cursor.written(last.period_start, last.id)


def _merged(newest: Select[Any], kinds: Iterable[str], states: Iterable[DeliveryState], limit: int) -> Select[Any]:
    """The newest of several kinds and states: each pair is walked in its index, and no more than ``limit`` of it."""
    parts = [
        select(newest.where(deliveries.c.kind == kind, deliveries.c.state == state.value).subquery().c.id)
        for kind in kinds
        for state in states
    ]
    ids = union_all(*parts).subquery()
    return select(ids.c.id).order_by(ids.c.id.desc()).limit(limit)


def _count(connection: Connection, state: str, *where: Any) -> int:
    query = select(func.count()).select_from(deliveries).where(deliveries.c.state == state, *where)
    return connection.scalar(query) or 0


def _lines(connection: Connection, found: Sequence[Row[Any]]) -> tuple[EditionLine, ...]:
    ids = [row.id for row in found]
    counted: dict[int, list[tuple[str, int]]] = {id_: [] for id_ in ids}
    query = select(deliveries.c.edition_id, deliveries.c.state, func.count()).where(deliveries.c.edition_id.in_(ids))
    for edition_id, state, count in connection.execute(query.group_by(deliveries.c.edition_id, deliveries.c.state)):
        counted[edition_id].append((state, count))
    subjects = {id_: connection.scalar(_subject(id_)) or "" for id_ in ids}
    readers = {stream: connection.execute(_reader(stream)).first() for stream in {row.stream for row in found}}
    return tuple(_line(row, subjects[row.id], counted[row.id], readers[row.stream]) for row in found)


def _subject(edition_id: int) -> Select[Any]:
    return select(deliveries.c.subject).where(deliveries.c.edition_id == edition_id).limit(1)


def _reader(stream: str) -> Select[Any]:
    """One of those who get the stream: all of them have the same schedule and selection."""
    return select(*(subscribers.c[name] for name in _SHOWN)).where(subscribers.c.stream == stream).limit(1)


def _line(row: Row[Any], subject: str, counts: Sequence[tuple[str, int]], reader: Row[Any] | None) -> EditionLine:
    return EditionLine(
        id=row.id,
        stream=row.stream,
        cadence=reader.cadence if reader else "",
        hour=reader.hour if reader else None,
        zone=reader.zone if reader else "",
        topics=tuple(reader.topics) if reader else (),
        search=reader.search if reader else "",
        start=row.period_start,
        end=row.period_end,
        covers_from=row.covers_from,
        missed=row.missed,
        composed_at=row.composed_at,
        subject=subject,
        counts=tuple(sorted(counts)),
    )
