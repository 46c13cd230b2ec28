"""One database: the engine and the two kinds of transaction, reading and writing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from monitor.errors import ConfigError, StoreError
from monitor.store.faults import translated

BUSY_TIMEOUT = 10.0
"""Seconds to wait for a lock that another writer holds."""

_WRITES = "monitor_writes"
_PREPARED = 32
"""Statements that an SQLite connection keeps prepared: long searches weigh some 10 kB each, and Python keeps 128."""
_DURABLE = "monitor_durable"


class Database:
    """Where the store is; ``name`` is for messages and holds no password. Raises ConfigError for a wrong address."""

    def __init__(self, url: str, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self.url = parse_url(url)
        self.dialect = self.url.get_backend_name()
        self.file = _file(self.url)
        self.name = _shown(self.url)
        self._identity: tuple[int, int] | None = None
        self.engine = (
            _sqlite_engine(self.url, busy_timeout)
            if self.dialect == "sqlite"
            else _postgres_engine(self.url, busy_timeout)
        )
        self._writer = self.engine.execution_options(**{_WRITES: True})
        self._durable_writer = self.engine.execution_options(**{_WRITES: True, _DURABLE: True})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and writes nothing."""
        with translated(self.name), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        """A transaction that may write: all of it is stored, or nothing. Raises StoreError when the file is gone.

        When the power fails, SQLite may forget the last ones, whole ones from the end; those before a ``durable`` one,
        and itself, never. It waits for the disk: for what must be known of something that leaves this machine next.
        """
        self._still_there()
        writer = self._durable_writer if durable else self._writer
        with translated(self.name), writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _still_there(self) -> None:
        """SQLite writes on, without a word, into a file that was deleted or moved away: notice it here."""
        if self.file is None:
            return
        try:
            found = self.file.stat()
        except FileNotFoundError:
            found = None
        identity = None if found is None else (found.st_dev, found.st_ino)
        if self._identity is None:
            self._identity = identity
        elif identity != self._identity:
            raise StoreError(
                f"the database {self.name} is gone: the file was deleted or replaced while the program ran. Put it "
                "back (or a backup, with `monitor db restore`) and start the program again."
            )


def libpq_address(url: str) -> str:
    """A Postgres address as its own library takes it, without our driver's name."""
    return parse_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def dialect_of(url: str) -> str:
    """``sqlite`` or ``postgresql``. Raises ConfigError for anything else."""
    return parse_url(url).get_backend_name()


def shown(url: str) -> str:
    """``url`` for messages, without password."""
    return _shown(parse_url(url))


def parse_url(url: str) -> URL:
    """``url`` as SQLAlchemy takes it, with our driver. Raises ConfigError for anything but a file or a Postgres."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise ConfigError(
            "database_url is no database address. Write sqlite:///path/to/file or postgresql://user@host/name."
        ) from error
    if parsed.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise ConfigError(
            f"database_url names {parsed.drivername!r}, which is not supported. "
            "Write sqlite:///path/to/file or postgresql://user@host/name."
        )
    if parsed.database in {None, "", ":memory:"}:
        raise ConfigError("database_url names no file, and memory forgets. Write sqlite:///path/to/file.")
    return parsed


def _file(url: URL) -> Path | None:
    """The SQLite file, also behind a ``file:`` URI; None for a server."""
    if url.get_backend_name() != "sqlite":
        return None
    return Path((url.database or "").removeprefix("file:").partition("?")[0])


def _shown(url: URL) -> str:
    file = _file(url)
    return str(file) if file is not None else url.set(query={}).render_as_string(hide_password=True)


def _sqlite_engine(url: URL, busy_timeout: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": busy_timeout, "cached_statements": _PREPARED})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # We issue BEGIN ourselves: the driver's own rules would start a write as a read and fail at the upgrade.
        connection.isolation_level = None
        cursor = connection.cursor()
        if "mode=ro" not in str(url):
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA journal_size_limit = 67108864")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(_DURABLE):
            connection.info[_DURABLE] = True
            connection.exec_driver_sql("PRAGMA synchronous = FULL")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES) else "BEGIN")

    @event.listens_for(engine, "handle_error")
    def open_again(context: ExceptionContext) -> None:
        # What was opened while the file could only be read never writes, also when the disk takes writes again.
        code = getattr(context.original_exception, "sqlite_errorcode", None) or 0
        if code & 0xFF == sqlite3.SQLITE_READONLY:
            context.is_disconnect = True

    @event.listens_for(engine, "checkin")
    def relax(connection: Any, record: Any) -> None:
        if connection is not None and record.info.pop(_DURABLE, False):
            connection.execute("PRAGMA synchronous = NORMAL")

    return engine


def _postgres_engine(url: URL, busy_timeout: float) -> Engine:
    url = url.update_query_dict({"connect_timeout": "10"}) if "connect_timeout" not in url.query else url
    engine = create_engine(url, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(f"SET lock_timeout = {int(busy_timeout * 1000)}")
        cursor.close()
        connection.autocommit = False

    return engine


def create_folder(database: Database) -> None:
    """Make the folder that a new SQLite file goes into. Raises StoreError when it cannot be made."""
    if database.file is None:
        return
    folder = database.file.absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the folder {folder} for the database: {os.strerror(error.errno or 0)}. "
            "Check its rights, or name another place in database_url."
        ) from error
