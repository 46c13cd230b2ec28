"""Stores to test against: each test that asks for one runs on an SQLite file and on a real Postgres.

The Postgres server is started once per session in a folder of its own; ``TEST_POSTGRES_URL`` names one that runs
already (its user must be able to create databases).
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from hypothesis import settings

from monitor.store import Store

# A busy machine makes any example slow now and then; speed is measured in the benchmarks. `make proof` looks longer.
settings.register_profile("untimed", deadline=None, max_examples=50)
settings.load_profile("untimed")

POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)


@pytest.fixture(autouse=True)
def _told_as_by_default() -> Iterator[None]:
    """A command run in this process sets how much is told; the next test reads it all again."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a Postgres server's maintenance database."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    # Not under pytest's own folder: that is closed to other users, and as root the server runs as another user.
    with tempfile.TemporaryDirectory(prefix="monitor-postgres-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pgserver

            server = pgserver.get_server(folder)
        # Nothing here outlives the session: a crash of the machine may take it.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def new_postgres(postgres_server: str) -> Callable[[], str]:
    """Makes an empty database on the server and gives its address."""
    import psycopg
    from sqlalchemy.engine import make_url

    def make() -> str:
        name = f"monitor_{uuid4().hex[:12]}"
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return make_url(postgres_server).set(database=name).render_as_string(hide_password=False)

    return make


@pytest.fixture(scope="session")
def migrated_postgres(new_postgres: Callable[[], str]) -> str:
    """The address of one database with our tables, emptied after each test."""
    url = new_postgres()
    Store.open(url, create=True).close()
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with our tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("template") / "monitor.sqlite3"
    Store.open(f"sqlite:///{path}", create=True).close()
    return path


@pytest.fixture(params=["sqlite", POSTGRES])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with our tables and nothing in them."""
    if request.param == "sqlite":
        path = tmp_path / "monitor.sqlite3"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    url: str = request.getfixturevalue("migrated_postgres")
    yield url
    _empty(url)


@pytest.fixture(params=["sqlite", POSTGRES])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    make: Callable[[], str] = request.getfixturevalue("new_postgres")
    return make()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store with nothing in it."""
    with Store.open(database_url) as opened:
        yield opened


@pytest.fixture
def client_programs(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the test server's own ``pg_dump`` first on PATH: it must be no older than the server."""
    if database_url.startswith("postgresql") and "TEST_POSTGRES_URL" not in os.environ:
        from pgserver._commands import POSTGRES_BIN_PATH

        monkeypatch.setenv("PATH", f"{POSTGRES_BIN_PATH}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_sqlite: Path) -> str:
    """A database file with our tables, for tests that are about files."""
    path = tmp_path / "monitor.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


# Truncating makes every table and index anew, five times the cost of taking out the few rows of most tests. Once dead
# rows fill more pages than the planner expects of an empty table, it is truncated all the same.
_EMPTY = """
DO $$
DECLARE name text; filled boolean;
BEGIN
  IF (SELECT max(pg_relation_size(each::regclass)) FROM unnest(ARRAY[{names}]) each) > 65536 THEN
    TRUNCATE {tables} RESTART IDENTITY CASCADE;
    RETURN;
  END IF;
  FOREACH name IN ARRAY ARRAY[{names}] LOOP
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || name || ')' INTO filled;
    IF filled THEN EXECUTE 'DELETE FROM ' || name; END IF;
  END LOOP;
  PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$"""


def _empty(url: str) -> None:
    import psycopg

    from monitor.store.tables import metadata

    # Those that point at others come first.
    ordered = [table.name for table in reversed(metadata.sorted_tables)]
    names, tables = ", ".join(f"'{name}'" for name in ordered), ", ".join(ordered)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_EMPTY.format(names=names, tables=tables).encode())
