"""New matches without a reload: server-sent events. One reader of the store serves all listeners."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Annotated

import structlog
from fastapi import FastAPI, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from monitor.dashboard.house import ForbiddenError, House, SignInError
from monitor.errors import MonitorError
from monitor.records.accounts import Role

log = structlog.get_logger()
PATH = "/live"
EVERY = 2.0
"""Seconds between two looks into the store, however many listen."""
HEARTBEAT = 15.0
"""Seconds after which a silent line says that it is still there: proxies cut those that say nothing."""
MOST = 256
"""Listeners at once."""


class News:
    """Tells listeners when the newest match is another one. Looks into the store only while somebody listens."""

    def __init__(self, newest: Callable[[], int], *, every: float = EVERY) -> None:
        self._newest = newest
        self._every = every
        self._seen = 0
        self._changed = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self.listeners = 0

    async def after(self, known: int) -> AsyncGenerator[int]:
        """Yield the newest match's id each time it passes ``known``, and 0 when nothing has come for a while."""
        self.listeners += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            while True:
                changed = self._changed
                if self._seen > known:
                    known = self._seen
                    yield known
                    continue
                try:
                    await asyncio.wait_for(changed.wait(), HEARTBEAT)
                except TimeoutError:
                    yield 0
        finally:
            self.listeners -= 1
            if self.listeners == 0 and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _look(self) -> None:
        while True:
            try:
                newest = await run_in_threadpool(self._newest)
            except MonitorError as error:
                # The pages say that the store cannot be read; the line waits until it can be.
                log.warning("live_look_failed", error=str(error))
                newest = self._seen
            if newest > self._seen:
                self._seen = newest
                self._changed.set()
                self._changed = asyncio.Event()
            await asyncio.sleep(self._every)


def add(app: FastAPI, house: House) -> None:
    """Put the route into the application."""
    news = News(house.store.board.live.newest)

    @app.get(PATH, include_in_schema=False)
    def live(request: Request, after: Annotated[int, Query(ge=0)] = 0) -> Response:
        house.visit(request, Role.READER)
        if news.listeners >= MOST:
            return Response("Too many listen. Reload the page now and then.\n", 503, headers={"Retry-After": "60"})
        lines = _lines(house, news, after, request)
        return StreamingResponse(lines, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _lines(house: House, news: News, after: int, request: Request) -> AsyncIterator[bytes]:
    yield b"retry: 5000\n\n"
    async with aclosing(news.after(after)) as told:
        async for newest in told:
            if newest == 0:
                yield b": still here\n\n"
                continue
            try:
                count = await run_in_threadpool(_since, house, request, after)
            except (SignInError, ForbiddenError):
                return
            except MonitorError as error:
                # The browser asks again by itself.
                log.warning("live_line_ended", error=str(error))
                return
            data = json.dumps({"newest": newest, "count": count})
            yield f"id: {newest}\nevent: matches\ndata: {data}\n\n".encode()


def _since(house: House, request: Request, after: int) -> int:
    """How many came since; asked by who may still come in: a line may outlive its session."""
    house.visit(request, Role.READER)
    return house.store.board.live.since(after)
