"""What the guard refuses before any page is asked, what it believes of a proxy, and what every answer carries."""

import ipaddress
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from monitor.dashboard.guard import LONGEST_QUERY, MOST_BYTES
from monitor.dashboard.people import Door
from monitor.store import Store
from tests.dashboard_builders import PASSWORD, account, app_over, browser

PROXY = "10.0.0.2"
BEHIND = Door(is_local=False, proxies=(ipaddress.ip_network("10.0.0.0/30"),))
FORM = {"zone": "UTC", "back": "/matches"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Who is let in has nothing to do with the kind of database: one is enough."""
    return sqlite_url


def stranger(store: Store, *names: str) -> TestClient:
    """Sends nothing that says where a request comes from."""
    return browser(app_over(store, names=names), same_site=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8790", "localhost:8790", "LOCALHOST", "[::1]:8790", "::1"])
def test_this_machine_s_own_names_are_answered(store: Store, host: str) -> None:
    expected = 421 if host == "::1" else 200  # an address without its brackets is none
    assert stranger(store).get("/matches", headers={"host": host}).status_code == expected


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8790",
        "0.0.0.0:8790",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "evil.example@127.0.0.1",
        "127.0.0.1/evil.example",
        "evil.example#127.0.0.1",
        "[::1",
        "127.0.0.1:port",
        "",
    ],
)
def test_a_name_that_is_not_ours_is_refused_whoever_had_it_resolved_here(store: Store, host: str) -> None:
    answer = stranger(store).get("/matches", headers={"host": host})
    assert answer.status_code == 421
    assert "dashboard_names" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_name_of_the_settings_is_answered_whatever_its_case(store: Store) -> None:
    client = stranger(store, "Dash.example.org")
    assert client.get("/sign-in", headers={"host": "dash.EXAMPLE.org"}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"origin": "http://127.0.0.1"}, 303),
        ({}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9000"}, 403),
        ({"origin": "http://127.0.0.1.evil.example"}, 403),
        ({"origin": "http://["}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"referer": "http://127.0.0.1/matches"}, 403),
        # Browsers send what a proxy or an address taught them by themselves, to any form of anybody's.
        ({"authorization": "Basic QW5uOnRtXzE="}, 403),
    ],
)
def test_what_changes_something_comes_from_our_own_pages(store: Store, headers: dict[str, str], status: int) -> None:
    assert stranger(store).post("/preferences", data=FORM, headers=headers).status_code == status


def test_a_program_with_a_token_needs_no_page_of_ours(store: Store) -> None:
    account(store)
    _, secret = store.tokens.add(
        "Ann", "script", expires_at=None, by="tests", now=store.accounts.listed()[0].created_at
    )
    client = stranger(store)
    answer = client.post("/saved-views", data={"name": "a", "path": "/"}, headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 303
    wrong = client.post("/saved-views", data={"name": "b", "path": "/"}, headers={"authorization": "Bearer tm_wrong"})
    assert wrong.status_code == 401
    assert [view.name for view in store.views.listed("Ann")] == ["a"]


def test_a_site_that_only_reads_is_let_through_and_cannot_see_the_answer(store: Store) -> None:
    answer = stranger(store).get("/matches", headers={"sec-fetch-site": "cross-site", "origin": "http://evil.example"})
    assert answer.status_code == 200
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers


def test_too_long_an_address_is_refused(store: Store) -> None:
    client = stranger(store)
    assert client.get("/matches?search=" + "a" * LONGEST_QUERY).status_code == 414


@pytest.mark.parametrize("length", [str(MOST_BYTES + 1), "9" * 5000, "-1", "+5", "five", "", "٣"])
def test_a_body_that_is_too_large_or_has_no_size_is_refused(store: Store, length: str) -> None:
    headers = {"sec-fetch-site": "same-origin", "content-length": length.encode()}
    answer = stranger(store).post("/preferences", headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 413


def test_a_body_that_hides_its_size_is_cut_off(store: Store) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"zone=" + b"a" * 4096

    headers = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}
    answer = stranger(store).post("/preferences", content=endless(), headers=headers)
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/matches", "/nowhere", "/api/v1/matches", "/sign-in", "/articles/x"])
def test_every_answer_carries_the_headers(store: Store, path: str) -> None:
    carried(stranger(store).get(path))


def test_refusals_and_our_own_mistakes_carry_the_headers_too(store: Store) -> None:
    carried(stranger(store).get("/matches", headers={"host": "evil.example"}))
    app = app_over(store)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret words")

    store.board.matches.page = broken  # type: ignore[method-assign, assignment]
    for path in ("/matches", "/api/v1/matches"):
        answer = browser(app).get(path)
        assert answer.status_code == 500
        assert "secret words" not in answer.text
        carried(answer)


def carried(answer: object) -> None:
    headers = answer.headers  # type: ignore[attr-defined]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_fields_left_empty_ask_for_nothing(store: Store) -> None:
    client = stranger(store)
    assert client.get("/api/v1/matches?topic=&search=&after=").status_code == 200
    assert client.get("/api/v1/matches?topic=weather&search=").status_code == 422


def secure(store: Store, *, address: str, given: dict[str, str] | list[tuple[str, str]]) -> bool:
    """Whether a reader who signs in there gets the cookie of a TLS connection."""
    client = browser(app_over(store, door=BEHIND), address=address)
    answer = client.post("/sign-in", data={"name": "Ann", "password": PASSWORD}, headers=given)
    assert answer.status_code == 303
    return "__Host-" in answer.headers["set-cookie"]


def test_the_scheme_is_believed_of_our_proxy_and_of_nobody_else(store: Store) -> None:
    account(store)
    assert secure(store, address=PROXY, given={"x-forwarded-proto": "https"})
    assert secure(store, address=f"::ffff:{PROXY}", given={"x-forwarded-proto": "https"})
    assert not secure(store, address="10.0.0.9", given={"x-forwarded-proto": "https"})
    assert not secure(store, address=PROXY, given={"x-forwarded-proto": "gopher"})
    assert not secure(store, address=PROXY, given=[("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")])


def tried(client: TestClient, *forwarded: str, name: str) -> int:
    headers = [("x-forwarded-for", each) for each in forwarded]
    answer = client.post("/sign-in", data={"name": name, "password": "wrong"}, headers=headers)
    return answer.status_code


@pytest.mark.parametrize(
    "lines",
    [
        ("{n}.0.0.1, 203.0.113.7",),
        ("{n}.0.0.1", "203.0.113.7"),
        ("{n}.0.0.1, 203.0.113.7, 10.0.0.1",),
        ("{n}.0.0.1, nonsense, 203.0.113.7",),
    ],
    ids=["one line", "a line of its own", "two proxies", "nonsense"],
)
def test_the_reader_s_address_is_what_our_proxy_wrote_and_not_what_the_reader_did(
    store: Store, lines: tuple[str, ...]
) -> None:
    client = browser(app_over(store, door=BEHIND), address=PROXY)
    found = [tried(client, *(line.format(n=n) for line in lines), name=f"name {n}") for n in range(1, 10)]
    assert found == [401] * 8 + [429]
    assert tried(client, "203.0.113.8", name="name 10") == 401


def test_nobody_but_a_proxy_names_another_address(store: Store) -> None:
    client = browser(app_over(store, door=BEHIND), address="203.0.113.7")
    found = [tried(client, f"198.51.100.{n}", name=f"name {n}") for n in range(1, 10)]
    assert found == [401] * 8 + [429]
