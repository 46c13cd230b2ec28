"""The report views: each answers on both databases, stands in the docs, and is all that a reader's role may read."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from monitor.errors import ConfigError
from monitor.store import Store
from monitor.store.readers import VIEWS
from tests.telling_builders import arrive, at, one_of_each, weave

DEPLOY = Path(__file__).resolve().parent.parent / "deploy" / "grafana"
DOCS = Path(__file__).resolve().parent.parent / "docs" / "sql.md"
PASSWORD = "three % owls ' waiting"


def filled(store: Store) -> None:
    for n in (1, 2):
        arrive(store, n, one_of_each(n), when=at(1, 8 + n), by=f"paper{n}")
    weave(store)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_answers(store: Store, view: str) -> None:
    filled(store)
    with store._database.read() as connection:
        rows = connection.execute(text(f"SELECT * FROM {view}")).all()
    assert rows or view == "report_mentions"


def test_the_views_are_those_of_the_migration_and_of_the_docs(store: Store) -> None:
    with store._database.read() as connection:
        assert set(inspect(connection).get_view_names()) == set(VIEWS)
    page = DOCS.read_text()
    assert [view for view in VIEWS if f"`{view}`" not in page] == []


def test_a_withdrawn_match_is_in_no_report(store: Store) -> None:
    filled(store)
    with store._database.write() as connection:
        connection.execute(text("UPDATE matches SET withdrawn_at = matched_at WHERE article_id = 1"))
    with store._database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM report_matches WHERE article_id = 1")) == 0


@pytest.mark.postgres
def test_a_reader_sees_the_views_and_nothing_else(new_postgres: Callable[[], str]) -> None:
    postgres_url = new_postgres()
    with Store.open(postgres_url, create=True) as store:
        filled(store)
        for _ in range(2):
            store.upkeep.grant_reader("grafana_reader", PASSWORD)
        url = make_url(postgres_url).set(drivername="postgresql+psycopg", username="grafana_reader", password=PASSWORD)
        reader = create_engine(url)
        with reader.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM report_matches")) == 2
        for forbidden in ("SELECT * FROM subscribers", "SELECT * FROM accounts", "SELECT * FROM matches"):
            with reader.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(forbidden))
        reader.dispose()
        with store._database.write() as connection:
            connection.execute(text("DROP OWNED BY grafana_reader"))
            connection.execute(text("DROP ROLE grafana_reader"))


@pytest.mark.parametrize(("role", "password"), [("x; drop", PASSWORD), ("pg_read", PASSWORD), ("reader", "short")])
@pytest.mark.postgres
def test_a_role_that_will_not_do_is_refused(migrated_postgres: str, role: str, password: str) -> None:
    with Store.open(migrated_postgres) as store, pytest.raises(ConfigError):
        store.upkeep.grant_reader(role, password)


def test_sqlite_has_no_roles_and_says_what_to_do(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store, pytest.raises(ConfigError, match="mode=ro"):
        store.upkeep.grant_reader("reader", PASSWORD)


@pytest.mark.postgres
def test_every_query_of_the_grafana_dashboard_runs_and_reads_views_alone(migrated_postgres: str) -> None:
    panels = json.loads((DEPLOY / "talks.json").read_text())["panels"]
    queries = [target["rawSql"] for panel in panels for target in panel["targets"]]
    assert len(queries) == 7
    with Store.open(migrated_postgres) as store, store._database.read() as connection:
        for query in queries:
            assert "report_" in query
            filled_in = re.sub(r"\$__timeFilter\((\w+)\)", r"\1 BETWEEN now() - interval '14 days' AND now()", query)
            connection.execute(text(filled_in)).all()
