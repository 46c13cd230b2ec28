"""How pages look to one reader: a form that sets cookies, for browsers without scripts too."""

from datetime import timedelta
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import RedirectResponse, Response

from monitor.dashboard.look import DENSITIES, THEMES, zones

PATH = "/preferences"
_YEAR = int(timedelta(days=365).total_seconds())


def add(app: FastAPI) -> None:
    """Put the route into the application."""

    @app.post(PATH, include_in_schema=False)
    def prefer(
        request: Request,
        zone: Annotated[str, Form()] = "",
        theme: Annotated[str, Form()] = "",
        density: Annotated[str, Form()] = "",
        back: Annotated[str, Form()] = "/",
    ) -> Response:
        response = RedirectResponse(own_path(back), 303)
        for name, value, known in (("zone", zone, zones()), ("theme", theme, THEMES), ("density", density, DENSITIES)):
            if value in known:
                response.set_cookie(
                    name, value, max_age=_YEAR, samesite="lax", secure=request.url.scheme == "https", path="/"
                )
        return response


def own_path(path: str) -> str:
    """``path`` where it lies within this dashboard, else its front page: a form must not lead anybody elsewhere."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if safe else "/"
