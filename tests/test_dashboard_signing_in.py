"""Signing in and out: cookies, where one is led, and how often one may try."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from monitor.dashboard.app import create_app
from monitor.dashboard.people import Door
from monitor.dashboard.signing_in import TRIES, WINDOW
from monitor.records.accounts import Role
from monitor.store import Store
from tests.dashboard_builders import NOW, PASSWORD, account, app_over, browser, signed_in

COOKIE = "monitor_session"


def sign_in(client: TestClient, name: str = "Ann", password: str = PASSWORD, back: str = "/") -> Any:
    return client.post("/sign-in", data={"name": name, "password": password, "back": back})


def test_the_right_password_begins_a_session_and_leads_back(store: Store) -> None:
    account(store)
    client = browser(app_over(store))
    assert client.get("/matches").headers["location"] == "/sign-in?next=%2Fmatches"
    answer = sign_in(client, "ann ", back="/matches")
    assert (answer.status_code, answer.headers["location"]) == (303, "/matches")
    assert client.get("/matches").status_code == 200
    (seen,) = store.accounts.listed()
    assert seen.last_seen_at == NOW


def test_a_bookmark_with_filters_survives_signing_in(store: Store) -> None:
    account(store)
    client = browser(app_over(store))
    asked = "/matches?topic=talks&search=%22aid+step%22"
    form = client.get(asked).headers["location"]
    assert parse_qs(urlsplit(form).query)["next"] == [asked]
    assert 'name="back" value="/matches?topic=talks&amp;search=%22aid+step%22"' in client.get(form).text
    long = client.get("/matches?search=" + "%22" * 2000).headers["location"]
    assert long == "/sign-in?next=%2Fmatches"


@pytest.mark.parametrize(("name", "password"), [("Ann", "wrong"), ("Nobody", PASSWORD), ("", PASSWORD), ("Ann", "")])
def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(store: Store, name: str, password: str) -> None:
    account(store)
    client = browser(app_over(store))
    answer = sign_in(client, name, password)
    assert answer.status_code in {401, 422}
    assert "set-cookie" not in answer.headers
    if name and password:
        assert "Name or password is wrong." in answer.text
    assert password == "" or f'value="{password}"' not in answer.text
    assert client.get("/matches").status_code == 303


def test_the_form_is_stored_nowhere_and_what_was_typed_is_no_markup(store: Store) -> None:
    account(store)
    answer = sign_in(browser(app_over(store)), '"><script>alert(1)</script>', "wrong", back='/"><script>')
    assert answer.headers["cache-control"] == "no-store"
    assert "<script>alert" not in answer.text
    assert '"><script>' not in answer.text


def cookie(answer: Any) -> tuple[str, dict[str, str]]:
    """Its name and what it demands of the browser."""
    ((name, morsel),) = SimpleCookie(answer.headers["set-cookie"]).items()
    return name, {key: str(value) for key, value in morsel.items() if value}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_over_tls_of_everybody(store: Store) -> None:
    account(store)
    app = app_over(store)
    name, flags = cookie(sign_in(browser(app)))
    kept = {"path": "/", "httponly": "True", "samesite": "lax", "max-age": str(90 * 24 * 3600)}
    assert (name, flags) == (COOKIE, kept)
    name, flags = cookie(sign_in(browser(app, base="https://127.0.0.1")))
    assert (name, flags) == (f"__Host-{COOKIE}", kept | {"secure": "True"})


def test_a_session_that_somebody_else_put_there_is_never_taken_over(store: Store) -> None:
    ann = account(store)
    planted = store.sessions.begin(ann.id, now=NOW)
    client = browser(app_over(store))
    client.cookies.set(COOKIE, planted)
    sign_in(client)
    assert store.sessions.holder(planted, now=NOW) is None
    own = cookie_value(client)
    assert own != planted
    assert store.sessions.holder(own, now=NOW)
    client.cookies.set(COOKIE, "chosen by an attacker")
    sign_in(client)
    assert store.sessions.holder("chosen by an attacker", now=NOW) is None


def cookie_value(client: TestClient) -> str:
    return next(each.value or "" for each in client.cookies.jar if each.name == COOKIE and each.domain == "127.0.0.1")


def test_signing_out_ends_the_session_and_not_only_the_cookie(store: Store) -> None:
    account(store)
    app = app_over(store)
    client, elsewhere = signed_in(app), signed_in(app)
    secret = cookie_value(client)
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert answer.headers["set-cookie"].count("Max-Age=0") == 2
    assert client.get("/matches").status_code == 303
    assert browser(app).get("/matches", headers={"cookie": f"{COOKIE}={secret}"}).status_code == 303
    assert elsewhere.get("/matches").status_code == 200
    assert browser(app).post("/sign-out").status_code == 303


def test_another_site_can_sign_nobody_in_or_out(store: Store) -> None:
    account(store)
    client = browser(app_over(store), same_site=False)
    assert sign_in(client).status_code == 403
    assert client.post("/sign-out").status_code == 403
    assert client.get("/sign-out").status_code == 405


def test_a_new_password_ends_every_session(store: Store) -> None:
    account(store)
    client = signed_in(app_over(store))
    store.accounts.set_password("Ann", "quite another sentence", by="tests", now=NOW)
    assert client.get("/matches").status_code == 303


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "/\r\nset-cookie: a=b",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(store: Store, back: str) -> None:
    account(store)
    client = browser(app_over(store))
    answer = sign_in(client, back=back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert 'name="back" value="/"' in client.get("/sign-in", params={"next": back}).text


def test_while_there_is_no_account_the_form_says_how_to_make_one(store: Store) -> None:
    client = browser(app_over(store, door=Door(is_local=False)))
    assert "monitor accounts add" in client.get("/sign-in").text
    account(store)
    assert "monitor accounts add" not in client.get("/sign-in").text


class Clock:
    """A time that tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_after_eight_wrong_passwords_a_name_waits_for_everybody_and_then_no_more(store: Store) -> None:
    account(store)
    clock = Clock()
    app = create_app(store, clock=clock, door=Door(is_local=True))
    # However the name is written, from wherever.
    names = ["Ann", "ann", " Ann", "ANN ", "A\u200bnn", "ann\t", "Ann\u00a0", "aNn"]
    for number, name in enumerate(names):
        assert sign_in(browser(app, address=f"192.0.2.{number}"), name, "wrong").status_code == 401
        clock.now += timedelta(seconds=1)
    held = sign_in(browser(app, address="192.0.2.77"))
    assert held.status_code == 429
    assert held.headers["retry-after"] == "900"
    assert "Try again in 15 min." in held.text
    clock.now = NOW + WINDOW
    assert sign_in(browser(app, address="192.0.2.77")).status_code == 303


def test_an_address_waits_whatever_names_it_tries_and_ipv6_counts_by_the_network(store: Store) -> None:
    account(store)
    app = app_over(store)
    for number in range(TRIES):
        client = browser(app, address=f"2001:db8:0:1::{number + 1}")
        assert sign_in(client, f"name {number}", "wrong").status_code == 401
    assert sign_in(browser(app, address="2001:db8:0:1:ffff::9")).status_code == 429
    assert sign_in(browser(app, address="2001:db8:0:2::1")).status_code == 303


def test_the_right_password_forgets_the_wrong_ones_of_the_name_and_not_those_of_the_address(store: Store) -> None:
    account(store)
    account(store, "Ben", Role.READER)
    app = app_over(store)
    client = browser(app, address="192.0.2.1")
    for _ in range(TRIES - 1):
        assert sign_in(client, "Ben", "wrong").status_code == 401
        # Ann knows her own password: that gives no more tries at Ben's.
        assert sign_in(client, "Ann").status_code == 303
    assert sign_in(client, "Ben").status_code == 303
    assert sign_in(browser(app, address="192.0.2.2"), "Ben", "wrong").status_code == 401
    assert sign_in(client, "Ann", "wrong").status_code == 401
    assert sign_in(client, "Ann").status_code == 429


def test_many_tries_at_once_are_no_more_than_one_after_the_other(store: Store) -> None:
    account(store)
    app = app_over(store)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: sign_in(browser(app), "Ann", "wrong").status_code, range(16)))
    assert sorted(answers) == [401] * TRIES + [429] * (16 - TRIES)


def test_no_secret_of_a_session_is_in_the_database(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        account(store)
        secret = cookie_value(signed_in(app_over(store)))
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "sessions" in dump
    assert secret not in dump
    assert PASSWORD not in dump
