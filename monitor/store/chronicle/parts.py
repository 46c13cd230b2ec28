"""Rows that belong to merged rows, such as witnesses: put in place of those that are there, all in a few statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from monitor.store.chronicle import tellers
from monitor.store.columns import storable

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """A table whose rows belong to those of another. ``whole`` names the column that says to which."""

    table: Table
    whole: str

    def put(self, connection: Connection, wanted: Mapping[int, Sequence[Values]], *, fresh: Collection[int]) -> None:
        """Make the parts of each whole those that are ``wanted``. ``fresh`` wholes have none yet."""
        names = [column.name for column in self.table.c if column.name != "id"]
        there = self._there(connection, names, [id_ for id_ in wanted if id_ not in fresh])
        rows: dict[Any, Values] = {}
        for whole, parts in wanted.items():
            for part in parts:
                values = {self.whole: whole} | part
                rows[tuple(_stored(values[name]) for name in names)] = values
        gone = [id_ for key, id_ in there.items() if key not in rows]
        for ids in tellers.chunks(gone):
            connection.execute(delete(self.table).where(self.table.c.id.in_(ids)))
        new = [values for key, values in rows.items() if key not in there]
        if new:
            connection.execute(insert(self.table), new)

    def _there(self, connection: Connection, names: Sequence[str], wholes: Sequence[int]) -> dict[Any, int]:
        found = {}
        for ids in tellers.chunks(wholes):
            columns = (self.table.c.id, *(self.table.c[name] for name in names))
            for id_, *values in connection.execute(select(*columns).where(self.table.c[self.whole].in_(ids))):
                found[tuple(values)] = id_
        return found


def _stored(value: Any) -> Any:
    """As the database keeps it: what is compared with its rows."""
    return storable(value) if isinstance(value, str) else value
