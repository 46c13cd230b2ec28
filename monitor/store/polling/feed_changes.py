"""What a person says anew about a feed that is there, and what is told about its past."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from monitor.errors import ConfigError
from monitor.records.feeds import Feed
from monitor.records.history import PastPoll
from monitor.records.subscriptions import Subscription
from monitor.store import claims, rows
from monitor.store.engine import Database
from monitor.store.keys import hashed
from monitor.store.polling.subscriptions import Subscriptions
from monitor.store.tables import articles, feeds, polls
from monitor.urls import is_web

# Validators and trouble belong to an address; what a feed brought and when it publishes stay with the feed.
_ELSEWHERE: dict[str, Any] = {
    "etag": None,
    "last_modified": None,
    "body_hash": None,
    "conditional": True,
    "whole_at": None,
    "failures": 0,
    "failing_since": None,
    "last_error": None,
    "gone_at": None,
    "moved_to": "",
    "moved_polls": 0,
}
_POLL_FIELDS = tuple(PastPoll.__dataclass_fields__)


class FeedChanges:
    """Changes to feeds by hand."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def say(
        self,
        id_or_url: int | str,
        *,
        now: datetime,
        url: str | None = None,
        title: str | None = None,
        outlet: str | None = None,
        family: str | None = None,
        country: str | None = None,
        language: str | None = None,
        conditional: bool | None = None,
    ) -> Feed:
        """Change what is said about a feed; ``None`` leaves it as it is. Gives the feed as it then is.

        Its articles go by the outlet's new name. A feed at a new address is due at once; its old address still means
        it, so that no catalogue adds it again.
        Raises ConfigError when there is no such feed, or when another one has or had the address.
        """
        said = {"title": title, "outlet": outlet, "family": family, "country": country, "language": language}
        values: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
        with self._database.write() as connection:
            feed = _wanted(connection, id_or_url)
            if url is not None and (url := url.strip()) != feed.url:
                values |= _at(connection, feed, url, now)
            if conditional is not None:
                values["conditional"] = conditional
            if values:
                connection.execute(update(feeds).where(feeds.c.id == feed.id).values(values))
            if title is not None or outlet is not None:
                _rename(connection, feed.id)
            return rows.feed(connection.execute(select(feeds).where(feeds.c.id == feed.id)).one())

    def find(self, id_or_url: int | str) -> Feed:
        """The feed with that number or address, also a former one. Raises ConfigError when there is none."""
        with self._database.read() as connection:
            return rows.feed(_wanted(connection, id_or_url))

    def polls(self, feed_id: int, *, limit: int) -> tuple[PastPoll, ...]:
        """Its last polls, the newest first."""
        columns = (polls.c[name] for name in _POLL_FIELDS)
        query = select(*columns).where(polls.c.feed_id == feed_id).order_by(polls.c.polled_at.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(PastPoll(**row._mapping) for row in connection.execute(query))

    def subscription(self, feed_id: int) -> Subscription | None:
        """Its WebSub subscription, or None without one."""
        found = [each for each in Subscriptions(self._database).all() if each.feed_id == feed_id]
        return next(iter(sorted(found, key=lambda each: (each.state == "ended", -each.id))), None)


def _wanted(connection: Connection, id_or_url: int | str) -> Row[Any]:
    """The row of the feed with that number or address; that of now comes before a former one."""
    if isinstance(id_or_url, int):
        row = connection.execute(select(feeds).where(feeds.c.id == id_or_url)).first()
    else:
        row = _holder(connection, hashed(id_or_url.strip()))
    if row is None:
        raise ConfigError(f"there is no feed {id_or_url!r}. `monitor feeds list` shows them all.")
    return row


def _rename(connection: Connection, feed_id: int) -> None:
    """Give the feed's articles the name by which new ones will go."""
    named = select(func.coalesce(func.nullif(feeds.c.outlet, ""), feeds.c.title)).where(feeds.c.id == feed_id)
    name = connection.execute(named).scalar_one()
    others = (articles.c.feed_id == feed_id, articles.c.outlet != name)
    connection.execute(update(articles).where(*others).values(outlet=name))


def _holder(connection: Connection, key: str, *, but: int = 0) -> Row[Any] | None:
    query = select(feeds).where(or_(feeds.c.url_key == key, feeds.c.moved_from_key == key), feeds.c.id != but)
    found = connection.execute(query).all()
    return min(found, key=lambda row: row.url_key != key, default=None)


def _at(connection: Connection, feed: Row[Any], url: str, now: datetime) -> dict[str, Any]:
    """Column values of the feed at another address."""
    if not is_web(url):
        raise ConfigError(f"{url!r} is not a web address. Give the feed's full address, with https://.")
    key = hashed(url)
    if (other := _holder(connection, key, but=feed.id)) is not None:
        has = "has" if other.url_key == key else "had, before it moved,"
        removed = "" if other.active else ", which was removed,"
        raise ConfigError(
            f"feed {other.id} ({other.title or other.url}){removed} {has} the address {url}. Nothing was changed. "
            "Give another address, or keep that feed in place of this one."
        )
    moved = {"moved_from": feed.url, "moved_from_key": feed.url_key, "moved_at": now}
    return _ELSEWHERE | moved | {"url": url, "url_key": key, "next_poll_at": now} | claims.FREE
