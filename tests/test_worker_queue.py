"""The queue in Postgres: its tables, what is put into it, and what is said when it is not there."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.schema import SchemaManager

from monitor.errors import ConfigError, SchemaError, StoreError
from monitor.jobs.table import JOBS
from monitor.store import Store
from monitor.store.engine import libpq_address
from monitor.worker import schema
from monitor.worker.connection import SCHEMA, faults, require_postgres
from monitor.worker.nudges import Nudges
from monitor.worker.presence import Presence
from monitor.worker.queues import CHRONICLE, PRIORITY, QUEUE_OF, QUEUES, SIDE_BY_SIDE, TICKS, chosen

FILES = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
NEWEST = FILES[-1].stem
NOBODY = "postgresql://somebody:hunter2secret@127.0.0.1:1/nowhere?connect_timeout=1"

_SHAPE = {
    "columns": """
        SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = %(schema)s""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = %(schema)s",
    "functions": """
        SELECT proname, pg_get_functiondef(pg_proc.oid)
        FROM pg_proc WHERE pronamespace = %(schema)s::regnamespace""",
    "triggers": """
        SELECT pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = %(schema)s::regnamespace AND NOT tgisinternal""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = %(schema)s::regnamespace""",
    "labels": """
        SELECT typname, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
        WHERE typnamespace = %(schema)s::regnamespace""",
    "said": "SELECT obj_description(%(schema)s::regnamespace, 'pg_namespace')",
}


def rows(url: str, query: str, **values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode(), values or None).fetchall()


def do(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True, options=f"-c search_path={SCHEMA}") as connection:
        for statement in statements:
            connection.execute(statement.encode())


def shape(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All that the schema holds, in no order."""
    return {name: sorted(rows(url, query, schema=SCHEMA), key=str) for name, query in _SHAPE.items()}


def nudges_in(url: str) -> dict[str, tuple[Any, ...]]:
    query = f"SELECT task_name, queue_name, priority, lock, queueing_lock, status FROM {SCHEMA}.procrastinate_jobs"
    found = rows(url, query)
    assert len({row[0] for row in found}) == len(found)
    return {row[0]: row[1:] for row in found}


@pytest.fixture(scope="module")
def url(new_postgres: Callable[[], str]) -> str:
    """A database with the queue's tables."""
    made = new_postgres()
    assert schema.upgrade(made) == ("", NEWEST)
    return made


@pytest.fixture
def nudges(url: str) -> Iterator[Nudges]:
    do(url, f"TRUNCATE {SCHEMA}.procrastinate_jobs CASCADE")
    opened = Nudges(url)
    opened.start()
    yield opened
    opened.close()


@pytest.mark.postgres
def test_a_second_upgrade_does_nothing(url: str) -> None:
    before = shape(url)
    assert before["columns"]
    assert schema.upgrade(url) == (NEWEST, NEWEST)
    schema.require(url)
    assert shape(url) == before
    assert before["said"] == [(NEWEST,)]


@pytest.mark.postgres
def test_our_own_tables_are_left_alone(url: str) -> None:
    assert rows(url, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace") == []


@pytest.mark.postgres
def test_of_two_that_start_at_once_one_makes_the_tables(new_postgres: Callable[[], str], url: str) -> None:
    empty = new_postgres()
    together = threading.Barrier(3)

    def begin(start: Callable[[str], object]) -> object:
        together.wait(10)
        return start(empty)

    with ThreadPoolExecutor(3) as threads:
        ended = list(threads.map(begin, (schema.upgrade, schema.upgrade, schema.require)))
    assert set(ended) <= {("", NEWEST), (NEWEST, NEWEST), None}
    assert ended.count(("", NEWEST)) <= 1
    assert shape(empty) == shape(url)


@pytest.mark.postgres
def test_older_tables_are_brought_up_by_the_librarys_migrations_with_what_is_in_them(
    new_postgres: Callable[[], str], url: str
) -> None:
    older = next(place for place, file in enumerate(FILES) if file.stem.startswith("02.06"))
    grown = new_postgres()
    do(grown, f"CREATE SCHEMA {SCHEMA}", *(file.read_text(encoding="utf-8") for file in FILES[: older + 1]))
    do(
        grown,
        f"COMMENT ON SCHEMA {SCHEMA} IS '{FILES[older].stem}'",
        f"INSERT INTO {SCHEMA}.procrastinate_jobs (queue_name, task_name) VALUES ('poll', 'poll')",
    )
    with pytest.raises(SchemaError, match="monitor db upgrade"):
        schema.require(grown)
    assert schema.upgrade(grown) == (FILES[older].stem, NEWEST)
    schema.require(grown)
    assert list(nudges_in(grown)) == ["poll"]
    assert shape(grown) == shape(url)


@pytest.mark.postgres
def test_tables_of_a_newer_library_are_refused_and_left_as_they_are(url: str) -> None:
    do(url, f"COMMENT ON SCHEMA {SCHEMA} IS '99.01.00_50_post_of_the_future'")
    try:
        with pytest.raises(SchemaError, match=r"procrastinate 99\.01\.00, and this machine has an older one"):
            schema.upgrade(url)
        with pytest.raises(SchemaError, match="99"):
            schema.require(url)
        assert rows(url, _SHAPE["said"], schema=SCHEMA) == [("99.01.00_50_post_of_the_future",)]
    finally:
        do(url, f"COMMENT ON SCHEMA {SCHEMA} IS '{NEWEST}'")


@pytest.mark.postgres
def test_a_job_asked_for_again_is_one_nudge_and_each_has_its_place(url: str, nudges: Nudges) -> None:
    for job in [*JOBS, *JOBS]:
        nudges.submit(job)
    assert nudges_in(url) == {
        job: (QUEUE_OF[job], PRIORITY[job], None if job in SIDE_BY_SIDE else job, job, "todo") for job in JOBS
    }
    assert nudges.last_error == {}
    assert nudges.failing_since == {}
    assert nudges.under_way() == {}


@pytest.mark.postgres
def test_a_job_under_way_may_be_asked_for_once_more(url: str, nudges: Nudges) -> None:
    nudges.submit("poll")
    do(url, f"UPDATE {SCHEMA}.procrastinate_jobs SET status = 'doing'")
    nudges.submit("poll")
    nudges.submit("poll")
    found = rows(url, f"SELECT status FROM {SCHEMA}.procrastinate_jobs ORDER BY id")
    assert found == [("doing",), ("todo",)]


@pytest.mark.postgres
def test_many_threads_that_ask_at_once_leave_one_nudge(url: str, nudges: Nudges) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(nudges.submit, ["poll", "read"] * 40))
    assert set(nudges_in(url)) == {"poll", "read"}
    assert nudges.last_error == {}


@pytest.mark.postgres
def test_a_queue_that_goes_away_is_noted_and_forgotten_when_it_is_back(url: str, nudges: Nudges) -> None:
    do(url, f"ALTER TABLE {SCHEMA}.procrastinate_jobs RENAME TO away")
    try:
        nudges.submit("poll")
        since = dict(nudges.failing_since)
        nudges.submit("poll")
        assert "monitor db upgrade" in nudges.last_error["queue"]
        assert nudges.failing_since == since
    finally:
        do(url, f"ALTER TABLE {SCHEMA}.away RENAME TO procrastinate_jobs")
    nudges.submit("poll")
    assert (nudges.last_error, nudges.failing_since) == ({}, {})
    assert set(nudges_in(url)) == {"poll"}


@pytest.mark.postgres
def test_connections_that_are_cut_are_made_anew(url: str, nudges: Nudges) -> None:
    do(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'monitor queue'")
    for _ in range(20):
        nudges.submit("poll")
        if "poll" in nudges_in(url):
            break
    assert set(nudges_in(url)) == {"poll"}
    assert nudges.last_error == {}


@pytest.mark.postgres
def test_after_the_end_nothing_is_asked_for_any_more(url: str, nudges: Nudges) -> None:
    assert nudges.drain(1.0)
    nudges.submit("poll")
    nudges.close()
    assert nudges_in(url) == {}


def test_a_postgres_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(libpq_address(NOBODY))
    with pytest.raises(StoreError) as told, faults(NOBODY):
        raise ConnectorException from refused.value
    assert "hunter2secret" not in str(told.value)
    assert "somebody" in str(told.value)
    assert "does not answer" in str(told.value)


def test_an_sqlite_file_holds_no_queue() -> None:
    for start in (require_postgres, schema.upgrade, schema.require):
        with pytest.raises(ConfigError, match=r"need Postgres.*monitor db move.*monitor run"):
            start("sqlite:////var/lib/monitor.sqlite3")
    require_postgres("postgresql://somebody@db.example/monitor")


def test_queues_are_chosen_by_name_once_each() -> None:
    assert chosen("poll, read,poll") == ("poll", "read")
    assert chosen(QUEUES) == tuple(QUEUES)
    for wrong in ("", "poll,", "poll,chronicle", "Poll", "poll read"):
        with pytest.raises(ConfigError, match="there is no queue") as told:
            chosen(wrong)
        assert ", ".join(QUEUES) in str(told.value)


def test_every_job_has_a_queue_a_priority_and_a_tick() -> None:
    for table in (QUEUE_OF, PRIORITY, TICKS):
        assert set(table) == set(JOBS)
    assert len(set(PRIORITY.values())) == len(PRIORITY)
    assert set(QUEUE_OF.values()) == {*QUEUES, CHRONICLE}
    assert set(JOBS) >= SIDE_BY_SIDE
    assert all(seconds > 0 for seconds in TICKS.values())


def test_after_an_outage_nobody_buries_the_living(new_postgres: Callable[[], str]) -> None:
    with Store.open(new_postgres(), create=True) as store:
        now = datetime(2026, 11, 26, tzinfo=UTC)
        time_is = [now]
        one, other = (Presence(store, f"here:{n}:x", clock=lambda: time_is[0]) for n in (1, 2))
        one.show()
        other.show()
        # For two minutes nobody could reach the database; then one is quicker.
        time_is[0] = now + timedelta(minutes=2)
        assert one.renew() == ()
        assert other.renew() == ()
        # From then on only one shows itself.
        time_is[0] += timedelta(seconds=25)
        assert one.renew() == ()
        time_is[0] += timedelta(seconds=10)
        assert one.renew() == ("here:2:x",)
