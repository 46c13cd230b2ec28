"""Rows in every table there is, made from the columns' types alone, and a look at all of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, Text, insert, select

from monitor.records.moving import MoveStep
from monitor.store.columns import SafeText, UtcDateTime
from monitor.store.engine import Database
from monitor.store.polling.tables import hosts
from monitor.store.tables import metadata
from tests.store_builders import NOW

_VALUES: tuple[tuple[type | tuple[type, ...], Callable[[str, int], Any]], ...] = (
    (UtcDateTime, lambda _name, n: NOW - timedelta(days=n, microseconds=n * 7919)),
    (Date, lambda _name, n: date(2026, 11, 20) - timedelta(days=n)),
    (Boolean, lambda _name, n: n % 2 == 0),
    (Integer, lambda _name, n: n),
    (Float, lambda _name, n: n / 3),
    (LargeBinary, lambda name, n: f"{name} {n}".encode() + bytes(range(256))),
    (JSON, lambda name, n: {"z": [n, name, None], "a": "Ґ \u2028 \\ 'x'", "deep": [{"b": n / 7}]}),
    # Capitals and small letters stand in another order where a server sorts by its locale.
    ((Text, SafeText), lambda name, n: f"{'aBcD'[n % 4]} {name} {n} «їжак»\t\\N\n😀"),
)


def value(column: Column[Any], n: int) -> Any:
    """What row ``n`` says in the column; it points at row ``n`` of another table."""
    for key in column.foreign_keys:
        return value(key.column, n)
    if column.nullable and n % 3 == 0:
        return None
    return next(make(str(column), n) for kind, make in _VALUES if isinstance(column.type, kind))


def fill(url: str, rows: int) -> None:
    """So many rows in every table; nobody's lease is live at NOW."""
    database = Database(url)
    with database.write() as connection:
        for table in metadata.sorted_tables:
            connection.execute(insert(table), [{c.name: value(c, n) for c in table.c} for n in range(1, rows + 1)])
    database.close()


def fill_hosts(url: str, rows: int, *, characters: int) -> None:
    """So many hosts with a robots.txt of so many characters, and nothing else."""
    database = Database(url)
    robots = "x" * characters
    with database.write() as connection:
        for first in range(0, rows, 1_000):
            numbers = range(first, min(first + 1_000, rows))
            connection.execute(insert(hosts), [{"host": f"{n}.example", "robots": robots} for n in numbers])
    database.close()


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in an order of our own."""
    database = Database(url)
    with database.read() as connection:
        found = {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }
    database.close()
    return found


def change(url: str, *statements: str) -> None:
    """Do to the database what another program would."""
    database = Database(url)
    with database.write() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    database.close()


def silent(_step: MoveStep) -> None:
    """For moves that nobody watches."""
