"""WebSub subscriptions: what is wanted, what was asked of which hub, and what came of it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, not_, or_, select, update

from monitor.records.subscriptions import Subscription, SubscriptionState
from monitor.store import claims
from monitor.store.engine import Database
from monitor.store.polling.subscription_tables import subscriptions
from monitor.store.tables import feeds
from monitor.urls import is_web

_FIELDS = tuple(field.name for field in fields(Subscription) if field.name != "state")
_ENDED = SubscriptionState.ENDED.value
_WANTED = subscriptions.c.state != _ENDED
# Bytes of chance in a token and in a secret; written out they are 43 characters, far below the 200 bytes allowed.
_CHANCE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """A feed that names a hub, and the topic to ask for there."""

    feed_id: int
    hub: str
    topic: str


class Subscriptions:
    """At most one subscription per feed, and those that have ended but whose hubs may still push."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def wanted(self, *, now: datetime, move_after: timedelta) -> int:
        """Add subscriptions, due at once, for the feeds that name a hub and have none at it; the number added.

        Another hub or topic than that of the subscription takes its place when that was last asked for longer than
        ``move_after`` ago; the old hub is told.
        """
        moves_before = now - move_after
        with self._database.read() as connection:
            # A round is every few seconds, and nearly always there is nothing new: no writer need wait for that.
            offers = _offers(connection, moves_before)
        if not offers:
            return 0
        with self._database.write() as connection:
            return sum(_add(connection, offer, now, moves_before) for offer in offers)

    def due(self, *, now: datetime, limit: int, holder: str, lease: timedelta) -> tuple[Subscription, ...]:
        """Claim those whose hub is to be asked (ended ones: told), the longest overdue first, until ``now + lease``."""
        table = subscriptions.c
        with self._database.write() as connection:
            order = (table.renew_at, table.id)
            when = table.renew_at <= now
            ids = claims.claim(
                connection, subscriptions, when, order=order, now=now, limit=limit, holder=holder, lease=lease
            )
            return _all(connection, table.id.in_(ids))

    def requested(self, ask_again_at: Mapping[int, datetime | None], *, now: datetime) -> None:
        """Note, before they are asked, that the hubs of these ids are asked, and when to ask again if none confirms.

        Before: some hubs confirm while the request still waits for its answer. It ends the claims.
        """
        table = subscriptions.c
        with self._database.write() as connection:
            for number, again in ask_again_at.items():
                values = {"requested_at": now, "renew_at": again, "failures": table.failures + 1} | claims.FREE
                here = table.id == number
                connection.execute(update(subscriptions).where(here).values(values))
                connection.execute(
                    update(subscriptions).where(here, _WANTED).values(state=SubscriptionState.REQUESTED.value)
                )

    def failed(self, number: int, *, asked_at: datetime, error: str, ask_again_at: datetime | None) -> bool:
        """Note that the request of ``asked_at`` failed; False when it was confirmed or asked anew since."""
        table = subscriptions.c
        same = (table.id == number, table.requested_at == asked_at)
        said = {"last_error": error, "renew_at": ask_again_at}
        waiting = table.state == SubscriptionState.REQUESTED.value
        failed = said | {"state": SubscriptionState.FAILED.value}
        with self._database.write() as connection:
            if connection.execute(update(subscriptions).where(*same, waiting).values(failed)).rowcount:
                return True
            telling = (table.state == _ENDED, table.renew_at.is_not(None))
            return connection.execute(update(subscriptions).where(*same, *telling).values(said)).rowcount == 1

    def by_token(self, token: str) -> Subscription | None:
        """The one whose callback ends in ``token``."""
        with self._database.read() as connection:
            return next(iter(_all(connection, subscriptions.c.token == token)), None)

    def verified(self, token: str, *, lease_until: datetime, renew_at: datetime) -> bool:
        """Note that the hub confirmed; False when the subscription is not wanted any more."""
        values = {
            "state": SubscriptionState.VERIFIED.value,
            "lease_until": lease_until,
            "renew_at": renew_at,
            "failures": 0,
            "last_error": None,
        }
        return self._change(token, values, _WANTED)

    def denied(self, token: str, *, reason: str, ask_again_at: datetime) -> bool:
        """Note that the hub will not push, or not any more; one that had ended is gone with that."""
        values = {
            "state": SubscriptionState.DENIED.value,
            "lease_until": None,
            "renew_at": ask_again_at,
            "last_error": reason,
        }
        over = (subscriptions.c.token == token, subscriptions.c.state == _ENDED)
        with self._database.write() as connection:
            if connection.execute(delete(subscriptions).where(*over)).rowcount:
                return True
            changed = update(subscriptions).where(subscriptions.c.token == token, _WANTED).values(values)
            return connection.execute(changed).rowcount == 1

    def unsubscribed(self, token: str) -> bool:
        """Note that the hub confirmed an end. The row stays until its lease is over: the hub may ask twice."""
        return self._change(token, {"renew_at": None, "last_error": None}, subscriptions.c.state == _ENDED)

    def pushed(self, token: str, *, now: datetime) -> bool:
        """Count a push whose content was taken."""
        return self._change(token, {"last_push_at": now, "pushes": subscriptions.c.pushes + 1}, _WANTED)

    def missed(self, feed_id: int, *, now: datetime) -> bool:
        """Note that a poll found news that no push had brought; False without a subscription."""
        of_feed = (subscriptions.c.feed_id == feed_id, _WANTED)
        with self._database.write() as connection:
            return connection.execute(update(subscriptions).where(*of_feed).values(missed_at=now)).rowcount == 1

    def live(self, feed_id: int, *, now: datetime) -> bool:
        """Whether pushes can be relied on: the lease holds, one came, and none was missed since.

        A hub may confirm everything and never push, because the publisher does not tell it anything.
        """
        table = subscriptions.c
        reliable = or_(table.missed_at.is_(None), table.missed_at < table.last_push_at)
        query = select(table.id).where(
            table.feed_id == feed_id, _WANTED, table.lease_until > now, table.last_push_at.is_not(None), reliable
        )
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def remove(self, feed_id: int, *, now: datetime) -> int:
        """End what a feed has, its hub to be told at once; the number ended."""
        with self._database.write() as connection:
            return _end(connection, subscriptions.c.feed_id == feed_id, now)

    def tidy(self, *, now: datetime) -> int:
        """End the subscriptions of feeds that were removed and drop those whose leases are over; the number of both."""
        table = subscriptions.c
        active = select(feeds.c.id).where(feeds.c.active)
        over = (table.state == _ENDED, or_(table.lease_until.is_(None), table.lease_until <= now))
        with self._database.write() as connection:
            ended = _end(connection, table.feed_id.not_in(active), now)
            return ended + connection.execute(delete(subscriptions).where(*over)).rowcount

    def release(self, holder: str) -> int:
        """Give back those that ``holder`` has claimed; their number."""
        with self._database.write() as connection:
            return claims.release(connection, subscriptions, holder)

    def all(self) -> tuple[Subscription, ...]:
        """Every one, in the order of the feeds."""
        with self._database.read() as connection:
            return _all(connection)

    def _change(self, token: str, values: Mapping[str, Any], *where: ColumnElement[bool]) -> bool:
        with self._database.write() as connection:
            changed = update(subscriptions).where(subscriptions.c.token == token, *where).values(values)
            return connection.execute(changed).rowcount == 1


def _all(connection: Connection, *where: ColumnElement[bool]) -> tuple[Subscription, ...]:
    query = select(subscriptions).where(*where).order_by(subscriptions.c.feed_id, subscriptions.c.id)
    return tuple(map(_subscription, connection.execute(query)))


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(state=SubscriptionState(row.state), **{name: getattr(row, name) for name in _FIELDS})


def _of_feed(connection: Connection, feed_id: int) -> Subscription | None:
    return next(iter(_all(connection, subscriptions.c.feed_id == feed_id, _WANTED)), None)


def _offers(connection: Connection, moves_before: datetime) -> tuple[_Offer, ...]:
    """What feeds name and do not have, or have long enough to give it up for what they name now."""
    table = subscriptions.c
    same = and_(table.hub == feeds.c.hub, table.topic == feeds.c.topic)
    fits = select(table.id).where(table.feed_id == feeds.c.id, _WANTED, or_(same, table.requested_at > moves_before))
    query = select(feeds.c.id, feeds.c.hub, feeds.c.topic).where(
        feeds.c.active, feeds.c.hub != "", feeds.c.topic != "", not_(fits.exists())
    )
    found = connection.execute(query.order_by(feeds.c.id))
    return tuple(
        _Offer(feed_id=row.id, hub=row.hub, topic=row.topic) for row in found if is_web(row.hub) and is_web(row.topic)
    )


def _takes(current: Subscription | None, offer: _Offer, moves_before: datetime) -> bool:
    """Whether the offer is new to the feed, and what it has is old enough to be given up for it."""
    if current is None:
        return True
    same = (current.hub, current.topic) == (offer.hub, offer.topic)
    return not same and (current.requested_at is None or current.requested_at <= moves_before)


def _add(connection: Connection, offer: _Offer, now: datetime, moves_before: datetime) -> bool:
    """Add one, if it is still wanted now that nobody else writes."""
    feed = select(feeds.c.id).where(feeds.c.id == offer.feed_id, feeds.c.active).with_for_update(key_share=True)
    if connection.execute(feed).first() is None or not _takes(_of_feed(connection, offer.feed_id), offer, moves_before):
        return False
    _end(connection, subscriptions.c.feed_id == offer.feed_id, now)
    values = {
        "feed_id": offer.feed_id,
        "hub": offer.hub,
        "topic": offer.topic,
        "token": secrets.token_urlsafe(_CHANCE),
        "secret": secrets.token_urlsafe(_CHANCE),
        "state": SubscriptionState.REQUESTED.value,
        "renew_at": now,
        "failures": 0,
        "pushes": 0,
    }
    connection.execute(insert(subscriptions).values(values))
    return True


def _end(connection: Connection, which: ColumnElement[bool], now: datetime) -> int:
    """End what is wanted among ``which``; what no hub has agreed to is deleted, for there is nobody to tell."""
    never = (which, _WANTED, subscriptions.c.lease_until.is_(None))
    dropped = connection.execute(delete(subscriptions).where(*never)).rowcount
    values = {"state": _ENDED, "renew_at": now, "failures": 0, "last_error": None} | claims.FREE
    return dropped + connection.execute(update(subscriptions).where(which, _WANTED).values(values)).rowcount
