"""Who gets the digest: subscriptions, and the streams of those who get the same one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from monitor.records.telling.subscribers import Added, Schedule, Selection, Stream, Subscriber, SubscriberState
from monitor.store.engine import Database
from monitor.store.telling import ledger
from monitor.store.telling.subscriber_rows import (
    WANTED,
    schedule_of,
    selection_key,
    selection_of,
    subscriber,
    values_of,
)
from monitor.store.telling.tables import subscribers
from monitor.store.upsert import upsert

_COLUMNS = subscribers.c
_BATCH = 1000


class Subscribers:
    """Subscriptions: at most one for each recipient, cadence and selection."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        recipient: str,
        *,
        recipient_key: str,
        stream: str,
        schedule: Schedule,
        selection: Selection,
        skip_empty: bool = False,
        pending: bool = False,
        now: datetime,
    ) -> tuple[Subscriber, Added]:
        """The subscription, new or brought up to date, and which of these it was.

        ``recipient_key`` is the same for every spelling of one address (``notify.addresses.same``), ``stream`` for all
        who get the same digest (``digest.periods.stream_key``). With ``pending`` it waits for the recipient's yes. One
        that is there takes over hour, zone and wish about empty digests; where these are others, or where it had ended
        or paused, nothing that was over before ``now`` is sent.
        """
        key = selection_key(selection)
        same = {"recipient_key": recipient_key, "cadence": schedule.cadence.value, "selection_key": key}
        fresh = {"recipient": recipient, "stream": stream, "skip_empty": skip_empty} | values_of(schedule, selection)
        begins = {"state": _first_state(pending), "created_at": now, "since": now}
        with self._database.write() as connection:
            statement = upsert(connection, subscribers).values(same | fresh | begins).on_conflict_do_nothing()
            made = connection.scalar(statement.returning(_COLUMNS.id))
            if made is not None:
                return _one(connection, _COLUMNS.id == made), Added.NEW
            where = [_COLUMNS[name] == value for name, value in same.items()]
            known = _one(connection, *where, lock=True)
            said = fresh if known.state is SubscriberState.ENDED else fresh | {"recipient": known.recipient}
            changed, added = _renewal(known, schedule=schedule, skip_empty=skip_empty, pending=pending, now=now)
            if added is not Added.KNOWN:
                connection.execute(update(subscribers).where(_COLUMNS.id == known.id).values(said | changed))
            return _one(connection, _COLUMNS.id == known.id), added

    def get(self, number: int) -> Subscriber | None:
        """The subscription ``number``."""
        with self._database.read() as connection:
            return _first(connection, _COLUMNS.id == number)

    def of(self, recipient_key: str) -> tuple[Subscriber, ...]:
        """Every subscription of a recipient, the oldest first; ended ones too."""
        with self._database.read() as connection:
            return _page(connection, _COLUMNS.recipient_key == recipient_key)

    def listed(
        self, *, state: SubscriberState | None = None, after: int = 0, limit: int | None = None
    ) -> tuple[Subscriber, ...]:
        """Subscriptions in the order of their ids, beginning after the id ``after``."""
        where = [] if state is None else [_COLUMNS.state == state.value]
        with self._database.read() as connection:
            return _page(connection, _COLUMNS.id > after, *where, limit=limit)

    def counts(self) -> tuple[tuple[SubscriberState, int], ...]:
        """How many subscriptions are in each state that any is in."""
        query = select(_COLUMNS.state, func.count()).group_by(_COLUMNS.state).order_by(_COLUMNS.state)
        with self._database.read() as connection:
            return tuple((SubscriberState(state), count) for state, count in connection.execute(query))

    def confirm(self, number: int, *, now: datetime) -> Subscriber | None:
        """Note the recipient's yes: one that waited for it is active from now on. The subscription as it is then.

        One that has ended stays so: an old link must not bring it back.
        """
        begun = {"state": SubscriberState.ACTIVE.value, "confirmed_at": now, "since": now}
        return self._turn(number, SubscriberState.PENDING, values=begun)

    def pause(self, number: int, *, now: datetime) -> Subscriber | None:
        """Send it nothing until it is resumed. The subscription as it is then."""
        return self._turn(number, SubscriberState.ACTIVE, values={"state": SubscriberState.PAUSED.value}, leaves=True)

    def resume(self, number: int, *, now: datetime) -> Subscriber | None:
        """Send a paused one digests again, of periods that end from now on. The subscription as it is then."""
        return self._turn(number, SubscriberState.PAUSED, values={"state": SubscriberState.ACTIVE.value, "since": now})

    def end(self, number: int, *, now: datetime) -> Subscriber | None:
        """End it for good; what waits for it is not sent. The subscription as it is then."""
        going = tuple(state for state in SubscriberState if state is not SubscriberState.ENDED)
        return self._turn(number, *going, values={"state": SubscriberState.ENDED.value}, leaves=True)

    def streams(self, now: datetime) -> tuple[Stream, ...]:
        """The streams that active subscriptions are in, each once, with the earliest moment any of them begins at."""
        first = func.min(_COLUMNS.id).label("first")
        per = select(
            first, func.count().label("members"), func.min(_COLUMNS.since, type_=_COLUMNS.since.type).label("begins")
        )
        per_stream = per.where(WANTED, _COLUMNS.since <= now).group_by(_COLUMNS.stream).subquery()
        query = select(subscribers, per_stream.c.members, per_stream.c.begins).join(
            per_stream, per_stream.c.first == _COLUMNS.id
        )
        with self._database.read() as connection:
            return tuple(
                Stream(
                    key=row.stream,
                    schedule=schedule_of(row),
                    selection=selection_of(row),
                    since=row.begins,
                    subscribers=row.members,
                )
                for row in connection.execute(query.order_by(_COLUMNS.id))
            )

    def members(
        self, stream: str, *, after: int = 0, limit: int = _BATCH, until: datetime | None = None
    ) -> tuple[Subscriber, ...]:
        """Active subscriptions of a stream in the order of their ids, beginning after the id ``after``.

        With ``until`` only those that are still to be told of the period that ended then.
        """
        waiting = [] if until is None else [_COLUMNS.since < until, _untold(until)]
        with self._database.read() as connection:
            return _page(connection, _COLUMNS.stream == stream, WANTED, _COLUMNS.id > after, *waiting, limit=limit)

    def settled(self, ids: Sequence[int], *, until: datetime, sent_at: datetime | None = None) -> int:
        """Note that these have what they get of all periods up to ``until``; the number for which that is news."""
        changed = 0
        with self._database.write() as connection:
            for start in range(0, len(ids), _BATCH):
                these = _COLUMNS.id.in_(ids[start : start + _BATCH])
                done = update(subscribers).where(these, _untold(until)).values(told_until=until)
                changed += connection.execute(done).rowcount
                if sent_at is not None:
                    connection.execute(update(subscribers).where(these).values(last_sent_at=sent_at))
        return changed

    def _turn(
        self,
        number: int,
        *states: SubscriberState,
        values: dict[str, object],
        leaves: bool = False,
    ) -> Subscriber | None:
        """Change it if it is in one of ``states``; when it leaves, what waits for it is called off with that."""
        here = (_COLUMNS.id == number, _COLUMNS.state.in_([state.value for state in states]))
        with self._database.write() as connection:
            turned = connection.execute(update(subscribers).where(*here).values(values)).rowcount
            if turned and leaves:
                ledger.call_off(connection, number)
            return _first(connection, _COLUMNS.id == number)


def _first_state(pending: bool) -> str:
    return (SubscriberState.PENDING if pending else SubscriberState.ACTIVE).value


def _renewal(
    known: Subscriber, *, schedule: Schedule, skip_empty: bool, pending: bool, now: datetime
) -> tuple[dict[str, object], Added]:
    """What adding a subscription that is there changes about it."""
    state = _state_again(known, pending)
    if state is not known.state:
        return {"state": state.value, "since": now}, Added.REVIVED
    if known.schedule != schedule:
        return {"since": now}, Added.CHANGED
    return {}, (Added.KNOWN if known.skip_empty == skip_empty else Added.CHANGED)


def _state_again(known: Subscriber, pending: bool) -> SubscriberState:
    """Whoever left is asked again; whoever only paused has said yes before."""
    asked = SubscriberState.PENDING if pending else SubscriberState.ACTIVE
    if known.state is SubscriberState.PAUSED:
        return asked if known.confirmed_at is None else SubscriberState.ACTIVE
    return SubscriberState.ACTIVE if known.state is SubscriberState.ACTIVE else asked


def _untold(until: datetime) -> ColumnElement[bool]:
    return or_(_COLUMNS.told_until.is_(None), _COLUMNS.told_until < until)


def _one(connection: Connection, *where: ColumnElement[bool], lock: bool = False) -> Subscriber:
    query = select(subscribers).where(*where)
    return subscriber(connection.execute(query.with_for_update() if lock else query).one())


def _first(connection: Connection, *where: ColumnElement[bool]) -> Subscriber | None:
    row = connection.execute(select(subscribers).where(*where)).first()
    return None if row is None else subscriber(row)


def _page(connection: Connection, *where: ColumnElement[bool], limit: int | None = None) -> tuple[Subscriber, ...]:
    query = select(subscribers).where(*where).order_by(_COLUMNS.id).limit(limit)
    return tuple(map(subscriber, connection.execute(query)))
