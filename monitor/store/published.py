"""Rows to what is published: articles as items, stories with a lasting name, steps of the aid ladder."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import uuid5

from sqlalchemy import Connection, Row, func, select

from monitor.records.chronicle import LadderStep, Story
from monitor.records.telling.publishing import IDS, Mark, PublishedItem
from monitor.store import naming
from monitor.store.chronicle import storylines, tellers
from monitor.store.chronicle_tables import stories, story_members
from monitor.store.detail_tables import aid_steps
from monitor.store.details import step_of
from monitor.store.tables import articles, entries, feeds, matches

_ARTICLE = tuple(
    articles.c[name]
    for name in (
        "id",
        "url",
        "url_key",
        "outlet",
        "title",
        "language",
        "published_at",
        "fresh_at",
        "version",
        "updated_at",
    )
)
_COUNTED = (stories.c.outlets, stories.c.origins, stories.c.state_origins)


def articles_of(connection: Connection, match_ids: Sequence[int]) -> list[PublishedItem]:
    """The articles of these matches, in their order."""
    query = (
        select(matches.c.id.label("match_id"), *_ARTICLE, feeds.c.country, feeds.c.state_controlled)
        .add_columns(story_members.c.story_id, *_COUNTED)
        .join(articles, articles.c.id == matches.c.article_id)
        .outerjoin(feeds, feeds.c.id == articles.c.feed_id)
        .outerjoin(story_members, story_members.c.article_id == articles.c.id)
        .outerjoin(stories, stories.c.id == story_members.c.story_id)
        .where(matches.c.id.in_(match_ids))
    )
    rows = {row.match_id: row for row in connection.execute(query)}
    ids = {row.id for row in rows.values()}
    marks, names, authors = _marks(connection, ids), naming.names(connection, ids), _authors(connection, ids)
    wanted = [rows[id_] for id_ in match_ids if id_ in rows]
    # A match that was withdrawn since the ids were read leaves its article without any.
    return [_item(row, marks[row.id], names[row.id], authors.get(row.id, ())) for row in wanted if marks[row.id]]


def stories_of(connection: Connection, ids: Sequence[int]) -> list[tuple[Story, str]]:
    """Stories by their ids, in that order, each with its URI.

    A story is named after the article that opened it: the chronicle may be made anew and give its number to another.
    """
    opened = (
        select(func.min(story_members.c.id))
        .where(story_members.c.story_id.in_(ids), story_members.c.article_id.is_not(None))
        .group_by(story_members.c.story_id)
    )
    first = (
        select(story_members.c.story_id, articles.c.url_key)
        .join(articles, articles.c.id == story_members.c.article_id)
        .where(story_members.c.id.in_(opened))
    )
    names = {row.story_id: _urn("story", row.url_key) for row in connection.execute(first)}
    return [(story, names[story.id]) for story in storylines.of(connection, ids) if story.id in names]


def steps_of(connection: Connection, ids: Sequence[int]) -> list[LadderStep]:
    """Reported steps by their ids, in that order."""
    rows = {row.id: row for row in connection.execute(select(aid_steps).where(aid_steps.c.id.in_(ids)))}
    told_by = tellers.of(connection, {row.article_id for row in rows.values()})
    known = [rows[id_] for id_ in ids if id_ in rows and rows[id_].article_id in told_by]
    return [
        LadderStep(source=told_by[row.article_id][0], origin=told_by[row.article_id][1], step=step_of(row))
        for row in known
    ]


def _item(row: Row[Any], marks: Sequence[Mark], names: tuple[str, ...], authors: tuple[str, ...]) -> PublishedItem:
    published = row.published_at or row.fresh_at
    best = max(marks, key=lambda mark: mark.score)
    return PublishedItem(
        id=_urn("article", row.url_key),
        title=row.title,
        url=row.url,
        outlet=row.outlet,
        published=published,
        updated=max(published, row.updated_at) if row.version > 1 else published,
        evidence=best.evidence,
        topics=tuple(mark.topic for mark in marks),
        outlets=row.outlets or 1,
        origins=1 if row.origins is None else row.origins,
        state_origins=row.state_origins or 0,
        authors=authors,
        language=row.language or "",
        country=row.country or "",
        state_controlled=bool(row.state_controlled),
        marks=tuple(marks),
        entities=names,
        article_id=row.id,
        story_id=row.story_id,
    )


def _marks(connection: Connection, article_ids: Collection[int]) -> defaultdict[int, list[Mark]]:
    found: defaultdict[int, list[Mark]] = defaultdict(list)
    live = (matches.c.article_id.in_(article_ids), matches.c.withdrawn_at.is_(None))
    for row in connection.execute(select(matches).where(*live).order_by(matches.c.topic)):
        found[row.article_id].append(
            Mark(
                topic=row.topic,
                score=row.score,
                threshold=row.threshold,
                evidence=row.evidence,
                matched_at=row.matched_at,
            )
        )
    return found


def _authors(connection: Connection, article_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Who wrote each article, as the first entry that says so has it."""
    found: dict[int, tuple[str, ...]] = {}
    query = select(entries.c.article_id, entries.c.authors).where(
        entries.c.article_id.in_(article_ids), entries.c.authors != ""
    )
    for article_id, authors in connection.execute(query.order_by(entries.c.id)):
        found.setdefault(article_id, tuple(authors.split("; ")))
    return found


def _urn(kind: str, key: str) -> str:
    return uuid5(IDS, f"{kind} {key}").urn
