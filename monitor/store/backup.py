"""Copies of the whole database: made while the program runs, put back in one transaction."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import text

from monitor.errors import ConfigError, StoreError
from monitor.store.engine import Database
from monitor.store.faults import translated
from monitor.store.schema import REVISIONS


def save(database: Database, path: Path) -> None:
    """Write a whole, consistent copy to ``path``, which must not exist yet; other work goes on meanwhile."""
    partial = path.with_name(path.name + ".partial")
    try:
        if path.exists():
            raise ConfigError(f"{path} is already there, and a backup never overwrites. Name another file.")
        partial.unlink(missing_ok=True)
        if database.dialect == "sqlite":
            _vacuum_into(database, partial)
        else:
            _postgres_tool(database, "pg_dump", "--format=custom", "--no-owner", f"--file={partial}")
        _make_durable(partial)
        partial.rename(path)
    except OSError as error:
        raise StoreError(
            f"cannot write the backup {path}: {error.strerror}. Check the folder and its rights."
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink()


def put_back(database: Database, path: Path, *, force: bool) -> None:
    """Replace everything in the database by the backup at ``path``.

    Raises ConfigError when the file is no backup of ours, and, without ``force``, when the database holds feeds.
    """
    if not path.is_file():
        raise ConfigError(f"there is no backup {path}. Check the path.")
    if not force and _holds_feeds(database):
        raise ConfigError(
            f"the database {database.name} holds feeds and their entries, and restoring replaces them all. "
            "Make a backup of it first, then give --force."
        )
    if database.dialect == "sqlite":
        _copy_in(database, path)
    else:
        _postgres_tool(
            database, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--dbname=", path
        )


def _holds_feeds(database: Database) -> bool:
    with database.read() as connection:
        return connection.execute(text("SELECT 1 FROM feeds LIMIT 1")).first() is not None


@contextmanager
def _raw(database: Database) -> Iterator[sqlite3.Connection]:
    """A driver connection outside any transaction, which both ways of copying need."""
    with translated(database.name), closing(database.engine.raw_connection()) as pooled:
        connection = pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        yield connection


def _vacuum_into(database: Database, path: Path) -> None:
    with _raw(database) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))


def _copy_in(database: Database, path: Path) -> None:
    """SQLite's own page copy: the readers see the old database until the whole new one is there."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as backup:
        _require_ours(backup, path)
        with database.write():
            pass  # The copy itself would wait for ever where another program holds a lock: this waits only a while.
        with _raw(database) as connection:
            backup.backup(connection)


def _require_ours(backup: sqlite3.Connection, path: Path) -> None:
    try:
        revision = backup.execute("SELECT version_num FROM alembic_version").fetchone()
        damage = backup.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise ConfigError(f"{path} is no backup of this program ({error}). Nothing was changed.") from error
    if revision is None or revision[0] not in REVISIONS:
        found = None if revision is None else revision[0]
        raise ConfigError(f"the backup {path} has schema {found!r}, which this program does not know.")
    if damage != "ok":
        raise ConfigError(f"the backup {path} is damaged ({damage}). Nothing was changed; take another one.")


def _postgres_tool(database: Database, tool: str, *arguments: str | Path) -> None:
    """Run ``tool`` on the database; the password goes through the environment, where no process list shows it."""
    program = shutil.which(tool)
    if program is None:
        raise ConfigError(
            f"{tool} is not on PATH. Install Postgres' client programs, of the server's version or newer."
        )
    url = database.url.set(drivername="postgresql", password=None)
    address = f"--dbname={url.render_as_string(hide_password=False)}"
    given = [address if argument == "--dbname=" else str(argument) for argument in arguments]
    if address not in given:
        given.insert(0, address)
    environment = os.environ | ({"PGPASSWORD": str(database.url.password)} if database.url.password else {})
    done = subprocess.run(  # noqa: S603 (the program is found on PATH, the arguments are ours)
        [program, *given], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["no message"])[0]
        raise StoreError(f"{tool} failed on the database {database.name}: {said}. Nothing was changed.")


def _make_durable(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
