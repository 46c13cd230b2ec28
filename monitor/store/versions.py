"""What entries and articles said over time: the versions that were kept, and the words of now."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.records.versions import ArticleHistory, ArticleVersion, EntryHistory, EntryVersion, History
from monitor.store.engine import Database
from monitor.store.keys import url_key
from monitor.store.polling.tables import entry_versions
from monitor.store.tables import article_versions, articles, entries, feeds
from monitor.store.why import MOST, ways


class Versions:
    """Former words of entries and articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, url_or_id: str | int) -> History:
        """Every version of the entries that an address, guid or number means, and of the articles they led to."""
        with self._database.read() as connection:
            rows = _found(connection, url_or_id)
            ids = {row.article_id for row in rows if row.article_id is not None}
            if isinstance(url_or_id, str) and (page := url_key(url_or_id)) is not None:
                # An article outlives its entries, which are pruned.
                ids |= set(connection.scalars(select(articles.c.id).where(articles.c.url_key == page)))
            return History(
                entries=tuple(_entry(connection, row) for row in rows),
                articles=tuple(_article(connection, article_id) for article_id in sorted(ids)),
            )


def _found(connection: Connection, url_or_id: str | int) -> Sequence[Row[Any]]:
    query = select(entries, feeds.c.outlet, feeds.c.title.label("feed_title"), feeds.c.url.label("feed_url"))
    query = query.join(feeds, feeds.c.id == entries.c.feed_id).order_by(entries.c.id).limit(MOST)
    for where in ways(url_or_id):
        if found := connection.execute(query.where(where)).all():
            return found
    return ()


def _entry(connection: Connection, row: Row[Any]) -> EntryHistory:
    query = select(entry_versions).where(entry_versions.c.entry_id == row.id).order_by(entry_versions.c.number)
    return EntryHistory(
        entry_id=row.id,
        url=row.url,
        outlet=row.outlet or row.feed_title,
        feed_url=row.feed_url,
        article_id=row.article_id,
        changes=row.changes,
        versions=tuple(_entry_versions(row, connection.execute(query).all())),
    )


def _entry_versions(row: Row[Any], former: Sequence[Row[Any]]) -> Iterator[EntryVersion]:
    """Those kept, then the words of now. A version began when the one before it ended, if that is known."""
    numbers = [version.number for version in former] + [row.changes + 1]
    ends = {version.number: version.until for version in former}
    begins = {number: ends.get(number - 1) for number in numbers} | {1: row.first_seen_at}
    for version in former:
        yield EntryVersion(
            number=version.number,
            since=begins[version.number],
            until=version.until,
            title=version.title,
            summary=version.summary,
            content=version.content,
        )
    yield EntryVersion(
        number=row.changes + 1,
        since=begins[row.changes + 1],
        until=None,
        title=row.title,
        summary=row.summary,
        content=row.content,
    )


def _article(connection: Connection, article_id: int) -> ArticleHistory:
    article = connection.execute(select(articles).where(articles.c.id == article_id)).one()
    query = select(article_versions).where(article_versions.c.article_id == article_id)
    return ArticleHistory(
        article_id=article_id,
        url=article.url,
        outlet=article.outlet,
        versions=tuple(_text(article, row) for row in connection.execute(query.order_by(article_versions.c.number))),
    )


def _text(article: Row[Any], row: Row[Any]) -> ArticleVersion:
    """A version's row; that of now is null, because its words are the article's own."""
    current = row.number == article.version
    return ArticleVersion(
        number=row.number,
        seen_at=row.seen_at,
        title=article.title if current else row.title or "",
        text=article.text if current else row.text or "",
        text_source=row.text_source,
        current=current,
    )
