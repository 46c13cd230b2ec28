"""The rows of one table in the order of its key, each fit for both databases.

SQLite keeps what Postgres refuses: NUL and half characters in texts, words or large numbers in columns of numbers.
Text of the outside world is mended as it would have been when it was stored; anything else names its row and ends.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    literal,
    select,
    tuple_,
)
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from monitor.errors import StoreError
from monitor.records.moving import MendedText
from monitor.store.columns import SafeText, storable
from monitor.store.faults import explain

Row: TypeAlias = tuple[Any, ...]

FETCH = 100
"""Rows taken from the database at a time: a text may have a million characters."""

_LARGEST = {32: 2**31 - 1, 64: 2**63 - 1}


class _UnfitError(Exception):
    """A value that has no place in its column."""


class Rows:
    """The rows of ``table``, unless ``mends`` is false just as they are. ``name`` is the database's for messages."""

    def __init__(self, connection: Connection, table: Table, *, name: str, mends: bool = True) -> None:
        self.table = table
        self._connection = connection
        self._name = name
        self._key_places = [list(table.c).index(column) for column in table.primary_key]
        checks = ((place, column.name, _check(column)) for place, column in enumerate(table.c) if mends)
        self._checks = [(place, column, check) for place, column, check in checks if check is not None]
        self._mended: dict[str, tuple[int, str]] = {}

    def key(self, row: Row) -> Row:
        """What the row is known by, comparable with other keys of the table."""
        return tuple(row[place] for place in self._key_places)

    def after(self, key: Row | None) -> Iterator[Row]:
        """The rows behind ``key``, or all. Raises StoreError that names the row which cannot be moved."""
        while True:
            try:
                for row in self._stored(key):
                    key = self.key(row)
                    yield self._fit(row)
            except SQLAlchemyError as error:
                if not self._read_loosely(error):
                    raise explain(error, self._name) from error
            except (ValueError, TypeError) as error:
                raise self._unreadable(key) from error
            else:
                return

    def last(self) -> Row | None:
        """The key of the last row; None in an empty table."""
        backwards = (column.desc() for column in self._order())
        row = self._connection.execute(select(*self.table.primary_key).order_by(*backwards).limit(1)).first()
        return None if row is None else tuple(row)

    def mended(self) -> tuple[MendedText, ...]:
        """What was mended in the rows that were given out."""
        return tuple(
            MendedText(table=self.table.name, column=column, rows=rows, first=first)
            for column, (rows, first) in self._mended.items()
        )

    def shown(self, key: Row) -> str:
        """The key for messages: ``id=7``."""
        names = (column.name for column in self.table.primary_key)
        return ", ".join(f"{name}={value!r}" for name, value in zip(names, key, strict=True))

    def _stored(self, key: Row | None, columns: Sequence[Column[Any]] = ()) -> Iterator[Row]:
        statement = self._behind(select(*(columns or self.table.c)), key).order_by(*self._order())
        with self._connection.execute(statement, execution_options={"yield_per": FETCH}) as found:
            for rows in found.partitions():
                yield from map(tuple, rows)

    def _behind(self, statement: Select[Any], key: Row | None) -> Select[Any]:
        if key is None:
            return statement
        values = (literal(value, column.type) for value, column in zip(key, self.table.primary_key, strict=True))
        return statement.where(tuple_(*self._order()) > tuple_(*values))

    def _order(self) -> list[ColumnElement[Any]]:
        """The columns of the key; texts by their bytes, as SQLite does, whatever the server's locale says."""
        is_server = self._connection.dialect.name == "postgresql"
        return [
            column.collate("C") if is_server and isinstance(column.type, (Text, SafeText)) else column
            for column in self.table.primary_key
        ]

    def _fit(self, row: Row) -> Row:
        changed: dict[int, Any] = {}
        for place, name, check in self._checks:
            value = row[place]
            if value is None:
                continue
            try:
                fit = check(value)
            except _UnfitError as reason:
                raise self._refusal(self.key(row), name, str(reason)) from None
            if fit is not value:
                changed[place] = fit
                rows, first = self._mended.get(name, (0, ""))
                self._mended[name] = (rows + 1, first or self.shown(self.key(row)))
        return tuple(changed.get(place, value) for place, value in enumerate(row)) if changed else row

    def _read_loosely(self, error: SQLAlchemyError) -> bool:
        """From now on, take bytes that are no UTF-8 as half characters; False when that was not the trouble."""
        driver = self._connection.connection.driver_connection
        is_bytes = isinstance(error, OperationalError) and "decode to UTF-8" in str(error.orig)
        if not is_bytes or not isinstance(driver, sqlite3.Connection):
            return False
        before, driver.text_factory = driver.text_factory, _half_characters
        return before is not _half_characters

    def _unreadable(self, key: Row | None) -> StoreError:
        """Which row and column cannot be read at all, looked for one by one behind the last good row."""
        keys = self._stored(key, list(self.table.primary_key))
        for found, _ in zip(keys, range(2 * FETCH), strict=False):
            for column in self.table.c:
                this = (of == value for of, value in zip(self.table.primary_key, found, strict=True))
                try:
                    self._connection.execute(select(column).where(*this)).all()
                except (ValueError, TypeError) as error:
                    return self._refusal(found, column.name, f"cannot be read: {error}")
        return StoreError(f"the table {self.table.name} of {self._name} cannot be read. Run `monitor db check`.")

    def _refusal(self, key: Row, column: str, reason: str) -> StoreError:
        return StoreError(
            f"{self.table.name}.{column} of the row {self.shown(key)} in {self._name} {reason}. "
            "Mend or delete that row there."
        )


def _half_characters(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _check(column: Column[Any]) -> Callable[[Any], Any] | None:
    """What gives back a value of the column as both databases keep it, or raises _UnfitError."""
    kind = column.type
    if isinstance(kind, SafeText):
        return _mended_text
    for type_, check in _CHECKS:
        if isinstance(kind, type_):
            return check
    return None


def _mended_text(value: Any) -> str:
    return storable(_of(str, value, "no text"))


def _whole_text(value: Any) -> str:
    text: str = _of(str, value, "no text")
    if storable(text) is not text:
        raise _UnfitError("holds a NUL or half a character, and is no text that may be changed")
    return text


def _number(bits: int) -> Callable[[Any], int]:
    most = _LARGEST[bits]

    def check(value: Any) -> int:
        number: int = _of(int, value, "no whole number")
        if not -most <= number <= most:
            raise _UnfitError(f"is too large for Postgres ({number})")
        return number

    return check


def _fraction(value: Any) -> float:
    number: float = _of(float, value, "no number")
    return number


def _data(value: Any) -> bytes:
    data: bytes = _of(bytes, value, "no bytes")
    return data


def _structure(value: Any) -> Any:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        raise _UnfitError("holds a number that JSON does not have") from None
    return value


def _of(kind: type, value: Any, otherwise: str) -> Any:
    if type(value) is not kind:
        raise _UnfitError(f"holds {otherwise}")
    return value


_CHECKS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Text, _whole_text),
    (BigInteger, _number(64)),
    (Integer, _number(32)),
    (Float, _fraction),
    (LargeBinary, _data),
    (JSON, _structure),
)


def canonical(row: Row, structured: Sequence[int]) -> bytes:
    """The same bytes for the same row on both databases; ``structured`` says where JSON stands."""
    if structured:
        values = list(row)
        for place in structured:
            values[place] = json.dumps(values[place], sort_keys=True)
        row = tuple(values)
    return repr(row).encode()


def structured(table: Table) -> list[int]:
    """The places of the columns that hold JSON."""
    return [place for place, column in enumerate(table.c) if isinstance(column.type, JSON)]


def weight(row: Row) -> int:
    """About how many bytes the row takes in memory."""
    return sum(len(value) for value in row if isinstance(value, (str, bytes))) + 16 * len(row)


def batches(rows: Iterator[Row], *, most: int, heaviest: int) -> Iterator[list[Row]]:
    """The rows in lists of at most so many rows, and hardly more than so many bytes."""
    for first in rows:
        batch, heavy = [], 0
        for row in chain((first,), rows):
            batch.append(row)
            heavy += weight(row)
            if len(batch) == most or heavy >= heaviest:
                break
        yield batch
