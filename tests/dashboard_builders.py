"""A dashboard over a store, asked without a network: what the tests of its pages share."""

from datetime import datetime

from fastapi import FastAPI
from starlette.testclient import TestClient

from monitor.dashboard.app import create_app
from monitor.dashboard.people import Door
from monitor.records.accounts import Account, Role
from monitor.store import Store
from tests.telling_builders import at

NOW = at(2, 12)
HERE = "http://127.0.0.1"
PASSWORD = "seven grey herons waiting"


def app_over(store: Store, *, now: datetime = NOW, door: Door | None = None, names: tuple[str, ...] = ()) -> FastAPI:
    """The application, bound to this machine unless ``door`` says otherwise."""
    return create_app(store, clock=lambda: now, door=door or Door(is_local=True), names=names)


def browser(app: FastAPI, *, address: str = "127.0.0.1", base: str = HERE, same_site: bool = True) -> TestClient:
    """A browser at that address. What it posts comes from our own pages, unless ``same_site`` says otherwise."""
    headers = {"sec-fetch-site": "same-origin"} if same_site else {}
    return TestClient(
        app,
        base_url=base,
        client=(address, 50000),
        headers=headers,
        follow_redirects=False,
        raise_server_exceptions=False,
    )


def local(store: Store, *, now: datetime = NOW) -> TestClient:
    """The person at this machine."""
    return browser(app_over(store, now=now))


def account(store: Store, name: str = "Ann", role: Role = Role.ADMIN) -> Account:
    """Somebody with a password."""
    return store.accounts.add(name, role, PASSWORD, by="tests", now=NOW)


def signed_in(app: FastAPI, name: str = "Ann") -> TestClient:
    """A browser in which that person has signed in."""
    client = browser(app)
    answer = client.post("/sign-in", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client
