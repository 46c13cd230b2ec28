"""The ledger of deliveries: every message is a line before it is sent, and its key is unique, so it is sent once.

Between the hand-over of a message and the note of it lies the one window that nobody can close. What falls into it is
sent again, under the same Message-ID, and counted (``doubtful``).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from monitor.errors import ConfigError, StoreError
from monitor.records.telling.messages import Channel, Delivery, DeliveryState, NewDelivery, Outcome, Overdue, Reply
from monitor.store import claims
from monitor.store.engine import Database
from monitor.store.telling import ledger
from monitor.store.telling.ledger import COMPOSED, OVER, SENDING, delivery
from monitor.store.telling.tables import deliveries, subscribers
from monitor.text import shorten

FAILED_LATELY = timedelta(days=1)
"""So long after the end of its time a failed message still counts as trouble."""
_REASONS_READ = 500
_REASON_LENGTH = 500
_COLUMNS = deliveries.c


class Deliveries:
    """Messages on their way out, and what became of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enter(self, new: Sequence[NewDelivery], *, now: datetime) -> int:
        """Write messages into the ledger, due at once or at ``not_before``; the number whose key was new.

        Those that are ``skipped`` are over with that.
        """
        if not new:
            return 0
        with self._database.write() as connection:
            return ledger.enter(connection, new, now)

    def claim(
        self,
        *,
        now: datetime,
        limit: int,
        holder: str,
        lease: timedelta,
        channels: Iterable[Channel] | None = None,
        kinds: Iterable[str] | None = None,
    ) -> tuple[Delivery, ...]:
        """Claim messages that are due, the longest due first, until ``now + lease``.

        One whose last holder went while handing it over is among them, with one more ``doubtful`` try (at the fifth it
        has failed). One whose recipient has left is skipped instead.
        """
        due = (_COLUMNS.next_try_at <= now, *ledger.of_channels(channels, kinds))
        order = (_COLUMNS.next_try_at, _COLUMNS.id)
        with self._database.write() as connection:
            ids = claims.claim(
                connection, deliveries, *due, order=order, now=now, limit=limit, holder=holder, lease=lease
            )
            if not ids:
                return ()
            these = _COLUMNS.id.in_(ids)
            ledger.give_up_hand_overs(connection, these)
            ledger.skip_unwanted(connection, these)
            return _all(connection, these, _COLUMNS.state == COMPOSED, order=order)

    def begin(self, number: int, *, holder: str, now: datetime, lease: timedelta | None = None) -> bool:
        """Note, before it is handed over, that it is; False when it must not be.

        That is when the claim has run out or is another's, when a late answer of the last try says that it arrived,
        and when the recipient has left. ``lease`` makes the claim last until ``now + lease``.
        """
        mine = (_COLUMNS.id == number, _COLUMNS.claimed_by == holder, _COLUMNS.claimed_until > now)
        values: dict[str, Any] = {"state": SENDING, "attempts": _COLUMNS.attempts + 1}
        if lease is not None:
            values["claimed_until"] = now + lease
        # Else a loss of power could forget that it left: it would leave again, and nobody would count it.
        with self._database.write(durable=True) as connection:
            ready = update(deliveries).where(*mine, _COLUMNS.state == COMPOSED, ledger.wanted())
            if connection.execute(ready.values(values)).rowcount:
                return True
            ledger.skip_unwanted(connection, and_(*mine))
            return False

    def finish(
        self, number: int, *, holder: str, outcome: Outcome, now: datetime, retry_at: datetime | None = None
    ) -> DeliveryState | None:
        """Note what came of a hand-over, and end the claim; the state that the message is in then, None without one.

        ``retry_at`` is the next try of a message that was postponed; without it that has failed. Whoever has lost the
        claim meanwhile changes nothing, but for one thing: an acceptance is believed as long as the message is not
        over, so that it is not sent again.
        """
        mine = (_COLUMNS.id == number, _COLUMNS.claimed_by == holder, _COLUMNS.state == SENDING)
        is_accepted = outcome.reply is Reply.ACCEPTED
        with self._database.write() as connection:
            values = _after(outcome, now, retry_at)
            written = connection.execute(update(deliveries).where(*mine).values(values)).rowcount
            if not written and is_accepted:
                written = _late(connection, number, values)
            row = connection.execute(
                select(_COLUMNS.state, _COLUMNS.kind, _COLUMNS.subscriber_id).where(mine[0])
            ).first()
            if written and is_accepted and row is not None and row.kind == "digest":
                here = subscribers.c.id == row.subscriber_id
                connection.execute(update(subscribers).where(here).values(last_sent_at=now))
            return None if row is None else DeliveryState(row.state)

    def release(self, holder: str, among: Sequence[int] | None = None) -> int:
        """Give back what ``holder`` has claimed (``among`` these ids) and not begun to hand over; the number."""
        waiting = [_COLUMNS.next_try_at.is_not(None), _COLUMNS.state == COMPOSED]
        if among is not None:
            waiting.append(_COLUMNS.id.in_(among))
        with self._database.write() as connection:
            return claims.release(connection, deliveries, holder, *waiting)

    def resend(self, number: int, *, now: datetime) -> int:
        """Send it once more because a person asks; the id of the delivery that does so. Never called by itself.

        What still waits is only tried at once: nobody wants it twice. Raises ConfigError when there is no such one,
        or when what it said is no longer kept.
        """
        with self._database.write() as connection:
            line = connection.execute(select(deliveries).where(_COLUMNS.id == number).with_for_update()).first()
            if line is None:
                raise ConfigError(f"there is no delivery {number}. `monitor digest status` shows them.")
            if line.state == SENDING:
                return number
            if line.state == COMPOSED:
                connection.execute(update(deliveries).where(_COLUMNS.id == number).values(next_try_at=now))
                return number
            return ledger.again(connection, line, now)

    def get(self, number: int) -> Delivery | None:
        """The delivery ``number``."""
        with self._database.read() as connection:
            return next(iter(_all(connection, _COLUMNS.id == number)), None)

    def by_key(self, ledger_key: str) -> Delivery:
        """The delivery with this key. Raises StoreError when there is none."""
        with self._database.read() as connection:
            found = _all(connection, _COLUMNS.ledger_key == ledger_key)
        if not found:
            raise StoreError(
                f"the ledger has no line {ledger_key}: it was never entered, or an older backup was put back."
            )
        return found[0]

    def listed(
        self,
        *,
        limit: int = 50,
        before: int | None = None,
        state: DeliveryState | str | None = None,
        kind: str | None = None,
        subscriber_id: int | None = None,
    ) -> tuple[Delivery, ...]:
        """Deliveries before the id ``before``, the newest first: all, or of one state, kind or subscription."""
        where = [] if before is None else [_COLUMNS.id < before]
        if state is not None:
            where.append(_COLUMNS.state == DeliveryState(state).value)
        if kind is not None:
            where.append(_COLUMNS.kind == kind)
        if subscriber_id is not None:
            where.append(_COLUMNS.subscriber_id == subscriber_id)
        with self._database.read() as connection:
            return _all(connection, *where, order=(_COLUMNS.id.desc(),), limit=limit)

    def counts(self, *, kind: str | None = None) -> dict[str, int]:
        """How many deliveries (of ``kind``) are in each state, and under ``doubtful`` how many tries were that."""
        query = select(_COLUMNS.state, func.count().label("number"), func.sum(_COLUMNS.doubtful).label("doubtful"))
        if kind is not None:
            query = query.where(_COLUMNS.kind == kind)
        with self._database.read() as connection:
            found = connection.execute(query.group_by(_COLUMNS.state)).all()
        counts = {row.state: int(row.number) for row in found}
        ordered = {state.value: counts.get(state.value, 0) for state in DeliveryState}
        return ordered | {"doubtful": int(sum(row.doubtful for row in found))}

    def overdue(self, *, now: datetime, after: timedelta) -> Overdue:
        """What should have left ``after`` ago and did not, or failed lately. Notices and tests do not count."""
        first = and_(_COLUMNS.attempts == 0, _COLUMNS.next_try_at <= now - after)
        later = and_(_COLUMNS.attempts > 0, _COLUMNS.composed_at <= now - after)
        stuck = and_(_COLUMNS.state.in_([COMPOSED, SENDING]), or_(first, later))
        failed = and_(_COLUMNS.state == DeliveryState.FAILED.value, _COLUMNS.give_up_at >= now - FAILED_LATELY)
        where = (_COLUMNS.kind.not_in(("notice", "test")), or_(stuck, failed))
        sums = select(func.count(), func.min(_COLUMNS.composed_at, type_=_COLUMNS.composed_at.type)).where(*where)
        said = select(_COLUMNS.last_error, _COLUMNS.target).where(*where, _COLUMNS.last_error != "")
        with self._database.read() as connection:
            count, oldest = connection.execute(sums).one()
            reasons = connection.execute(said.order_by(_COLUMNS.id.desc()).limit(_REASONS_READ)).all()
        errors = Counter(row.last_error.replace(row.target, "the recipient") for row in reasons)
        return Overdue(count=count, oldest=oldest, errors=tuple(error for error, _ in errors.most_common()))


def _after(outcome: Outcome, now: datetime, retry_at: datetime | None) -> dict[str, Any]:
    """What a hand-over's end makes of a line."""
    if outcome.reply is Reply.ACCEPTED:
        return {"state": DeliveryState.SENT.value, "sent_at": now, "last_error": ""} | OVER
    error = {"last_error": shorten(outcome.detail, _REASON_LENGTH)}
    if outcome.reply is Reply.REFUSED or retry_at is None:
        return {"state": DeliveryState.FAILED.value} | error | OVER
    return {"state": COMPOSED} | error | claims.FREE | {"next_try_at": retry_at}


def _late(connection: Connection, number: int, sent: dict[str, Any]) -> int:
    """An acceptance by someone whose claim was lost, and whose try counts as doubtful since: now it is known."""
    doubtful = (_COLUMNS.id == number, _COLUMNS.doubtful > 0)
    known = sent | {"doubtful": _COLUMNS.doubtful - 1}
    waiting = update(deliveries).where(*doubtful, _COLUMNS.state == COMPOSED).values(known)
    if connection.execute(waiting).rowcount:
        return 1
    # Another has begun to hand it over meanwhile: it may arrive twice, and stays counted.
    return connection.execute(update(deliveries).where(*doubtful, _COLUMNS.state == SENDING).values(sent)).rowcount


def _all(
    connection: Connection,
    *where: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]] = (),
    limit: int | None = None,
) -> tuple[Delivery, ...]:
    found = connection.execute(select(deliveries).where(*where).order_by(*order).limit(limit))
    return tuple(map(delivery, found))
