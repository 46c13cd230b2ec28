"""Stories whose articles a search finds: those of the newest articles that it finds, so that each search has an end."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, true

from monitor.query import parse
from monitor.query.nodes import Node
from monitor.store.board.narrowing import few
from monitor.store.board.walks import one_by_one, one_of
from monitor.store.chronicle.tellers import chunks
from monitor.store.chronicle_tables import story_members
from monitor.store.searching import full_text
from monitor.store.searching.selecting import holds
from monitor.store.tables import articles, matches

FOUND = 500
"""Articles whose stories are told at most."""
LOOKED = 4000
"""Hits of SQLite's full-text index that are looked at, the newest."""
MEMBERS = 1000
"""Articles of stories that are looked at, the newest, where no index leaves few."""


def story_ids(
    connection: Connection, search: str, *, now: datetime, until: datetime | None
) -> tuple[Sequence[int], bool]:
    """Ids of the stories, and whether there may be more. Raises QueryError for a search that cannot be read."""
    root = parse(search).root
    early = true() if until is None else story_members.c.published_at <= until
    words, rest = full_text.parted(root)
    if words is not None and connection.dialect.name == "sqlite":
        found, cut = _by_words(connection, words, rest, early, now)
    else:
        found, cut = _by_fields(connection, root, early, now)
    live = _live(connection, [row.article_id for row in found])
    ids = dict.fromkeys(row.story_id for row in found if row.article_id in live)
    return list(ids), cut or len(found) == FOUND


def _members(early: ColumnElement[bool]) -> Select[tuple[int, int]]:
    return select(story_members.c.article_id, story_members.c.story_id).where(early).limit(FOUND)


def _live(connection: Connection, article_ids: Sequence[int]) -> set[int]:
    """Those of the articles that are still about something: as a part of the search Postgres would read all matches."""
    query = select(matches.c.article_id).where(matches.c.withdrawn_at.is_(None))
    return {
        id_ for ids in chunks(article_ids) for id_ in connection.scalars(query.where(matches.c.article_id.in_(ids)))
    }


def _by_words(
    connection: Connection, words: Node, rest: Sequence[Node], early: ColumnElement[bool], now: datetime
) -> tuple[Sequence[Row[tuple[int, int]]], bool]:
    """The index gives its rows in order and one by one: the newest of a common word cost as little as a rare one."""
    rowid = full_text.INDEX.c.rowid
    most = select(rowid.label("id")).where(full_text.indexed(words)).order_by(rowid.desc()).limit(LOOKED)
    hits = most.subquery()
    query = _members(early).join(hits, hits.c.id == story_members.c.article_id)
    if rest:
        query = query.join(articles, articles.c.id == hits.c.id).where(holds(rest, "sqlite", now=now))
    found = connection.execute(query.order_by(hits.c.id.desc())).all()
    counted = select(func.count()).select_from(most.subquery())
    return found, len(found) < FOUND and (connection.scalar(counted) or 0) >= LOOKED


def _by_fields(
    connection: Connection, root: Node, early: ColumnElement[bool], now: datetime
) -> tuple[Sequence[Row[tuple[int, int]]], bool]:
    """Among those that an index leaves, where these are few; else among the newest."""
    dialect = connection.dialect.name
    fits = select(articles.c.id).where(articles.c.id == story_members.c.article_id, holds([root], dialect, now=now))
    query = _members(early).where(one_by_one(fits))
    ids = few(connection, root)
    if ids is not None:
        query = query.where(one_of(story_members.c.article_id, ids, dialect))
        return connection.execute(query.order_by(story_members.c.article_id.desc())).all(), False
    order = (story_members.c.published_at.desc(), story_members.c.id.desc())
    newest = list(connection.scalars(select(story_members.c.article_id).where(early).order_by(*order).limit(MEMBERS)))
    query = query.where(one_of(story_members.c.article_id, newest, dialect))
    return connection.execute(query.order_by(*order)).all(), len(newest) == MEMBERS
