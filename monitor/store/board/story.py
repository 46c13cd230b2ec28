"""Reads of the story pages: the list, the newest told first, and one story with all that is known of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, select, tuple_

from monitor.records.board.story import StoriesView, StoryTurn, StoryView
from monitor.records.chronicle import Story
from monitor.store.board import cursor, members, searched, storyparts
from monitor.store.chronicle import storylines
from monitor.store.chronicle_tables import stories, story_changes, story_topics
from monitor.store.engine import Database

LIMIT = 50
MOST = 200
"""Stories of a page at most."""
LOOKED = 3000
"""Stories that one page looks through for those with enough origins."""
_TURNS = 50


class StoryBoard:
    """What the story pages read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        *,
        now: datetime,
        topic: str | None = None,
        search: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        origins: int = 0,
        after: str | None = None,
        limit: int = LIMIT,
    ) -> StoriesView:
        """Stories, the newest told first, with at least so many independent ``origins``.

        A ``search`` finds stories by their articles; ``since`` and ``until`` are about when a story was last told, and
        ``after`` is the ``next`` of a page. Raises QueryError for a search or an ``after`` that cannot be read.
        """
        place, most = cursor.read(after) if after else None, min(limit, MOST)
        with self._database.read() as connection:
            only, cut = None, False
            if search.strip():
                only, cut = searched.story_ids(connection, search, now=now, until=until)
            query = _looked(topic, since, until, place, only)
            found, following = _page(connection, query, origins, most)
            return StoriesView(
                stories=found,
                next=following,
                cut=cut,
                nothing_yet=not found and connection.scalar(select(stories.c.id).limit(1)) is None,
            )

    def story(self, story_id: int, *, now: datetime, edits_of: int | None = None) -> StoryView | None:
        """One story; that which it went into, where it was merged; None where there is none of that number.

        ``edits_of`` names the article whose versions are to be compared.
        """
        with self._database.read() as connection:
            into = connection.scalar(select(stories.c.merged_into).where(stories.c.id == story_id))
            found = storylines.of(connection, [into or story_id])
            if not found:
                return None
            story = found[0]
            told = members.newest(connection, story.id)
            ids = [each.source.article_id for each, _ in told]
            coverage, by, since = members.coverage(connection, story, told)
            return StoryView(
                now=now,
                asked=story_id,
                story=story,
                groups=members.grouped(told),
                members_left_out=max(0, story.articles - len(told)) if len(told) >= members.MOST else 0,
                coverage=coverage,
                coverage_by=by,
                coverage_from=since,
                events=storyparts.events(connection, ids),
                statements=storyparts.statements(connection, ids),
                steps=storyparts.steps(connection, told),
                entities=storyparts.named(connection, ids),
                turns=_turns(connection, story.id),
                edits=storyparts.edits(connection, told, edits_of),
            )


def _looked(
    topic: str | None,
    since: datetime | None,
    until: datetime | None,
    after: tuple[datetime, int] | None,
    only: Sequence[int] | None,
) -> Select[tuple[datetime, int]]:
    """When each story was last told (``seen``) and its ``id``, the newest first."""
    seen, id_ = (
        (stories.c.last_seen, stories.c.id) if topic is None else (story_topics.c.last_seen, story_topics.c.story_id)
    )
    conditions: list[ColumnElement[bool]] = [] if topic is None else [story_topics.c.topic == topic]
    if since is not None:
        conditions.append(seen >= since)
    if until is not None:
        conditions.append(seen <= until)
    if after is not None:
        conditions.append(tuple_(seen, id_) < tuple_(*after))
    if only is not None:
        conditions.append(id_.in_(only))
    query = select(seen.label("seen"), id_.label("id")).where(*conditions)
    return query.order_by(seen.desc(), id_.desc())


def _page(
    connection: Connection, query: Select[tuple[datetime, int]], origins: int, limit: int
) -> tuple[tuple[Story, ...], str | None]:
    """Stories that somebody tells, with enough origins, and the place of the page after them."""
    looked = query.limit(LOOKED).subquery()
    enough = (stories.c.articles > 0, stories.c.origins >= origins)
    shown = select(looked.c.id).join(stories, stories.c.id == looked.c.id).where(*enough)
    ids = list(connection.scalars(shown.order_by(looked.c.seen.desc(), looked.c.id.desc()).limit(limit + 1)))
    found = storylines.of(connection, ids[:limit])
    if len(ids) > limit:
        return found, cursor.written(found[-1].last_seen, found[-1].id)
    # Few were found: is that all, or did the look end before?
    count = connection.scalar(select(func.count()).select_from(looked)) or 0
    if count < LOOKED:
        return found, None
    end = connection.execute(select(looked.c.seen, looked.c.id).order_by(looked.c.seen, looked.c.id).limit(1)).one()
    return found, cursor.written(end.seen, end.id)


def _turns(connection: Connection, story_id: int) -> tuple[StoryTurn, ...]:
    """Merges and splits, the latest first."""
    one, other = stories.alias("one"), stories.alias("other")
    columns = (story_changes, one.c.title.label("title"), other.c.title.label("other_title"))
    both = [
        select(*columns)
        .join(one, one.c.id == story_changes.c.story_id)
        .join(other, other.c.id == story_changes.c.other_id)
        .where(ours == story_id)
        .order_by(story_changes.c.at.desc())
        .limit(_TURNS)
        for ours in (story_changes.c.story_id, story_changes.c.other_id)
    ]
    # Two queries: each has an index of its own.
    rows = {row.id: row for query in both for row in connection.execute(query)}
    return tuple(
        StoryTurn(
            at=row.at,
            kind=row.kind,
            story_id=row.story_id,
            title=row.title,
            other_id=row.other_id,
            other_title=row.other_title,
            moved=len(row.moved),
        )
        for row in sorted(rows.values(), key=lambda row: (row.at, row.id), reverse=True)[:_TURNS]
    )
