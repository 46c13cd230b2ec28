"""The reads of the sources pages: what feeds brought of late, and one feed's last polls, entries and matches."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, select

from monitor.records.board.matches import MatchRow
from monitor.records.board.sources import FeedYield, SourceEntry
from monitor.records.feedback import Verdict
from monitor.records.history import PastPoll
from monitor.store.board.matches import rows_of
from monitor.store.engine import Database
from monitor.store.feedback_tables import labels
from monitor.store.tables import articles, entries, matches, polls

NEW = timedelta(days=7)
MATCHED = timedelta(days=30)
POLLS = 200
ENTRIES = 30
MATCHES = 10
_POLL = tuple(polls.c[name] for name in PastPoll.__dataclass_fields__)


class SourcesBoard:
    """What feeds brought."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def yields(self, now: datetime) -> dict[int, FeedYield]:
        """What each feed brought of late; feeds that brought nothing are left out."""
        with self._database.read() as connection:
            new = dict(_pairs(connection, _new(now - NEW)))
            matched = dict(_pairs(connection, _matched(now - MATCHED)))
            judged = {row.feed_id: row for row in connection.execute(_judged())}
        none = (0, 0)
        return {
            feed_id: FeedYield(
                new=new.get(feed_id, 0),
                matches=matched.get(feed_id, 0),
                kept=(judged[feed_id].kept if feed_id in judged else none[0]),
                rejected=(judged[feed_id].rejected if feed_id in judged else none[1]),
            )
            for feed_id in {*new, *matched, *judged}
        }

    def latest(
        self, feed_id: int, *, person: str, now: datetime
    ) -> tuple[tuple[PastPoll, ...], tuple[SourceEntry, ...], tuple[MatchRow, ...]]:
        """Its last polls, entries and matches, the newest first."""
        with self._database.read() as connection:
            polled = select(*_POLL).where(polls.c.feed_id == feed_id).order_by(polls.c.polled_at.desc()).limit(POLLS)
            seen = select(entries).where(entries.c.feed_id == feed_id).order_by(entries.c.id.desc()).limit(ENTRIES)
            return (
                tuple(PastPoll(**row._mapping) for row in connection.execute(polled)),
                tuple(map(_entry, connection.execute(seen))),
                rows_of(connection, _matches_of(connection, feed_id), person=person, now=now),
            )


def _pairs(connection: Connection, query: Select[Any]) -> list[tuple[int, int]]:
    return [(feed_id, count) for feed_id, count in connection.execute(query) if feed_id is not None]


def _new(since: datetime) -> Select[Any]:
    return select(entries.c.feed_id, func.count()).where(entries.c.first_seen_at >= since).group_by(entries.c.feed_id)


def _matched(since: datetime) -> Select[Any]:
    live = (matches.c.matched_at >= since, matches.c.withdrawn_at.is_(None), matches.c.backfill.is_(False))
    query = select(articles.c.feed_id, func.count()).join(articles, articles.c.id == matches.c.article_id)
    return query.where(*live).group_by(articles.c.feed_id)


def _judged() -> Select[Any]:
    kept = func.sum(case((labels.c.verdict == Verdict.KEEP.value, 1), else_=0)).label("kept")
    rejected = func.sum(case((labels.c.verdict != Verdict.KEEP.value, 1), else_=0)).label("rejected")
    query = select(articles.c.feed_id, kept, rejected).join(articles, articles.c.id == labels.c.article_id)
    return query.where(labels.c.undone_at.is_(None), labels.c.matched).group_by(articles.c.feed_id)


def _matches_of(connection: Connection, feed_id: int) -> Sequence[int]:
    newest = (
        select(articles.c.id)
        .where(articles.c.feed_id == feed_id)
        .where(
            select(matches.c.id).where(matches.c.article_id == articles.c.id, matches.c.withdrawn_at.is_(None)).exists()
        )
        .order_by(articles.c.id.desc())
        .limit(MATCHES)
    )
    return connection.scalars(newest).all()


def _entry(row: Row[Any]) -> SourceEntry:
    return SourceEntry(
        id=row.id,
        title=row.title,
        url=row.url,
        first_seen=row.first_seen_at,
        published=row.published_at,
        state=row.state,
        reason=row.reason,
        article_id=row.article_id,
        changes=row.changes,
        backfill=row.backfill,
    )
