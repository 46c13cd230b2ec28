"""What is made before the first reader comes."""

from dataclasses import replace
from functools import wraps
from typing import Any

import structlog.testing

from monitor.dashboard.app import create_app
from monitor.dashboard.page import Page
from monitor.dashboard.pages import overview
from monitor.dashboard.people import Door
from monitor.dashboard.warming import warm
from monitor.errors import StoreError
from monitor.records.board.overview import OverviewView
from monitor.store import Store
from tests.dashboard_builders import NOW, browser


def counted(loads: list[object], problem: StoreError | None = None) -> Page:
    """The overview, which notes for whom it was made."""

    @wraps(overview.load)
    def load(visit: Any, **asked: Any) -> OverviewView:
        loads.append(visit.person.name)
        if problem:
            raise problem
        return overview.load(visit, **asked)

    return replace(overview.PAGE, load=load)


def test_the_first_reader_is_shown_what_was_made_before(store: Store) -> None:
    loads: list[object] = []
    app = create_app(store, clock=lambda: NOW, door=Door(is_local=True), pages=(counted(loads),))
    warm(app.state.house)
    assert loads == ["local"]
    assert browser(app).get("/").status_code == 200
    assert loads == ["local"]


def test_a_store_that_cannot_be_read_yet_is_noted(store: Store) -> None:
    page = counted([], StoreError("it is locked"))
    app = create_app(store, clock=lambda: NOW, door=Door(is_local=True), pages=(page,))
    with structlog.testing.capture_logs() as told:
        warm(app.state.house)
    assert [(each["event"], each["error"]) for each in told] == [("warming_failed", "it is locked")]
