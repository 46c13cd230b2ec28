"""Which matched articles a rare condition leaves, so that a list need not walk through all matches to find them.

A list is walked from its newest row, which is quick where much fits. Where little does, the condition's own index is
asked first: each part of a search can be looked up from its own side. At most ``FEW`` articles are taken from there; a
part that finds more is common enough to be met on the walk.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from monitor.query.nodes import And, Country, Name, Node, Outlet, StateControlled, Who
from monitor.query.nodes import Statement as Said
from monitor.store import full_text, loosely
from monitor.store.chronicle_tables import statement_witnesses, statements
from monitor.store.details import name_key
from monitor.store.tables import articles, entities, feeds, matches, mentions

FEW = 800
PROBED = 10_000
"""Rows of an index that a probe takes in, matched or not."""


def few(connection: Connection, node: Node | None) -> Sequence[int] | None:
    """Ids of the matched articles that the narrowest part of the search leaves; None where none is narrow."""
    best: Sequence[int] | None = None
    for probe in _probes(node, connection.dialect.name) if node is not None else ():
        found = _whole(connection, probe)
        if found is not None and (best is None or len(found) < len(best)):
            best = found
    return best


def _whole(connection: Connection, probe: Select[Any]) -> Sequence[int] | None:
    """The matched articles of a probe that ends soon and leaves few; None for another."""
    rows = probe.limit(PROBED).subquery()
    if (connection.scalar(select(func.count()).select_from(rows)) or 0) >= PROBED:
        return None
    ids = rows.c[0]
    found = connection.scalars(select(ids).where(_is_matched(ids)).distinct().limit(FEW + 1)).all()
    return found if len(found) <= FEW else None


def _probes(node: Node, dialect: str) -> Iterator[Select[Any]]:
    words, rest = full_text.parted(node)
    if words is not None:
        yield _by_words(words, dialect)
    for part in rest if isinstance(node, And) or words is not None else (node,):
        if (probe := _by_field(part, dialect)) is not None:
            yield probe


def _by_words(words: Node, dialect: str) -> Select[Any]:
    if dialect != "sqlite":
        return select(articles.c.id).where(full_text.holds(words, dialect))
    return select(full_text.INDEX.c.rowid).where(full_text.indexed(words))


def _by_field(part: Node, dialect: str) -> Select[Any] | None:
    match part:
        case Who():
            name = part.name
            is_meant = entities.c.kb_id == name.text if name.is_id else _named(name.text, name.is_whole, dialect)
            ids = select(entities.c.id).where(is_meant)
            return select(mentions.c.article_id).where(mentions.c.entity_id.in_(ids))
        case Outlet():
            return _of_feeds(loosely.contains(feeds.c.outlet, part.text, dialect))
        case Country():
            return _of_feeds(feeds.c.country == part.code)
        case StateControlled():
            return _of_feeds(feeds.c.state_controlled)
        case Said() if part.speaker is not None and (part.speaker.is_id or part.speaker.is_whole):
            return _of_speaker(part.speaker)
    return None


def _of_speaker(name: Name) -> Select[Any]:
    """Articles that carry their statements; and those of which it is not known yet, for they wait to be woven in."""
    by = statements.c.speaker_id == name.text if name.is_id else statements.c.speaker_key == name_key(name.text)
    carried = select(statement_witnesses.c.article_id)
    carried = carried.join(statements, statements.c.id == statement_witnesses.c.statement_id)
    return carried.where(by).union_all(select(articles.c.id).where(articles.c.unwoven)).subquery().select()


def _named(text: str, is_whole: bool, dialect: str) -> ColumnElement[bool]:
    compare = loosely.equals if is_whole else loosely.has_word
    return compare(entities.c.name, text, dialect)


def _of_feeds(condition: ColumnElement[bool]) -> Select[Any]:
    theirs = select(feeds.c.id).where(condition)
    return select(articles.c.id).where(articles.c.feed_id.in_(theirs))


def _is_matched(article_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return select(matches.c.id).where(matches.c.article_id == article_id, matches.c.withdrawn_at.is_(None)).exists()
