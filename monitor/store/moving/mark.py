"""The mark on a database that is being moved into: it has a schema that no program knows, so none starts on it.

The mark names the schema that the tables have, and the source by a hash, so that only a move from there goes on.
"""

from hashlib import blake2b

from sqlalchemy import Connection, exists, inspect, select, text

from monitor.errors import ConfigError
from monitor.store import schema
from monitor.store.engine import Database, create_folder
from monitor.store.tables import metadata

_MARK = "moving"


def require_whole(source: Database) -> None:
    """Raise ConfigError when the source itself is half of an interrupted move, SchemaError when it is not ours."""
    if source.file is None or source.file.exists():
        with source.read() as connection:
            if _is_mark(schema.current(connection)):
                raise ConfigError(
                    f"the source {source.name} is itself half of a move that was interrupted. "
                    "Finish that one first with `monitor db move`."
                )
    schema.require_known(source, create=False)


def prepare(target: Database, source: Database, *, afresh: bool) -> bool:
    """Make the target's tables and mark it; whether an interrupted move from the source goes on there.

    ``afresh`` empties what the interrupted move has copied. Raises ConfigError when the target holds anything else.
    """
    create_folder(target)
    mark = _mark_of(source)
    with target.read() as connection:
        found = schema.current(connection)
        is_bare = found is None and not inspect(connection).get_table_names()
    if is_bare:
        schema.upgrade(target)
    elif _is_mark(found):
        _require_same(target, found, mark)
    else:
        schema.refuse_unknown(target.name, found)
    with target.write() as connection:
        goes_on = _is_mark(schema.current(connection))
        if goes_on and afresh:
            _empty(connection)
        elif not goes_on:
            _require_empty(connection, target)
            _write(connection, mark)
    return goes_on and not afresh


def release(connection: Connection) -> None:
    """Take the mark away: from now on it is a database like any other."""
    _write(connection, schema.HEAD)


def require_readable(target: Database) -> None:
    """Raise SchemaError unless the target has our tables; one that is being moved into has them."""
    if target.file is None or target.file.exists():
        with target.read() as connection:
            found = schema.current(connection)
        if _is_mark(found) and str(found).startswith(f"{_MARK}:{schema.HEAD}:"):
            return
    schema.require_known(target, create=False)


def _is_mark(revision: str | None) -> bool:
    return revision is not None and revision.startswith(f"{_MARK}:")


def _mark_of(source: Database) -> str:
    name = str(source.file.resolve()) if source.file is not None else source.name
    return f"{_MARK}:{schema.HEAD}:{blake2b(name.encode(), digest_size=8).hexdigest()}"


def _require_same(target: Database, found: str | None, mark: str) -> None:
    if found != mark:
        raise ConfigError(
            f"the target {target.name} is half of another move that was interrupted: from another source, or by "
            "another version of this program. Finish that one, or name an empty database."
        )


def _require_empty(connection: Connection, target: Database) -> None:
    for table in metadata.sorted_tables:
        if connection.scalar(select(exists().select_from(table))):
            raise ConfigError(
                f"the target {target.name} is not empty: there are rows in {table.name}. A move never overwrites; "
                "name an empty database, or one that does not exist yet (SQLite)."
            )


def _empty(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        names = ", ".join(metadata.tables)
        connection.execute(text(f"TRUNCATE {names}"))
        return
    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())


def _write(connection: Connection, revision: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
