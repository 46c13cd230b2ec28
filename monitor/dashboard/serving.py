"""A page to its routes: the HTML, the JSON twin, and its pictures."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Literal

import anyio
import anyio.to_thread
from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter

from monitor.dashboard.house import House
from monitor.dashboard.page import NotFoundError, Page
from monitor.dashboard.rendering import Here
from monitor.text import body_digest

API = "/api/v1"
Kind = Literal["svg", "png", "json"]
_drawing = anyio.CapacityLimiter(2)
"""Threads for pictures: they wait for the process that draws, and no page should wait for them."""
_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "Sign in, or send a token."},
    403: {"description": "Your role does not allow this."},
    404: {"description": "There is no such thing."},
}


def add(app: FastAPI, page: Page, house: House) -> None:
    """Put the routes of the page into the application."""
    html = _endpoint(page, lambda request, asked: _html(house, page, request, asked))
    app.add_api_route(page.path, html, methods=["GET"], include_in_schema=False, response_class=HTMLResponse)
    view = inspect.signature(page.load).return_annotation
    adapter = TypeAdapter(view)
    json = _endpoint(page, lambda request, asked: _json(house, page, adapter, request, asked))
    app.add_api_route(
        API + page.path.rstrip("/") if page.path != "/" else f"{API}/{page.name}",
        json,
        methods=["GET"],
        name=page.name,
        operation_id=page.name,
        summary=page.title,
        responses={200: {"model": view, "description": "What the page shows."}, **_REFUSED},
        response_class=Response,
        tags=["pages"],
    )
    if page.charts:
        picture = _endpoint(page, lambda request, asked: _picture(house, page, request, asked), picture=True)
        app.add_api_route(
            f"/charts/{page.name}{_inner(page.path)}/{{chart}}.{{drawn_as}}",
            picture,
            methods=["GET"],
            include_in_schema=False,
        )


def chart_path(page: Page, chart: str, kind: str, here: Here) -> str:
    """Where a picture of this very view lies."""
    parameters = [part for part in page.path.split("/") if part.startswith("{")]
    given = here.path.split("/")
    values = [given[place] for place, part in enumerate(page.path.split("/")) if part in parameters]
    path = "/".join(["/charts", page.name, *values, f"{chart}.{kind}"])
    return path + (f"?{here.query}" if here.query else "")


def _inner(path: str) -> str:
    return "".join(f"/{part}" for part in path.split("/") if part.startswith("{"))


def _endpoint(page: Page, answer: Callable[..., Response], *, picture: bool = False) -> Callable[..., Any]:
    """A handler that FastAPI reads as if it had the parameters of ``load``."""

    def text(request: Request, **asked: Any) -> Response:
        return answer(request, asked)

    async def drawing(request: Request, **asked: Any) -> Response:
        return await anyio.to_thread.run_sync(answer, request, asked, limiter=_drawing)

    endpoint: Callable[..., Any] = drawing if picture else text

    own = list(inspect.signature(page.load).parameters.values())[1:]
    shown = [inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request), *own]
    if picture:
        shown += [
            inspect.Parameter("chart", inspect.Parameter.KEYWORD_ONLY, annotation=str),
            inspect.Parameter("drawn_as", inspect.Parameter.KEYWORD_ONLY, annotation=Kind),
            inspect.Parameter(
                "paper",
                inspect.Parameter.KEYWORD_ONLY,
                annotation=Annotated[Literal["light", "dark"], Query()],
                default="light",
            ),
        ]
    endpoint.__signature__ = inspect.Signature(shown, return_annotation=Response)  # type: ignore[attr-defined]
    return endpoint


def _html(house: House, page: Page, request: Request, asked: dict[str, Any]) -> Response:
    visit = house.visit(request, page.needs)
    view = house.view(page, visit, asked)
    here = Here(path=request.url.path, query=request.url.query)
    values = {
        "view": view,
        "page": page,
        "title": page.title if page.heading is None else page.heading(view),
        "chart": lambda name, kind="svg", **changes: chart_path(
            page, name, kind, Here(path=here.path, query=here(**changes).partition("?")[2])
        ),
        "twin": (API + (here.path if here.path != "/" else f"/{page.name}")) + (f"?{here.query}" if here.query else ""),
        **(page.beside(view) if page.beside else {}),
    }
    return answered(request, house.shown(f"{page.name}.html", values, visit, request, here))


def _json(house: House, page: Page, adapter: TypeAdapter[Any], request: Request, asked: dict[str, Any]) -> Response:
    view = house.view(page, house.visit(request, page.needs), asked)
    return answered(request, adapter.dump_json(view), "application/json")


def _picture(house: House, page: Page, request: Request, asked: dict[str, Any]) -> Response:
    chart, kind, paper = asked.pop("chart"), asked.pop("drawn_as"), asked.pop("paper")
    make = page.charts.get(chart)
    visit = house.visit(request, page.needs)
    # A page asks for each of its pictures twice, for light and dark paper: made once, they are at hand.
    key = (page.name, visit.person, chart, *sorted(asked.items()))
    spec = None if make is None else house.charts.view(key, lambda: make(house.view(page, visit, asked)))
    if spec is None:
        raise NotFoundError(f"This page has no chart {chart!r}, or nothing to draw in it.")
    body, media = house.pictures.drawn(spec, kind=kind, dark=paper == "dark")
    return answered(request, body, media)


def answered(request: Request, body: bytes, media: str = "text/html; charset=utf-8") -> Response:
    """The body, or "not modified" where the browser has it already."""
    etag = f'W/"{body_digest(body)}"'
    headers = {"ETag": etag, "Vary": "Accept-Encoding, Cookie"}
    if etag in (each.strip() for each in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media, headers=headers)
