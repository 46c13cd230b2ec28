"""Views that a person keeps under a name: a page with its filters, to come back to."""

from typing import Annotated

from fastapi import FastAPI, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from monitor.dashboard.house import House
from monitor.dashboard.preferences import own_path
from monitor.dashboard.rendering import Here
from monitor.records.accounts import Role

PATH = "/saved-views"


def add(app: FastAPI, house: House) -> None:
    """Put the routes into the application."""

    @app.get(PATH, include_in_schema=False)
    def listed(request: Request) -> Response:
        visit = house.visit(request, Role.READER)
        views = house.store.views.listed(visit.person.name)
        values = {"title": "Saved views", "views": views}
        here = Here(path=PATH, query="")
        return Response(house.shown("saved_views.html", values, visit, request, here), media_type="text/html")

    @app.post(PATH, include_in_schema=False)
    def save(
        request: Request,
        name: Annotated[str, Form(max_length=100)],
        path: Annotated[str, Form(max_length=200)],
        query: Annotated[str, Form(max_length=4000)] = "",
    ) -> Response:
        visit = house.visit(request, Role.READER)
        house.store.views.save(visit.person.name, name, own_path(path).partition("?")[0], query)
        return RedirectResponse(PATH, 303)

    @app.post(PATH + "/{number}/remove", include_in_schema=False)
    def remove(request: Request, number: Annotated[int, Path(ge=1)]) -> Response:
        visit = house.visit(request, Role.READER)
        house.store.views.remove(visit.person.name, number)
        return RedirectResponse(PATH, 303)
