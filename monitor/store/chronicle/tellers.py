"""Who tells what: an article of the chronicle as a source, and the origin of its report."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from monitor.records.chronicle import Origin, Source
from monitor.store.chronicle_tables import story_members
from monitor.store.details import span_of
from monitor.store.tables import articles, feeds

Teller = tuple[Source, Origin]

BATCH = 500
"""Ids in one statement, far below what either database takes."""

WIRE, AGENCY = "wire", "agency"

_ARTICLE = (
    articles.c.id.label("article_id"),
    articles.c.url,
    articles.c.title,
    articles.c.outlet,
    articles.c.fresh_at,
    feeds.c.family,
    feeds.c.country,
    feeds.c.state_controlled.label("outlet_state_controlled"),
)
_ORIGIN = ("backfill", "origin", "origin_kind", "state_controlled", "copy_of", "credit_start", "credit_end", "credit")
_TELLERS = (
    select(*_ARTICLE, *(story_members.c[name] for name in _ORIGIN))
    .select_from(articles)
    .outerjoin(feeds, feeds.c.id == articles.c.feed_id)
    .join(story_members, story_members.c.article_id == articles.c.id)
)


def select_sources(*columns: Any) -> Select[Any]:
    """Articles with what their feed says of the outlet, beside ``columns``."""
    return select(*_ARTICLE, *columns).select_from(articles).outerjoin(feeds, feeds.c.id == articles.c.feed_id)


def source(row: Row[Any], *, backfill: bool) -> Source:
    """A row of ``select_sources``."""
    return Source(
        article_id=row.article_id,
        url=row.url,
        title=row.title,
        outlet=row.outlet,
        published=row.fresh_at,
        family=row.family or row.outlet,
        country=row.country or "",
        state_controlled=bool(row.outlet_state_controlled),
        backfill=backfill,
    )


def select_tellers() -> Select[Any]:
    """The articles of the chronicle with their places in it."""
    query = select_sources(
        *(column for column in story_members.c if column.name not in {"id", "article_id", "imprint"})
    )
    return query.join(story_members, story_members.c.article_id == articles.c.id)


def teller(row: Row[Any]) -> Teller:
    """A row of ``select_tellers``."""
    origin = Origin(
        key=row.origin,
        kind=row.origin_kind,
        state_controlled=row.state_controlled,
        copy_of=row.copy_of,
        evidence=span_of(row.credit_start, row.credit_end, row.credit),
    )
    return source(row, backfill=row.backfill), origin


def of(connection: Connection, article_ids: Iterable[int]) -> dict[int, Teller]:
    """Source and origin of each article that is in the chronicle."""
    found = {}
    for ids in chunks(article_ids):
        for row in connection.execute(_TELLERS.where(articles.c.id.in_(ids))):
            found[row[0]] = _teller(row)
    return found


def _teller(row: Any) -> Teller:
    """As ``teller``, by place and not by name: digests read thousands of these."""
    id_, url, title, outlet, published, family, country, state, backfill, key, kind, of_state, copy_of, *credit = row
    source = Source(
        article_id=id_,
        url=url,
        title=title,
        outlet=outlet,
        published=published,
        family=family or outlet,
        country=country or "",
        state_controlled=bool(state),
        backfill=backfill,
    )
    evidence = span_of(*credit)
    return source, Origin(key=key, kind=kind, state_controlled=of_state, copy_of=copy_of, evidence=evidence)


def among(
    connection: Connection, query: Select[Any], column: ColumnElement[int], article_ids: Collection[int] | None
) -> list[Row[Any]]:
    """Rows of ``query`` whose ``column`` is one of the articles; all for None."""
    if article_ids is None:
        return list(connection.execute(query))
    return [row for ids in chunks(article_ids) for row in connection.execute(query.where(column.in_(ids)))]


def earlier_origins(connection: Connection, article_id: int, others: Sequence[int]) -> dict[int, Origin]:
    """Origins of those of ``others`` whose text may be where the article's is from.

    They came before it; or, where the article is looked at again, an agency's own report came only afterwards.
    """
    own = connection.scalar(select(story_members.c.id).where(story_members.c.article_id == article_id))
    query = select_tellers().add_columns(story_members.c.id.label("member_id"))
    found = {}
    for row in connection.execute(query.where(articles.c.id.in_(others))) if others else ():
        late = own is not None and row.member_id > own
        if not late or (row.origin_kind == AGENCY and row.copy_of != article_id):
            found[row.article_id] = teller(row)[1]
    return found


def wires(connection: Connection) -> tuple[tuple[str, str, bool], ...]:
    """The agencies among the feeds: outlet, family where it has one, and whether a state controls it."""
    columns = (feeds.c.outlet, feeds.c.family, feeds.c.state_controlled)
    query = select(*columns).where(feeds.c.kind == WIRE, feeds.c.active, feeds.c.outlet != "").distinct()
    return tuple(
        (outlet, family if family != outlet else "", state)
        for outlet, family, state in connection.execute(query.order_by(*columns))
    )


def chunks(ids: Iterable[int]) -> Iterator[Sequence[int]]:
    """Distinct ids in order, as many at once as a statement takes."""
    distinct = sorted(set(ids))
    for start in range(0, len(distinct), BATCH):
        yield distinct[start : start + BATCH]
