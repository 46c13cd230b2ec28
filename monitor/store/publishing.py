"""What is published for other programs, read piece by piece, the newest first.

The ids of everything wanted are read at once and kept; each piece then has a transaction of its own. So an export of
any size keeps no transaction open, and what is found meanwhile moves nothing.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, FromClause, Select, select, tuple_

from monitor.records.chronicle import Happening, LadderStep, Statement, Story
from monitor.records.telling.publishing import PublishedItem
from monitor.records.telling.subscribers import Selection
from monitor.store import published
from monitor.store.chronicle import happenings, statements
from monitor.store.chronicle_tables import happening_reports, statement_witnesses, stories, story_members
from monitor.store.detail_tables import aid_steps
from monitor.store.engine import Database
from monitor.store.searching.selecting import selected
from monitor.store.tables import articles, matches

ANY = Selection()
_ALL = 2**62
_PIECE = 200
"""Records read in one transaction."""

# A selection looks into the same tables: by names of their own they are not taken for its.
_found = matches.alias("found")
_line = stories.alias("line")
_place = story_members.alias("place")
_carried = statement_witnesses.alias("carried")
_reported = happening_reports.alias("reported")
_climbed = aid_steps.alias("climbed")

T = TypeVar("T")


class Listing(Generic[T]):
    """What was found: an iterator that knows how much it began with. What is deleted meanwhile is left out."""

    def __init__(self, total: int, found: Iterator[T]) -> None:
        self.total = total
        self._found = found

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        return next(self._found)


class Publishing:
    """Matches, stories, statements, events and steps of aid that fit a selection.

    ``now`` is what a search's own times ("7d") count from. Raises QueryError for a search that cannot be read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def matches(
        self,
        selection: Selection = ANY,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        now: datetime,
    ) -> Listing[PublishedItem]:
        """Matched articles, the latest match first; ``since <= matched at < until``."""
        query = _between(_newest_matches(selection.topics), _found.c.matched_at, since, until)
        order = (_found.c.matched_at.desc(), _found.c.id.desc())
        with self._database.read() as connection:
            query = _fitting(connection, query, _found.c.article_id, selection, now)
            ids = _ids(connection, query.order_by(*order), limit)
        return self._listing(ids, published.articles_of)

    def stories(
        self,
        selection: Selection = ANY,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        now: datetime,
    ) -> Listing[tuple[Story, str]]:
        """Stories of which an article fits, the latest told first, each with a URI that stays the same for ever."""
        query = _between(select(_line.c.id).where(_line.c.articles > 0), _line.c.last_seen, since, until)
        order = (_line.c.last_seen.desc(), _line.c.id.desc())
        with self._database.read() as connection:
            if selection != ANY:
                told = select(_place.c.story_id)
                fit = _fitting(connection, told, _place.c.article_id, selection, now)
                query = query.where(_line.c.id.in_(fit))
            ids = _ids(connection, query.order_by(*order), limit)
        return self._listing(ids, published.stories_of)

    def statements(
        self,
        selection: Selection = ANY,
        *,
        since: date | None = None,
        until: date | None = None,
        limit: int | None = None,
        now: datetime,
    ) -> Listing[Statement]:
        """What was said and is told in an article that fits, the latest day first; both days count."""
        anybody = {"speaker": None, "about": None, "kind": None}
        told = (_carried.c.statement_id, _carried.c.article_id)
        with self._database.read() as connection:
            ids = statements.listed(connection, since=since, until=until, limit=_ALL, before=None, **anybody)
            ids = _among(connection, ids, *told, selection, now)[: _most(limit)]
        return self._listing(ids, statements.of)

    def happenings(
        self,
        selection: Selection = ANY,
        *,
        since: date | None = None,
        until: date | None = None,
        limit: int | None = None,
        now: datetime,
    ) -> Listing[Happening]:
        """Events of which an article that fits tells, the latest day first; both days count."""
        anything = {"status": None, "type_": None, "who": None}
        told = (_reported.c.happening_id, _reported.c.article_id)
        with self._database.read() as connection:
            ids = happenings.listed(connection, since=since, until=until, limit=_ALL, before=None, **anything)
            ids = _among(connection, ids, *told, selection, now)[: _most(limit)]
        return self._listing(ids, happenings.of)

    def steps(
        self,
        selection: Selection = ANY,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        now: datetime,
    ) -> Listing[LadderStep]:
        """Reported steps of the aid ladder, the latest published first; ``since <= published < until``."""
        query = select(_climbed.c.id).join(_place, _place.c.article_id == _climbed.c.article_id)
        query = _between(query, _place.c.published_at, since, until)
        order = (_place.c.published_at.desc(), _climbed.c.article_id.desc(), _climbed.c.number.desc())
        with self._database.read() as connection:
            query = _fitting(connection, query, _climbed.c.article_id, selection, now)
            ids = _ids(connection, query.order_by(*order), limit)
        return self._listing(ids, published.steps_of)

    def _listing(self, ids: Sequence[int], read: Callable[[Connection, Sequence[int]], Sequence[T]]) -> Listing[T]:
        return Listing(len(ids), self._pieces(ids, read))

    def _pieces(self, ids: Sequence[int], read: Callable[[Connection, Sequence[int]], Sequence[T]]) -> Iterator[T]:
        for start in range(0, len(ids), _PIECE):
            with self._database.read() as connection:
                found = read(connection, list(ids[start : start + _PIECE]))
            yield from found


def _ids(connection: Connection, query: Select[Any], limit: int | None) -> Sequence[int]:
    return array("q", connection.scalars(query.limit(_most(limit))))


def _most(limit: int | None) -> int:
    return _ALL if limit is None else limit


def _between(query: Select[Any], at: ColumnElement[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    if since is not None:
        query = query.where(at >= since)
    return query if until is None else query.where(at < until)


def _fitting(
    connection: Connection, query: Select[Any], article_id: ColumnElement[Any], selection: Selection, now: datetime
) -> Select[Any]:
    """Only what stands in an article that fits. The query's own tables have other names than the selection's."""
    if selection == ANY:
        return query
    fits = selected(selection, connection.dialect.name, now=now)
    return query.where(article_id.in_(select(articles.c.id).where(fits).correlate(None)))


def _among(
    connection: Connection,
    ids: list[int],
    id_: ColumnElement[Any],
    article_id: ColumnElement[Any],
    selection: Selection,
    now: datetime,
) -> list[int]:
    """Those of the ids, in their order, that an article which fits tells of."""
    if selection == ANY:
        return ids
    fit = set(connection.scalars(_fitting(connection, select(id_), article_id, selection, now)))
    return [each for each in ids if each in fit]


def _newest_matches(topics: Sequence[str]) -> Select[Any]:
    """Of every article with matches the newest one: an article is published once, whatever it matches."""
    later = matches.alias("later")
    newer = select(later.c.id).where(
        later.c.article_id == _found.c.article_id,
        tuple_(later.c.matched_at, later.c.id) > tuple_(_found.c.matched_at, _found.c.id),
        *_live(later, topics),
    )
    return select(_found.c.id).where(*_live(_found, topics), ~newer.exists())


def _live(table: FromClause, topics: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    live = (table.c.withdrawn_at.is_(None),)
    return (*live, table.c.topic.in_(topics)) if topics else live
