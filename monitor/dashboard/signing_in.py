"""Signing in and out with name and password. How often a name or an address may try is limited."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Annotated

import structlog
from fastapi import FastAPI, Form, Request
from fastapi.responses import RedirectResponse, Response

from monitor.dashboard.house import House
from monitor.dashboard.people import SAFE_SESSION, SESSION, session_of
from monitor.dashboard.preferences import own_path
from monitor.dashboard.rendering import Here
from monitor.records.accounts import Account

log = structlog.get_logger()
PATH = "/sign-in"
OUT = "/sign-out"
TRIES = 8
"""Wrong passwords for one name, or from one address, before both must wait."""
WINDOW = timedelta(minutes=15)
_REMEMBERED = 10_000


class Tries:
    """Counts wrong passwords by name and by address. Usable from any thread."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[datetime, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, keys: tuple[str, ...], now: datetime) -> timedelta:
        """How long until the next try is let in; nothing when it may come now."""
        with self._lock:
            tried = [self._recent(key, now) for key in keys]
        full = [times[-TRIES] + WINDOW - now for times in tried if len(times) >= TRIES]
        return max(full, default=timedelta(0))

    def wrong(self, keys: tuple[str, ...], now: datetime) -> None:
        """Note a wrong password."""
        with self._lock:
            for key in keys:
                self._wrong[key] = (*self._recent(key, now), now)
                self._wrong.move_to_end(key)
            while len(self._wrong) > _REMEMBERED:
                self._wrong.popitem(last=False)

    def right(self, key: str) -> None:
        """Forget the wrong passwords for a name that got it right."""
        with self._lock:
            self._wrong.pop(key, None)

    def _recent(self, key: str, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self._wrong.get(key, ()) if now - at < WINDOW)


def add(app: FastAPI, house: House) -> None:
    """Put the routes into the application."""
    tries = Tries()

    def form(request: Request, status: int, wrong: str = "", name: str = "", back: str = "/") -> Response:
        values = {
            "title": "Sign in",
            "wrong": wrong,
            "name": name,
            "back": own_path(back),
        }
        body = house.shown("sign_in.html", values, None, request, Here(path=PATH, query=""))
        return Response(body, status_code=status, media_type="text/html", headers={"Cache-Control": "no-store"})

    @app.get(PATH, include_in_schema=False)
    def ask(request: Request, next: str = "/") -> Response:  # noqa: A002 -- the parameter's usual name
        return form(request, 200, back=next)

    @app.post(PATH, include_in_schema=False)
    def sign_in(
        request: Request,
        name: Annotated[str, Form(max_length=200)],
        password: Annotated[str, Form(max_length=1000)],
        back: Annotated[str, Form()] = "/",
    ) -> Response:
        now = house.clock()
        address = request.client.host if request.client else ""
        keys = (f"name:{name.casefold()}", f"from:{address}")
        if wait := tries.wait(keys, now):
            minutes = int(wait.total_seconds() // 60) + 1
            log.warning("sign_in_held", address=address)
            return form(request, 429, f"Too many wrong passwords. Try again in {minutes} min.", name, back)
        account = house.store.accounts.signed_in(name, password, now=now)
        if account is None:
            tries.wrong(keys, now)
            log.warning("sign_in_refused", address=address)
            return form(request, 401, "Name or password is wrong.", name, back)
        tries.right(keys[0])
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
    safe = request.url.scheme == "https"
    response.set_cookie(SAFE_SESSION if safe else SESSION, secret, path="/", secure=safe, httponly=True, samesite="lax")
    return response
