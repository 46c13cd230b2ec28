"""The dashboard as a whole: every page in every state, its JSON twin, its pictures, and what it refuses."""

import re

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from monitor.dashboard.app import create_app
from monitor.dashboard.pages import PAGES
from monitor.dashboard.people import Door
from monitor.dashboard.serving import API
from monitor.errors import StoreError
from monitor.store import Store
from tests.dashboard_builders import NOW, app_over, browser, local
from tests.telling_builders import arrive, at, one_of_each, weave

LISTS = [page for page in PAGES if "{" not in page.path]


def filled(store: Store, number: int = 3, *, first: int = 1) -> None:
    for n in range(first, first + number):
        arrive(store, n, one_of_each(n), when=at(1, 8 + n), by=f"paper{n}")
    weave(store)


@pytest.mark.parametrize("page", LISTS, ids=lambda page: page.name)
@pytest.mark.parametrize("has_news", [False, True], ids=["empty", "filled"])
def test_every_page_and_its_twin_answer_with_and_without_news(store: Store, page: object, has_news: bool) -> None:
    if has_news:
        filled(store)
    client = local(store)
    html = client.get(page.path)  # type: ignore[attr-defined]
    assert html.status_code == 200, html.text[:500]
    assert "text/html" in html.headers["content-type"]
    (twin,) = re.findall(r'href="([^"]+)">This page as JSON', html.text)
    answer = client.get(twin)
    assert answer.status_code == 200
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize("page", LISTS, ids=lambda page: page.name)
def test_every_picture_of_a_page_is_drawn(store: Store, page: object) -> None:
    filled(store)
    client = local(store)
    html = client.get(page.path).text  # type: ignore[attr-defined]
    for address in re.findall(r'<img[^>]+src="(/charts/[^"]+)"', html):
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200, address
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.content.startswith(b"<svg")


def test_links_within_the_pages_lead_somewhere(store: Store) -> None:
    filled(store)
    client = local(store)
    seen: set[str] = set()
    waiting = ["/"]
    while waiting and len(seen) < 150:
        path = waiting.pop()
        if path in seen or path.startswith(("/charts/", "/static/", "/live")):
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code in {200, 303}, path
        found = re.findall(r'href="(/[^"#]*)', answer.text) if "html" in answer.headers["content-type"] else []
        waiting += [each.replace("&amp;", "&") for each in found]
    assert {"/", "/matches"} <= seen
    assert any(path.startswith("/articles/") for path in seen)


def test_what_a_browser_has_is_not_sent_again(store: Store) -> None:
    client = local(store)
    first = client.get("/matches")
    again = client.get("/matches", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_no_route_is_without_a_guard(store: Store) -> None:
    app = create_app(store, clock=lambda: NOW, door=Door(is_local=False))
    client = browser(app)
    open_to_all = {"/sign-in", "/sign-out", "/preferences", f"{API}/openapi.json"}
    for route in app.routes:
        if not isinstance(route, Route) or route.path in open_to_all or route.path.startswith("/static/"):
            continue
        path = re.sub(r"\{[^}]+\}", "1", route.path).replace("/1.1", "/volume.svg")
        answer = client.request(next(iter(route.methods or {"GET"})), path)
        assert answer.status_code in {303, 401, 404, 422}, (path, answer.status_code)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/matches?search=said%3A", "cannot be read"),
        ("/matches?after=yesterday", "after"),
        ("/matches?minimum=2", "minimum"),
        ("/matches?topic=weather", "topic"),
        ("/articles/99999999999999999999999", "article"),
        ("/articles/77", "no article 77"),
        ("/nowhere", "Not here"),
    ],
)
def test_mistakes_are_told_in_words(store: Store, path: str, words: str) -> None:
    client = local(store)
    answer = client.get(path)
    assert answer.status_code in {404, 422}
    assert words in answer.text
    if path != "/nowhere":
        twin = client.get(API + path)
        assert twin.status_code == answer.status_code
        assert twin.headers["content-type"] == "application/problem+json"
        assert twin.json()["detail"]


def test_a_store_that_cannot_be_read_is_another_thing_than_no_matches(store: Store) -> None:
    app = app_over(store)

    def broken(*_: object, **__: object) -> None:
        raise StoreError("the database does not answer. Start it again.")

    store.board.matches.page = broken  # type: ignore[method-assign, assignment]
    answer = browser(app).get("/matches")
    assert answer.status_code == 503
    assert "Could not load" in answer.text
    assert "does not answer" in answer.text
    assert "No matches" not in answer.text


def test_nothing_that_a_feed_says_becomes_markup(store: Store) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`${7*7}{{7*7}}"
    arrive(store, 1, one_of_each(1), when=at(1, 9), by="paper", text=f"{evil} in the text.")
    weave(store)
    client = local(store)
    for path in ("/", "/matches", "/articles/1", f"/matches?search=%22{evil}%22", "/matches?who=%3Cscript%3Ealert(1)"):
        answer = client.get(path)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "49" not in re.findall(r"\{\{7\*7\}\}|>49<", client.get("/articles/1").text)


def test_the_description_of_the_interface_names_every_page(store: Store) -> None:
    described = local(store).get(f"{API}/openapi.json").json()
    for page in PAGES:
        path = f"{API}/{page.name}" if page.path == "/" else API + page.path
        assert described["paths"][path]["get"]["operationId"] == page.name


def test_new_matches_are_told_to_who_listens(store: Store) -> None:
    filled(store, 1)
    assert store.board.live.since(0) == 1
    newest = store.board.live.newest()
    filled(store, 1, first=2)
    assert store.board.live.newest() > newest
    assert store.board.live.since(newest) == 1


def test_a_zone_goes_by_the_name_that_it_has_today(store: Store) -> None:
    page = local(store).get("/matches", headers={"cookie": "zone=Europe/Kiev"}).text
    assert "Times in Europe/Kyiv" in page


def test_how_pages_look_is_remembered_by_the_browser_and_nothing_else_is_believed(store: Store) -> None:
    client: TestClient = local(store)
    answer = client.post(
        "/preferences",
        data={"zone": "Europe/Kyiv", "theme": "dark", "density": "dense", "back": "//elsewhere.example/"},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = client.get("/matches").text
    assert 'data-theme="dark"' in page
    assert "Times in Europe/Kyiv" in page
    stranger = local(store)
    page = stranger.get("/matches", headers={"cookie": 'zone=../../etc/passwd; theme="><script>'}).text
    assert "Times in UTC" in page
    assert 'data-theme="auto"' in page
