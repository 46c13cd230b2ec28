"""What the first reader would wait for, done while nobody waits: templates compiled, the first page's view made."""

import inspect

import structlog

from monitor.dashboard.house import House
from monitor.dashboard.page import Page
from monitor.dashboard.people import LOCAL
from monitor.dashboard.rendering import compile_all
from monitor.errors import MonitorError

log = structlog.get_logger()


def warm(house: House) -> None:
    """Make the front page's view as the person at this machine is shown it, then compile the templates."""
    try:
        for page in house.pages:
            if page.path == "/":
                _view(house, page)
    except MonitorError as error:
        # Whoever asks is told on the page.
        log.warning("warming_failed", error=str(error))
    compile_all()


def _view(house: House, page: Page) -> None:
    visit = house.visit_of(LOCAL, house.clock())
    parameters = list(inspect.signature(page.load).parameters.values())[1:]
    house.view(page, visit, {each.name: each.default for each in parameters})
