"""The feeds' rows: what a person says about them, and when each is polled next."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.errors import ConfigError
from monitor.records.articles import FeedUpdate, PollOutcome
from monitor.records.feeds import Feed, FeedCounts, FeedEntry, FeedSpec
from monitor.store import claims, polls, rows
from monitor.store.engine import Database
from monitor.store.keys import hashed
from monitor.store.tables import articles, entries, feeds

START_INTERVAL = 900.0
"""Seconds between polls of a feed of which nothing is known yet."""

_NEVER = "never polled"


class Feeds:
    """Feeds and their polling."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, spec: FeedSpec, *, now: datetime) -> Feed:
        """Add one feed, due at once; one that was removed comes back. Raises ConfigError when it is already there."""
        with self._database.write() as connection:
            known = _known(connection, [spec])
            if (feed_id := known.get(_key(spec))) is None:
                feed_id = connection.execute(insert(feeds).returning(feeds.c.id), _new(spec, now)).scalar_one()
                return _one(connection, feed_id)
            if _one(connection, feed_id).active:
                raise ConfigError(f"the feed {spec.url} is already there as number {feed_id}. Nothing was changed.")
            back = rows.spec_values(spec) | {"active": True, "next_poll_at": now}
            connection.execute(update(feeds).where(feeds.c.id == feed_id).values(back))
            return _one(connection, feed_id)

    def sync(self, specs: Iterable[FeedSpec], *, now: datetime) -> int:
        """Add the feeds that are missing and refresh what is said about the others; the number added.

        A feed that a person removed stays removed.
        """
        wanted = {_key(spec): spec for spec in specs}
        with self._database.write() as connection:
            known = _known(connection, wanted.values())
            for key, feed_id in known.items():
                connection.execute(update(feeds).where(feeds.c.id == feed_id).values(rows.spec_values(wanted[key])))
            missing = [_new(spec, now) for key, spec in wanted.items() if key not in known]
            if missing:
                connection.execute(insert(feeds), missing)
            return len(missing)

    def get(self, feed_id: int) -> Feed | None:
        """The feed with that number, removed or not."""
        with self._database.read() as connection:
            row = connection.execute(select(feeds).where(feeds.c.id == feed_id)).first()
            return None if row is None else rows.feed(row)

    def by_url(self, url: str) -> Feed | None:
        """The feed with that address, removed or not."""
        with self._database.read() as connection:
            row = connection.execute(select(feeds).where(feeds.c.url_key == _key(FeedSpec(url=url)))).first()
            return None if row is None else rows.feed(row)

    def all(self, *, removed: bool = False) -> tuple[Feed, ...]:
        """Every feed in the order added; the removed ones only when asked for."""
        query = select(feeds).order_by(feeds.c.id)
        with self._database.read() as connection:
            return tuple(map(rows.feed, connection.execute(query if removed else query.where(feeds.c.active))))

    def remove(self, id_or_url: int | str, *, purge: bool = False) -> Feed:
        """Stop polling a feed and hide it; what it brought stays. Gives the feed as it was.

        ``purge`` deletes what it brought too, and the articles that no other feed has. Raises ConfigError when there
        is no such feed.
        """
        with self._database.write() as connection:
            wanted = (
                feeds.c.id == id_or_url if isinstance(id_or_url, int) else feeds.c.url_key == hashed(id_or_url.strip())
            )
            row = connection.execute(select(feeds).where(wanted)).first()
            if row is None:
                raise ConfigError(f"there is no feed {id_or_url!r}. `monitor feeds list` shows them all.")
            if purge:
                _purge(connection, row.id)
            else:
                connection.execute(
                    update(feeds).where(feeds.c.id == row.id).values({"active": False} | claims.FREE),
                )
            return rows.feed(row)

    def claim_due(self, *, now: datetime, limit: int, holder: str, lease: timedelta) -> tuple[Feed, ...]:
        """Claim feeds that are due, the longest overdue first, until ``now + lease``."""
        with self._database.write() as connection:
            ids = claims.claim(
                connection,
                feeds,
                feeds.c.active,
                feeds.c.next_poll_at <= now,
                order=(feeds.c.next_poll_at, feeds.c.id),
                now=now,
                limit=limit,
                holder=holder,
                lease=lease,
            )
            found = connection.execute(
                select(feeds).where(feeds.c.id.in_(ids)).order_by(feeds.c.next_poll_at, feeds.c.id)
            )
            return tuple(map(rows.feed, found))

    def known(self, feed_id: int, entries: Sequence[FeedEntry]) -> int:
        """How many of a document's entries are not news: brought before, or in it twice. Nothing is written."""
        with self._database.read() as connection:
            return polls.count_known(connection, feed_id, entries)

    def last_errors(self, n: int) -> tuple[str, ...]:
        """Return the errors of the ``n`` feeds that failed last."""
        query = (
            select(feeds.c.last_error)
            .where(feeds.c.active, feeds.c.failures > 0, feeds.c.last_error.is_not(None))
            .order_by(feeds.c.last_polled_at.desc())
            .limit(n)
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(query))

    def record_poll(self, poll: FeedUpdate) -> PollOutcome:
        """Write down what a poll found: entries first, then the feed's state, which ends the claim."""
        with self._database.write() as connection:
            return polls.record(connection, poll)

    def release(self, holder: str) -> int:
        """Give back the feeds that ``holder`` has claimed; their number."""
        with self._database.write() as connection:
            return claims.release(connection, feeds, holder)

    def next_due_at(self) -> datetime | None:
        """When the next feed is due; None without feeds."""
        with self._database.read() as connection:
            due: datetime | None = connection.scalar(select(func.min(feeds.c.next_poll_at)).where(feeds.c.active))
            return due

    def counts(self, *, now: datetime) -> FeedCounts:
        """How the feeds are, in numbers."""

        def number(*where: Any) -> Any:
            return select(func.count()).select_from(feeds).where(feeds.c.active, *where).scalar_subquery()

        with self._database.read() as connection:
            active, due, failing, never = connection.execute(
                select(
                    number(),
                    number(feeds.c.next_poll_at <= now),
                    number(feeds.c.failures > 0),
                    number(feeds.c.last_polled_at.is_(None)),
                )
            ).one()
            return FeedCounts(active=active, due=due, failing=failing, never_polled=never)


def _key(spec: FeedSpec) -> str:
    return hashed(spec.url.strip())


def _new(spec: FeedSpec, now: datetime) -> dict[str, Any]:
    polling = {"active": True, "added_at": now, "next_poll_at": now, "interval": START_INTERVAL, "failures": 0}
    return (
        rows.spec_values(spec)
        | polling
        | {"url_key": _key(spec), "last_status": _NEVER, "entries_seen": 0, "guids_repeat": False}
    )


def _known(connection: Connection, specs: Iterable[FeedSpec]) -> dict[str, int]:
    keys = [_key(spec) for spec in specs]
    found = connection.execute(select(feeds.c.url_key, feeds.c.id).where(feeds.c.url_key.in_(keys)))
    return {row.url_key: row.id for row in found}


def _one(connection: Connection, feed_id: int) -> Feed:
    return rows.feed(connection.execute(select(feeds).where(feeds.c.id == feed_id)).one())


def _purge(connection: Connection, feed_id: int) -> None:
    """Delete a feed with its polls and entries, and the articles that only it led to."""
    ours = select(entries.c.article_id).where(entries.c.feed_id == feed_id, entries.c.article_id.is_not(None))
    others = select(entries.c.article_id).where(entries.c.feed_id != feed_id, entries.c.article_id.is_not(None))
    connection.execute(delete(articles).where(articles.c.id.in_(ours), articles.c.id.not_in(others)))
    connection.execute(delete(feeds).where(feeds.c.id == feed_id))
