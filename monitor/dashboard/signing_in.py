"""Signing in and out with name and password. How often a name or an address may try is limited."""

import ipaddress
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Annotated

import structlog
from fastapi import FastAPI, Form, Request
from fastapi.responses import RedirectResponse, Response

from monitor.dashboard.guard import address_of
from monitor.dashboard.house import House
from monitor.dashboard.people import SAFE_SESSION, SESSION, cookie_of, session_of
from monitor.dashboard.preferences import own_path
from monitor.dashboard.rendering import Here
from monitor.records.accounts import Account
from monitor.store.details import name_key
from monitor.store.people.entrance import LONGEST
from monitor.text import one_line

log = structlog.get_logger()
PATH = "/sign-in"
OUT = "/sign-out"
TRIES = 8
"""Wrong passwords for one name, or from one address, before both must wait."""
WINDOW = timedelta(minutes=15)
NOBODY = "Nobody has an account yet. On the dashboard's machine: monitor accounts add NAME --role admin"
IPV4 = 4
_REMEMBERED = 10_000


class Tries:
    """Counts wrong passwords by name and by address. Usable from any thread."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[datetime, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, keys: tuple[str, str], now: datetime) -> timedelta:
        """How long until this try is let in; nothing when it may be made now.

        It then counts as wrong until ``right``: many at once get no more tries than one after the other.
        """
        with self._lock:
            tried = {key: self._recent(key, now) for key in keys}
            full = [times[-TRIES] + WINDOW - now for times in tried.values() if len(times) >= TRIES]
            if not full:
                for key, times in tried.items():
                    self._wrong[key] = (*times, now)
                    self._wrong.move_to_end(key)
                while len(self._wrong) > _REMEMBERED:
                    self._wrong.popitem(last=False)
        return max(full, default=timedelta(0))

    def right(self, keys: tuple[str, str]) -> None:
        """The try was no wrong one: forget it, and the wrong ones for that name. Those from the address stay."""
        name, address = keys
        with self._lock:
            self._wrong.pop(name, None)
            self._wrong[address] = self._wrong.get(address, ())[:-1]

    def _recent(self, key: str, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self._wrong.get(key, ()) if now - at < WINDOW)


def add(app: FastAPI, house: House) -> None:
    """Put the routes into the application."""
    tries = Tries()

    def form(
        request: Request, status: int, wrong: str = "", name: str = "", back: str = "/", **headers: str
    ) -> Response:
        values = {
            "title": "Sign in",
            "wrong": wrong,
            "name": name,
            "back": own_path(back),
        }
        body = house.shown("sign_in.html", values, None, request, Here(path=PATH, query=""))
        kept = {"Cache-Control": "no-store"} | headers
        return Response(body, status_code=status, media_type="text/html", headers=kept)

    @app.get(PATH, include_in_schema=False)
    def ask(request: Request, next: str = "/") -> Response:  # noqa: A002 -- the parameter's usual name
        return form(request, 200, "" if house.store.accounts.any() else NOBODY, back=next)

    @app.post(PATH, include_in_schema=False)
    def sign_in(
        request: Request,
        name: Annotated[str, Form(max_length=200)],
        password: Annotated[str, Form(max_length=1000)],
        back: Annotated[str, Form()] = "/",
    ) -> Response:
        now = house.clock()
        address = request.client.host if request.client else ""
        keys = (f"name:{name_key(one_line(name))}", f"from:{_home(address)}")
        if wait := tries.begin(keys, now):
            minutes = int(wait.total_seconds() // 60) + 1
            log.warning("sign_in_held", address=address)
            words = f"Too many wrong passwords. Try again in {minutes} min."
            return form(request, 429, words, name, back, **{"Retry-After": str(60 * minutes)})
        account = house.store.accounts.signed_in(name, password, now=now)
        if account is None:
            log.warning("sign_in_refused", address=address)
            return form(request, 401, "Name or password is wrong.", name, back)
        tries.right(keys)
        return opened(house, request, account, back)

    @app.post(OUT, include_in_schema=False)
    def sign_out(request: Request) -> Response:
        if secret := session_of(request):
            house.store.sessions.end(secret, now=house.clock())
        response = RedirectResponse(PATH, 303)
        for cookie in (SESSION, SAFE_SESSION):
            response.delete_cookie(cookie, path="/", secure=cookie == SAFE_SESSION, httponly=True, samesite="lax")
        return response


def opened(house: House, request: Request, account: Account, back: str) -> Response:
    """Begin a session of its own for this sign-in: what the browser sent before is never taken over."""
    if old := session_of(request):
        house.store.sessions.end(old, now=house.clock())
    secret = house.store.sessions.begin(account.id, now=house.clock())
    response = RedirectResponse(own_path(back), 303)
    name, age = cookie_of(request), int(LONGEST.total_seconds())
    safe = name == SAFE_SESSION
    response.set_cookie(name, secret, max_age=age, path="/", secure=safe, httponly=True, samesite="lax")
    return response


def _home(address: str) -> str:
    """What counts as one address: of IPv6 the network, for everybody has 2^64 of its addresses."""
    known = address_of(address)
    if known is None or known.version == IPV4:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False))
