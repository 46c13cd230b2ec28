"""Every route of the dashboard, found in the application itself, and who may use it, written down by hand.

A route that is not in ``NEEDS`` makes the tests fail until somebody has decided who may use it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Route

from monitor.dashboard.pages import PAGES
from monitor.dashboard.rendering import VEGA, static
from monitor.records.accounts import Role
from monitor.store import Store
from tests.ledger_builders import edition, subscribed
from tests.store_builders import entity
from tests.telling_builders import add_rule, arrive, at, one_of_each, weave

ANYBODY = "anybody"
ROLES: Mapping[str, Role] = {"Rita": Role.READER, "Anton": Role.ANALYST, "Ada": Role.ADMIN}
"""Who has which role in the tests."""

NEEDS: Mapping[str, str] = {
    "GET /": "reader",
    "GET /api/v1/overview": "reader",
    "GET /charts/overview/{chart}.{drawn_as}": "reader",
    "GET /matches": "reader",
    "GET /api/v1/matches": "reader",
    "GET /articles/{article_id}": "reader",
    "GET /api/v1/articles/{article_id}": "reader",
    "GET /stories": "reader",
    "GET /api/v1/stories": "reader",
    "GET /stories/{story_id}": "reader",
    "GET /api/v1/stories/{story_id}": "reader",
    "GET /charts/story/{story_id}/{chart}.{drawn_as}": "reader",
    "GET /timeline": "reader",
    "GET /api/v1/timeline": "reader",
    "GET /charts/timeline/{chart}.{drawn_as}": "reader",
    "GET /events/{event_id}": "reader",
    "GET /api/v1/events/{event_id}": "reader",
    "GET /map": "reader",
    "GET /api/v1/map": "reader",
    "GET /charts/map/{chart}.{drawn_as}": "reader",
    "GET /statements": "reader",
    "GET /api/v1/statements": "reader",
    "GET /charts/statements/{chart}.{drawn_as}": "reader",
    "GET /statements/{statement_id}": "reader",
    "GET /api/v1/statements/{statement_id}": "reader",
    "GET /ladder": "reader",
    "GET /api/v1/ladder": "reader",
    "GET /ladder/{item_key}": "reader",
    "GET /api/v1/ladder/{item_key}": "reader",
    "GET /charts/weapon/{item_key}/{chart}.{drawn_as}": "reader",
    "GET /entities": "reader",
    "GET /api/v1/entities": "reader",
    "GET /entities/{entity_id}": "reader",
    "GET /api/v1/entities/{entity_id}": "reader",
    "GET /charts/entity/{entity_id}/{chart}.{drawn_as}": "reader",
    "GET /sources": "reader",
    "GET /api/v1/sources": "reader",
    "GET /sources/{feed_id}": "reader",
    "GET /api/v1/sources/{feed_id}": "reader",
    "GET /charts/source/{feed_id}/{chart}.{drawn_as}": "reader",
    "GET /classifier": "reader",
    "GET /api/v1/classifier": "reader",
    "GET /charts/classifier/{chart}.{drawn_as}": "reader",
    "GET /messages": "analyst",
    "GET /api/v1/messages": "analyst",
    "GET /messages/editions/{edition_id}": "analyst",
    "GET /api/v1/messages/editions/{edition_id}": "analyst",
    "GET /system": "reader",
    "GET /api/v1/system": "reader",
    "GET /charts/system/{chart}.{drawn_as}": "reader",
    "GET /saved-views": "reader",
    "POST /saved-views": "reader",
    "POST /saved-views/{number}/remove": "reader",
    "POST /articles/{article_id}/judge": "analyst",
    "POST /articles/{article_id}/undo": "analyst",
    "POST /articles/{article_id}/snooze": "analyst",
    "GET /api/v1/export/{what}.{form}": "reader",
    "GET /live": "reader",
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "POST /sign-out": ANYBODY,
    "POST /preferences": ANYBODY,
    "GET /static/{version}/{name}": ANYBODY,
    f"GET {VEGA}": ANYBODY,
    "GET /api/v1/openapi.json": ANYBODY,
}
"""Each route, and the least role that may use it."""

FORMS: Mapping[str, Mapping[str, str]] = {
    "POST /saved-views": {"name": "Kyiv", "path": "/matches", "query": "country=UA"},
    "POST /saved-views/{number}/remove": {},
    "POST /articles/{article_id}/judge": {"verdict": "keep"},
    "POST /articles/{article_id}/undo": {},
    "POST /articles/{article_id}/snooze": {"hours": "3"},
    "POST /sign-in": {"name": "Rita", "password": "a wrong one"},
    "POST /sign-out": {},
    "POST /preferences": {"zone": "Europe/Kyiv"},
}
"""What each route that changes something is sent when it is used as meant."""
CHARTS = {page.name: tuple(page.charts) for page in PAGES if page.charts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One route: its method, its path with ``{parameters}``, and what may be asked of it."""

    method: str
    path: str
    queries: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As ``NEEDS`` calls it."""
        return f"{self.method} {self.path}"

    @property
    def changes(self) -> bool:
        """Whether a request by this route may change something."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    def at(self, things: Mapping[str, object], **instead: object) -> str:
        """The path of something that is there."""
        page = self.path.split("/")[2] if self.path.startswith("/charts/") else ""
        return self.path.format_map({**things, "chart": CHARTS.get(page, ("",))[0], **instead})


def ways(app: FastAPI) -> tuple[Way, ...]:
    """Every route of the application. Raises AssertionError for a kind of route that nobody has thought of here."""
    found: list[Way] = []
    for route in app.routes:
        assert type(route) in {APIRoute, Route}, f"{route} is neither a page nor a plain route: teach this to try it"
        assert isinstance(route, Route | APIRoute)
        asked: Any = getattr(route, "dependant", None)
        queries = tuple(field.alias for field in asked.query_params) if asked else ()
        fields = tuple(field.alias for field in asked.body_params) if asked else ()
        found.extend(
            Way(method=method, path=route.path, queries=queries, fields=fields)
            for method in sorted((route.methods or set()) - {"HEAD"})
        )
    return tuple(found)


def furnished(store: Store) -> dict[str, object]:
    """Put one of each thing into the store; what a path needs to lead to them, by the name of its parameter."""
    named = (entity("Donald Trump", "Q22686", (0, 4)), entity("Vladimir Putin", "Q7747", (5, 9)))
    for n in (1, 2):
        arrive(store, n, replace(one_of_each(n), entities=named), when=at(1, 8 + n), by=f"paper{n}")
    weave(store)
    add_rule(store)
    number = edition(store)
    subscribed(store, "desk@reader.example")
    view = store.views.save("Rita", "Mine", "/matches", "topic=talks")
    for name, role in ROLES.items():
        store.accounts.add(name, role, None, by="tests", now=at(1, 8))
    return {
        "article_id": store.findings.last_matches(1)[0].article_id,
        "story_id": store.chronicle.stories(limit=1)[0].id,
        "event_id": store.chronicle.happenings(limit=1)[0].id,
        "statement_id": store.chronicle.statements(limit=1)[0].id,
        "item_key": store.board.ladder.page(now=at(2, 12)).cells[0].item_key,
        "entity_id": store.board.entities.page().entities[0].id,
        "feed_id": store.feeds.all()[0].id,
        "edition_id": number,
        "number": view.id,
        "what": "events",
        "form": "json",
        "drawn_as": "json",
        "version": static("dashboard.css").split("/")[2],
        "name": "dashboard.css",
    }


def keys(store: Store) -> dict[str, dict[str, str]]:
    """The header by which each person of ``ROLES``, and nobody, is known."""
    found: dict[str, dict[str, str]] = {"nobody": {}}
    for name in ROLES:
        secret = store.tokens.add(name, "tests", expires_at=None, by="tests", now=at(1, 8))[1]
        found[name] = {"authorization": f"Bearer {secret}"}
    return found


def may(person: str, needs: str) -> bool:
    """Whether that person may use what needs that role."""
    if needs == ANYBODY:
        return True
    return person in ROLES and ROLES[person].rank >= Role(needs).rank


def is_refusal(answer: httpx.Response) -> bool:
    """Whether the answer is the one to somebody who may not: sign in first, or another role."""
    to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?")
    return to_sign_in or answer.status_code in {401, 403}


def pictures(way: Way) -> Iterator[dict[str, str]]:
    """Every chart of a picture's route in every form; nothing for other routes."""
    if way.path.startswith("/charts/"):
        for chart in CHARTS[way.path.split("/")[2]]:
            for drawn_as in ("json", "svg", "png"):
                yield {"chart": chart, "drawn_as": drawn_as}
