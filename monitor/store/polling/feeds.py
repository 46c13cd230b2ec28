"""The feeds' rows: what a person says about them, and when each is polled next."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ColumnExpressionArgument,
    Connection,
    Row,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    update,
)

from monitor.errors import ConfigError
from monitor.records.articles import FeedUpdate, PollOutcome
from monitor.records.feeds import Feed, FeedCounts, FeedLine, FeedSpec
from monitor.store import claims, rows
from monitor.store.engine import Database
from monitor.store.keys import hashed
from monitor.store.polling import feed_lines, polls
from monitor.store.tables import UNWELL, articles, entries, feeds

START_INTERVAL = 900.0
"""Seconds between polls of a feed of which nothing is known yet."""

_FRESH = {
    "last_status": "never polled",
    "entries_seen": 0,
    "guids_repeat": False,
    "conditional": True,
    "moved_to": "",
    "moved_polls": 0,
    "moved_from": "",
    "rhythm": "",
    "pace": 0.0,
    "least": 0.0,
    "gaps": 0,
    "skip_hours": "",
    "skip_days": "",
    "hub": "",
    "topic": "",
    "notes": "",
}
"""Column values of a feed that was never polled."""
_REVIVED = {"gone_at": None, "failures": 0, "failing_since": None, "last_success_at": None, "last_error": None}
"""A feed that comes back is polled as a new one: what it brings first is no news. Its entries stay known."""
_ASKED_TOGETHER = 10_000


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
            there = _one(connection, feed_id)
            if there.active and there.gone_at is None:
                raise ConfigError(f"the feed {spec.url} is already there as number {feed_id}. Nothing was changed.")
            back = _said(spec) | _REVIVED | {"active": True, "next_poll_at": now}
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
                connection.execute(update(feeds).where(feeds.c.id == feed_id).values(_said(wanted[key])))
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
        """The feed with that address, or that had it before it moved; removed or not."""
        with self._database.read() as connection:
            known = _known(connection, [FeedSpec(url=url)])
            return _one(connection, next(iter(known.values()))) if known else None

    def all(self, *, removed: bool = False) -> tuple[Feed, ...]:
        """Every feed in the order added; the removed ones only when asked for."""
        query = select(feeds).order_by(feeds.c.id)
        with self._database.read() as connection:
            return tuple(map(rows.feed, connection.execute(query if removed else query.where(feeds.c.active))))

    def lines(self) -> tuple[FeedLine, ...]:
        """A little of every feed that is polled, in the order added; far cheaper than ``all``."""
        with self._database.read() as connection:
            return feed_lines.lines(connection)

    def some(self, ids: Iterable[int]) -> tuple[Feed, ...]:
        """The feeds with those numbers, in the order added; those that are not there are left out."""
        with self._database.read() as connection:
            return tuple(feed_lines.of(connection, ids))

    def remove(self, id_or_url: int | str, *, purge: bool = False) -> Feed:
        """Stop polling a feed and hide it; what it brought stays. Gives the feed as it was.

        ``purge`` deletes what it brought too, and the articles that no other feed has. Raises ConfigError when there
        is no such feed.
        """
        with self._database.write() as connection:
            row = _wanted(connection, id_or_url)
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
                feeds.c.gone_at.is_(None),
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

    def hashes(self, feed_id: int) -> frozenset[str]:
        """The hashes of the entries of the feed's last document: what need not be read again."""
        with self._database.read() as connection:
            return polls.known_hashes(connection, [feed_id]).get(feed_id, frozenset())

    def hashes_of(self, feed_ids: Iterable[int]) -> dict[int, frozenset[str]]:
        """``hashes`` of many feeds; one that has never brought a document is left out."""
        with self._database.read() as connection:
            return polls.known_hashes(connection, feed_ids)

    def last_errors(self, n: int) -> tuple[str, ...]:
        """Return the errors of the ``n`` feeds that failed last."""
        query = (
            select(feeds.c.last_error)
            .where(*_unwell(), or_(feeds.c.failures > 0, _unreached()), feeds.c.last_error.is_not(None))
            .order_by(feeds.c.last_polled_at.desc())
            .limit(n)
        )
        with self._database.read() as connection:
            return tuple(connection.scalars(query))

    def record_polls(self, updates: Sequence[FeedUpdate]) -> tuple[PollOutcome, ...]:
        """Write down what polls found, all or nothing: entries first, then the feeds' state, which ends the claims.

        A feed that was purged while it was polled has no outcome.
        """
        with self._database.write() as connection:
            return polls.record(connection, updates)

    def release(self, holder: str) -> int:
        """Give back the feeds that ``holder`` has claimed; their number."""
        with self._database.write() as connection:
            return claims.release(connection, feeds, holder)

    def claims_on_budget(self, *, backoff: float) -> tuple[tuple[float, float], ...]:
        """What each feed that is polled asks of the budget: its pace, and the least interval that it leaves.

        Failing feeds leave their share to the others: ``backoff`` is their least interval.
        """
        polled = (feeds.c.active, feeds.c.gone_at.is_(None), feeds.c.pace > 0)
        with self._database.read() as connection:
            found = connection.execute(select(feeds.c.pace, feeds.c.least, feeds.c.failures).where(*polled))
            return tuple((row.pace, max(row.least, backoff if row.failures else 0.0)) for row in found)

    def probe(self, *, failing_since: datetime, at: datetime) -> int:
        """Ask feeds that began to fail at that time or later again soon: there is hope; the number of them."""
        hopeful = (feeds.c.active, feeds.c.gone_at.is_(None), feeds.c.failing_since >= failing_since)
        with self._database.write() as connection:
            later = (*hopeful, feeds.c.next_poll_at > at)
            return connection.execute(update(feeds).where(*later).values(next_poll_at=at)).rowcount

    def is_empty(self) -> bool:
        """Whether there is no feed, not even one that is gone."""
        with self._database.read() as connection:
            return connection.execute(select(feeds.c.id).limit(1)).first() is None

    def counts(self, *, now: datetime) -> FeedCounts:
        """How the feeds are, in numbers."""
        number = func.count()
        active = select(number).select_from(feeds).where(feeds.c.active)
        due = active.where(feeds.c.next_poll_at <= now, feeds.c.gone_at.is_(None))
        unwell = select(
            number.filter(feeds.c.failures > 0),
            number.filter(feeds.c.last_polled_at.is_(None)),
            number.filter(_unreached()),
        ).where(*_unwell())
        with self._database.read() as connection:
            failing, never, unreached = connection.execute(unwell).one()
            return FeedCounts(
                active=connection.execute(active).scalar_one(),
                due=connection.execute(due).scalar_one(),
                failing=failing,
                never_polled=never,
                unreached=unreached,
            )


def _key(spec: FeedSpec) -> str:
    return hashed(spec.url.strip())


def _unreached() -> ColumnElement[bool]:
    return (feeds.c.last_status == "outage") & (feeds.c.failures == 0)


def _unwell() -> tuple[ColumnExpressionArgument[bool], ...]:
    # Said like this, no index of active feeds, which nearly all are, looks better than that of the unwell ones.
    return feeds.c.active.is_not(false()), UNWELL


def _wanted(connection: Connection, id_or_url: int | str) -> Row[Any] | None:
    """The row of the feed with that number or address."""
    if isinstance(id_or_url, str):
        known = _known(connection, [FeedSpec(url=id_or_url)])
        id_or_url = next(iter(known.values()), 0)
    return connection.execute(select(feeds).where(feeds.c.id == id_or_url)).first()


def _said(spec: FeedSpec) -> dict[str, Any]:
    """What a person says about a feed that is there; a feed that has moved keeps its new address."""
    return {name: value for name, value in rows.spec_values(spec).items() if name != "url"}


def _new(spec: FeedSpec, now: datetime) -> dict[str, Any]:
    polling = {"active": True, "added_at": now, "next_poll_at": now, "interval": START_INTERVAL, "failures": 0}
    return rows.spec_values(spec) | polling | _FRESH | {"url_key": _key(spec)}


def _known(connection: Connection, specs: Iterable[FeedSpec]) -> dict[str, int]:
    """The feeds with those addresses, also those that had them before they moved."""
    keys = [_key(spec) for spec in specs]
    known: dict[str, int] = {}
    for column in (feeds.c.moved_from_key, feeds.c.url_key):
        # Neither database takes more than some ten thousand parameters in one statement.
        for start in range(0, len(keys), _ASKED_TOGETHER):
            some = select(column, feeds.c.id).where(column.in_(keys[start : start + _ASKED_TOGETHER]))
            known |= {key: id_ for key, id_ in connection.execute(some)}  # noqa: C416
    return known


def _one(connection: Connection, feed_id: int) -> Feed:
    return rows.feed(connection.execute(select(feeds).where(feeds.c.id == feed_id)).one())


def _purge(connection: Connection, feed_id: int) -> None:
    """Delete a feed with its polls and entries, and the articles that only it led to."""
    ours = select(entries.c.article_id).where(entries.c.feed_id == feed_id, entries.c.article_id.is_not(None))
    others = select(entries.c.article_id).where(entries.c.feed_id != feed_id, entries.c.article_id.is_not(None))
    connection.execute(delete(articles).where(articles.c.id.in_(ours), articles.c.id.not_in(others)))
    connection.execute(delete(feeds).where(feeds.c.id == feed_id))
