"""Everything of one database arrives in another, whichever they are, and what does not is told."""

import contextlib
import signal
import sqlite3
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from monitor.errors import ConfigError, MonitorError, SchemaError, StoreError
from monitor.records.moving import Moved, RowDifference
from monitor.store import Store, schema
from monitor.store.engine import Database
from monitor.store.moving import move as moving
from monitor.store.tables import articles, metadata
from tests.conftest import POSTGRES
from tests.moving_builders import change, everything, fill, fill_hosts, silent
from tests.store_builders import NOW, add_feed
from tests.workers import start

ROWS = 7
MARKED = r"mov(ing|ed)"


def move(source: str, target: str, *, afresh: bool = False) -> Moved:
    return moving.move(source, target, now=NOW, on=silent, afresh=afresh)


def file_of(url: str) -> Path:
    return Path(str(make_url(url).database))


def revision(url: str) -> str | None:
    database = Database(url)
    with database.read() as connection:
        found = schema.current(connection)
    database.close()
    return found


def upgrade(url: str) -> None:
    with contextlib.closing(Database(url)) as database:
        schema.upgrade(database)


@pytest.fixture
def full(sqlite_url: str) -> str:
    fill(sqlite_url, ROWS)
    return sqlite_url


@pytest.fixture(params=["sqlite", POSTGRES])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table, other than the source."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'target.sqlite3'}"
    make: Callable[[], str] = request.getfixturevalue("new_postgres")
    return make()


def test_every_row_of_every_table_arrives_from_and_to_both_databases(database_url: str, target: str) -> None:
    fill(database_url, ROWS)
    moved = move(database_url, target)
    assert everything(target) == everything(database_url)
    assert (moved.differences, moved.mended, moved.resumed) == ((), (), False)
    assert {table.name: (table.rows, table.copied) for table in moved.tables} == dict.fromkeys(
        metadata.tables, (ROWS, ROWS)
    )
    assert revision(target) == schema.HEAD


def test_the_target_is_a_database_like_any_other_whose_rows_are_numbered_on(full: str, target: str) -> None:
    change(full, "DELETE FROM statements WHERE id = 7")
    move(full, target)
    with Store.open(target) as store:
        assert store.upkeep.check() == ()
        assert add_feed(store, "https://more.example/rss").id == ROWS + 1
    database = Database(target)
    with database.write() as connection:
        # Numbers of statements are never given twice, so the number of the deleted one is not free.
        number = connection.execute(
            metadata.tables["statements"].insert().returning(metadata.tables["statements"].c.id),
            dict(everything_of(full, "statements")),
        ).scalar_one()
    database.close()
    assert number == ROWS + 1


def everything_of(url: str, table: str) -> dict[str, object]:
    """One row of the table without its number."""
    row = everything(url)[table][0]
    names = [column.name for column in metadata.tables[table].c]
    return {name: value for name, value in zip(names, row, strict=True) if name != "id"}


def test_what_was_moved_is_found_by_its_words(full: str, target: str) -> None:
    change(full, "UPDATE articles SET title = 'Un café à Budapest' WHERE id = 3")
    move(full, target)
    database = Database(target)
    words = (
        "SELECT rowid FROM articles_search WHERE articles_search MATCH 'cafe'"
        if database.dialect == "sqlite"
        else "SELECT id FROM articles WHERE search_vector @@ to_tsquery('simple', 'cafe')"
    )
    with database.read() as connection:
        assert connection.exec_driver_sql(words).scalars().all() == [3]
    database.close()


def test_a_killed_move_goes_on_where_it_stopped_and_no_program_starts_on_its_target_before(
    full: str, target: str
) -> None:
    worker = start("tests.moving_worker", full, target, "25")
    with worker:
        assert worker.wait(timeout=60) == -signal.SIGKILL
    there = sum(map(len, everything(target).values()))
    assert 0 < there < ROWS * len(metadata.tables)
    with pytest.raises(SchemaError, match=MARKED):
        Store.open(target, create=True)
    with pytest.raises(SchemaError, match=MARKED):
        upgrade(target)
    moved = move(full, target)
    assert moved.resumed
    assert sum(table.copied for table in moved.tables) == ROWS * len(metadata.tables) - there
    assert everything(target) == everything(full)
    Store.open(target).close()


def interrupted(source: str, target: str) -> None:
    """A move that ends after its tenth batch."""
    steps = iter(range(9))

    def stop(_step: object) -> None:
        next(steps)

    with pytest.raises(StopIteration):
        moving.move(source, target, now=NOW, on=stop)


def test_a_move_stopped_within_a_table_goes_on_within_it(
    sqlite_url: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "BATCH_ROWS", 10)
    fill(sqlite_url, 35)
    interrupted(sqlite_url, target)
    moved = move(sqlite_url, target)
    assert 0 < sum(table.copied for table in moved.tables) < 35 * len(metadata.tables)
    assert any(0 < table.copied < 35 for table in moved.tables)
    assert everything(target) == everything(sqlite_url)


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_the_half_of_another_move_is_left_alone(full: str, target: str, tmp_path: Path) -> None:
    interrupted(full, target)
    other = tmp_path / "other.sqlite3"
    with contextlib.closing(sqlite3.connect(file_of(full))) as connection:
        connection.execute("VACUUM INTO ?", (str(other),))
    with pytest.raises(ConfigError, match="half of another move"):
        move(f"sqlite:///{other}", target)
    with pytest.raises(ConfigError, match="is itself half of a move"):
        move(target, f"sqlite:///{tmp_path / 'third.sqlite3'}")


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_source_written_to_between_two_runs_is_told_and_afresh_mends_it(full: str, target: str) -> None:
    interrupted(full, target)
    change(full, "UPDATE accounts SET role = 'owner' WHERE id = 2")
    moved = move(full, target)
    assert moved.differences == (RowDifference(table="accounts", key="id=2", what="role"),)
    with pytest.raises(SchemaError, match=MARKED):
        Store.open(target)
    again = move(full, target, afresh=True)
    assert (again.differences, again.resumed) == ((), False)
    assert everything(target) == everything(full)


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "difference"),
    [
        ("UPDATE articles SET text = text || '.' WHERE id = 4", ("articles", "id=4", "text")),
        ("UPDATE feeds SET interval = interval + 0.001 WHERE id = 2", ("feeds", "id=2", "interval")),
        ("DELETE FROM time_mentions WHERE id = 5", ("time_mentions", "id=5", "missing")),
        ("DELETE FROM time_mentions WHERE id = 7", ("time_mentions", "id=7", "missing")),
        ("UPDATE saved_views SET id = 99 WHERE id = 7", ("saved_views", "id=7", "missing")),
        ("UPDATE saved_views SET id = 0 WHERE id = 7", ("saved_views", "id=0", "added")),
    ],
)
def test_a_row_that_is_not_the_same_afterwards_is_found(
    full: str, target: str, statement: str, difference: tuple[str, str, str]
) -> None:
    move(full, target)
    assert moving.verify(full, target, on=silent).differences == ()
    change(target, statement)
    (found,) = moving.verify(full, target, on=silent).differences
    assert (found.table, found.key, found.what) == difference


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_row_more_in_the_target_is_found(full: str, target: str) -> None:
    move(full, target)
    with Store.open(target) as store:
        add_feed(store, "https://more.example/rss")
    (found,) = moving.verify(full, target, on=silent).differences
    assert (found.table, found.key, found.what) == ("feeds", "id=8", "added")


def test_equal_tables_have_equal_checksums_on_both_databases(full: str, target: str) -> None:
    there = [table.checksum for table in move(full, target).tables]
    back = [table.checksum for table in moving.verify(target, full, on=silent).tables]
    assert there == back
    assert len(set(there)) == len(metadata.tables)


def test_texts_that_no_postgres_stores_are_mended_and_counted(full: str, target: str) -> None:
    change(
        full,
        "UPDATE articles SET text = 'Talks' || char(0) || 'end' WHERE id IN (2, 5)",
        "UPDATE articles SET title = CAST(x'41eda08042ff' AS TEXT) WHERE id = 3",
    )
    moved = move(full, target)
    assert {(m.table, m.column, m.rows, m.first) for m in moved.mended} == {
        ("articles", "text", 2, "id=2"),
        ("articles", "title", 1, "id=3"),
    }
    rows = {row[0]: row for row in everything(target)["articles"]}
    names = [column.name for column in articles.c]
    assert rows[5][names.index("text")] == "Talks\ufffdend"
    assert rows[3][names.index("title")] == "A\ufffd\ufffd\ufffdB\ufffd"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE articles SET fresh_at = 'soon' WHERE id = 4", r"articles.fresh_at of the row id=4 .* cannot be read"),
        ("UPDATE articles SET version = 3000000000 WHERE id = 4", r"articles.version of the row id=4 .* too large"),
        ("UPDATE articles SET version = 'two' WHERE id = 4", r"articles.version of the row id=4 .* no whole number"),
        ("UPDATE articles SET url_key = 'a' || char(0) WHERE id = 4", r"articles.url_key of the row id=4 .* NUL"),
        ("UPDATE articles SET text = x'00ff' WHERE id = 4", r"articles.text of the row id=4 .* no text"),
        ("UPDATE feeds SET interval = 'often' WHERE id = 4", r"feeds.interval of the row id=4 .* no number"),
        ("UPDATE editions SET told = 'x' WHERE id = 4", r"editions.told of the row id=4 "),
        ("UPDATE analyses SET scores = '{' WHERE id = 4", r"analyses.scores of the row id=4 .* cannot be read"),
        ("UPDATE analyses SET scores = 'NaN' WHERE id = 4", r"analyses.scores of the row id=4 .* JSON does not have"),
    ],
)
def test_a_value_that_has_no_place_in_its_column_is_named_with_its_row(
    full: str, target: str, statement: str, message: str
) -> None:
    change(full, statement)
    with pytest.raises(StoreError, match=message):
        move(full, target)
    with pytest.raises(SchemaError, match=MARKED):
        Store.open(target)


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_the_move_goes_on_when_the_row_was_mended(full: str, target: str) -> None:
    change(full, "UPDATE articles SET version = 'two' WHERE id = 4")
    with pytest.raises(StoreError, match="the same command goes on where it stopped"):
        move(full, target)
    change(full, "UPDATE articles SET version = 2 WHERE id = 4")
    assert move(full, target).differences == ()


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_row_that_points_nowhere_is_named(full: str, target: str) -> None:
    change_loosely(full, "UPDATE entries SET feed_id = 999 WHERE id = 4")
    with pytest.raises(StoreError, match=r"refuses the row id=4 of entries: .* Mend or delete"):
        move(full, target)


def change_loosely(url: str, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(file_of(url))) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.mark.postgres
def test_a_key_too_long_for_an_index_of_postgres_is_named(full: str, new_postgres: Callable[[], str]) -> None:
    # Of letters in no order: a long run of one letter would be packed.
    change(full, "UPDATE hosts SET host = 'x' || hex(randomblob(4000)) WHERE host LIKE '% 4 %'")
    with pytest.raises(StoreError, match=r"refuses the row host='x.* of hosts: index row size"):
        move(full, new_postgres())


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_source_at_work_is_refused(full: str, target: str) -> None:
    with Store.open(full) as store:
        store.leases.acquire("daemon", "newsroom-1", now=NOW, ttl=timedelta(minutes=1))
    with pytest.raises(ConfigError, match=r"newsroom-1 works on .*lease 'daemon'"):
        move(full, target)
    assert move_later(full, target).differences == ()


def move_later(source: str, target: str) -> Moved:
    return moving.move(source, target, now=NOW + timedelta(minutes=2), on=silent)


def test_nobody_writes_to_the_source_meanwhile(database_url: str, target: str) -> None:
    fill(database_url, 2)
    refused: list[str] = []

    def write(_step: object) -> None:
        if not refused:
            with Store.open(database_url, busy_timeout=0.1) as other, pytest.raises(StoreError) as error:
                add_feed(other, "https://late.example/rss")
            refused.append(str(error.value))

    moving.move(database_url, target, now=NOW, on=write)
    assert "locked" in refused[0]
    assert everything(target) == everything(database_url)
    change(database_url, "UPDATE feeds SET gaps = 0")


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_target_that_holds_anything_is_refused_and_stays_as_it_was(full: str, target: str) -> None:
    with Store.open(target, create=True) as store:
        add_feed(store)
    held = everything(target)
    with pytest.raises(ConfigError, match="not empty: there are rows in feeds"):
        move(full, target)
    with pytest.raises(ConfigError, match="not empty"):
        move(full, target, afresh=True)
    assert everything(target) == held
    Store.open(target).close()


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_target_with_tables_and_no_rows_is_empty(full: str, target: str) -> None:
    Store.open(target, create=True).close()
    assert move(full, target).differences == ()


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_target_of_another_program_is_refused(full: str, target: str) -> None:
    change(target_file(target), "CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(SchemaError, match="tables of another program"):
        move(full, target)


def target_file(url: str) -> str:
    if url.startswith("sqlite"):
        file_of(url).parent.mkdir()
    return url


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_source_or_target_of_an_older_schema_is_told_to_upgrade(sqlite_url: str, target: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    schema.downgrade(database, schema.REVISIONS[-2])
    database.close()
    with pytest.raises(SchemaError, match="monitor db upgrade"):
        move(sqlite_url, target)
    Store.open(target, create=True).close()
    with pytest.raises(SchemaError, match="monitor db upgrade"):
        move(target, sqlite_url)
    with pytest.raises(SchemaError, match="no database at"):
        move(f"sqlite:///{tmp_path / 'nowhere.sqlite3'}", target)


def test_a_database_is_not_moved_into_itself(database_url: str) -> None:
    with pytest.raises(ConfigError, match="the same database"):
        move(database_url, database_url)


def test_a_link_to_the_source_is_the_source(full: str, tmp_path: Path) -> None:
    link = tmp_path / "link.sqlite3"
    link.symlink_to(file_of(full))
    with pytest.raises(ConfigError, match="the same database"):
        move(full, f"sqlite:///{link}")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://monitor:secret@127.0.0.1:1/monitor",
        "postgresql://monitor:secret@127.0.0.1:port/monitor",
        "mysql://monitor:secret@127.0.0.1/monitor",
        "monitor:secret",
    ],
)
def test_a_target_that_cannot_be_reached_is_told_without_its_password(full: str, url: str) -> None:
    with pytest.raises(MonitorError) as error:
        move(full, url)
    assert "secret" not in str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_table_of_fifty_thousand_rows_stays_within_memory(sqlite_url: str, target: str) -> None:
    fill_hosts(sqlite_url, 50_000, characters=2_000)
    tracemalloc.start()
    try:
        moved = move(sqlite_url, target)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert moved.differences == ()
    assert {table.name: table.rows for table in moved.tables}["hosts"] == 50_000
    # The table is 100 MB, a batch at most 8.
    assert peak < 40_000_000


def test_tables_point_at_tables_before_them_and_never_at_themselves() -> None:
    """Rows are copied in the order of tables and keys: what this forbids would need an order of rows."""
    seen: set[str] = set()
    for table in metadata.sorted_tables:
        assert {key.referred_table.name for key in table.foreign_key_constraints} <= seen
        seen.add(table.name)
