"""Whose turn it is at a host: one process asks it at a time, and the next knows when it was last asked."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, or_, select, update

from monitor.records.feeds import HostTurn
from monitor.store.engine import Database
from monitor.store.polling.tables import hosts
from monitor.store.shared_tables import host_turns
from monitor.store.upsert import upsert

FORGOTTEN_AFTER = timedelta(hours=1)
"""No gap between two requests is that long."""


class Turns:
    """Hosts and who may ask them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, wanted: Collection[str], holder: str, *, now: datetime, ttl: timedelta) -> dict[str, HostTurn]:
        """Take or keep the turn at each of ``wanted`` that no other process has, until ``now + ttl``.

        What another has is left out. A turn whose holder died counts as asked up to its end.
        """
        if not wanted:
            return {}
        # In one order everywhere, so that two processes never wait for each other.
        values = [
            {"host": host, "holder": holder, "until": now + ttl, "asked_at": None} for host in sorted(set(wanted))
        ]
        ours = host_turns.c.holder == holder
        died = (host_turns.c.holder != "") & ~ours
        with self._database.write() as connection:
            taken = upsert(connection, host_turns).values(values)
            taken = taken.on_conflict_do_update(
                index_elements=["host"],
                set_={
                    "holder": holder,
                    "until": now + ttl,
                    "asked_at": case((died, host_turns.c.until), else_=host_turns.c.asked_at),
                },
                where=or_(ours, host_turns.c.until <= now),
            )
            found = connection.execute(taken.returning(host_turns.c.host, host_turns.c.asked_at)).all()
            names = [row.host for row in found]
            held = select(hosts.c.host, hosts.c.held_until).where(hosts.c.host.in_(names), hosts.c.held_until > now)
            holds = {row.host: row.held_until for row in connection.execute(held)}
        return {row.host: HostTurn(asked_at=row.asked_at, held_until=holds.get(row.host)) for row in found}

    def give_back(self, turns: Mapping[str, HostTurn], holder: str, *, now: datetime) -> None:
        """Let others ask these hosts, and say when each was last asked and what it asked for."""
        with self._database.write() as connection:
            for host, turn in sorted(turns.items()):
                ours = (host_turns.c.host == host, host_turns.c.holder == holder)
                values = {"holder": "", "until": now} | ({"asked_at": turn.asked_at} if turn.asked_at else {})
                connection.execute(update(host_turns).where(*ours).values(values))
            for host, turn in sorted(turns.items()):
                if turn.held_until is not None:
                    _hold(connection, host, turn.held_until)

    def give_back_all(self, holder: str, *, now: datetime) -> int:
        """Let others ask what a process that is no more had; each host counts as asked just now."""
        with self._database.write() as connection:
            mine = host_turns.c.holder == holder
            # In the order in which others take them.
            connection.execute(select(host_turns.c.host).where(mine).order_by(host_turns.c.host).with_for_update())
            freed = update(host_turns).where(mine).values(holder="", until=now, asked_at=now)
            return connection.execute(freed).rowcount

    def forget(self, *, now: datetime) -> int:
        """Drop hosts that nobody has asked for long; their number."""
        with self._database.write() as connection:
            old = select(host_turns.c.host).where(host_turns.c.until < now - FORGOTTEN_AFTER)
            # What somebody takes just now is not forgotten.
            unwanted = old.with_for_update(skip_locked=True)
            return connection.execute(delete(host_turns).where(host_turns.c.host.in_(unwanted))).rowcount


def _hold(connection: Connection, host: str, until: datetime) -> None:
    """Remember it now: whoever takes the turn next does not wait for the end of a round here. Never shortens one."""
    hold = upsert(connection, hosts).values(host=host, held_until=until)
    longer = or_(hosts.c.held_until.is_(None), hosts.c.held_until < until)
    connection.execute(hold.on_conflict_do_update(index_elements=["host"], set_={"held_until": until}, where=longer))
