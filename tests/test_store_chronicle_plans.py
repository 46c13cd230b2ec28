"""No list of the chronicle reads a whole table, or sorts what an index could give in order (SQLite's own plans)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from monitor.records.weaving import Nearby
from monitor.store import Store
from tests.store_builders import LEASE, NOW
from tests.woven_builders import DAY, PUTIN, TRUMP, claimed, found, hold, record, whole

HOURS = timedelta(hours=5)
LISTS: dict[str, Callable[[Store], object]] = {
    "stories": lambda store: store.chronicle.stories(),
    "stories of a topic": lambda store: store.chronicle.stories(topic="talks", since=NOW - HOURS, before=1),
    "a story": lambda store: store.chronicle.story(1),
    "statements": lambda store: store.chronicle.statements(since=DAY, before=1),
    "statements of a speaker": lambda store: store.chronicle.statements(speaker=TRUMP, until=DAY),
    "statements of an id": lambda store: store.chronicle.statements(speaker="Q22686"),
    "statements about": lambda store: store.chronicle.statements(about=PUTIN, kind="direct"),
    "happenings": lambda store: store.chronicle.happenings(since=DAY),
    "happenings with": lambda store: store.chronicle.happenings(who=TRUMP, before=1),
    "planned happenings": lambda store: store.chronicle.happenings(status="planned", until=DAY),
    "meetings": lambda store: store.chronicle.happenings(type="meeting"),
    "answers": lambda store: store.chronicle.answers(since=NOW - HOURS),
    "answers of a side": lambda store: store.chronicle.answers(side="Russia"),
    "near happenings": lambda store: store.chronicle.near_happenings(
        1, Nearby(types=frozenset({"meeting", "visit"}), told=(NOW - HOURS, NOW), days=((DAY, DAY),))
    ),
    "near statements": lambda store: store.chronicle.near_statements(1, [TRUMP, "Q7747"], (DAY, DAY)),
    "steps of late": lambda store: store.chronicle.steps(since=NOW - HOURS, until=NOW),
    "waiting": lambda store: store.chronicle.is_waiting(),
    "members": lambda store: list(store.chronicle.members(since=NOW - HOURS)),
    "a claim": lambda store: claimed(store, now=NOW + LEASE),
}


@pytest.fixture
def filled(sqlite_url: str) -> Iterator[Store]:
    """A chronicle with something in it; never analysed, so that SQLite plans for large tables."""
    with Store.open(sqlite_url) as store:
        hold(store)
        for n in range(6):
            found(store, n)
            (one,) = claimed(store)
            record(store, whole(one))
        found(store, "waits")
        yield store


@pytest.mark.parametrize("name", LISTS)
def test_a_list_reads_by_an_index_and_in_its_order(filled: Store, name: str) -> None:
    plans = _plans(filled, lambda: LISTS[name](filled))
    assert plans
    assert [line for line in plans if line.startswith("SCAN") and not any(mark in line for mark in HARMLESS)] == []
    assert [line for line in plans if "TEMP B-TREE FOR ORDER BY" in line and name not in SORTED] == []


HARMLESS = ("INDEX", "CONSTANT", "subquery")
SORTED = {"near happenings", "near statements", "steps of late", "a story"}
"""Those whose few rows are put in order after they are found."""


def _plans(store: Store, work: Callable[[], object]) -> list[str]:
    """How SQLite goes about each query of ``work``."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append((statement, parameters))

    engine = store._database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with store._database.read() as connection:
        return [line for statement, parameters in asked for line in _plan(connection, statement, parameters)]


def _plan(connection: Connection, statement: str, parameters: Any) -> list[str]:
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [str(row[3]) for row in rows]
