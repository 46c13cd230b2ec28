"""Which articles a search or a selection means: conditions on rows of ``articles``, alike on SQLite and Postgres.

Every value is bound, none is written into SQL. Each condition is true or false and never NULL, so that what a search
leaves out is all that it does not find. Every query inside takes ``articles``, and no other table, from the query
around it: the condition fits into any ``select`` from ``articles``, wherever that stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatchmethod

from sqlalchemy import ColumnElement, and_, any_, func, not_, or_, select, true

from monitor.query import Query, parse
from monitor.query.days import bounds
from monitor.query.nodes import (
    And,
    Country,
    Dates,
    Language,
    Node,
    Not,
    Or,
    Outlet,
    StateControlled,
    Statement,
    Topic,
    Who,
    Words,
    joined,
)
from monitor.records.telling.subscribers import Selection
from monitor.store.name_tables import entities, mentions
from monitor.store.searching import full_text, loosely
from monitor.store.searching.said import named, said
from monitor.store.tables import articles, feeds, matches

# A language that nobody could tell is none of those asked for.
_LANGUAGE = func.coalesce(articles.c.language, "")


def found(query: Query, dialect: str, *, now: datetime) -> ColumnElement[bool]:
    """Holds for the articles that the query finds. ``now`` is what its relative dates count from.

    Names are compared as they stand: ``query.names.resolved`` puts canonical ones there before.
    """
    return holds([query.root], dialect, now=now)


def selected(selection: Selection, dialect: str, *, now: datetime) -> ColumnElement[bool]:
    """Holds for articles with a live match that fit the selection: its topics, its languages and its search.

    Raises QueryError for a search that cannot be read.
    """
    conditions = [_matched(selection.topics)]
    if selection.languages:
        conditions.append(_LANGUAGE.in_(selection.languages))
    if selection.search.strip():
        conditions.append(found(parse(selection.search), dialect, now=now))
    return and_(*conditions)


def holds(nodes: Iterable[Node], dialect: str, *, now: datetime) -> ColumnElement[bool]:
    """Holds where all the nodes do; everywhere when there are none."""
    finder = _Finder(dialect, now)
    return and_(true(), *map(finder.of, nodes))


def _matched(topics: Sequence[str]) -> ColumnElement[bool]:
    """Holds for articles with a live match, on one of the topics where there are any."""
    live = [matches.c.article_id == articles.c.id, matches.c.withdrawn_at.is_(None)]
    if topics:
        live.append(matches.c.topic.in_(topics))
    return select(matches.c.id).where(*live).correlate(articles).exists()


def _fed(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Holds for articles of a feed for which the condition holds."""
    return select(feeds.c.id).where(feeds.c.id == articles.c.feed_id, condition).correlate(articles).exists()


@dataclass(frozen=True, slots=True)
class _Finder:
    """Makes the condition of each kind of node."""

    dialect: str
    now: datetime

    @singledispatchmethod
    def of(self, node: Node) -> ColumnElement[bool]:
        """Holds for articles that the node finds."""
        raise TypeError(f"{node!r} is no part of a query")

    @of.register
    def _(self, node: Words) -> ColumnElement[bool]:
        return full_text.holds(node, self.dialect)

    @of.register
    def _(self, node: Not) -> ColumnElement[bool]:
        return not_(self.of(node.node))

    @of.register
    def _(self, node: And) -> ColumnElement[bool]:
        words, rest = full_text.parted(node)
        together = [] if words is None else [full_text.holds(words, self.dialect)]
        return and_(*together, *map(self.of, rest))

    @of.register
    def _(self, node: Or) -> ColumnElement[bool]:
        words = [part for part in node.nodes if full_text.is_words(part)]
        together = [full_text.holds(joined(Or, words), self.dialect)] if words else []
        return or_(*together, *(self.of(part) for part in node.nodes if part not in words))

    @of.register
    def _(self, node: Topic) -> ColumnElement[bool]:
        return _matched([node.name])

    @of.register
    def _(self, node: Who) -> ColumnElement[bool]:
        name = node.name
        is_meant = entities.c.kb_id == name.text if name.is_id else named(entities.c.name, name, self.dialect)
        meant = select(entities.c.id).where(is_meant).correlate(None)
        is_of: ColumnElement[bool] = mentions.c.entity_id.in_(meant)
        if self.dialect != "sqlite":
            # As a list that is made once: Postgres would look through all names for each article.
            is_of = mentions.c.entity_id == any_(func.array(meant.scalar_subquery()))
        here = (mentions.c.article_id == articles.c.id, is_of)
        return select(mentions.c.id).where(*here).correlate(articles).exists()

    @of.register
    def _(self, node: Statement) -> ColumnElement[bool]:
        return said(node, self.dialect)

    @of.register
    def _(self, node: Outlet) -> ColumnElement[bool]:
        return loosely.contains(articles.c.outlet, node.text, self.dialect)

    @of.register
    def _(self, node: Country) -> ColumnElement[bool]:
        return _fed(func.upper(feeds.c.country) == node.code)

    @of.register
    def _(self, node: StateControlled) -> ColumnElement[bool]:
        return _fed(feeds.c.state_controlled)

    @of.register
    def _(self, node: Language) -> ColumnElement[bool]:
        return _LANGUAGE.in_([node.code])

    @of.register
    def _(self, node: Dates) -> ColumnElement[bool]:
        first, last = bounds(node, self.now)
        since = true() if first is None else articles.c.fresh_at >= first
        return since if last is None else and_(since, articles.c.fresh_at < last)
