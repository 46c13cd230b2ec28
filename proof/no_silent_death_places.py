"""Where it is seen how the feeds are: /health, /metrics, the sources page and its JSON twin, the digest."""

import html
import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

from starlette.testclient import TestClient

from monitor.daemon.health import HealthServer
from monitor.daemon.service import Daemon
from monitor.dashboard.app import create_app
from monitor.dashboard.people import Door
from monitor.dashboard.serving import API
from monitor.digest import periods
from monitor.digest.render import rendered
from monitor.jobs.services import Services
from monitor.jobs.telling.compose import digest_of
from monitor.jobs.telling.desk import Desk
from monitor.jobs.telling.sources import sources
from monitor.records.telling.digests import Rendered
from monitor.records.telling.subscribers import Schedule, Selection, Stream
from tests.telling_desk import no_pictures, open_desk

PLACES = ("/health", "/metrics", "sources page", "its JSON twin", "digest")
WELL = frozenset({"ok", "new", "moved"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What every place said at one moment."""

    parts: Mapping[str, Mapping[str, str]]
    metrics: str
    page: str
    rows: Sequence[Mapping[str, str]]
    text: str
    html: str

    def telling(self, title: str) -> list[str]:
        """The places that tell that the feed of that title is not well; /metrics counts and names nobody."""
        found = (self._health(title), self._metrics(), self._page(title), self._twin(title), self._digest(title))
        return [place for place, tells in zip(PLACES, found, strict=True) if tells]

    def _health(self, title: str) -> bool:
        return f"{title} " in self.parts["feeds"]["detail"]

    def _metrics(self) -> bool:
        counted = re.findall(r'^monitor_feeds\{health="([a-z]+)"\} ([0-9.]+)$', self.metrics, re.MULTILINE)
        return any(float(number) for state, number in counted if state not in WELL)

    def _page(self, title: str) -> bool:
        shown = next((row for row in self.page.split("<tr data-item>") if title in row), "")
        state, detail = self._row(title)
        # The page spells addresses and times its own way; the words before them are the same.
        told = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", shown)).split())
        return state not in WELL and state in told and " ".join(detail.split())[:20] in told

    def _twin(self, title: str) -> bool:
        state, detail = self._row(title)
        return state not in WELL and bool(detail)

    def _row(self, title: str) -> tuple[str, str]:
        row = next(row for row in self.rows if row["title"] == title)
        return row["state"], row["detail"]

    def _digest(self, title: str) -> bool:
        return f"{title}: " in " ".join(self.text.split()) and title in html.unescape(self.html)


class Places:
    """Looks as a newcomer would: nothing that was kept from the look before is shown."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._daemon = Daemon(self._services, health_host="127.0.0.1", health_port=0, drain_seconds=1.0)
            self._server = HealthServer("127.0.0.1", 0, self._daemon.health, self._daemon.metrics)
            stack.callback(self._server.close)
            app = create_app(self._services.store, clock=self._services.clock, door=Door(is_local=True))
            self._keeper = app.state.house.keeper
            self._browser = stack.enter_context(
                TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000))
            )
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def look(self) -> Look:
        """See all of them."""
        self._daemon._look_at_feeds()
        self._keeper._kept.clear()
        mail = self._digest()
        return Look(
            parts=json.loads(self._read("/health"))["parts"],
            metrics=self._read("/metrics"),
            page=self._asked("/sources"),
            rows=json.loads(self._asked(f"{API}/sources"))["rows"],
            text=mail.text,
            html=mail.html,
        )

    def _read(self, path: str) -> str:
        try:
            with urllib.request.urlopen(self._server.address + path, timeout=10) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return error.read().decode()

    def _asked(self, path: str) -> str:
        answer = self._browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def _digest(self) -> Rendered:
        """The mail that a daily digest at this moment would be."""
        now, store = self._services.clock(), self._services.store
        desk: Desk = replace(open_desk(store, self._services.clock), sources=sources(store))
        stream = Stream(key="every day", schedule=Schedule(), selection=Selection(), since=LONG_AGO)
        period = periods.latest(stream.schedule, now=now)
        with store.facts.reading(now) as reading:
            digest = digest_of(desk, reading, stream, period, last=None, now=now)
        return rendered(digest, dashboard_url="https://desk.example", pictures=no_pictures)


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
