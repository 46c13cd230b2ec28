"""Stories: who has them from whom, how they went, what was changed afterwards."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from fastapi import Path, Query

from monitor.charts import coverage
from monitor.dashboard.page import NotFoundError, Page, Visit
from monitor.dashboard.pages.asked import LONGEST, Cursor, Day, Topic
from monitor.records.board.story import StoriesView, StoryView
from monitor.understand import searching


def load(
    visit: Visit,
    *,
    topic: Annotated[Topic | None, Query()] = None,
    search: Annotated[str, Query(max_length=LONGEST, description="Stories with an article that this finds.")] = "",
    since: Day = None,
    until: Day = None,
    origins: Annotated[int, Query(ge=0, le=1000, description="Independent origins at least.")] = 0,
    after: Cursor = None,
) -> StoriesView:
    """Stories, the latest told first."""
    return visit.store.board.story.page(
        now=visit.now,
        topic=topic,
        search=str(searching.read(search)) if search.strip() else "",
        since=_midnight(since),
        until=None if until is None else _midnight(until, end=True),
        origins=origins,
        after=after,
    )


def _midnight(day: date | None, *, end: bool = False) -> datetime | None:
    return None if day is None else datetime.combine(day, time.max if end else time.min, UTC)


def story(
    visit: Visit,
    *,
    story_id: Annotated[int, Path(ge=0, le=2**62)],
    edits_of: Annotated[int | None, Query(ge=0, le=2**62, description="Article whose versions are compared.")] = None,
) -> StoryView:
    """One story with its origins, copies, events, statements and edits."""
    view = visit.store.board.story.story(story_id, now=visit.now, edits_of=edits_of)
    if view is None:
        raise NotFoundError(f"There is no story {story_id}. `monitor db rechronicle` gives stories new numbers.")
    return view


PAGE = Page(path="/stories", name="stories", title="Stories", load=load, nav="Stories")
STORY = Page(
    path="/stories/{story_id}",
    name="story",
    title="Story",
    load=story,
    heading=lambda view: view.story.title,
    charts={"coverage": lambda view: coverage(view.coverage, by=view.coverage_by) if view.coverage else None},
)
