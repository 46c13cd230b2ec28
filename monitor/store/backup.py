"""Copies of the whole database: made while the program runs, put back in one transaction."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO

from sqlalchemy import inspect, text

from monitor.errors import ConfigError, StoreError
from monitor.store.engine import Database
from monitor.store.faults import translated
from monitor.store.schema import HEAD, REVISIONS
from monitor.store.tables import metadata

_OUR_VIEWS = "report_"
_QUEUE = "monitor_queue"
"""The schema of the workers' queue: what waits there is handed out anew."""


def save(database: Database, path: Path) -> None:
    """Write a whole, consistent copy to ``path``, which must not exist yet; other work goes on meanwhile."""
    partial = path.with_name(path.name + ".partial")
    try:
        if path.exists():
            raise ConfigError(f"{path} is already there, and a backup never overwrites. Name another file.")
        if not os.access(path.parent, os.W_OK):
            raise ConfigError(f"{path.parent} is no folder that this user may write a backup to. Name another one.")
        partial.unlink(missing_ok=True)
        if database.dialect == "sqlite":
            _vacuum_into(database, partial)
        else:
            _dump(database, partial)
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
        _load(database, path)


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
    _refuse_unknown(path, None if revision is None else revision[0])
    if damage != "ok":
        raise ConfigError(f"the backup {path} is damaged ({damage}). Nothing was changed; take another one.")


def _refuse_unknown(path: Path, revision: str | None) -> None:
    if revision is None:
        raise ConfigError(f"{path} is no backup of this program (it names no schema). Nothing was changed.")
    if revision not in REVISIONS:
        raise ConfigError(
            f"the backup {path} has schema {revision!r}, and this program knows only up to {HEAD}: a newer version "
            "made it. Restore it with that version, or take an older backup. Nothing was changed."
        )


def _load(database: Database, path: Path) -> None:
    """Take our tables away and put the archive's in, in one transaction.

    Not by ``pg_restore --clean``: it leaves tables of a later schema, and cannot drop what they point at.
    """
    restore, shell = _tool("pg_restore"), _tool("psql")
    _refuse_unknown(path, _revision_in(restore, path))
    drops = _drops(database)
    address, environment = _connection(database)
    with (
        tempfile.TemporaryFile() as reader_said,
        tempfile.TemporaryFile() as writer_said,
        subprocess.Popen(  # noqa: S603 (found on PATH, the arguments are ours)
            [restore, "--no-owner", "--file=-", str(path)], stdout=subprocess.PIPE, stderr=reader_said
        ) as reader,
        subprocess.Popen(  # noqa: S603
            [shell, address, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=writer_said,
            env=environment,
        ) as writer,
    ):
        assert reader.stdout is not None
        assert writer.stdin is not None
        # Where it breaks off on the way, the writer ends first and says why.
        with suppress(BrokenPipeError), writer.stdin:
            writer.stdin.write(f"SET client_min_messages = error;\nBEGIN;\n{drops}\n".encode())
            shutil.copyfileobj(reader.stdout, writer.stdin)
            reader.stdout.close()
            # Without this line all is rolled back.
            writer.stdin.write(b"COMMIT;\n" if reader.wait() == 0 else b"")
        reader.stdout.close()
        # A damaged archive ends the reader, and what it left half said the writer; a signal came from the latter.
        _require_done("pg_restore", max(0, reader.wait()), _read(reader_said), database)
        _require_done("psql", writer.wait(), _read(writer_said), database)
        _require_done("pg_restore", reader.wait(), _read(reader_said), database)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _drops(database: Database) -> str:
    """What takes our tables and views away. What others made on them stays in the way, and is told."""
    with database.read() as connection:
        views = [name for name in inspect(connection).get_view_names() if name.startswith(_OUR_VIEWS)]
    dropped = [f"DROP VIEW {name};" for name in views]
    return "\n".join(
        [
            *dropped,
            f"DROP TABLE IF EXISTS {', '.join([*metadata.tables, 'alembic_version'])};",
            f"DROP SCHEMA IF EXISTS {_QUEUE} CASCADE;",
        ]
    )


def _revision_in(restore: str, path: Path) -> str | None:
    """The schema that an archive's tables have; None when it says nothing."""
    command = [restore, "--data-only", "--table=alembic_version", "--file=-", str(path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)  # noqa: S603
    if done.returncode != 0:
        first = (done.stderr.strip().splitlines() or ["no message"])[0]
        raise ConfigError(f"{path} is no backup of this program ({first}). Nothing was changed.")
    lines = iter(done.stdout.splitlines())
    row = next((next(lines, "") for line in lines if line.startswith("COPY ")), "").strip()
    return None if row in {"", "\\."} else row


def _tool(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        raise ConfigError(
            f"{name} is not on PATH. Install Postgres' client programs, of the server's version or newer."
        )
    return program


def _connection(database: Database) -> tuple[str, dict[str, str]]:
    """Address and environment for Postgres' programs; the password is in the latter, where no process list shows it."""
    url = database.url.set(drivername="postgresql", password=None)
    secret = {"PGPASSWORD": str(database.url.password)} if database.url.password else {}
    return f"--dbname={url.render_as_string(hide_password=False)}", os.environ | secret


def _dump(database: Database, path: Path) -> None:
    address, environment = _connection(database)
    command = [_tool("pg_dump"), address, "--format=custom", "--no-owner", f"--file={path}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    _require_done("pg_dump", done.returncode, done.stderr, database)


def _require_done(tool: str, status: int, said: str, database: Database) -> None:
    if status != 0:
        first, *more = said.strip().splitlines() or ["no message"]
        detail = next((f" ({line})" for line in more if line.startswith("DETAIL:")), "")
        raise StoreError(f"{tool} failed on the database {database.name}: {first}{detail}. Nothing was changed.")


def _make_durable(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
