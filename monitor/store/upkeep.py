"""The store's own affairs: pruning, sweeping, sizes, backups, checks."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, ForeignKeyConstraint, Select, delete, func, select, text, update

from monitor.records.upkeep import WORKER, Backlog, StoreStats, TableSize
from monitor.store import backup, claims, pruning, readers, schema
from monitor.store.backlog import backlogs
from monitor.store.engine import Database
from monitor.store.polling.subscription_tables import subscriptions
from monitor.store.shared_tables import leases
from monitor.store.tables import CLAIMED, SEARCH, feeds, metadata, polls
from monitor.store.telling import ledger

MESSAGES_KEPT = timedelta(days=180)
"""What messages and editions said is kept so long; that they were sent, for ever."""

CLOCKS_APART = timedelta(minutes=10)
"""The clocks of machines that work together differ by less; a clock that was set, by more."""


class Upkeep:
    """Keeping the database in order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prune(self, *, now: datetime, polls_older_than: timedelta) -> int:
        """Delete the records of old polls, and what old messages said. The number of polls deleted."""
        old = polls.c.polled_at < now - polls_older_than
        with self._database.write() as connection:
            pruning.prune_tombstones(connection, now=now)
            pruning.prune_editions(connection, before=now - MESSAGES_KEPT)
            ledger.forget_bodies(connection, before=now - MESSAGES_KEPT)
            return connection.execute(delete(polls).where(old)).rowcount

    def prune_entries(self, *, now: datetime, unseen_for: timedelta) -> int:
        """Delete a batch of entries that led to nothing and that no document has held for so long; the number.

        They leave tombstones: their feed cannot bring them back. Matched and labelled articles stay for ever.
        """
        with self._database.write() as connection:
            return pruning.prune_entries(connection, now=now, unseen_for=unseen_for)

    def sweep(self, *, now: datetime) -> int:
        """Give back what crashed holders had claimed, and drop expired leases; the number of rows given back.

        Feeds that were polled while the clock was ahead are due now: their next polls lie as far ahead.
        """
        with self._database.write() as connection:
            ahead = (feeds.c.last_polled_at > now + CLOCKS_APART, feeds.c.next_poll_at > now)
            connection.execute(update(feeds).where(feeds.c.active, *ahead).values(next_poll_at=now))
            # A worker's is kept until what it held is given back.
            connection.execute(delete(leases).where(leases.c.expires_at <= now, ~leases.c.name.startswith(WORKER)))
            unsent = ledger.sweep(connection, now)
            claimed = (*CLAIMED, subscriptions)
            return unsent + sum(claims.release_expired(connection, table, now) for table in claimed)

    def backlogs(self, *, now: datetime) -> tuple[Backlog, ...]:
        """How much waits for each stage, and since when: ``store.backlog``."""
        return backlogs(self._database, now=now)

    def stats(self) -> StoreStats:
        """Rows per table and bytes on disk."""
        with self._database.read() as connection:
            sizes = tuple(
                TableSize(name=table.name, rows=connection.scalar(select(func.count()).select_from(table)) or 0)
                for table in metadata.tables.values()
            )
            return StoreStats(
                name=self._database.name,
                revision=schema.current(connection) or "",
                bytes=size(connection),
                tables=sizes,
            )

    def schema_trouble(self) -> str:
        """Why the schema is this program's no longer (another version has migrated it); empty while it is."""
        return schema.trouble(self._database)

    def backup(self, path: Path) -> None:
        """Write a whole copy to ``path`` (SQLite: a database file; Postgres: a ``pg_dump`` archive)."""
        backup.save(self._database, path)

    def restore(self, path: Path, *, force: bool = False) -> None:
        """Replace everything by the backup at ``path``; with ``force`` even where there are feeds already."""
        backup.put_back(self._database, path, force=force)

    def grant_reader(self, role: str, password: str) -> None:
        """Let a role of Postgres read the report views: ``store.readers``."""
        readers.grant(self._database, role, password)

    def check(self) -> tuple[str, ...]:
        """Everything that is wrong with the database, one line each; empty when it is sound."""
        found = schema.differences(self._database)
        with self._database.read() as connection:
            damage = _sqlite_damage(connection) if self._database.dialect == "sqlite" else ()
            return (*found, *damage, *_orphans(connection))


def size(connection: Connection) -> int:
    """Bytes on disk, indexes included."""
    if connection.dialect.name == "sqlite":
        query = text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
    else:
        query = text("SELECT pg_database_size(current_database())")
    return int(connection.scalar(query) or 0)


def _sqlite_damage(connection: Connection) -> tuple[str, ...]:
    pages = [row[0] for row in connection.execute(text("PRAGMA integrity_check(20)"))]
    index = connection.scalar(text(f"SELECT count(*) FROM {SEARCH}_docsize"))  # noqa: S608 (a constant)
    rows = connection.scalar(text("SELECT count(*) FROM articles"))
    lines = [line for line in pages if line != "ok"]
    if index != rows:
        lines.append(f"the full-text index holds {index} articles, the table {rows}")
    return tuple(lines)


def _orphans(connection: Connection) -> tuple[str, ...]:
    """Rows that point at rows which are not there: both databases refuse them, a bad copy may still hold them."""
    found = []
    for table in metadata.tables.values():
        for key in sorted(table.foreign_key_constraints, key=lambda each: str(each.name)):
            count = connection.scalar(_orphans_of(key))
            if count:
                found.append(f"{count} rows of {table.name} point at {key.referred_table.name} that are not there")
    return tuple(found)


def _orphans_of(key: ForeignKeyConstraint) -> Select[int]:
    column, target = key.columns[0], key.elements[0].column
    there = target.table.alias("there")
    missing = select(func.count()).select_from(key.table.outerjoin(there, column == there.c[target.name]))
    return missing.where(column.is_not(None), there.c[target.name].is_(None))
