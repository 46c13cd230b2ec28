"""What was found, to take away: feeds for readers, a calendar, tables. The same as ``monitor export``, over HTTP.

A feed reader that can send no token signs in with any name and a token as the password (HTTP Basic).
"""

from datetime import UTC, date, datetime, time
from typing import Annotated, Literal

from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from monitor.dashboard.house import House
from monitor.dashboard.page import NotFoundError
from monitor.dashboard.pages.asked import LONGEST, Day, Topic
from monitor.jobs.telling import exporting
from monitor.records.accounts import Role
from monitor.records.telling.subscribers import Selection
from monitor.understand import searching

What = Literal["matches", "stories", "statements", "events", "ladder"]
Form = Literal["rss", "atom", "json", "ics", "csv", "jsonl"]
MEDIA = exporting.FEEDS | exporting.CALENDAR | exporting.STREAMS
_FILE = {"description": "A feed, a calendar or a table.", "content": {media: {} for media in MEDIA.values()}}


def add(app: FastAPI, house: House) -> None:
    """Put the route into the application."""

    @app.get(
        "/api/v1/export/{what}.{form}",
        name="export",
        operation_id="export",
        summary="What was found, to take away",
        tags=["downloads"],
        response_class=Response,
        responses={200: _FILE},
    )
    def export(
        request: Request,
        what: Annotated[What, Path()],
        form: Annotated[Form, Path(description="ics is for events only.")],
        search: Annotated[str, Query(max_length=LONGEST)] = "",
        topic: Annotated[Topic | None, Query()] = None,
        since: Day = None,
        until: Day = None,
        limit: Annotated[int | None, Query(ge=1, le=1_000_000, description="Feeds: 100; tables: all.")] = None,
    ) -> Response:
        visit = house.visit(request, Role.READER)
        if form == "ics" and what != "events":
            raise NotFoundError(f"ics is a calendar, for events; {what} have no days. Ask for events.ics.")
        selection = Selection(
            topics=(topic,) if topic else (), search=str(searching.read(search)) if search.strip() else ""
        )
        most = limit or (exporting.FEED_ITEMS if form in exporting.FEEDS else None)
        found = exporting.found(
            house.store.publishing,
            what,
            selection,
            since=_moment(since, time.min),
            until=_moment(until, time.max),
            limit=most,
            now=visit.now,
        )
        if form in exporting.STREAMS:
            pieces = exporting.as_table(form, what, found, selection.topics)
            name = f'attachment; filename="talks-monitor-{what}.{form}"'
            return StreamingResponse(pieces, media_type=MEDIA[form], headers={"Content-Disposition": name})
        feed = exporting.feed_of(str(request.base_url).rstrip("/"), what, selection, address=str(request.url))
        body = (
            exporting.as_calendar(found, feed)
            if form == "ics"
            else exporting.as_feed(form, what, found, feed, now=visit.now)
        )
        return Response(body, media_type=MEDIA[form])


def _moment(day: date | None, at: time) -> datetime | None:
    return None if day is None else datetime.combine(day, at, UTC)
