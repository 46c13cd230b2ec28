"""How a list of matched articles is walked from its newest end, and where a look at it stops.

What a search leaves may be rare, and a list is made of as much as a look of bounded length finds: a short page then
goes on where the look stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    any_,
    case,
    false,
    func,
    literal,
    select,
    true,
    tuple_,
)

from monitor.query.days import bounds
from monitor.query.nodes import And, Dates, Node
from monitor.store.board import cursor
from monitor.store.chronicle_tables import story_members
from monitor.store.searching import full_text
from monitor.store.tables import matches

LOOKED = 2500
"""Matches that one look takes in."""
FAR = 2 * LOOKED
"""Matches that one look for words in a row takes in on Postgres, where no index knows of rows."""
HITS = 20_000
"""Hits of SQLite's full-text index that one look takes in: it gives them one by one, and quickly."""
_EPOCH = datetime.fromtimestamp(0, UTC)
_EARLY = timedelta(days=2)
"""What is published is matched later, but for dates in the future that nobody corrected."""
_found = matches.alias("found")
_later = matches.alias("later")


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Rows in an order that an index has, each of another article."""

    article: ColumnElement[int]
    order: tuple[ColumnElement[Any], ...]
    """A moment and a number, or a number alone."""
    along: tuple[ColumnElement[bool], ...]
    """What the index itself answers."""
    shown: tuple[ColumnElement[bool], ...]
    """Which of the rows stand for a matched article."""
    last: tuple[ColumnElement[bool], ...] = ()
    """What is to be asked of a row only when all else holds."""
    most: int | None
    """Rows that one look takes in; None for all that there are."""

    @property
    def _place(self) -> ColumnElement[Any]:
        return tuple_(*self.order) if len(self.order) > 1 else self.order[0]

    def _is_before(self, place: Sequence[Any]) -> ColumnElement[bool]:
        end: ColumnElement[Any] = tuple_(*place) if len(place) > 1 else literal(place[0])
        return self._place < end

    def look(
        self,
        connection: Connection,
        conditions: Sequence[ColumnElement[bool]],
        *,
        after: str | None,
        limit: int,
        most: int = 0,
    ) -> tuple[list[int], str | None]:
        """Articles for which the conditions hold and the cursor behind ``limit`` of them; None at the end.

        ``most`` asks for more articles than that.
        """
        along = [*self.along]
        if after is not None:
            along.append(self._is_before(cursor.read(after)[-len(self.order) :]))
        newest = [column.desc() for column in self.order]
        stop = None
        if self.most is not None:
            last_one = select(*self.order).where(*along).order_by(*newest).offset(self.most - 1).limit(1)
            stop = connection.execute(last_one).first()
        query = select(*self.order, self.article).where(*along, *self.shown, self._one_after_another(conditions))
        if stop is not None:
            query = query.where(~self._is_before(stop))
        rows = connection.execute(query.order_by(*newest).limit(max(limit + 1, most))).all()
        found = [row[-1] for row in rows[: max(limit, most)]]
        if len(rows) > limit:
            return found, self._written(tuple(rows[limit - 1])[:-1])
        return found, None if stop is None else self._written(tuple(stop))

    def _one_after_another(self, conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
        """That they hold, the first of them asked first: Postgres would have its own order, and most rows end there."""
        rest = and_(true(), *conditions[1:], *self.last)
        return case((conditions[0], rest), else_=false()) if conditions else rest

    def _written(self, place: Sequence[Any]) -> str:
        return cursor.written(*place) if len(place) > 1 else cursor.written(_EPOCH, place[0])


def among(walk: Walk, articles: Sequence[int], dialect: str) -> Walk:
    """The walk along these articles alone, which are few, to its end."""
    return replace(walk, shown=(one_of(walk.article, articles, dialect), *walk.shown), most=None)


def within(walk: Walk, hits: Select[Any], most: int) -> Walk:
    """The walk along these articles alone, to its end, on Postgres; along none where they are ``most`` or more."""
    looked = hits.cte()
    ids = func.array(select(looked.c[0]).scalar_subquery())
    ends = select(func.count()).select_from(looked).scalar_subquery() < most
    return replace(walk, shown=(walk.article == any_(ids), ends, *walk.shown), most=None)


def one_of(column: ColumnElement[int], ids: Sequence[int], dialect: str) -> ColumnElement[bool]:
    """Whether the column holds one of the ids. Postgres takes them all as one value, which is handed over sooner."""
    if dialect == "sqlite":
        return column.in_(ids)
    return column == any_(literal(list(ids), ARRAY(BigInteger)))


def chosen(root: Node | None, topic: str | None, dialect: str, *, now: datetime) -> Walk:
    """By hits of words where SQLite has them, by the day of publication where an end is asked for, else by match."""
    words = None if root is None else full_text.parted(root)[0]
    first, last = _days(root, now)
    if words is not None and dialect == "sqlite":
        return _by_words(words, topic)
    if last is not None:
        return _by_day(topic, first, last)
    in_a_row = words is not None and full_text.anywhere(words) != words
    return _by_match(topic, first, FAR if in_a_row else LOOKED)


def one_by_one(query: Select[Any]) -> ColumnElement[bool]:
    """Whether the query finds anything for a row. The offset keeps Postgres from finding all for all rows first."""
    return query.offset(0).exists()


def live(table: Any, topic: str | None) -> tuple[ColumnElement[bool], ...]:
    """Rows of ``matches`` that count."""
    standing = (table.c.withdrawn_at.is_(None),)
    return standing if topic is None else (*standing, table.c.topic == topic)


def _by_match(topic: str | None, first: datetime | None, most: int) -> Walk:
    newer = select(_later.c.id).where(
        _later.c.article_id == _found.c.article_id,
        tuple_(_later.c.matched_at, _later.c.id) > tuple_(_found.c.matched_at, _found.c.id),
        *live(_later, topic),
    )
    along = () if topic is None else (_found.c.topic == topic,)
    return Walk(
        article=_found.c.article_id,
        order=(_found.c.matched_at, _found.c.id),
        along=along if first is None else (*along, _found.c.matched_at >= first - _EARLY),
        shown=(_found.c.withdrawn_at.is_(None),),
        # Of every article its newest match: it stands once in the list, whatever it matches.
        last=(~one_by_one(newer),),
        most=most,
    )


def _by_day(topic: str | None, first: datetime | None, last: datetime) -> Walk:
    at = story_members.c.published_at
    return Walk(
        article=story_members.c.article_id,
        order=(at, story_members.c.id),
        along=(at < last,) if first is None else (at < last, at >= first),
        shown=(_is_live(story_members.c.article_id, topic),),
        most=LOOKED,
    )


def _by_words(words: Node, topic: str | None) -> Walk:
    rowid = full_text.INDEX.c.rowid
    hits = (full_text.indexed(words),)
    return Walk(article=rowid, order=(rowid,), along=hits, shown=(_is_live(rowid, topic),), most=HITS)


def _is_live(article: ColumnElement[Any], topic: str | None) -> ColumnElement[bool]:
    return one_by_one(select(_later.c.id).where(_later.c.article_id == article, *live(_later, topic)))


def _days(root: Node | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The days that everything found is of."""
    parts = root.nodes if isinstance(root, And) else (root,)
    days = [bounds(part, now) for part in parts if isinstance(part, Dates)]
    firsts, lasts = [first for first, _ in days if first], [last for _, last in days if last]
    return max(firsts, default=None), min(lasts, default=None)


def surest(
    connection: Connection, articles: Sequence[int], topic: str | None, *, after: str | None, limit: int
) -> tuple[list[int], str | None]:
    """Of these articles those of the highest scores; the cursor counts how many came before."""
    start = 0 if after is None else cursor.read(after)[1]
    score = func.max(_later.c.score)
    query = select(_later.c.article_id).where(_later.c.article_id.in_(articles), *live(_later, topic))
    query = query.group_by(_later.c.article_id).order_by(score.desc(), _later.c.article_id.desc())
    found = list(connection.scalars(query.offset(min(start, LOOKED)).limit(limit + 1)))
    return found[:limit], cursor.written(_EPOCH, start + limit) if len(found) > limit else None
