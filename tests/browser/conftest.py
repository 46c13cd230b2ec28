"""A dashboard over the newsroom's week, served on loopback, and Chromium to look at it."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from monitor.store import Store
from tests.dashboard_builders import app_over
from tests.woven_week import WovenWeek, woven_week

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these Chromium looks for its maker's hosts, which a closed network refuses loudly.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A dashboard that answers at ``url``."""

    url: str
    store: Store
    week: WovenWeek


# For one module, not the session: while it is open the thread has a running event loop, so other tests could have none.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser. CHROMIUM in the environment names another than the system's."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.fail("no Chromium was found. On Debian or Ubuntu: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The week, woven, behind a real server on a free port."""
    path = tmp_path_factory.mktemp("browser") / "monitor.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    with Store.open(f"sqlite:///{path}") as store:
        week = woven_week(store)
        app = app_over(store, now=week.week.end)
        server = uvicorn.Server(
            uvicorn.Config(app, port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, name="dashboard", daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            thread.join(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Served(url=f"http://127.0.0.1:{port}", store=store, week=week)
        server.should_exit = True
        thread.join(10)
        app.state.house.pictures.close()
