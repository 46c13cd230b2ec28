"""The ledger's rules, inside a transaction of whoever works on it: entering, giving up a hand-over, calling off.

A line walks ``composed → sending → sent | failed``, back to ``composed`` for another try, or ends in ``skipped``.
A holder claims it for a time. ``sending`` is written before the message leaves and an end after, so a line found in
``sending`` without a living holder is a try of which nobody knows whether it arrived: it is counted as doubtful.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, insert, not_, or_, select, update

from monitor.errors import ConfigError
from monitor.records.telling.messages import Channel, Delivery, DeliveryState, NewDelivery
from monitor.records.telling.subscribers import Period, SubscriberState
from monitor.store import claims
from monitor.store.telling.tables import deliveries, subscribers
from monitor.store.upsert import upsert

MOST_DOUBTFUL = 5
"""A message that never lives to see its hand-over's end has failed then: something in it kills the process."""

COMPOSED, SENDING, SKIPPED = (
    state.value for state in (DeliveryState.COMPOSED, DeliveryState.SENDING, DeliveryState.SKIPPED)
)
OVER: dict[str, Any] = {"next_try_at": None} | claims.FREE
"""Values of a line with which nothing is left to do."""
NEVER_ENDED = f"{MOST_DOUBTFUL} tries in a row ended with the process, and nobody knows whether any arrived"
LEFT = "the subscription ended or paused before it was sent"

_COLUMNS = deliveries.c
_BATCH = 1000
_SAME = (
    *("id", "kind", "target", "ledger_key", "message_id", "composed_at", "subscriber_id", "edition_id", "rule_id"),
    *("subject", "body", "attempts", "doubtful", "next_try_at", "give_up_at", "last_error", "sent_at"),
)


def enter(connection: Connection, new: Sequence[NewDelivery], now: datetime) -> int:
    """Write the lines whose keys are new; their number."""
    # In one order for everybody: two processes that enter the same lines must not wait for each other in a circle.
    values = [_values(line, now) for line in sorted(new, key=lambda line: line.ledger_key)]
    statement = upsert(connection, deliveries).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return sum(
        connection.execute(statement, values[start : start + _BATCH]).rowcount
        for start in range(0, len(values), _BATCH)
    )


def _values(line: NewDelivery, now: datetime) -> dict[str, Any]:
    is_over = line.state is not DeliveryState.COMPOSED
    return {
        "kind": line.kind,
        "channel": line.channel.value,
        "target": line.target,
        "ledger_key": line.ledger_key,
        "state": line.state.value,
        "message_id": line.message_id,
        "subscriber_id": line.subscriber_id,
        "edition_id": line.edition_id,
        "rule_id": line.rule_id,
        "period_start": line.period.start if line.period else None,
        "period_end": line.period.end if line.period else None,
        "subject": line.subject,
        "body": line.body,
        "attempts": 0,
        "doubtful": 0,
        "next_try_at": None if is_over else line.not_before or now,
        "give_up_at": line.give_up_at,
        "last_error": "",
        "composed_at": now,
    }


def give_up_hand_overs(connection: Connection, among: ColumnElement[bool]) -> None:
    """Lines ``among`` those being handed over whose holder is gone: count the doubtful try, let them be tried again.

    The claim stays as it is, for whoever has just taken it.
    """
    found = and_(among, _COLUMNS.state == SENDING)
    hopeless = and_(found, _COLUMNS.doubtful + 1 >= MOST_DOUBTFUL)
    failed = {"state": DeliveryState.FAILED.value, "last_error": NEVER_ENDED, "doubtful": _COLUMNS.doubtful + 1} | OVER
    connection.execute(update(deliveries).where(hopeless).values(failed))
    again = {"state": COMPOSED, "doubtful": _COLUMNS.doubtful + 1}
    connection.execute(update(deliveries).where(found).values(again))


def skip_unwanted(connection: Connection, among: ColumnElement[bool]) -> int:
    """Lines ``among`` those that wait whose recipient has left since they were composed: not to be sent; the number."""
    skipped = {"state": SKIPPED, "last_error": LEFT} | OVER
    here = (among, _COLUMNS.state == COMPOSED, not_(wanted()))
    return connection.execute(update(deliveries).where(*here).values(skipped)).rowcount


def call_off(connection: Connection, subscriber_id: int) -> int:
    """Skip all that waits for a subscription that ends or pauses; the number."""
    here = _COLUMNS.subscriber_id == subscriber_id
    return skip_unwanted(connection, here)


def wanted() -> ColumnElement[bool]:
    """Whether the recipient still wants it: a digest needs an active subscription, its question one that waits."""
    needs = case(
        (_COLUMNS.kind == "digest", SubscriberState.ACTIVE.value),
        (_COLUMNS.kind == "confirmation", SubscriberState.PENDING.value),
    )
    still = exists().where(subscribers.c.id == _COLUMNS.subscriber_id, subscribers.c.state == needs)
    return or_(_COLUMNS.subscriber_id.is_(None), needs.is_(None), still)


def sweep(connection: Connection, now: datetime) -> int:
    """Give back what holders that did not come back in time had claimed; the number."""
    # Only lines with something left to do are ever claimed, and an index finds these.
    expired = and_(_COLUMNS.next_try_at.is_not(None), claims.is_over(deliveries, now))
    give_up_hand_overs(connection, expired)
    return connection.execute(update(deliveries).where(expired).values(claims.FREE)).rowcount


def forget_bodies(connection: Connection, *, before: datetime) -> int:
    """Take away what was in messages that were composed before then and are over; the lines stay; the number."""
    old = (_COLUMNS.state.not_in([COMPOSED, SENDING]), _COLUMNS.composed_at < before, _COLUMNS.body != "")
    return connection.execute(update(deliveries).where(*old).values(body="")).rowcount


def again(connection: Connection, line: Row[Any], now: datetime) -> int:
    """Another line for what ``line`` carried, under a key and a Message-ID of its own; its id.

    Its own Message-ID, because a mail client that has the first would hide the second, and a person asked for it.
    Raises ConfigError when what it carried was pruned.
    """
    if line.edition_id is None and not line.body:
        raise ConfigError(f"delivery {line.id} cannot be sent again: what it said is no longer kept. Its line stays.")
    root = line.ledger_key.partition(":again:")[0]
    family = or_(_COLUMNS.ledger_key == root, _COLUMNS.ledger_key.startswith(f"{root}:again:", autoescape=True))
    keys = connection.scalars(select(_COLUMNS.ledger_key).where(family))
    number = 1 + max(int(key.partition(":again:")[2] or 0) for key in keys)
    name, at, domain = line.message_id.partition("@")
    copied = {column.name: getattr(line, column.name) for column in _COLUMNS if column.name != "id"}
    fresh = {
        "ledger_key": f"{root}:again:{number}",
        "message_id": f"{name.partition('.again.')[0]}.again.{number}{at}{domain}",
        "state": COMPOSED,
        "attempts": 0,
        "doubtful": 0,
        "composed_at": now,
        "next_try_at": now,
        "give_up_at": now + (line.give_up_at - line.composed_at),
        "last_error": "",
        "sent_at": None,
    }
    made: int = connection.execute(
        insert(deliveries).values(copied | fresh | claims.FREE).returning(_COLUMNS.id)
    ).scalar_one()
    return made


def of_channels(channels: Iterable[Channel] | None, kinds: Iterable[str] | None) -> list[ColumnElement[bool]]:
    """Conditions that hold for lines of these channels and kinds; None means all."""
    chosen: list[ColumnElement[bool]] = (
        [] if channels is None else [_COLUMNS.channel.in_([channel.value for channel in channels])]
    )
    return chosen if kinds is None else [*chosen, _COLUMNS.kind.in_(list(kinds))]


def delivery(row: Row[Any]) -> Delivery:
    """A row of ``deliveries``."""
    return Delivery(
        channel=Channel(row.channel),
        state=DeliveryState(row.state),
        period=None if row.period_start is None else Period(start=row.period_start, end=row.period_end),
        **{name: getattr(row, name) for name in _SAME},
    )
