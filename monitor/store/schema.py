"""Which schema the database has, which one we know, and the way from one to the other (Alembic)."""

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text

from monitor.errors import SchemaError
from monitor.store.engine import Database, create_folder
from monitor.store.faults import UPGRADE, translated
from monitor.store.tables import SEARCH, SEARCH_VECTOR, metadata

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
"""Every revision in order, so that a start need not load Alembic; a test holds it against the migrations."""

HEAD = REVISIONS[-1]

_ALEMBIC = Lock()
"""Alembic keeps its context in module globals: one thread at a time. Processes take turns in the database."""


def script_location() -> Path:
    """The migrations: inside the installed package, else beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    packaged = package / "_migrations"
    return packaged if packaged.is_dir() else package.parent / "migrations"


def require_known(database: Database, *, create: bool, older: bool = False) -> None:
    """Raise SchemaError unless the schema is ours; an empty database is filled when ``create``.

    ``older`` lets earlier schemas of ours pass: they can be backed up and replaced, and nothing else.
    """
    if create:
        create_folder(database)
    elif database.file is not None and not database.file.exists():
        raise SchemaError(
            f"there is no database at {database.name} yet. `monitor run` or `monitor db upgrade` makes one; "
            "after `make demo` add --db sqlite:///var/demo.sqlite3 behind `monitor`."
        )
    with database.read() as connection:
        # In this order: what another program makes in between is then known to be ours.
        tables = _tables(connection)
        revision = current(connection)
    empty = revision is None and not tables
    if empty and create:
        upgrade(database)
    elif empty:
        raise SchemaError(f"the database {database.name} is empty. {UPGRADE} It makes the tables.")
    elif not (older and revision in REVISIONS):
        refuse_unknown(database.name, revision)


def refuse_unknown(name: str, revision: str | None, *, known: tuple[str, ...] = REVISIONS) -> None:
    """Raise SchemaError, with what to do, unless ``revision`` is the last of ``known``."""
    if revision == known[-1]:
        return
    if revision is None:
        raise SchemaError(
            f"the database {name} holds tables of another program. Name another database in database_url; "
            "`monitor db upgrade` makes one that is empty or missing."
        )
    if revision in known:
        raise SchemaError(
            f"the database {name} has schema {revision}, this program needs {known[-1]}. "
            f"Make a backup with `monitor db backup PATH`. {UPGRADE}"
        )
    if revision.startswith("moving:"):
        raise SchemaError(
            f"the database {name} is being moved into, and that was interrupted. Give its `monitor db move` again, or "
            "name another database."
        )
    raise SchemaError(
        f"the database {name} has schema {revision!r}, and this program knows only up to {known[-1]}: a newer version "
        "made it. Install that version; only it can go on, and `monitor db upgrade` of this one cannot."
    )


def trouble(database: Database) -> str:
    """Why the schema is this program's no longer, though it was when it started; empty while it is."""
    with database.read() as connection:
        revision = current(connection)
    try:
        refuse_unknown(database.name, revision)
    except SchemaError as error:
        return str(error)
    return ""


def _tables(connection: Connection) -> set[str]:
    """Tables that hold anything; Alembic's own stays behind when everything was migrated away."""
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def current(connection: Connection) -> str | None:
    """The revision the database says it has; None when it says nothing."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def upgrade(database: Database, revision: str = "head") -> tuple[str | None, str | None]:
    """Migrate up to ``revision`` in one transaction; gives the revisions before and after.

    Raises SchemaError for a database that is not ours, or of a newer version.
    """
    from alembic import command

    create_folder(database)
    with _ALEMBIC, database.write() as connection:
        # In this order: what another program makes in between is then known to be ours.
        tables = _tables(connection)
        before = current(connection)
        if (before is not None and before not in REVISIONS) or (before is None and tables):
            refuse_unknown(database.name, before)
        command.upgrade(configuration(connection), revision)
        return before, current(connection)


def downgrade(database: Database, revision: str) -> None:
    """Migrate down to ``revision`` (``base`` takes every table away) in one transaction."""
    from alembic import command

    with _ALEMBIC, database.write() as connection:
        command.downgrade(configuration(connection), revision)


def differences(database: Database) -> tuple[str, ...]:
    """How the database's tables differ from those of this program, in words; empty when they are the same."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with translated(database.name), database.read() as connection:
        context = MigrationContext.configure(connection, opts=compare_options())
        return tuple(str(difference) for difference in compare_metadata(context, metadata))


def configuration(connection: Connection) -> "Config":
    """Alembic's configuration around an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(script_location()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def compare_options() -> dict[str, Any]:
    """What Alembic needs to compare the tables with, and what it must leave out: the full-text index."""
    return {
        "target_metadata": metadata,
        "include_name": _include_name,
        "include_object": _include_object,
        "compare_type": True,
        "render_as_batch": True,
        "transactional_ddl": True,
    }


def _include_name(name: str | None, type_: str, _parents: object) -> bool:
    return not (type_ == "table" and (name or "").startswith(SEARCH))


def _include_object(_object: object, name: str | None, _type: str, _reflected: bool, _compare_to: object) -> bool:
    return SEARCH_VECTOR not in (name or "")
