"""The application: routes of all pages, sign-in, corrections, live news, static files, and what errors look like."""

from collections.abc import Callable, Sequence
from datetime import datetime

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from monitor import __version__
from monitor.charts import Painter
from monitor.dashboard import (
    corrections,
    downloads,
    files,
    live,
    preferences,
    refusals,
    saved_views,
    serving,
    signing_in,
)
from monitor.dashboard.guard import Guard
from monitor.dashboard.house import House
from monitor.dashboard.keeping import FRESH, Keeper
from monitor.dashboard.page import Page, no_card
from monitor.dashboard.pages import PAGES
from monitor.dashboard.people import Door
from monitor.dashboard.pictures import Pictures
from monitor.jobs.telling.sources import sources
from monitor.pipeline.verdicts import Verdicts
from monitor.records.board.classifier import ModelCard
from monitor.store import Store

_ABOUT = "The JSON twin of every page. Lists are paged by a cursor: ask again with `after` as `next` says."


def create_app(
    store: Store,
    *,
    clock: Callable[[], datetime],
    door: Door,
    names: Sequence[str] = (),
    painter: Painter | None = None,
    pages: tuple[Page, ...] = PAGES,
    card: Callable[[], ModelCard | None] = no_card,
) -> FastAPI:
    """The dashboard over a store.

    ``names`` are host names it answers to besides this machine's own; ``door`` says who may come in.
    """
    app = FastAPI(
        title="talks-monitor",
        version=__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{serving.API}/openapi.json",
        redirect_slashes=False,
    )
    verdicts = Verdicts(store.feeds)
    house = House(
        store=store,
        clock=clock,
        door=door,
        pictures=Pictures(painter or Painter()),
        pages=pages,
        sources=sources(store, verdicts),
        verdicts=verdicts,
        keeper=Keeper(),
        charts=Keeper(stale=FRESH),
        card=card,
    )
    app.state.house = house
    for page in pages:
        serving.add(app, page, house)
    for part in (signing_in, corrections, saved_views, downloads, live, refusals):
        part.add(app, house)
    for plain in (preferences, files):
        plain.add(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Guard, names=names, proxies=door.proxies)
    return app
