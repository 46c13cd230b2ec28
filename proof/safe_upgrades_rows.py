"""Rows for every table of whatever schema a database has, and what became of them.

The tables are read from the database itself, so that rows can be made for schemas this program no longer describes.
"""

import random
import string
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, inspect, text
from sqlalchemy.types import JSON, Boolean, Date, DateTime, Float, Integer, LargeBinary, Text

from monitor.records.articles import EntryState
from monitor.store.engine import Database
from monitor.store.tables import SEARCH, SEARCH_VECTOR, metadata

LARGE = frozenset(
    "entries articles article_versions analyses matches mentions polls entry_versions tombstones shadow_scores labels "
    "quotes time_mentions article_events aid_steps reactions story_members statement_witnesses statements "
    "happening_reports deliveries".split()
)
# Where the program would not know another word.
WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("entries", "state"): tuple(state.value for state in EntryState),
    ("reanalyses", "state"): ("ended", "stopped"),
    ("articles", "text_source"): ("page", "feed"),
}
LETTERS = string.ascii_letters + "  '\"\\%;\n\t" + "äßøşїЖ中ا\u0301\u200f🕊"
BEGAN = datetime(2026, 10, 20, 12, tzinfo=UTC)
TOGETHER = 500

Shape = dict[str, tuple[str, ...]]
"""The columns of each table."""
Contents = dict[str, dict[tuple[Any, ...], tuple[Any, ...]]]
"""The rows of each table by their keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What is not there any more, or says something else."""

    missing: int = 0
    changed: int = 0
    first: str = ""

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed)

    def __str__(self) -> str:
        return f"{self.missing} missing, {self.changed} changed; {self.first}" if self else "none"


def tables_of(connection: Connection) -> list[Table]:
    """The tables that the database has, those that are pointed at first; without Alembic's and the full-text index."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith((SEARCH, "alembic_", "sqlite_")))
    return found.sorted_tables


def shape(tables: Iterable[Table]) -> Shape:
    """Their columns; what the database computes by itself is left out."""
    return {table.name: tuple(column.name for column in table.columns if _kept(column)) for table in tables}


def _kept(column: Column[Any]) -> bool:
    return column.computed is None and column.name != SEARCH_VECTOR


def common(one: Shape, other: Shape) -> Shape:
    """What both schemas can hold."""
    return {
        name: tuple(column for column in columns if column in other[name])
        for name, columns in one.items()
        if name in other
    }


def of_program() -> Shape:
    """The tables of this program."""
    return shape(metadata.sorted_tables)


def contents(connection: Connection, wanted: Shape) -> Contents:
    """What is in these columns."""
    found: Contents = {}
    look = inspect(connection)
    for name, columns in wanted.items():
        keys = look.get_pk_constraint(name)["constrained_columns"]
        listed = ", ".join(f'"{column}"' for column in (*keys, *columns))
        rows = connection.exec_driver_sql(f'SELECT {listed} FROM "{name}"')
        found[name] = {tuple(row[: len(keys)]): tuple(map(repr, row[len(keys) :])) for row in rows}
    return found


def projected(kept: Contents, had: Shape, wanted: Shape) -> Contents:
    """Only the columns that are wanted."""
    places = {name: [had[name].index(column) for column in columns] for name, columns in wanted.items()}
    return {
        name: {key: tuple(row[place] for place in at) for key, row in kept[name].items()} for name, at in places.items()
    }


def lost(before: Contents, after: Contents) -> Lost:
    """What of ``before`` is not in ``after``, or another."""
    missing, changed, first = 0, 0, ""
    for name, rows in before.items():
        there = after.get(name, {})
        for key, row in rows.items():
            if there.get(key) == row:
                continue
            missing, changed = missing + (key not in there), changed + (key in there)
            first = first or f"first: {name} {key}"
    return Lost(missing=missing, changed=changed, first=first)


def structure(connection: Connection) -> dict[str, Any]:
    """Columns, keys, indexes, views and triggers, for comparison with another database of the same kind."""
    look = inspect(connection)
    found: dict[str, Any] = {"views": sorted(look.get_view_names())}
    for table in tables_of(connection):
        found[table.name] = {
            "columns": sorted((column.name, str(column.type), bool(column.nullable)) for column in table.columns),
            "indexes": sorted(
                (index["name"] or "", tuple(index["column_names"]), bool(index["unique"]))
                for index in look.get_indexes(table.name)
            ),
            "points": sorted(
                (*key["constrained_columns"], key["referred_table"], key["options"].get("ondelete", ""))
                for key in look.get_foreign_keys(table.name)
            ),
        }
    if connection.dialect.name == "sqlite":
        triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found["triggers"] = sorted((row.name, row.sql) for row in triggers)
    return found


def fill(database: Database, seed: int, *, large: int, small: int, only: Collection[str] | None = None) -> int:
    """Put rows into every table (or ``only`` these) that is empty; the number of rows."""
    dice, written = random.Random(seed), 0
    with database.write() as connection:
        for table in tables_of(connection):
            if only is not None and table.name not in only:
                continue
            rows = list(_Rows(connection, table, dice).some(large if table.name in LARGE else small))
            for start in range(0, len(rows), TOGETHER):
                connection.execute(table.insert(), rows[start : start + TOGETHER])
            written += len(rows)
            _number_on(connection, table)
    return written


def _number_on(connection: Connection, table: Table) -> None:
    """On Postgres numbers that were given by hand are not counted by themselves."""
    if connection.dialect.name == "postgresql" and "id" in table.columns:
        query = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM \"{table.name}\"))"
        connection.execute(text(query))


class _Rows:
    """Makes rows of one table that keep its constraints."""

    def __init__(self, connection: Connection, table: Table, dice: random.Random) -> None:
        self._table, self._dice = table, dice
        self._sqlite = connection.dialect.name == "sqlite"
        self._points: dict[str, list[Any]] = {}
        for key in table.foreign_keys:
            target = key.column
            rows = connection.exec_driver_sql(f'SELECT "{target.name}" FROM "{target.table.name}"')
            self._points[key.parent.name] = [row[0] for row in rows]
        look = inspect(connection)
        unique = [
            tuple(look.get_pk_constraint(table.name)["constrained_columns"]),
            *(tuple(found["column_names"]) for found in look.get_unique_constraints(table.name)),
            *(tuple(filter(None, found["column_names"])) for found in look.get_indexes(table.name) if found["unique"]),
        ]
        self._in_keys = {name for columns in unique for name in columns}
        # Keys made of pointers alone: each points somewhere else.
        self._once = {name for columns in unique for name in columns if len(columns) == 1 and name in self._points}

    def some(self, number: int) -> Iterator[dict[str, Any]]:
        """As many rows as wanted, or as fit."""
        for name in self._once:
            number = min(number, len(self._points[name]))
            self._dice.shuffle(self._points[name])
        for place in range(number):
            yield {column.name: self._value(column, place) for column in self._table.columns if _kept(column)}

    def _value(self, column: Column[Any], place: int) -> Any:
        dice, name = self._dice, column.name
        may_be_empty = column.nullable and name not in self._in_keys
        if name in self._points and (targets := self._points[name]):
            if column.nullable and dice.random() < 0.2:
                return None
            return targets[place] if name in self._once else dice.choice(targets)
        if may_be_empty and dice.random() < 0.3:
            return None
        if known := WORDS.get((self._table.name, name)):
            return dice.choice(known)
        return self._of_type(column, place, unique=name in self._in_keys)

    def _of_type(self, column: Column[Any], place: int, *, unique: bool) -> Any:
        dice = self._dice
        match column.type:
            case Boolean():
                return dice.random() < 0.5
            case JSON():
                return {_words(dice, 8): [dice.random(), None, _words(dice, 12)], "none": []}
            case DateTime():
                # Of the past: a right that is held now would keep a backup from being put back.
                moment = BEGAN + timedelta(seconds=place if unique else dice.uniform(-3e7, 0))
                return moment.replace(tzinfo=None) if self._sqlite else moment
            case Date():
                return date(2026, 1, 1) + timedelta(days=dice.randrange(-400, 400))
            case Float():
                return dice.choice([0.0, -1.5, 1e-9, dice.random()])
            case Integer():
                return 3 * place + 1 if unique else dice.choice([0, 1, dice.randrange(2**31 - 1)])
            case LargeBinary():
                return dice.randbytes(dice.randrange(64))
            case Text():
                most = 2000 if column.name in {"text", "content"} else 40
                return f"{place}-{_words(dice, 12)}" if unique else _words(dice, dice.randrange(most))
            case other:
                raise TypeError(f"no value is known for {self._table.name}.{column.name} of type {other!r}")


def _words(dice: random.Random, length: int) -> str:
    return "".join(dice.choices(LETTERS, k=length))
