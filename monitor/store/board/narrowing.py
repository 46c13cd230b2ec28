"""Which matched articles a rare condition leaves, so that a list need not walk through all matches to find them.

A list is walked from its newest row, which is quick where much fits. Where little does, the condition's own index is
asked first: each part of a search can be looked up from its own side. At most ``FEW`` articles are taken from there; a
part that finds more is common enough to be met on the walk.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, null, or_, select

from monitor.query.nodes import And, Country, Node, Outlet, StateControlled, Who, Words
from monitor.query.nodes import Statement as Said
from monitor.store.board.walks import one_by_one
from monitor.store.chronicle_tables import statement_witnesses, statements
from monitor.store.details import name_key
from monitor.store.name_tables import entities, mentions
from monitor.store.searching import full_text, loosely
from monitor.store.searching.said import named
from monitor.store.tables import articles, feeds, matches

FEW = 800
PROBED = 10_000
"""Rows of an index that a probe takes in, matched or not."""
HITS = 2 * PROBED
"""Articles with rare words that a list is made of at once."""
SAMPLE = 400
"""Newest matches that tell whether words stand everywhere."""
OFTEN = 10
"""In so many of them."""


def few(connection: Connection, node: Node | None) -> Sequence[int] | None:
    """Ids of the matched articles that the narrowest part of the search leaves; None where none is narrow."""
    best: Sequence[int] | None = None
    for probe in _probes(connection, node) if node is not None else ():
        found = _whole(connection, probe)
        if found is not None and (best is None or len(found) < len(best)):
            best = found
    return best


def _whole(connection: Connection, probe: Select[Any]) -> Sequence[int] | None:
    """The matched articles of a probe that ends soon and leaves few; None for another."""
    looked = probe.limit(PROBED).cte()
    count, ids = select(func.count()).select_from(looked), looked.c[0]
    ends = count.scalar_subquery() < PROBED
    found = select(ids.label("id")).where(ends, _is_matched(ids)).distinct().limit(FEW + 1).subquery()
    # Both in one query: what a probe costs is to look, and once is enough.
    rows = connection.execute(count.add_columns(null().label("id")).union_all(select(literal(0), found.c.id))).all()
    few = [row.id for row in rows if row.id is not None]
    return few if sum(row[0] for row in rows) < PROBED and len(few) <= FEW else None


def hits(connection: Connection, node: Node | None) -> Select[Any] | None:
    """Articles with the words that are all of a search, where Postgres expects few; at most ``HITS``."""
    words, rest = (None, ()) if node is None else full_text.parted(node)
    if words is None or rest or connection.dialect.name == "sqlite":
        return None
    return next((probe.limit(HITS) for probe in _probes(connection, words)), None)


def _probes(connection: Connection, node: Node) -> Iterator[Select[Any]]:
    dialect = connection.dialect.name
    words, rest = full_text.parted(node)
    if words is not None and dialect == "sqlite":
        yield select(full_text.INDEX.c.rowid).where(full_text.indexed(words))
    elif words is not None:
        # Whether words stand in a row is not in the index: Postgres would read each article that has them.
        hits = select(articles.c.id).where(full_text.holds(full_text.anywhere(words), dialect))
        if _expected(connection, hits) < PROBED and (_is_plain(words) or not _is_often(connection, words)):
            yield hits
    for part in rest if isinstance(node, And) or words is not None else (node,):
        if (probe := _by_field(connection, part)) is not None:
            yield probe


def _expected(connection: Connection, query: Select[Any]) -> int:
    """How many rows Postgres expects of a query; it tells without looking at any."""
    asked = query.compile(dialect=connection.dialect)
    (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {asked}", asked.params).scalar_one()
    return int(plan["Plan"]["Plan Rows"])


def _is_plain(words: Node) -> bool:
    return isinstance(words, Words) and len(words.words) == 1 and not words.is_prefix


def _is_often(connection: Connection, words: Node) -> bool:
    """Whether many new matches have the words: of beginnings, and of words that go together, too few are expected."""
    newest = select(matches.c.article_id).order_by(matches.c.matched_at.desc(), matches.c.id.desc()).limit(SAMPLE)
    sample = newest.subquery()
    having = select(articles.c.id).where(articles.c.id == sample.c.article_id, full_text.holds(words, "postgresql"))
    return len(connection.scalars(select(sample.c[0]).where(one_by_one(having)).limit(OFTEN)).all()) == OFTEN


def _by_field(connection: Connection, part: Node) -> Select[Any] | None:
    dialect = connection.dialect.name
    match part:
        case Who():
            name = part.name
            is_meant = entities.c.kb_id == name.text if name.is_id else named(entities.c.name, name, dialect)
            ids = select(entities.c.id).where(is_meant)
            return select(mentions.c.article_id).where(mentions.c.entity_id.in_(ids))
        case Outlet():
            # As articles are given the name: a feed without an outlet lends its title.
            lent = and_(feeds.c.outlet == "", loosely.contains(feeds.c.title, part.text, dialect))
            return _of_feeds(or_(loosely.contains(feeds.c.outlet, part.text, dialect), lent))
        case Country():
            return _of_feeds(func.upper(feeds.c.country) == part.code)
        case StateControlled():
            return _of_feeds(feeds.c.state_controlled)
        case Said() if part.speaker is not None and part.speaker.is_id:
            return _of_speaker(statements.c.speaker_id == part.speaker.text)
        case Said() if part.speaker is not None and part.speaker.is_whole:
            # However it is spelled: those who speak are named in the article, and there are few names.
            spelled = connection.scalars(select(entities.c.name).where(named(entities.c.name, part.speaker, dialect)))
            keys = {name_key(name) for name in (part.speaker.text, *spelled)}
            return _of_speaker(statements.c.speaker_key.in_(sorted(keys)))
    return None


def _of_speaker(by: ColumnElement[bool]) -> Select[Any]:
    """Articles that carry their statements; and those of which it is not known yet, for they wait to be woven in."""
    carried = select(statement_witnesses.c.article_id)
    carried = carried.join(statements, statements.c.id == statement_witnesses.c.statement_id)
    return carried.where(by).union_all(select(articles.c.id).where(articles.c.unwoven)).subquery().select()


def _of_feeds(condition: ColumnElement[bool]) -> Select[Any]:
    theirs = select(feeds.c.id).where(condition)
    return select(articles.c.id).where(articles.c.feed_id.in_(theirs))


def _is_matched(article_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return one_by_one(select(matches.c.id).where(matches.c.article_id == article_id, matches.c.withdrawn_at.is_(None)))
