"""Which articles are news to somebody: by when we knew of them, and by what was asked for.

An article counts from its match on (``matches.matched_at``), whatever day it was published: what is read late is not
lost. Back catalogues and what was withdrawn never count.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, exists, func, or_, select

from monitor.records.telling.subscribers import Selection
from monitor.store.chronicle import tellers
from monitor.store.chronicle_tables import story_members
from monitor.store.searching.selecting import selected
from monitor.store.tables import articles, matches

LIVE = (matches.c.withdrawn_at.is_(None), matches.c.backfill.is_(False))
"""Matches that make news."""

_KNOWN = func.min(matches.c.matched_at, type_=matches.c.matched_at.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What somebody is told about: the news since a moment that fits what they asked for."""

    selection: Selection
    since: datetime
    until: datetime
    """Not included."""
    now: datetime
    told: frozenset[str] = frozenset()
    """Keys of what they were told before."""
    fresh: Mapping[int, datetime]
    """Article to the moment from which we knew of it."""

    @property
    def is_whole(self) -> bool:
        """Whether everything fits."""
        return self.selection == Selection()

    @property
    def last_day(self) -> datetime:
        """What lies ahead is ahead of this."""
        return min(self.until, self.now)


def fits(
    connection: Connection, selection: Selection, now: datetime, article: Column[Any]
) -> tuple[ColumnElement[bool], ...]:
    """What holds for a row whose ``article`` (a column) fits the selection; nothing when all do.

    A query of its own around the selection's: that has tables that the row's query has too.
    """
    if selection == Selection():
        return ()
    wanted = selected(selection, connection.dialect.name, now=now)
    return (exists(select(articles.c.id).where(articles.c.id == article, wanted).correlate(article.table)),)


def select_news(connection: Connection, selection: Selection, now: datetime, *columns: Any) -> Select[Any]:
    """Live matches that fit the selection: ``columns`` of ``matches``."""
    query = select(*columns).select_from(matches).where(*LIVE)
    if selection.topics:
        query = query.where(matches.c.topic.in_(selection.topics))
    return query.where(*fits(connection, selection, now, matches.c.article_id))


def fresh(
    connection: Connection, selection: Selection, *, since: datetime, until: datetime, now: datetime
) -> dict[int, datetime]:
    """Articles that fit and that we know of since then; each with the moment from which."""
    query = select_news(connection, selection, now, matches.c.article_id, _KNOWN)
    between = (matches.c.matched_at >= since, matches.c.matched_at < until)
    found = connection.execute(query.where(*between).group_by(matches.c.article_id))
    return {article_id: at for article_id, at in found}  # noqa: C416 - rows are no pairs to the type checker


def is_shown(connection: Connection, scope: Scope, article: Column[Any]) -> ColumnElement[bool]:
    """Whether ``article`` (a column) may be cited: we knew of it before the scope ended, and it fits."""
    live = exists().where(matches.c.article_id == article, *LIVE, matches.c.matched_at < scope.until)
    return and_(live, *fits(connection, scope.selection, scope.now, article))


def was_known(connection: Connection, scope: Scope) -> ColumnElement[bool]:
    """Whether a row of ``story_members`` was there before the scope began, and fits.

    What a back catalogue brought counts by its date: it was there for whoever read that outlet.
    """
    before = or_(
        and_(matches.c.backfill.is_(False), matches.c.matched_at < scope.since),
        and_(matches.c.backfill, story_members.c.published_at < scope.since),
    )
    known = exists().where(matches.c.article_id == story_members.c.article_id, matches.c.withdrawn_at.is_(None), before)
    return and_(known, *fits(connection, scope.selection, scope.now, story_members.c.article_id))


def fitting(connection: Connection, scope: Scope, article_ids: Collection[int]) -> set[int]:
    """Those of the articles that fit the selection."""
    if scope.is_whole:
        return set(article_ids)
    query = select(story_members.c.article_id).where(
        *fits(connection, scope.selection, scope.now, story_members.c.article_id)
    )
    return {
        article_id
        for ids in tellers.chunks(article_ids)
        for article_id in connection.scalars(query.where(story_members.c.article_id.in_(ids)))
    }
