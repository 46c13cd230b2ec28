"""Who comes in, as whom: the person at this machine, sessions, tokens, and people whom a proxy names."""

import base64
import ipaddress
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from monitor.dashboard.people import Door
from monitor.records.accounts import Role
from monitor.store import Store
from tests.dashboard_builders import NOW, account, app_over, browser, signed_in
from tests.telling_builders import arrive, at

PROXY = "10.0.0.2"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Who is let in has nothing to do with the kind of database: one is enough."""
    return sqlite_url


def behind(*, role: Role = Role.READER, is_local: bool = False, proxy: str = PROXY) -> Door:
    """A proxy that signs people in."""
    proxies = (ipaddress.ip_network(proxy),)
    return Door(is_local=is_local, proxies=proxies, proxy_user="Remote-User", proxy_role=role)


def comes_in(client: TestClient, **headers: str) -> bool:
    answer = client.get("/matches", headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status_code in {200, 303}
    return answer.status_code == 200


def may(client: TestClient, **headers: str) -> Role | None:
    """The role in which somebody comes in, by what they are let see and do."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if client.get("/api/v1/matches", headers=given).status_code == 401:
        return None
    if client.get("/api/v1/system", headers=given).json()["accounts"]:
        return Role.ADMIN
    judged = client.post("/articles/1/undo", headers=given | {"sec-fetch-site": "same-origin"})
    return Role.READER if judged.status_code == 403 else Role.ANALYST


def token(store: Store, name: str, **fields: object) -> str:
    given: dict[str, object] = {"expires_at": None} | fields
    return store.tokens.add(name, "tests", by="tests", now=NOW, **given)[1]  # type: ignore[arg-type]


def test_while_nobody_has_an_account_the_person_at_this_machine_may_do_everything(store: Store) -> None:
    arrive(store, 1, when=at(1, 9))
    client = browser(app_over(store))
    assert comes_in(client)
    assert client.post("/articles/1/judge", data={"verdict": "keep"}).status_code == 303
    assert [label.person for label in store.labels.live()] == ["local"]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.8.8.8"])
def test_this_machine_has_many_addresses(store: Store, address: str) -> None:
    assert comes_in(browser(app_over(store), address=address))


@pytest.mark.parametrize("address", ["192.168.1.5", "::ffff:192.168.1.5", "8.8.8.8", "", "testclient"])
def test_nobody_else_comes_in_without_an_account(store: Store, address: str) -> None:
    assert not comes_in(browser(app_over(store), address=address))


@pytest.mark.parametrize(
    "header",
    ["x_forwarded_for", "x_forwarded_proto", "x_forwarded_host", "forwarded", "via", "x_real_ip", "cf_connecting_ip"],
)
def test_who_comes_through_a_proxy_on_this_machine_is_not_the_person_at_it(store: Store, header: str) -> None:
    assert not comes_in(browser(app_over(store)), **{header: "1"})


def test_who_comes_through_a_proxy_that_we_know_is_not_the_person_at_this_machine(store: Store) -> None:
    door = Door(is_local=True, proxies=(ipaddress.ip_network("127.0.0.1"),))
    client = browser(app_over(store, door=door))
    assert not comes_in(client)
    assert "monitor accounts add" in client.get("/sign-in").text


def test_who_comes_under_another_name_is_not_the_person_at_this_machine(store: Store) -> None:
    app = app_over(store, names=("dash.example.org",))
    assert comes_in(browser(app, base="http://localhost:8790"))
    assert not comes_in(browser(app, base="http://dash.example.org"))


def test_where_others_can_reach_it_nobody_is_the_person_at_this_machine(store: Store) -> None:
    assert not comes_in(browser(app_over(store, door=Door(is_local=False))))


def test_the_first_account_ends_that_at_once_and_a_disabled_one_does_not_bring_it_back(store: Store) -> None:
    client = browser(app_over(store))
    assert comes_in(client)
    account(store, "Ben", Role.READER)
    assert not comes_in(client)
    store.accounts.disable("Ben", by="tests", now=NOW)
    assert not comes_in(client)


@pytest.mark.parametrize("role", list(Role))
def test_a_session_and_a_token_may_what_their_account_may(store: Store, role: Role) -> None:
    account(store, "Ben", role)
    app = app_over(store)
    assert may(signed_in(app, "Ben")) is role
    assert may(browser(app), authorization=f"Bearer {token(store, 'Ben')}") is role


def test_another_role_counts_from_the_next_request(store: Store) -> None:
    account(store)
    account(store, "Ben", Role.ADMIN)
    client = signed_in(app_over(store), "Ben")
    assert may(client) is Role.ADMIN
    store.accounts.set_role("Ben", Role.READER, by="tests", now=NOW)
    assert may(client) is Role.READER
    store.accounts.disable("Ben", by="tests", now=NOW)
    assert may(client) is None


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_a_feed_reader_gives_the_token_as_a_password(store: Store) -> None:
    account(store)
    client = browser(app_over(store))
    assert comes_in(client, authorization=basic("whoever", token(store, "Ann")))
    assert comes_in(client, authorization=f"bearer   {token(store, 'Ann')} ")


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer tm_wrong", "Basic", "Basic %", "Basic /w==", "Digest x"]
)
def test_who_sends_a_wrong_token_is_nobody_whatever_else_comes(store: Store, given: str) -> None:
    assert not comes_in(browser(app_over(store)), authorization=given)
    account(store)
    assert not comes_in(signed_in(app_over(store)), authorization=given)
    named = browser(app_over(store, door=behind()), address=PROXY)
    assert not comes_in(named, authorization=given, remote_user="ann")


def test_a_password_is_no_token(store: Store) -> None:
    account(store)
    assert not comes_in(browser(app_over(store)), authorization=basic("Ann", "seven grey herons waiting"))


def test_a_token_ends_when_it_expires_or_is_revoked(store: Store) -> None:
    account(store)
    secret = token(store, "Ann", expires_at=NOW + timedelta(hours=1))
    assert comes_in(browser(app_over(store)), authorization=f"Bearer {secret}")
    assert not comes_in(browser(app_over(store, now=NOW + timedelta(hours=1))), authorization=f"Bearer {secret}")
    lasting = token(store, "Ann")
    store.tokens.revoke(2, by="tests", now=NOW)
    assert not comes_in(browser(app_over(store)), authorization=f"Bearer {lasting}")


def test_over_tls_only_the_cookie_that_nobody_else_can_set_is_believed(store: Store) -> None:
    ann = account(store)
    secret = store.sessions.begin(ann.id, now=NOW)
    plain, safe = f"monitor_session={secret}", f"__Host-monitor_session={secret}"
    app = app_over(store)
    assert comes_in(browser(app), cookie=plain)
    assert not comes_in(browser(app, base="https://127.0.0.1"), cookie=plain)
    assert comes_in(browser(app, base="https://127.0.0.1"), cookie=safe)
    assert not comes_in(browser(app), cookie="monitor_session=made-up")


def test_the_proxy_names_people_who_need_no_account(store: Store) -> None:
    client = browser(app_over(store, door=behind(role=Role.ANALYST)), address=PROXY)
    assert may(client, remote_user="ben") is Role.ANALYST
    assert may(client) is None


def test_nobody_but_the_proxy_is_believed_who_somebody_is(store: Store) -> None:
    app = app_over(store, door=behind(role=Role.ADMIN))
    assert not comes_in(browser(app, address="10.0.0.3"), remote_user="ann")
    forged = browser(app, address="10.0.0.3")
    assert not comes_in(forged, remote_user="ann", x_forwarded_for=PROXY)


def test_a_proxied_person_who_has_an_account_has_its_name_and_role(store: Store) -> None:
    account(store)
    account(store, "Ben", Role.READER)
    client = browser(app_over(store, door=behind(role=Role.ADMIN)), address=PROXY)
    assert may(client, remote_user="BEN ") is Role.READER
    saved = {"name": "mine", "path": "/matches"}
    assert client.post("/saved-views", data=saved, headers={"remote-user": "bEn"}).status_code == 303
    assert [view.owner for view in store.views.listed("Ben")] == ["Ben"]
    store.accounts.disable("Ben", by="tests", now=NOW)
    assert may(client, remote_user="ben") is None


def test_a_name_may_be_in_any_script_and_must_be_one(store: Store) -> None:
    client = browser(app_over(store, door=behind()), address=PROXY)
    given = {"name": "мої", "path": "/matches"}
    name = "Олена".encode()
    assert client.post("/saved-views", data=given, headers={b"remote-user": name}).status_code == 303
    assert [view.owner for view in store.views.listed("олена")] == ["Олена"]
    for wrong in (b"", b"  ", b"a" * 101, "a\u202eb".encode(), b"a\tb"):
        answer = client.get("/matches", headers={b"remote-user": wrong})
        assert answer.status_code == 303, wrong


def test_two_names_at_once_are_none(store: Store) -> None:
    client = browser(app_over(store, door=behind()), address=PROXY)
    both = [("remote-user", "admin"), ("remote-user", "ben")]
    assert client.get("/matches", headers=both).status_code == 303


def test_nobody_sees_what_another_keeps_even_where_views_are_kept(store: Store) -> None:
    account(store)
    account(store, "Ben", Role.READER)
    app = app_over(store)
    assert signed_in(app).get("/api/v1/system").json()["accounts"]
    assert not signed_in(app, "Ben").get("/api/v1/system").json()["accounts"]
    assert browser(app).get("/api/v1/system").status_code == 401


@pytest.mark.parametrize(("role", "status"), [(Role.READER, 403), (Role.ANALYST, 200), (Role.ADMIN, 200)])
def test_who_gets_which_message_is_not_for_readers(store: Store, role: Role, status: int) -> None:
    account(store, "Ben", role)
    client = signed_in(app_over(store), "Ben")
    assert client.get("/messages").status_code == status
    assert client.get("/api/v1/messages").status_code == status
    assert ('href="/messages"' in client.get("/matches").text) is (status == 200)
