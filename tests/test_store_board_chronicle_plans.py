"""No page of the chronicle reads a whole table, or sorts all of one to show its beginning (SQLite's own plans)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from monitor.store import Store
from monitor.store.details import name_key
from tests.store_builders import LEASE, NOW
from tests.woven_builders import DAY, PUTIN, TRUMP, claimed, found, hold, record, whole

READS: dict[str, Callable[[Store], object]] = {
    "stories": lambda store: store.board.story.page(now=NOW),
    "stories of a topic": lambda store: store.board.story.page(now=NOW, topic="talks", since=NOW - LEASE, origins=2),
    "later stories": lambda store: store.board.story.page(now=NOW, until=NOW, after="1790000000000000-1"),
    "stories with a word": lambda store: store.board.story.page(now=NOW, search="Budapest"),
    "stories with a word of an outlet": lambda store: store.board.story.page(now=NOW, search="Budapest outlet:news"),
    "stories with somebody": lambda store: store.board.story.page(now=NOW, search="who:Q22686", topic="talks"),
    "a story": lambda store: store.board.story.story(1, now=NOW, edits_of=1),
    "events": lambda store: store.board.timeline.page(now=NOW),
    "events with": lambda store: store.board.timeline.page(now=NOW, who=TRUMP, status="planned", since=DAY),
    "meetings": lambda store: store.board.timeline.page(now=NOW, type="meeting", until=DAY),
    "planned meetings": lambda store: store.board.timeline.page(now=NOW, type="meeting", status="planned"),
    "an event": lambda store: store.board.timeline.event(1, now=NOW),
    "statements": lambda store: store.board.statements.page(now=NOW),
    "statements of": lambda store: store.board.statements.page(now=NOW, speaker=TRUMP, since=DAY),
    "statements of an id about": lambda store: store.board.statements.page(now=NOW, speaker="Q22686", about=PUTIN),
    "reported statements": lambda store: store.board.statements.page(now=NOW, kind="reported", until=DAY),
    "a statement": lambda store: store.board.statements.statement(1, now=NOW),
    "the ladder": lambda store: store.board.ladder.page(now=NOW),
    "a weapon": lambda store: store.board.ladder.weapon(name_key("Tomahawk"), now=NOW),
}
OWN = ("anon_", "keys", "(subquery", "CONSTANT", "RECURSIVE", "VIRTUAL TABLE")
"""What a query has put together itself, a few thousand rows at most; and the full-text index, asked for words."""
LIMITED = (
    "aid_steps",
    "answers USING INDEX ix_answers_told_at",
    "ix_happenings_happens_on",
    "ix_statements_first_told",
    "ix_statements_said_on",
    "ix_stories_last_seen",
    "ix_story_members_published_at",
)
"""Walked from the newest on, and only so far: every such query has a limit."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A chronicle with something in it; never analysed, so that SQLite plans for large tables."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('plans')}/monitor.sqlite3", create=True) as store:
        hold(store)
        for n in range(6):
            found(store, n)
            (one,) = claimed(store)
            record(store, whole(one))
        yield store


@pytest.mark.parametrize("name", READS)
def test_a_page_goes_by_indexes(filled: Store, name: str) -> None:
    asked = _asked(filled, lambda: READS[name](filled))
    assert asked
    with filled._database.read() as connection:
        for statement, parameters in asked:
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                line = str(row[3])
                if line.startswith("SCAN") and not any(mark in line for mark in OWN):
                    assert any(mark in line for mark in LIMITED), line
                    assert "LIMIT" in statement, statement


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
