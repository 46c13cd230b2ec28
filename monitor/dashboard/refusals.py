"""What errors look like: a page for people, a problem (RFC 9457) for programs, and always what to do."""

import json
from collections.abc import Callable
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from monitor.dashboard import serving, signing_in
from monitor.dashboard.guard import HEADERS, LONGEST_QUERY
from monitor.dashboard.house import ForbiddenError, House, SignInError
from monitor.dashboard.page import NotFoundError
from monitor.dashboard.rendering import Here
from monitor.errors import ChartError, ConfigError, MonitorError, QueryError

log = structlog.get_logger()
NOT_FOUND = 404


def add(app: FastAPI, house: House) -> None:
    """Let the application answer errors so."""

    def handled(words: Callable[[Request, Any], tuple[int, str, str]]) -> Callable[[Request, Exception], Response]:
        return lambda request, error: _answer(house, request, *words(request, error))

    for kind, words in _WORDS.items():
        app.add_exception_handler(kind, handled(words))
    app.add_exception_handler(SignInError, lambda request, _: _sign_in(house, request))


def _answer(house: House, request: Request, status: int, title: str, text: str) -> Response:
    if _is_program(request):
        body = json.dumps({"title": title, "status": status, "detail": text})
        return Response(body, status_code=status, media_type="application/problem+json", headers=HEADERS)
    here = Here(path=request.url.path, query=request.url.query)
    page = house.shown("error.html", {"title": title, "text": text, "status": status}, None, request, here)
    # What breaks a page is answered outside the guard, which puts them on everything else.
    return Response(page, status_code=status, media_type="text/html", headers=HEADERS)


def _is_program(request: Request) -> bool:
    """Whether a program asks, a script of a page of ours among them."""
    return request.url.path.startswith(serving.API) or "application/json" in request.headers.get("accept", "")


def _sign_in(house: House, request: Request) -> Response:
    if request.method in {"GET", "HEAD"} and not _is_program(request):
        there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        # Written into an address, it may grow threefold.
        back = there if len(there) * 3 < LONGEST_QUERY else request.url.path
        return RedirectResponse(Here(path="", query="")(signing_in.PATH, next=back), 303)
    text = "Sign in, or send a token: `Authorization: Bearer tm_…` (`monitor accounts token add` makes one)."
    response = _answer(house, request, 401, "Sign in first", text)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _invalid(_: Request, error: RequestValidationError) -> tuple[int, str, str]:
    wrong = (f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors())
    return 422, "Part of the address cannot be read", "\n".join(wrong)


def _http(request: Request, error: HTTPException) -> tuple[int, str, str]:
    title = "Not here" if error.status_code == NOT_FOUND else str(error.detail)
    return error.status_code, title, f"{request.method} {request.url.path[:300]}"


def _ours(request: Request, error: MonitorError) -> tuple[int, str, str]:
    log.error("page_failed", path=request.url.path, error=str(error))
    title = "The picture could not be drawn" if isinstance(error, ChartError) else "Could not load"
    return 503, title, str(error)


def _bug(request: Request, error: Exception) -> tuple[int, str, str]:
    log.error("page_broke", path=request.url.path, exc_info=error)
    return 500, "Could not load", "The program made a mistake here. Its log says more."


_WORDS: dict[type[Exception], Callable[[Request, Any], tuple[int, str, str]]] = {
    ForbiddenError: lambda _, error: (403, "Your role does not allow this", str(error)),
    NotFoundError: lambda _, error: (NOT_FOUND, "Not here", str(error)),
    # What the store calls a mistake of the person's: no such article, nothing to take back, a view without a name.
    ConfigError: lambda _, error: (422, "This cannot be done", str(error)),
    QueryError: lambda _, error: (422, "This search cannot be read", str(error)),
    RequestValidationError: _invalid,
    HTTPException: _http,
    MonitorError: _ours,
    Exception: _bug,
}
