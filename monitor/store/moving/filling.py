"""Rows into the target: fast, a batch at a time; and the numbers that its next rows get."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql
from sqlalchemy import BigInteger, Connection, Table, func, insert, literal, select, text
from sqlalchemy.exc import DBAPIError

from monitor.errors import StoreError
from monitor.store.engine import Database
from monitor.store.faults import explain, translated
from monitor.store.moving.rows import Row, Rows, structured

_OF_A_ROW = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.errors.ProgramLimitExceeded,
    sqlite3.IntegrityError,
    sqlite3.DataError,
)
"""What a database says of a row, and not of itself."""


def put(database: Database, table: Table, rows: Sequence[Row]) -> None:
    """Write the rows: all of them, or none. Raises StoreError that names the row which the database refuses."""
    try:
        with database.write() as connection:
            _insert(connection, table, rows)
    except psycopg.Error as error:
        if not isinstance(error, _OF_A_ROW):
            raise explain(error, database.name) from error
        raise _refused(database, table, rows) from error
    except StoreError as error:
        cause = error.__cause__
        if not isinstance(cause, DBAPIError) or not isinstance(cause.orig, _OF_A_ROW):
            raise
        raise _refused(database, table, rows) from error


def _insert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
        return
    names = [column.name for column in table.c]
    connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def _copy(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.c)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    places = structured(table)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(_dumped(row, places) if places else row)


def _dumped(row: Row, places: Sequence[int]) -> list[object]:
    values = list(row)
    for place in places:
        values[place] = json.dumps(values[place])
    return values


def _refused(database: Database, table: Table, rows: Sequence[Row]) -> StoreError:
    """The error about the first row that the database does not take, found by trying them one by one."""
    with translated(database.name):
        connection = database.engine.connect()
    try:
        known = Rows(connection, table, name=database.name)
        for row in rows:
            try:
                _insert(connection, table, [row])
            except (psycopg.Error, DBAPIError) as error:
                said = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()[0]
                return StoreError(
                    f"{database.name} refuses the row {known.shown(known.key(row))} of {table.name}: {said}. "
                    "Mend or delete that row in the source."
                )
    finally:
        connection.rollback()
        connection.close()
    return StoreError(f"{database.name} refuses rows of {table.name} together, and each of them alone it takes.")


def highest(connection: Connection, table: Table) -> int:
    """The highest number that a row of the table ever had, as far as the database knows."""
    largest = int(connection.scalar(select(func.max(table.c.id))) or 0)
    if connection.dialect.name == "postgresql":
        name = connection.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        given = connection.scalar(text("SELECT pg_sequence_last_value(CAST(:name AS regclass))"), {"name": name})
    elif table.dialect_options["sqlite"]["autoincrement"]:
        given = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
    else:
        given = None
    return max(largest, int(given or 0))


def number_on(connection: Connection, table: Table, last: int) -> None:
    """Let the next row of the table get the number behind ``last``, and no earlier one."""
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(sequence, literal(max(last, 1), BigInteger), last > 0)))
    elif last and table.dialect_options["sqlite"]["autoincrement"]:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        values = {"name": table.name, "last": last}
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), values)


def is_numbered(table: Table) -> bool:
    """Whether the database gives the rows their numbers."""
    return "id" in table.c and table.c.id.autoincrement is not False
