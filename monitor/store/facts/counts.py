"""How much there was: matches by day and topic, what was looked at, and what still waits to be read."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, exists, func, or_, select

from monitor.records.articles import EntryState
from monitor.records.telling.digests import Coverage, DarkFeed, DayCount
from monitor.store.facts.scope import Scope, select_news
from monitor.store.tables import articles, entries, matches

DAYS = 14
"""Days of the volume."""
_UNREAD = (EntryState.NEW.value, EntryState.TO_READ.value, EntryState.TO_ANALYSE.value)
_DAY = timedelta(days=1)


def volume(connection: Connection, scope: Scope, zone: str) -> tuple[DayCount, ...]:
    """Matched articles by topic and day of the zone, the oldest day first; the last day ends where the scope does."""
    days = _days(scope.until, ZoneInfo(zone))
    at = matches.c.matched_at
    number = case(*((at < start, place) for place, (_, start) in enumerate(days[1:])), else_=len(days) - 1)
    query = select_news(connection, scope.selection, scope.now, number, matches.c.topic, func.count())
    query = query.where(at >= days[0][1], at < scope.until).group_by(number, matches.c.topic)
    found = sorted((place, topic, count) for place, topic, count in connection.execute(query))
    return tuple(DayCount(day=days[place][0], topic=topic, count=count) for place, topic, count in found)


def _days(until: datetime, zone: ZoneInfo) -> Sequence[tuple[date, datetime]]:
    """The last days of the zone and when each begins (UTC)."""
    last = (until - timedelta(microseconds=1)).astimezone(zone).date()
    days = [last - _DAY * back for back in reversed(range(DAYS))]
    return [(day, datetime.combine(day, time.min, zone).astimezone(UTC)) for day in days]


def coverage(
    connection: Connection, scope: Scope, *, since: datetime, feeds: int, dark: tuple[DarkFeed, ...]
) -> Coverage:
    """What was looked at since then."""
    seen = (entries.c.first_seen_at >= since, entries.c.first_seen_at < scope.until)
    waiting = (entries.c.state.in_(_UNREAD), entries.c.backfill.is_(False))
    return Coverage(
        seen=connection.scalar(select(func.count()).select_from(entries).where(*seen)) or 0,
        matched=sum(at >= since for at in scope.fresh.values()),
        feeds=feeds,
        dark=dark,
        unread=connection.scalar(select(func.count()).select_from(entries).where(*seen, *waiting)) or 0,
    )


def is_settled(connection: Connection, until: datetime) -> bool:
    """Whether nothing that we knew of before then waits to be screened, read, understood or woven in.

    What is to be tried again only afterwards is not waited for, and neither are back catalogues.
    """
    due = or_(entries.c.retry_at.is_(None), entries.c.retry_at < until)
    unread = (entries.c.state.in_(_UNREAD), entries.c.first_seen_at < until, entries.c.backfill.is_(False), due)
    # An article that was matched before waits again when its page says something else.
    news = exists().where(
        matches.c.article_id == articles.c.id, matches.c.matched_at < until, matches.c.backfill.is_(False)
    )
    waiting = (
        select(entries.c.id).where(*unread),
        select(articles.c.id).where(articles.c.pending, news),
        select(articles.c.id).where(articles.c.unwoven, news),
    )
    return not any(connection.execute(query.limit(1)).first() for query in waiting)
