"""The timeline: calls, meetings, visits; planned, held, called off; and one event with all that is told of it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Annotated, Literal

from fastapi import Path, Query

from monitor import charts
from monitor.charts.theme import Spec
from monitor.dashboard.page import NotFoundError, Page, Visit
from monitor.dashboard.pages.asked import Cursor, Day, Name
from monitor.records.board.timeline import EventView, TimelineView
from monitor.understand import searching

ARCHIVED = timedelta(days=30)
"""When the last event lies so far back, the picture is one of the past."""
Status = Literal["proposed", "planned", "under_way", "held", "postponed", "called_off"]


def load(
    visit: Visit,
    *,
    who: Name = "",
    status: Annotated[Status | None, Query()] = None,
    type: Annotated[str, Query(max_length=40, description="call, meeting, visit …")] = "",  # noqa: A002 -- the record's own word
    since: Day = None,
    until: Day = None,
    after: Cursor = None,
) -> TimelineView:
    """Events by the days they happen on, the latest first."""
    read = partial(
        visit.store.board.timeline.page,
        who=(searching.canonical(who) or who) if who.strip() else None,
        type=type or None,
        status=status,
        since=since,
        after=after,
    )
    view = read(now=visit.now, until=until)
    if view.events and not view.marks and until is None:
        # An archive, or a replayed week: the picture shows its last days.
        return replace(read(now=visit.now, until=view.events[0].happens_on), events=view.events, next=view.next)
    return view


def event(visit: Visit, *, event_id: Annotated[int, Path(ge=0, le=2**62)]) -> EventView:
    """One event: its history, contradictions, reports and reactions."""
    view = visit.store.board.timeline.event(event_id, now=visit.now)
    if view is None:
        raise NotFoundError(f"There is no event {event_id}. It may have gone into another one that tells of the same.")
    return view


def title(view: EventView) -> str:
    """The event in words: "Trump, Putin: meeting, Budapest"."""
    line = view.event
    place = f", {line.where}" if line.where else ""
    return f"{', '.join(line.participants) or 'Somebody'}: {line.type.replace('_', ' ')}{place}"


def _days(view: TimelineView) -> Spec | None:
    last = max((mark.when_to or mark.happens_on for mark in view.marks), default=view.now.date())
    if view.now.date() - last <= ARCHIVED:
        return charts.timeline(view.marks, now=view.now, since=view.marks_from)
    # An archive ends where its events do: a year of nothing until today would leave no room for them.
    end = datetime.combine(last + timedelta(days=1), time(), UTC)
    return charts.timeline(view.marks, now=end, since=view.marks_from, is_past=True)


PAGE = Page(path="/timeline", name="timeline", title="Timeline", load=load, nav="Timeline", charts={"timeline": _days})
EVENT = Page(path="/events/{event_id}", name="event", title="Event", load=event, heading=title)
