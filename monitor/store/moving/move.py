"""Everything of one database copied into another, empty one, and compared row by row.

The source is held against writers meanwhile, so nothing that somebody stores can be left behind. Each batch of the
target is a transaction: what was interrupted goes on behind the last row that arrived.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, Table, func, select, text

from monitor.errors import ConfigError, StoreError
from monitor.records.moving import MendedText, Moved, MovedTable, MoveStep, RowDifference
from monitor.store.engine import Database
from monitor.store.moving import filling, mark
from monitor.store.moving.comparing import Comparison
from monitor.store.moving.rows import Rows, batches
from monitor.store.shared_tables import leases
from monitor.store.tables import metadata

BATCH_ROWS = 5_000
BATCH_BYTES = 8_000_000
"""What one transaction of the target takes."""

OnStep: TypeAlias = Callable[[MoveStep], None]


def move(source_url: str, target_url: str, *, now: datetime, on: OnStep, afresh: bool = False) -> Moved:
    """Copy everything from one database into the other, compare, and let the program use it when all is the same.

    Raises ConfigError when somebody works on the source or the target is not empty, SchemaError when the source is of
    another schema, StoreError when a database cannot be reached or a row cannot be moved.
    """
    with _both(source_url, target_url) as (source, target):
        mark.require_whole(source)
        with source.write() as held:
            _hold(held, source, now=now)
            goes_on = mark.prepare(target, source, afresh=afresh)
            with _told_to_go_on():
                copied = _copy_all(held, source, target, on)
                with target.read() as there:
                    moved = _compare_all(held, source, there, target, on, copied=copied, resumed=goes_on)
            if not moved.differences:
                _finish(held, target)
            return moved


def verify(source_url: str, target_url: str, *, on: OnStep) -> Moved:
    """Compare two databases; nothing is written."""
    with _both(source_url, target_url) as (source, target):
        mark.require_whole(source)
        mark.require_readable(target)
        with source.read() as here, target.read() as there:
            return _compare_all(here, source, there, target, on, copied={}, resumed=False)


@contextmanager
def _both(source_url: str, target_url: str) -> Iterator[tuple[Database, Database]]:
    with closing(Database(source_url)) as source, closing(_target(target_url)) as target:
        same_file = (
            source.file is not None and target.file is not None and source.file.resolve() == target.file.resolve()
        )
        if same_file or source.url == target.url:
            raise ConfigError(f"source and target are the same database, {source.name}. Name another one to move to.")
        yield source, target


@contextmanager
def _told_to_go_on() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise StoreError(f"{error} What was copied stays: the same command goes on where it stopped.") from error


def _target(url: str) -> Database:
    try:
        return Database(url)
    except ConfigError as error:
        raise ConfigError(f"the target cannot be used: {error}") from error
    except ValueError as error:
        raise ConfigError("the target cannot be used: the port in its address is no number.") from error


def _hold(connection: Connection, source: Database, *, now: datetime) -> None:
    """Let nobody write to the source until the transaction ends. Raises ConfigError when somebody is at work on it."""
    if source.dialect == "postgresql":
        connection.execute(text(f"LOCK TABLE {', '.join(metadata.tables)} IN SHARE ROW EXCLUSIVE MODE"))
    for holder, name, until in connection.execute(
        select(leases.c.holder, leases.c.name, leases.c.expires_at).where(leases.c.expires_at > now)
    ):
        raise ConfigError(
            f"{holder} works on {source.name} (lease {name!r} until {until:%H:%M:%S} UTC). "
            "Stop it first, or wait for its lease to end."
        )


def _copy_all(held: Connection, source: Database, target: Database, on: OnStep) -> dict[str, int]:
    """How many rows were copied of each table; tables that others point at come first."""
    total = _total(held)
    done = 0
    copied: dict[str, int] = {}
    for table in metadata.sorted_tables:
        with target.read() as there:
            last = Rows(there, table, name=target.name).last()
            done += there.scalar(select(func.count()).select_from(table)) or 0
        copied[table.name] = 0
        rows = Rows(held, table, name=source.name).after(last)
        for batch in batches(rows, most=BATCH_ROWS, heaviest=BATCH_BYTES):
            filling.put(target, table, batch)
            copied[table.name] += len(batch)
            done += len(batch)
            on(MoveStep(doing="copying", table=table.name, done=done, total=total))
    return copied


def _compare_all(
    here: Connection,
    source: Database,
    there: Connection,
    target: Database,
    on: OnStep,
    *,
    copied: dict[str, int],
    resumed: bool,
) -> Moved:
    total = _total(here)
    done = 0
    tables: list[MovedTable] = []
    mended: list[MendedText] = []
    differences: list[RowDifference] = []
    for table in metadata.sorted_tables:
        ours = Rows(here, table, name=source.name)
        compared = Comparison(ours, Rows(there, table, name=target.name, mends=False))
        compared.run(_every_so_often(table, done, total, on))
        done += compared.rows
        mended.extend(ours.mended())
        differences.extend([compared.difference] if compared.difference else [])
        known = copied.get(table.name, 0)
        tables.append(MovedTable(name=table.name, rows=compared.rows, copied=known, checksum=compared.checksum))
    return Moved(
        source=source.name,
        target=target.name,
        tables=tuple(tables),
        mended=tuple(mended),
        differences=tuple(differences),
        resumed=resumed,
    )


def _every_so_often(table: Table, before: int, total: int, on: OnStep) -> Callable[[int], None]:
    def tell(rows: int) -> None:
        if rows % 1_000 == 0:
            on(MoveStep(doing="comparing", table=table.name, done=before + rows, total=total))

    return tell


def _total(connection: Connection) -> int:
    return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in metadata.sorted_tables)


def _finish(held: Connection, target: Database) -> None:
    """Number on behind the rows that are there, and take the mark away."""
    with target.write() as connection:
        for table in filter(filling.is_numbered, metadata.sorted_tables):
            filling.number_on(connection, table, filling.highest(held, table))
        mark.release(connection)
        if target.dialect == "postgresql":
            # Its planner would take the new tables for empty ones until autovacuum comes.
            connection.execute(text("ANALYZE"))
