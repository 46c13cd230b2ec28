"""The door where the database's errors become ours: each kind of refusal has its own words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from monitor.errors import ConfigError, MonitorError, SchemaError, StoreError

UPGRADE = "Run `monitor db upgrade`."

_SQLITE: dict[int, tuple[type[MonitorError], str]] = {
    sqlite3.SQLITE_BUSY: (
        StoreError,
        "is locked: another program held it for longer than we wait. Nothing of this step was stored. "
        "Let that program end (a migration, a copy) or close it (a shell with an open transaction); the step is "
        "repeated by itself",
    ),
    sqlite3.SQLITE_LOCKED: (
        StoreError,
        "is locked by another part of this program. Nothing of this step was stored; it is repeated by itself",
    ),
    sqlite3.SQLITE_READONLY: (
        StoreError,
        "is read-only. Nothing of this step was stored. Check the rights of the file and of its folder, and that "
        "the disk is not mounted read-only",
    ),
    sqlite3.SQLITE_FULL: (
        StoreError,
        "cannot grow: the disk (or the database's own size limit) is full. Nothing of this step was stored and "
        "nothing was lost. Free some space; the step is repeated by itself",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        StoreError,
        "cannot be opened. Check that its folder exists and that this user may read and write there",
    ),
    sqlite3.SQLITE_IOERR: (
        StoreError,
        "met an input/output error of the disk. Check the disk, then run `monitor db check`",
    ),
    sqlite3.SQLITE_CORRUPT: (
        SchemaError,
        "is damaged. Stop the program, keep a copy of the file, and put a backup back with `monitor db restore`",
    ),
    sqlite3.SQLITE_NOTADB: (
        SchemaError,
        "is no SQLite database. Name another file in database_url, or move this one away",
    ),
}

# By SQLSTATE, or by its class (the first two characters).
_POSTGRES: dict[str, tuple[type[MonitorError], str]] = {
    "08": (StoreError, "cannot be reached. Check that the server runs and that the address is right"),
    "28": (ConfigError, "refused the user or password. Check database_url"),
    "3D": (ConfigError, "does not exist on that server. Create it with `createdb`, or mend database_url"),
    "25006": (StoreError, "is read-only (a standby?). Name the server that may be written to in database_url"),
    "40": (StoreError, "made two writers collide. Nothing of this step was stored; it is repeated by itself"),
    "42P01": (SchemaError, f"has other tables than this program knows. {UPGRADE}"),
    "42703": (SchemaError, f"has other tables than this program knows. {UPGRADE}"),
    "42501": (ConfigError, "does not let this user do that. Grant the rights, or name its owner in database_url"),
    "53": (
        StoreError,
        "has run out of room (disk, memory or connections). Nothing of this step was stored and nothing was lost. "
        "Free some; the step is repeated by itself",
    ),
    "55": (
        StoreError,
        "is locked: another session (a migration?) held a row or table for longer than we wait. Nothing of this step "
        "was stored; it is repeated by itself",
    ),
    "57": (StoreError, "is shutting down or broke the connection off. Start the server again; work goes on by itself"),
}

_UNEXPECTED = (
    "refused a statement it should take. Nothing of this step was stored. Run `monitor db check`; "
    "if it finds nothing, this is a fault of the program, please report it"
)


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn every database error inside into StoreError, SchemaError or ConfigError about the database ``name``."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise explain(error, name) from error


def explain(error: Exception, name: str) -> MonitorError:
    """The error to raise for ``error``, in words a person can act on."""
    if isinstance(error, PoolTimeoutError):
        return StoreError(
            f"the database {name} has no free connection: too much work at once. The step is repeated by itself."
        )
    cause: BaseException | None = error.orig if isinstance(error, DBAPIError) else error
    kind, words = _sqlite(cause) if isinstance(cause, sqlite3.Error) else _postgres(cause)
    return kind(f"the database {name} {words} ({_first_line(cause or error)}).")


def _sqlite(cause: sqlite3.Error) -> tuple[type[MonitorError], str]:
    code = getattr(cause, "sqlite_errorcode", None)
    known = _SQLITE.get((code or 0) & 0xFF)
    if known is not None:
        return known
    if str(cause).startswith(("no such table", "no such column")):
        return SchemaError, f"has other tables than this program knows. {UPGRADE}"
    return StoreError, _UNEXPECTED


_SIGNS = (
    ("28", "authentication failed"),
    ("28", 'role "'),
    ("3D", "does not exist"),
    ("53", "too many clients"),
)


def _postgres(cause: BaseException | None) -> tuple[type[MonitorError], str]:
    state: str | None = getattr(cause, "sqlstate", None)
    if state is not None:
        return _POSTGRES.get(state) or _POSTGRES.get(state[:2], (StoreError, _UNEXPECTED))
    # Without a state the server never answered: the driver itself says what happened.
    for class_, sign in _SIGNS:
        if sign in str(cause):
            return _POSTGRES[class_]
    return _POSTGRES["08"]


def _first_line(cause: BaseException) -> str:
    lines = str(cause).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(cause).__name__
