"""The search language over the articles: what a query finds, the newest first, alike on FTS5 and on Postgres."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from monitor.query import Query, parse
from monitor.query.wanted import words_in
from monitor.records.findings import SearchHit
from monitor.store.engine import Database
from monitor.store.searching import full_text, snippets
from monitor.store.searching.selecting import holds
from monitor.store.tables import articles, matches
from monitor.text import one_line

_SHOWN = (
    articles.c.id,
    articles.c.title,
    articles.c.url,
    articles.c.outlet,
    articles.c.published_at,
    func.substr(articles.c.text, 1, snippets.READ).label("text"),
)


class Search:
    """Search over the articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(
        self, wanted: Query | str, *, limit: int = 20, before: int | None = None, now: datetime | None = None
    ) -> tuple[SearchHit, ...]:
        """Articles that the query finds, the newest read first; all but some, for one that only excludes.

        ``before`` is the article id of the last hit of the page before; ``now`` is what relative dates count from.
        Raises QueryError saying where a text is wrong.
        """
        query = parse(wanted) if isinstance(wanted, str) else wanted
        with self._database.read() as connection:
            newest = _newest(query, connection.dialect.name, now or datetime.now(UTC), before)
            found = connection.execute(newest.limit(limit)).all()
            topics = _topics(connection, [row.id for row in found])
            return tuple(_hit(row, query, topics[row.id]) for row in found)


def _newest(query: Query, dialect: str, now: datetime, before: int | None) -> Select[Any]:
    words, rest = full_text.parted(query.root)
    newest = select(*_SHOWN)
    if words is None or dialect != "sqlite":
        newest = newest.where(holds([query.root], dialect, now=now))
        return _from(newest, articles.c.id, before)
    # The index gives its rows in order and one by one: a page of hits costs no more for a word that stands everywhere.
    # The sum keeps SQLite from going the other way, from every article to the index.
    rowid = full_text.INDEX.c.rowid
    newest = newest.select_from(full_text.INDEX.join(articles, articles.c.id == rowid + 0))
    newest = newest.where(full_text.indexed(words), holds(rest, dialect, now=now))
    return _from(newest, rowid, before)


def _from(newest: Select[Any], id_: Any, before: int | None) -> Select[Any]:
    if before is not None:
        newest = newest.where(id_ < before)
    return newest.order_by(id_.desc())


def _topics(connection: Connection, ids: Sequence[int]) -> defaultdict[int, tuple[str, ...]]:
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    query = select(matches.c.article_id, matches.c.topic).where(
        matches.c.article_id.in_(ids), matches.c.withdrawn_at.is_(None)
    )
    for article_id, topic in connection.execute(query.order_by(matches.c.topic)):
        found[article_id] += (topic,)
    return found


def _hit(row: Any, query: Query, topics: tuple[str, ...]) -> SearchHit:
    return SearchHit(
        article_id=row.id,
        title=row.title,
        url=row.url,
        outlet=row.outlet,
        published=row.published_at,
        snippet=one_line(snippets.snippet(row.text, words_in(row.text, query))),
        topics=topics,
    )
