"""Every way a database refuses has its own message, loses nothing, and is one of our errors."""

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from monitor.errors import ConfigError, MonitorError, SchemaError, StoreError
from monitor.store import Store
from monitor.store.engine import Database
from monitor.store.faults import explain
from tests.store_builders import MINUTE, NOW, add_feed, item, matched, poll, spec, states


@pytest.fixture
def path(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


@contextmanager
def other_writer(path: Path) -> Iterator[None]:
    """Another program that holds the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_what_was_opened_while_the_file_was_read_only_is_opened_again(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        with closing(store._database.engine.raw_connection()) as pooled:
            # As SQLite opens a file that may not be written to at that moment.
            pooled.cursor().execute("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match="read-only"):
            add_feed(store)
        assert add_feed(store).id == 1


def test_a_locked_file_says_so_and_the_step_works_later(sqlite_url: str, path: Path) -> None:
    with Store.open(sqlite_url, busy_timeout=0.1) as store:
        with other_writer(path), pytest.raises(StoreError, match=r"monitor\.sqlite3 is locked: another program"):
            add_feed(store)
        assert add_feed(store).id == 1


def test_reading_goes_on_while_another_program_writes(sqlite_url: str, path: Path) -> None:
    with Store.open(sqlite_url, busy_timeout=0.1) as store:
        add_feed(store)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert len(store.feeds.all()) == 1


def test_a_full_disk_says_so_loses_nothing_and_goes_on_when_there_is_room(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        feed = add_feed(store)
        poll(store, feed, item(1))
        with room_for(store, pages=0), pytest.raises(StoreError, match="cannot grow: the disk"):
            poll(store, feed, *(item(n, content="word " * 9000) for n in range(2, 20)), at=NOW + MINUTE)
        assert sum(states(store).values()) == 1
        kept = store.feeds.get(feed.id)
        assert kept is not None
        assert kept.last_polled_at == NOW
        assert len(poll(store, feed, item(2), at=NOW + MINUTE).new_entry_ids) == 1
        assert store.upkeep.check() == ()


@contextmanager
def room_for(store: Store, *, pages: int) -> Iterator[None]:
    """SQLite's own size limit, which it meets just as it meets a full disk."""
    engine = store._database.engine

    def limit(connection: Any, _record: object, _proxy: object) -> None:
        count = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {count + pages}")

    event.listen(engine, "checkout", limit)
    yield
    event.remove(engine, "checkout", limit)
    engine.dispose()


def test_a_database_opened_read_only_can_be_read_and_says_why_it_is_not_written(sqlite_url: str, path: Path) -> None:
    with Store.open(sqlite_url) as store:
        matched(store, 1)
    with Store.open(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert len(store.findings.matches()) == 1
        with pytest.raises(StoreError, match=r"is read-only.*rights of the file"):
            add_feed(store, "https://b.example/rss")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write any file")
def test_a_file_without_write_right_says_so(sqlite_url: str, path: Path) -> None:
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        with pytest.raises(StoreError, match=r"read-only|cannot be opened"), Store.open(sqlite_url) as store:
            add_feed(store)
    finally:
        path.parent.chmod(0o755)


def test_a_file_deleted_under_the_running_program_is_noticed_at_the_next_write(sqlite_url: str, path: Path) -> None:
    with Store.open(sqlite_url) as store:
        add_feed(store)
        path.rename(path.with_suffix(".moved"))
        with pytest.raises(StoreError, match="is gone: the file was deleted or replaced"):
            add_feed(store, "https://b.example/rss")
        shutil.copyfile(path.with_suffix(".moved"), path)
        with pytest.raises(StoreError, match="is gone"):
            add_feed(store, "https://b.example/rss")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"cannot make the folder .*file/below"):
        Store.open(f"sqlite:///{tmp_path}/file/below/monitor.sqlite3", create=True)


def test_a_damaged_file_tells_to_restore(sqlite_url: str, path: Path) -> None:
    with Store.open(sqlite_url) as store:
        store.feeds.sync([spec(f"https://{n}.example/rss") for n in range(300)], now=NOW)
        store._database.close()
        with closing(sqlite3.connect(path)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (page,) = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'feeds'").fetchone()
        with path.open("r+b") as stream:
            stream.seek((page - 1) * 4096)
            stream.write(b"\xff" * 4096)
        with pytest.raises(SchemaError, match=r"is damaged.*monitor db restore"):
            store.feeds.all()


def test_a_table_that_is_missing_names_the_upgrade(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        with store._database.write() as connection:
            connection.execute(text("DROP TABLE leases"))
        with pytest.raises(SchemaError, match="monitor db upgrade"):
            store.leases.holder("x")


@pytest.mark.postgres
def test_a_postgres_lock_held_by_another_says_so(migrated_postgres: str) -> None:
    with Store.open(migrated_postgres, busy_timeout=0.1) as store, psycopg.connect(migrated_postgres) as other:
        other.execute("LOCK TABLE feeds IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(StoreError, match="is locked: another session"):
            store.feeds.all()


@pytest.mark.postgres
def test_a_connection_cut_by_the_server_costs_one_step_and_heals(migrated_postgres: str) -> None:
    with Store.open(migrated_postgres) as store:
        with pytest.raises(StoreError, match="broke the connection off"):
            cut_off(store, migrated_postgres)
        assert store.feeds.all() == ()


def cut_off(store: Store, url: str) -> None:
    """End the server's side of a connection in the middle of a transaction."""
    with store._database.read() as connection, psycopg.connect(url, autocommit=True) as other:
        mine = connection.scalar(text("SELECT pg_backend_pid()"))
        other.execute("SELECT pg_terminate_backend(%s)", (mine,))
        connection.execute(text("SELECT 1"))


@pytest.mark.postgres
def test_a_read_only_postgres_says_so(migrated_postgres: str) -> None:
    url = make_url(migrated_postgres).update_query_dict({"options": "-c default_transaction_read_only=on"})
    with (
        Store.open(url.render_as_string(hide_password=False)) as store,
        pytest.raises(StoreError, match="is read-only \\(a standby"),
    ):
        add_feed(store)


@pytest.mark.postgres
def test_a_missing_postgres_database_or_role_is_a_config_error(new_postgres: Callable[[], str]) -> None:
    url = make_url(new_postgres())
    with pytest.raises(ConfigError, match="does not exist on that server"):
        Store.open(url.set(database="nowhere").render_as_string(hide_password=False), create=True)


def test_a_postgres_that_does_not_run_says_how_to_look_and_hides_the_password() -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(StoreError, match="cannot be reached") as caught:
            Store.open(f"postgresql://me:secret@127.0.0.1:{port}/x")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ("53100", StoreError, "run out of room"),
        ("53300", StoreError, "run out of room"),
        ("40P01", StoreError, "two writers collide"),
        ("28P01", ConfigError, "refused the user or password"),
        ("42501", ConfigError, "does not let this user"),
        ("42P01", SchemaError, "other tables"),
        ("22003", StoreError, "report"),
    ],
)
def test_every_postgres_state_has_words(state: str, kind: type[MonitorError], words: str) -> None:
    cause = psycopg.errors.lookup(state)("the server's words")
    said = explain(ProgrammingError("SELECT 1", {}, cause), "db")
    assert type(said) is kind
    assert words in str(said)
    assert "the server's words" in str(said)


def test_every_kind_of_sqlite_error_is_ours() -> None:
    codes = [name for name in dir(sqlite3) if name.startswith("SQLITE_") and name.count("_") == 1]
    for name in codes:
        error = sqlite3.OperationalError(name)
        error.sqlite_errorcode = getattr(sqlite3, name)
        assert isinstance(explain(error, "db"), StoreError | SchemaError)


def test_too_few_connections_are_told_apart_from_a_lock() -> None:
    assert "has no free connection" in str(explain(PoolTimeoutError(), "db"))


def test_an_unexpected_refusal_is_still_ours_and_asks_for_a_report(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(StoreError, match="please report it") as caught, database.write() as connection:
        connection.execute(text("INSERT INTO leases (name) VALUES ('x')"))
    database.close()
    assert isinstance(caught.value.__cause__, IntegrityError)
