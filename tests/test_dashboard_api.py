"""The API as its own description has it: made-up requests find no server error and no answer that breaks the schema."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from monitor.dashboard.pages import PAGES
from monitor.dashboard.serving import API
from monitor.records.accounts import Role
from monitor.store import Store
from tests.dashboard_builders import NOW, account, app_over
from tests.telling_builders import arrive, at, one_of_each, weave

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def opened(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("api") / "monitor.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    with Store.open(f"sqlite:///{path}") as store:
        for number in range(1, 6):
            arrive(store, number, one_of_each(number), when=at(1, 8 + number), by=f"paper{number}")
        weave(store)
        yield store


@pytest.fixture(scope="module")
def token(opened: Store) -> str:
    account(opened, "robot", Role.ADMIN)
    return opened.tokens.add("robot", "tests", expires_at=None, by="tests", now=NOW)[1]


@pytest.fixture(scope="module")
def api(opened: Store) -> Any:
    return schemathesis.openapi.from_asgi(f"{API}/openapi.json", app_over(opened, names=("testserver", "localhost")))


OPERATIONS = [
    *(("GET", f"{API}/{page.name}" if page.path == "/" else API + page.path) for page in PAGES),
    ("GET", f"{API}/export/{{what}}.{{form}}"),
    ("POST", "/articles/{article_id}/judge"),
    ("POST", "/articles/{article_id}/undo"),
    ("POST", "/articles/{article_id}/snooze"),
]


def test_every_operation_of_the_description_is_tried(api: Any) -> None:
    described = {(found.ok().method.upper(), found.ok().path) for found in api.get_all_operations()}
    assert described == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_breaks_the_server_or_the_schema(api: Any, token: str, method: str, path: str) -> None:
    @given(case=api[path][method].as_strategy())
    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        # A failure is told as it was found: making it small would take minutes.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def tried(case: Any) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {token}"}, checks=[not_a_server_error, response_schema_conformance]
        )

    tried()
