"""No page about sources, system, classifier or messages reads a whole table that grows (SQLite's own plans)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from monitor.records.telling.messages import DeliveryState
from monitor.store import Store
from tests.feedback_builders import candidate, label
from tests.ledger_builders import digest, enter, rendered
from tests.store_builders import NOW, matched

DAY = timedelta(days=1)
READS: dict[str, Callable[[Store], object]] = {
    "yields": lambda store: store.board.sources.yields(NOW),
    "yields of one": lambda store: store.board.sources.yields(NOW, of=[1]),
    "a source": lambda store: store.board.sources.facts(1, person="anna", now=NOW),
    "the funnel": lambda store: store.board.system.dropped(NOW - 30 * DAY, now=NOW),
    "queues": lambda store: store.board.system.queues(),
    "the model": lambda store: store.board.system.model(),
    "troubles": lambda store: store.board.troubles.since(NOW - DAY),
    "scores": lambda store: store.board.classifier.scores(),
    "a candidate": lambda store: store.board.shadow.beside("first"),
    "messages": lambda store: store.board.messages.deliveries(limit=5, before=9),
    "alerts": lambda store: store.board.messages.deliveries(limit=5, kind="alert"),
    "failed ones": lambda store: store.board.messages.deliveries(limit=5, state=DeliveryState.FAILED),
    "counts": lambda store: store.board.messages.counts(NOW - DAY),
    "what waits": lambda store: store.board.messages.waiting(),
    "rules": lambda store: store.board.messages.fired(NOW - DAY),
    "feeds in numbers": lambda store: store.feeds.counts(now=NOW),
    "feeds that failed": lambda store: store.feeds.last_errors(3),
    "editions": lambda store: store.board.messages.editions(limit=5, after="1790000000000000-1"),
}
SMALL = ("SCAN feeds", "SCAN alert_rules", "labels")
"""As many rows as feeds and rules there are; people judge no more than people can."""
OWN = ("anon_", "(subquery", "CONSTANT", "RECURSIVE")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Something everywhere; never analysed, so that SQLite plans for large tables."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('plans')}/monitor.sqlite3", create=True) as store:
        matched(store, 1)
        label(store, 1)
        store.candidates.add(candidate("first"))
        number, _ = store.editions.add(digest(), rendered(), now=NOW)
        enter(store, "k1", edition_id=number)
        yield store


@pytest.mark.parametrize("name", READS)
def test_a_page_goes_by_indexes(filled: Store, name: str) -> None:
    asked = _asked(filled, lambda: READS[name](filled))
    assert asked
    with filled._database.read() as connection:
        for statement, parameters in asked:
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                line = str(row[3])
                if line.startswith("SCAN") and not any(mark in line for mark in (*OWN, *SMALL)):
                    assert "LIMIT" in statement, (line, statement)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("yields", "ix_entries_matched"),
        ("troubles", "ix_polls_failed"),
        ("feeds in numbers", "ix_feeds_unwell"),
        ("feeds that failed", "ix_feeds_unwell"),
    ],
)
def test_the_partial_indexes_are_taken(filled: Store, name: str, index: str) -> None:
    with filled._database.read() as connection:
        plans = [
            str(row[3])
            for statement, parameters in _asked(filled, lambda: READS[name](filled))
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert any(index in line for line in plans)


def _asked(store: Store, work: Callable[[], object]) -> list[tuple[str, Any]]:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    engine = store._database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return asked
