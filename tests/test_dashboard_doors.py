"""Every route of the dashboard, by every kind of person and from everywhere: who is let in stands in one table."""

from collections.abc import Iterator

import httpx
import pytest

from monitor.store import Store
from tests.dashboard_builders import app_over
from tests.dashboard_doors import ANYBODY, FORMS, NEEDS, ROLES, furnished, is_refusal, keys, may, ways
from tests.test_dashboard_live import served

HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Who is let in has nothing to do with the kind of database: one is enough."""
    return sqlite_url


@pytest.fixture
def client(store: Store) -> Iterator[httpx.Client]:
    with served(app_over(store)) as url, httpx.Client(base_url=url, timeout=60) as opened:
        yield opened


def test_every_route_is_in_the_table_and_the_table_names_no_other(store: Store) -> None:
    found = {way.name for way in ways(app_over(store))}
    assert found == set(NEEDS)
    assert {name for name in NEEDS if not name.startswith("GET ")} == set(FORMS)


def test_every_route_lets_in_the_least_role_of_the_table_and_none_below(store: Store, client: httpx.Client) -> None:
    things, known = furnished(store), keys(store)
    for way in ways(app_over(store)):
        for person in ("nobody", *ROLES):
            headers = known[person] | HERE
            with client.stream(way.method, way.at(things), headers=headers, data=FORMS.get(way.name)) as answer:
                told = f"{way.name} by {person}: {answer.status_code}"
                if not may(person, NEEDS[way.name]):
                    assert is_refusal(answer), told
                    continue
                # A picture may have nothing to draw, and the password in the form is a wrong one.
                also = {404} if "/charts/" in way.path else {401} if way.name == "POST /sign-in" else set()
                assert answer.status_code in {200, 303} | also, told
                assert not is_refusal(answer) or also, told
                break


def test_every_route_that_changes_something_refuses_what_comes_from_elsewhere(
    store: Store, client: httpx.Client
) -> None:
    things = furnished(store)
    for way in ways(app_over(store)):
        if way.changes:
            for sent in ({}, {"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}):
                answer = client.request(way.method, way.at(things), headers=sent, data=FORMS[way.name])
                assert answer.status_code == 403, (way.name, sent)
                assert "set-cookie" not in answer.headers


def test_only_what_needs_nobody_is_the_same_for_everybody() -> None:
    assert {name for name, needs in NEEDS.items() if needs == ANYBODY and name.startswith("GET /api")} == {
        "GET /api/v1/openapi.json"
    }
