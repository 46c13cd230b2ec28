"""Rows that broke the round they were in: counted, and put in quarantine before they break every round."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, func, or_, select, update

from monitor.records.upkeep import Setback
from monitor.store import columns
from monitor.store.claims import FREE, of_holder
from monitor.store.engine import Database
from monitor.store.shared_tables import setbacks
from monitor.store.tables import articles, entries, feeds
from monitor.store.upsert import upsert

QUARANTINE = "quarantine"
"""The holder of rows that nobody takes."""
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
_SHUT = {"claimed_by": QUARANTINE, "claimed_until": FOR_EVER}
KEPT = timedelta(days=7)
"""How long a row that got through after all is remembered."""
TABLES: dict[str, Table] = {"feed": feeds, "entry": entries, "article": articles}
_COUNTED = "#counted"
"""Ends the holder of rows whose setback is counted: they stay claimed, and what breaks next is another row."""
KINDS = {
    "poll": "feed",
    "screen": "entry",
    "read": "entry",
    "analyse": "article",
    "chronicle": "article",
    "revisit": "article",
}
"""What each job claims."""


def is_free(table: Table) -> ColumnElement[bool]:
    """Not in quarantine."""
    return table.c.claimed_by.is_distinct_from(QUARANTINE)


class Setbacks:
    """Rows that broke something."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, job: str, holder: str, error: str, *, now: datetime, most: int) -> tuple[Setback, ...]:
        """Count a setback for each row that ``holder`` has claimed for ``job``; those with ``most`` go in quarantine.

        Once for each claim. Gives what is in quarantine from now on. A job that claims no such rows has none.
        """
        kind = KINDS.get(job)
        if kind is None:
            return ()
        table = TABLES[kind]
        with self._database.write() as connection:
            uncounted = (of_holder(table, holder), ~table.c.claimed_by.endswith(_COUNTED, autoescape=True))
            claimed = select(table.c.id).where(table.c.claimed_until > now, *uncounted).order_by(table.c.id)
            ids = list(connection.scalars(claimed.with_for_update(key_share=True)))
            counted = update(table).where(table.c.id.in_(ids)).values(claimed_by=table.c.claimed_by + _COUNTED)
            connection.execute(counted)
            for row_id in ids:
                _count(connection, kind, row_id, job, error, now)
            worn = select(setbacks).where(
                setbacks.c.kind == kind,
                setbacks.c.row_id.in_(ids),
                setbacks.c.count >= most,
                setbacks.c.quarantined_at.is_(None),
            )
            found = tuple(map(_record, connection.execute(worn)))
            _shut_in(connection, found, now)
        return found

    def quarantine(self, kind: str, row_id: int, reason: str, *, now: datetime) -> bool:
        """Put one row in quarantine by hand; False when there is no such row."""
        table = TABLES[kind]
        with self._database.write() as connection:
            if connection.scalar(select(table.c.id).where(table.c.id == columns.row_id(row_id))) is None:
                return False
            _count(connection, kind, row_id, "by hand", reason, now)
            one = select(setbacks).where(setbacks.c.kind == kind, setbacks.c.row_id == row_id)
            _shut_in(connection, tuple(map(_record, connection.execute(one))), now)
            return True

    def retry(self, ids: Sequence[int] | None = None) -> int:
        """Let rows out of quarantine (all, or those setbacks), as if nothing had happened; their number."""
        with self._database.write() as connection:
            chosen = select(setbacks).where(setbacks.c.quarantined_at.is_not(None))
            if ids is not None:
                chosen = chosen.where(setbacks.c.id.in_(ids))
            found = tuple(map(_record, connection.execute(chosen)))
            for kind, table in TABLES.items():
                rows = [each.row_id for each in found if each.kind == kind]
                free = update(table).where(table.c.id.in_(rows), table.c.claimed_by == QUARANTINE).values(FREE)
                if rows:
                    connection.execute(free)
            connection.execute(delete(setbacks).where(setbacks.c.id.in_([each.id for each in found])))
            return len(found)

    def listed(self, *, quarantined: bool | None = None, limit: int = 1000) -> tuple[Setback, ...]:
        """Setbacks, those in quarantine first, then the latest."""
        query = select(setbacks).order_by(setbacks.c.quarantined_at.is_(None), setbacks.c.last_at.desc(), setbacks.c.id)
        if quarantined is not None:
            query = query.where(
                setbacks.c.quarantined_at.is_not(None) if quarantined else setbacks.c.quarantined_at.is_(None)
            )
        with self._database.read() as connection:
            return tuple(map(_record, connection.execute(query.limit(limit))))

    def quarantined(self) -> int:
        """How many rows are in quarantine."""
        with self._database.read() as connection:
            query = select(func.count()).where(setbacks.c.quarantined_at.is_not(None))
            return int(connection.scalar(query) or 0)

    def forget(self, *, now: datetime) -> int:
        """Drop the notes of rows that got through since or are gone; their number. What got out is shut in again."""
        old = setbacks.c.quarantined_at.is_(None) & (setbacks.c.last_at < now - KEPT)
        with self._database.write() as connection:
            gone = [
                (setbacks.c.kind == kind) & ~exists().where(table.c.id == setbacks.c.row_id)
                for kind, table in TABLES.items()
            ]
            dropped = connection.execute(delete(setbacks).where(or_(old, *gone))).rowcount
            for kind, table in TABLES.items():
                inside = select(setbacks.c.row_id).where(
                    setbacks.c.kind == kind, setbacks.c.quarantined_at.is_not(None)
                )
                # Whoever had the row when it was shut in, or is pushed to it, frees it at the end of its work.
                out = (table.c.id.in_(inside), table.c.claimed_by.is_distinct_from(QUARANTINE))
                connection.execute(update(table).where(*out).values(_SHUT))
            return dropped


def _count(connection: Connection, kind: str, row_id: int, job: str, error: str, now: datetime) -> None:
    said = {"job": job, "error": error[:2000], "last_at": now}
    first = upsert(connection, setbacks).values({"kind": kind, "row_id": row_id, "count": 1} | said)
    connection.execute(
        first.on_conflict_do_update(index_elements=["kind", "row_id"], set_=said | {"count": setbacks.c.count + 1})
    )


def _shut_in(connection: Connection, found: Sequence[Setback], now: datetime) -> None:
    for each in found:
        table = TABLES[each.kind]
        connection.execute(update(table).where(table.c.id == each.row_id).values(_SHUT))
        connection.execute(update(setbacks).where(setbacks.c.id == each.id).values(quarantined_at=now))


def _record(row: object) -> Setback:
    return Setback(**{name: getattr(row, name) for name in Setback.__dataclass_fields__})
