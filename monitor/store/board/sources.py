"""The reads of the sources pages: what feeds brought of late, and one feed's rhythm, polls, entries, matches, versions.

The first counts a window for each feed, in indexes that hold all it needs; the second looks at one feed's newest rows.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Text, case, cast, func, select, text

from monitor.records.board.sources import ChangedArticle, FeedYield, HourCount, PollHour, SourceEntry, SourceFacts
from monitor.records.feedback import Verdict
from monitor.records.history import PastPoll
from monitor.store.board.matches import rows_of
from monitor.store.engine import Database
from monitor.store.feedback.tables import labels
from monitor.store.tables import article_versions, articles, entries, feeds, matches, polls

NEW = timedelta(days=7)
MATCHED = timedelta(days=30)
POLLED = timedelta(days=14)
POLLS = 30
POLLS_COUNTED = 2500
"""A feed that is polled every ten minutes has 2,016 in two weeks."""
ENTRIES = 30
MATCHES = 10
CHANGED = 10
RHYTHM = timedelta(days=28)
COUNTED = 2000
"""Entries whose hours are counted, at most."""
LOOKED = 1000
"""Newest articles of the feed among which matches and changed ones are looked for."""
_CAME = {"new": "brought", "same": "same", "unchanged": "same", "failed": "failed"}
_POLL = tuple(polls.c[name] for name in PastPoll.__dataclass_fields__)


class SourcesBoard:
    """What feeds brought."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def yields(self, now: datetime, *, of: Collection[int] | None = None) -> dict[int, FeedYield]:
        """What each feed, or each of some, brought of late; feeds that brought nothing are left out."""
        ours = () if of is None else (feeds.c.id.in_(of),)
        with self._database.read() as connection:
            new = dict(_pairs(connection, _counted(entries.c.first_seen_at >= now - NEW).where(*ours)))
            matched = dict(_pairs(connection, _counted(*_matched(now - MATCHED)).where(*ours)))
            matched_new = dict(_pairs(connection, _counted(*_matched(now - NEW)).where(*ours)))
            judged = {row.feed_id: (row.kept, row.rejected) for row in connection.execute(_judged(of))}
        found = {}
        for feed_id in {*new, *matched, *judged}:
            kept, rejected = judged.get(feed_id, (0, 0))
            found[feed_id] = FeedYield(
                new=new.get(feed_id, 0),
                matched_new=matched_new.get(feed_id, 0),
                matches=matched.get(feed_id, 0),
                kept=kept,
                rejected=rejected,
            )
        return found

    def facts(self, feed_id: int, *, person: str, now: datetime) -> SourceFacts:
        """One feed's rhythm, polls, entries, matches and versions."""
        with self._database.read() as connection:
            hours = _hours(connection, feed_id, now - RHYTHM)
            return SourceFacts(
                hours=tuple(
                    HourCount(weekday=weekday, hour=hour, entries=count)
                    for (weekday, hour), count in sorted(hours.items())
                ),
                counted=hours.total(),
                poll_hours=_poll_hours(connection, feed_id, now - POLLED),
                polls=tuple(
                    PastPoll(**row._mapping) for row in connection.execute(_polls(_POLL, feed_id).limit(POLLS))
                ),
                entries=tuple(map(_entry, connection.execute(_latest(feed_id).limit(ENTRIES)))),
                matches=rows_of(connection, _matches_of(connection, feed_id), person=person, now=now),
                changed=tuple(map(_changed, connection.execute(_changes(feed_id)))),
            )


def _pairs(connection: Connection, query: Select[Any]) -> list[tuple[int, int]]:
    return [(feed_id, count) for feed_id, count in connection.execute(query) if feed_id is not None and count]


def _counted(*which: ColumnElement[bool]) -> Select[Any]:
    """Such entries by feed: one step into an index for each."""
    ours = select(func.count()).select_from(entries).where(entries.c.feed_id == feeds.c.id, *which)
    return select(feeds.c.id, ours.scalar_subquery())


def _matched(since: datetime) -> tuple[ColumnElement[bool], ...]:
    # Word for word the condition of the partial index.
    matched = entries.c.state == text("'matched'")
    return matched, entries.c.first_seen_at >= since, entries.c.backfill.is_(False)


def _judged(of: Collection[int] | None) -> Select[Any]:
    # The feed is looked up for each label: as a join, Postgres would rather read all articles.
    # The offset keeps it from looking each of them up wherever the feed is named.
    feed = select(articles.c.feed_id).where(articles.c.id == labels.c.article_id).scalar_subquery().label("feed_id")
    live = select(feed, labels.c.verdict).where(labels.c.undone_at.is_(None), labels.c.matched).offset(0).subquery()
    kept = func.sum(case((live.c.verdict == Verdict.KEEP.value, 1), else_=0)).label("kept")
    rejected = func.sum(case((live.c.verdict != Verdict.KEEP.value, 1), else_=0)).label("rejected")
    query = select(live.c.feed_id, kept, rejected).where(live.c.feed_id.is_not(None)).group_by(live.c.feed_id)
    return query if of is None else query.where(live.c.feed_id.in_(of))


def _latest(feed_id: int) -> Select[Any]:
    order = (entries.c.first_seen_at.desc(), entries.c.id.desc())
    return select(entries).where(entries.c.feed_id == feed_id).order_by(*order)


def _polls(columns: Sequence[Column[Any]], feed_id: int) -> Select[Any]:
    return select(*columns).where(polls.c.feed_id == feed_id).order_by(polls.c.polled_at.desc())


def _poll_hours(connection: Connection, feed_id: int, since: datetime) -> tuple[PollHour, ...]:
    newest = _polls((polls.c.polled_at, polls.c.outcome), feed_id).where(polls.c.polled_at >= since)
    looked = newest.limit(POLLS_COUNTED).subquery()
    hour = _hour(looked.c.polled_at)
    query = select(hour, looked.c.outcome, func.count()).group_by(hour, looked.c.outcome).order_by(hour.desc())
    counted: defaultdict[datetime, Counter[str]] = defaultdict(Counter)
    for written, outcome, count in connection.execute(query):
        counted[_moment(written)][_CAME.get(outcome, "put_off")] += count
    return tuple(PollHour(at=at, **outcomes) for at, outcomes in counted.items())


def _hours(connection: Connection, feed_id: int, since: datetime) -> Counter[tuple[int, int]]:
    """Entries by weekday and hour; of a back catalogue only those with a date say when they were published."""
    published, seen, backfill = entries.c.published_at, entries.c.first_seen_at, entries.c.backfill
    newest = _latest(feed_id).with_only_columns(published, seen, backfill).where(seen >= since).limit(COUNTED)
    looked = newest.subquery()
    known = case(
        (looked.c.backfill, looked.c.published_at), else_=func.coalesce(looked.c.published_at, looked.c.first_seen_at)
    )
    hour = _hour(known)
    query = select(hour, func.count()).where(known >= since).group_by(hour)
    found: Counter[tuple[int, int]] = Counter()
    for written, count in connection.execute(query):
        at = _moment(written)
        found[at.weekday(), at.hour] += count
    return found


def _hour(moment: ColumnElement[Any]) -> ColumnElement[str]:
    """The full hour as text ("2026-11-20 12"): both databases write times so, and Postgres in UTC as we told it."""
    return func.substr(cast(moment, Text), 1, 13)


def _moment(hour: str) -> datetime:
    return datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC)


def _newest_articles(feed_id: int) -> Any:
    ids = select(articles.c.id).where(articles.c.feed_id == feed_id).order_by(articles.c.id.desc()).limit(LOOKED)
    return ids.subquery()


def _matches_of(connection: Connection, feed_id: int) -> Sequence[int]:
    newest = _newest_articles(feed_id)
    query = (
        select(newest.c.id)
        .where(
            select(matches.c.id).where(matches.c.article_id == newest.c.id, matches.c.withdrawn_at.is_(None)).exists()
        )
        .order_by(newest.c.id.desc())
        .limit(MATCHES)
    )
    return connection.scalars(query).all()


def _changes(feed_id: int) -> Select[Any]:
    newest = _newest_articles(feed_id)
    last = func.max(article_versions.c.seen_at, type_=article_versions.c.seen_at.type).label("changed_at")
    versions = func.max(article_versions.c.number).label("versions")
    changed = (
        select(newest.c.id, versions, last)
        .join(article_versions, article_versions.c.article_id == newest.c.id)
        .where(article_versions.c.number > 1)
        .group_by(newest.c.id)
        .order_by(last.desc(), newest.c.id.desc())
        .limit(CHANGED)
        .subquery()
    )
    query = select(changed, articles.c.title).join(articles, articles.c.id == changed.c.id)
    return query.order_by(changed.c.changed_at.desc(), changed.c.id.desc())


def _changed(row: Row[Any]) -> ChangedArticle:
    return ChangedArticle(article_id=row.id, title=row.title, versions=row.versions, changed_at=row.changed_at)


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
