"""The queue's own tables: in a schema of their own beside ours, brought up to the installed library's version.

The comment on the schema names the last of the library's migrations that it has.
"""

from pathlib import Path

from procrastinate import SyncPsycopgConnector
from procrastinate.schema import SchemaManager

from monitor.errors import SchemaError
from monitor.worker.connection import SCHEMA, faults, sync_connector

_LOOK = """
SELECT to_regclass('{schema}.procrastinate_jobs') IS NOT NULL AS there,
       obj_description(to_regnamespace('{schema}'), 'pg_namespace') AS said
""".replace("{schema}", SCHEMA)
# Two machines may start at the same time; the second finds everything done.
_TURN = "SELECT pg_advisory_lock(hashtext('monitor queue schema'))"


def upgrade(url: str) -> tuple[str, str]:
    """Make or renew the queue's tables in the Postgres at ``url``; gives the versions before (empty: none) and after.

    Raises SchemaError when a newer library made them, StoreError when the database cannot be reached.
    """
    connector = sync_connector(url, most=1)
    with faults(url):
        connector.open()
        try:
            connector.execute_query(_TURN)
            return _upgrade(connector)
        finally:
            connector.close()


def require(url: str) -> None:
    """Make the queue's tables where there are none. Raises SchemaError when they are of another version."""
    connector = sync_connector(url, most=1)
    with faults(url):
        connector.open()
        try:
            found = version(connector)
        finally:
            connector.close()
    if not found:
        upgrade(url)
    elif found != (newest := _files()[-1].stem):
        raise SchemaError(
            f"the queue's tables are of version {found}, this program needs {newest}. "
            "Stop daemon and workers, then run `monitor db upgrade`."
        )


def version(connector: SyncPsycopgConnector) -> str:
    """The last migration that the queue's tables have; empty when there are none."""
    found = connector.execute_query_one(_LOOK)
    return str(found["said"] or "") if found["there"] else ""


def _upgrade(connector: SyncPsycopgConnector) -> tuple[str, str]:
    files = _files()
    newest = files[-1].stem
    before = version(connector)
    if before > newest:
        raise SchemaError(
            f"the queue's tables are of procrastinate {before.partition('_')[0]}, and this machine has an older one "
            f"({newest.partition('_')[0]}). Install the version that made them."
        )
    if before == newest:
        return before, newest
    if before:
        script = "\n".join(file.read_text(encoding="utf-8") for file in files if file.stem > before)
    else:
        script = f"CREATE SCHEMA IF NOT EXISTS {SCHEMA};\n{SchemaManager.get_schema()}"
    # One call is one transaction: all of it is done, or nothing.
    script = f"SET LOCAL search_path = {SCHEMA};\n{script}\nCOMMENT ON SCHEMA {SCHEMA} IS '{newest}';"
    connector.execute_query(script.replace("%", "%%"))
    return before, newest


def _files() -> list[Path]:
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
