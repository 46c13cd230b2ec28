"""The queries of docs/sql.md run on the databases they are for, and its table list is whole."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.cli import db
from monitor.store import Store
from monitor.store.tables import metadata
from tests.store_builders import NOW, entity, findings, matched, pending_article
from tests.woven_builders import claimed, found, hold, record, whole, woven

DOCS = Path(__file__).resolve().parents[1] / "docs"
QUERIES = re.findall(r"```sql ?(sqlite|postgres)?\n(.*?)```", (DOCS / "sql.md").read_text(), flags=re.DOTALL)


@pytest.mark.parametrize(("only", "query"), QUERIES)
def test_every_query_of_the_docs_runs(store: Store, only: str, query: str) -> None:
    matched(store, 1, entity("Donald Trump", "Q22686"), text="Missile aid was promised.")
    store.findings.record(pending_article(store, 2), findings(0.1, 0.9, entity("Joe", None)), now=NOW)
    found(store, 3)
    hold(store)
    for waiting in claimed(store):
        record(store, woven(waiting) if not waiting.findings.events else whole(waiting))
    dialect = "postgres" if store.name.startswith("postgresql") else "sqlite"
    if only and only != dialect:
        pytest.skip(f"for {only} only")
    with store._database.read() as connection:
        rows = connection.execute(text(query)).all()
    assert rows or "failures > 0" in query or "a.version > 1" in query or "known_entries = 0" in query


def test_every_table_is_in_the_docs() -> None:
    page = (DOCS / "sql.md").read_text()
    assert [name for name in metadata.tables if f"| `{name}` |" not in page] == []


def test_every_database_command_is_in_the_docs() -> None:
    page = (DOCS / "database.md").read_text()
    assert [name for name in db.command.commands if f"`monitor db {name}" not in page] == []
