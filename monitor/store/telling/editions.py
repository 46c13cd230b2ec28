"""Editions of the digest: composed once, frozen, and shared by everybody in the stream."""

import threading
from collections import OrderedDict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from monitor.records.telling.digests import Digest, Edition, EditionHead, Rendered
from monitor.records.telling.subscribers import Period
from monitor.store.engine import Database
from monitor.store.telling.packing import as_json, packed, unpacked
from monitor.store.telling.tables import editions
from monitor.store.upsert import upsert

_KEPT_READY = 4
_COLUMNS = editions.c


class Editions:
    """What was composed: one edition for each stream and period."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ready: OrderedDict[int, Rendered] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, digest: Digest, rendered: Rendered, *, now: datetime) -> tuple[int, bool]:
        """Freeze a digest with its rendering; the edition's id, and whether it is this one.

        Of several that compose the digest of one stream and period the first decides; the others get the first's id.
        """
        values = {
            "stream": digest.stream,
            "period_start": digest.period.start,
            "period_end": digest.period.end,
            "covers_from": digest.covers_from,
            "missed": digest.missed,
            "composed_at": now,
            "digest": packed(digest),
            "rendered": packed(rendered),
            "told": packed(digest.told),
        }
        here = (_COLUMNS.stream == digest.stream, _COLUMNS.period_start == digest.period.start)
        with self._database.write() as connection:
            statement = upsert(connection, editions).values(values).on_conflict_do_nothing()
            made = connection.scalar(statement.returning(_COLUMNS.id))
            if made is not None:
                return made, True
            return connection.execute(select(_COLUMNS.id).where(*here)).scalar_one(), False

    def latest(self, stream: str) -> EditionHead | None:
        """The stream's edition of the latest period."""
        return next(iter(self.listed(stream=stream, limit=1)), None)

    def told(self, stream: str, since: datetime) -> frozenset[str]:
        """Keys of all that the stream's editions told of periods that ended after ``since``."""
        query = select(_COLUMNS.id, _COLUMNS.told).where(_COLUMNS.stream == stream, _COLUMNS.period_end > since)
        with self._database.read() as connection:
            found = connection.execute(query).all()
        return frozenset(key for row in found for key in unpacked(tuple[str, ...], row.told, what=f"edition {row.id}"))

    def as_json(self, digest: Digest) -> bytes:
        """A digest for machines: one JSON object with every field of the record."""
        return as_json(digest)

    def get(self, number: int) -> Edition | None:
        """The whole edition ``number``."""
        with self._database.read() as connection:
            row = connection.execute(select(editions).where(_COLUMNS.id == number)).first()
        if row is None:
            return None
        head = _head(row)
        return Edition(
            id=head.id,
            stream=head.stream,
            period=head.period,
            covers_from=head.covers_from,
            missed=head.missed,
            composed_at=head.composed_at,
            digest=unpacked(Digest, row.digest, what=f"edition {number}"),
            rendered=unpacked(Rendered, row.rendered, what=f"edition {number}"),
        )

    def rendered(self, number: int) -> Rendered | None:
        """The rendering of edition ``number``. The last few asked for are at hand: a stream's mails go out in a row."""
        with self._lock:
            ready = self._ready.get(number)
            if ready is not None:
                self._ready.move_to_end(number)
                return ready
        with self._database.read() as connection:
            data = connection.scalar(select(_COLUMNS.rendered).where(_COLUMNS.id == number))
        if data is None:
            return None
        rendered = unpacked(Rendered, data, what=f"edition {number}")
        with self._lock:
            self._ready[number] = rendered
            while len(self._ready) > _KEPT_READY:
                self._ready.popitem(last=False)
        return rendered

    def listed(
        self, *, limit: int = 50, before: datetime | None = None, stream: str | None = None
    ) -> tuple[EditionHead, ...]:
        """Editions of periods that began before ``before``, the latest period first."""
        query = _heads().order_by(_COLUMNS.period_start.desc(), _COLUMNS.id.desc()).limit(limit)
        if before is not None:
            query = query.where(_COLUMNS.period_start < before)
        if stream is not None:
            query = query.where(_COLUMNS.stream == stream)
        with self._database.read() as connection:
            return tuple(map(_head, connection.execute(query)))


def _heads() -> Select[Any]:
    """Without the packed columns, which are most of a row."""
    return select(*(column for column in _COLUMNS if column.name not in {"digest", "rendered", "told"}))


def _head(row: Row[Any]) -> EditionHead:
    return EditionHead(
        id=row.id,
        stream=row.stream,
        period=Period(start=row.period_start, end=row.period_end),
        covers_from=row.covers_from,
        missed=row.missed,
        composed_at=row.composed_at,
    )
