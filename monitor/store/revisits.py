"""Matched articles whose pages are looked at again: what an outlet changes afterwards becomes another version."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from monitor.records.articles import ReadResult, StoredArticle
from monitor.store import claims, reading, rows
from monitor.store.engine import Database
from monitor.store.tables import NOT_PENDING, articles

REVISITS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""When, counted from when the article was first stored."""


def next_visit(row: Any, now: datetime) -> datetime | None:
    """The first visit of an article that is still to come: those that a stopped program missed are one."""
    times = [row.created_at + after for after in REVISITS[row.revisits :]]
    return next((at for at in times if at > now), times[-1] if times else None)


class Revisits:
    """Second looks at matched articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, *, now: datetime, limit: int, holder: str, lease: timedelta) -> tuple[StoredArticle, ...]:
        """Claim matched articles that are due for another look, the longest due first, until ``now + lease``."""
        longest = (articles.c.revisit_at, articles.c.id)
        with self._database.write() as connection:
            ids = claims.claim(
                connection,
                articles,
                articles.c.revisit_at <= now,
                NOT_PENDING,
                order=longest,
                now=now,
                limit=limit,
                holder=holder,
                lease=lease,
            )
            found = connection.execute(rows.select_articles().where(articles.c.id.in_(ids)).order_by(*longest))
            return tuple(rows.stored_article(row, ()) for row in found)

    def record(self, looks: Iterable[tuple[StoredArticle, ReadResult | None]], *, now: datetime) -> int:
        """Write what the looks gave: a version where the words changed, and the time of the next; the versions made.

        ``None`` means that there was no article to be seen: the one we have stays.
        """
        made, looks = 0, list(looks)
        with self._database.write() as connection:
            # In the order in which all do who write articles, or two would wait for each other.
            ids = [stored.article_id for stored, _ in looks]
            ordered = select(articles.c.id).where(articles.c.id.in_(ids)).order_by(articles.c.url_key)
            connection.execute(ordered.with_for_update(key_share=True))
            for stored, result in looks:
                query = select(articles).where(articles.c.id == stored.article_id).with_for_update(key_share=True)
                row = connection.execute(query).first()
                if row is None or row.revisit_at is None:
                    continue
                if result is not None and result.article is not None:
                    made += reading.take_over(connection, row, result, result.article, now)
                visits = max(row.revisits, sum(row.created_at + after <= now for after in REVISITS))
                due = row.created_at + REVISITS[visits] if visits < len(REVISITS) else None
                values = {"revisits": visits, "revisit_at": due} | claims.FREE
                connection.execute(update(articles).where(articles.c.id == row.id).values(values))
        return made

    def release(self, holder: str) -> int:
        """Give back the articles that ``holder`` has claimed; their number."""
        with self._database.write() as connection:
            return claims.release(connection, articles, holder)
