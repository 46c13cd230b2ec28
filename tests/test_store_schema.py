"""Opening and migrating: what is accepted, what is refused and in which words."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect, text

from monitor.errors import ConfigError, SchemaError
from monitor.store import Store, schema
from monitor.store.engine import Database, parse_url
from tests.store_builders import matched

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def test_the_migrations_go_up_down_and_up_and_leave_nothing_behind(empty: Database) -> None:
    assert schema.upgrade(empty) == (None, schema.HEAD)
    assert schema.differences(empty) == ()
    schema.downgrade(empty, "base")
    assert tables(empty) <= {"alembic_version"}
    assert schema.upgrade(empty) == (None, schema.HEAD)
    assert schema.differences(empty) == ()
    assert schema.upgrade(empty) == (schema.HEAD, schema.HEAD)


def test_the_store_works_after_down_and_up(empty: Database, empty_url: str) -> None:
    schema.upgrade(empty)
    schema.downgrade(empty, "base")
    schema.upgrade(empty)
    with Store.open(empty_url) as store:
        matched(store, 1)
        assert store.search.search("Budapest")


def test_the_revisions_we_know_are_those_of_the_migrations(empty: Database) -> None:
    with empty.read() as connection:
        script = ScriptDirectory.from_config(schema.configuration(connection))
    assert tuple(step.revision for step in script.walk_revisions())[::-1] == schema.REVISIONS


def test_a_difference_between_tables_and_program_is_seen(empty: Database) -> None:
    schema.upgrade(empty)
    with empty.write() as connection:
        connection.execute(text("ALTER TABLE feeds ADD COLUMN stray INTEGER"))
        connection.execute(text("DROP INDEX ix_entries_work"))
    found = "\n".join(schema.differences(empty))
    assert "stray" in found
    assert "ix_entries_work" in found


def test_a_failed_migration_leaves_the_database_as_it_was(empty: Database) -> None:
    with empty.write() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        # In the way of the last table of the migration, so that it fails after nearly all of its work.
        connection.execute(text("CREATE TABLE leases (x INTEGER)"))
    with pytest.raises(SchemaError):
        schema.upgrade(empty)
    with empty.write() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert tables(empty) == {"leases"}


def test_an_empty_database_is_filled_only_when_asked_for(empty_url: str) -> None:
    with pytest.raises(SchemaError, match="monitor db upgrade"):
        Store.open(empty_url)
    with Store.open(empty_url, create=True) as store:
        assert store.feeds.all() == ()
    with Store.open(empty_url):
        pass


def test_a_missing_file_is_not_made_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "new" / "monitor.sqlite3"
    with pytest.raises(SchemaError, match=r"there is no database at .*monitor\.sqlite3 yet"):
        Store.open(f"sqlite:///{path}")
    assert not path.parent.exists()
    Store.open(f"sqlite:///{path}", create=True).close()
    assert path.exists()


@pytest.mark.parametrize("create", [False, True])
def test_a_newer_schema_is_refused(empty: Database, empty_url: str, create: bool) -> None:
    schema.upgrade(empty)
    with empty.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'abc123'"))
    with pytest.raises(SchemaError, match=r"'abc123'.*newer version"):
        Store.open(empty_url, create=create)
    with pytest.raises(SchemaError, match=r"'abc123'.*newer version"):
        schema.upgrade(empty)


def test_an_older_schema_names_the_command_that_mends_it() -> None:
    with pytest.raises(SchemaError, match=r"schema 0001, this program needs 0002.*`monitor db upgrade`"):
        schema.refuse_unknown("x", "0001", known=("0001", "0002"))


@pytest.mark.parametrize("create", [False, True])
def test_another_program_s_database_is_refused(empty: Database, empty_url: str, create: bool) -> None:
    with empty.write() as connection:
        connection.execute(text("CREATE TABLE customers (id INTEGER)"))
    with pytest.raises(SchemaError, match="tables of another program"):
        Store.open(empty_url, create=create)
    with pytest.raises(SchemaError, match="tables of another program"):
        schema.upgrade(empty)
    assert tables(empty) == {"customers"}


def test_threads_that_create_at_once_all_succeed(empty_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        for store in pool.map(lambda _: Store.open(empty_url, create=True), range(3)):
            assert store.upkeep.check() == ()
            store.close()


def test_two_processes_that_migrate_at_once_take_turns(empty_url: str) -> None:
    environment = os.environ | {"MONITOR_DATABASE_URL": empty_url}
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    running = [subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate(timeout=60)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    with Store.open(empty_url) as store:
        assert store.upkeep.check() == ()


@pytest.mark.postgres
def test_what_another_program_makes_while_we_look_is_not_taken_for_a_stranger_s(
    new_postgres: Callable[[], str],
) -> None:
    url, looked = new_postgres(), Event()
    database = Database(url)

    def meanwhile(*_: object) -> None:
        if not looked.is_set():
            looked.set()
            Store.open(url, create=True).close()

    event.listen(database.engine, "after_cursor_execute", meanwhile)
    schema.require_known(database, create=False)
    database.close()
    assert looked.is_set()


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are notes, and long enough to be more than a header of a database. " * 3)
    with pytest.raises(SchemaError, match=r"notes\.txt is no SQLite database"):
        Store.open(f"sqlite:///{path}", create=True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "monitor.sqlite3",
        "mysql://user:secret@host/x",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql+asyncpg://h/x",
    ],
)
def test_an_address_that_is_none_is_a_config_error_without_the_password(url: str) -> None:
    with pytest.raises(ConfigError, match=r"sqlite:///path/to/file") as caught:
        Database(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgres_gets_our_driver(scheme: str) -> None:
    assert parse_url(f"{scheme}://u:p@h/d").drivername == "postgresql+psycopg"


def test_alembic_from_the_checkout_finds_nothing_to_do(empty_url: str) -> None:
    environment = os.environ | {"MONITOR_DATABASE_URL": empty_url}

    def alembic(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "alembic", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)

    assert alembic("upgrade", "head").returncode == 0
    checked = alembic("check")
    assert (checked.returncode, "No new upgrade operations" in checked.stdout + checked.stderr) == (0, True)
    assert alembic("downgrade", "base").returncode == 0


@pytest.mark.parametrize("scheme", ["sqlite:///x.sqlite3", "postgresql+psycopg://h/d"])
def test_alembic_can_print_the_migration_as_sql(scheme: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head", "--sql"],
        cwd=ROOT,
        env=os.environ | {"MONITOR_DATABASE_URL": scheme},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "CREATE TABLE feeds" in done.stdout


def test_the_database_of_a_closed_store_is_one_file_with_wal_and_keys_checked(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        matched(store, 1)
        with store._database.read() as connection:
            pragmas = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")}
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as raw:
        assert raw.execute("SELECT count(*) FROM matches").fetchone() == (1,)
