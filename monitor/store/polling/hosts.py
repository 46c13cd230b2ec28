"""What sites ask for, kept over restarts: pauses (Retry-After) and their robots.txt."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select

from monitor.records.feeds import RobotsRow
from monitor.store.engine import Database
from monitor.store.polling.tables import hosts
from monitor.store.upsert import upsert


class Hosts:
    """Sites and their wishes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def holds(self, *, now: datetime) -> dict[str, datetime]:
        """Hosts that asked to be left alone, and until when."""
        query = select(hosts.c.host, hosts.c.held_until).where(hosts.c.held_until > now)
        with self._database.read() as connection:
            return {row.host: row.held_until for row in connection.execute(query)}

    def hold(self, holds: Mapping[str, datetime]) -> None:
        """Remember until when hosts are to be left alone; never shortens a pause, which another was asked for."""
        if not holds:
            return
        with self._database.write() as connection:
            statement = upsert(connection, hosts)
            until = statement.excluded.held_until
            longer = or_(hosts.c.held_until.is_(None), hosts.c.held_until < until)
            statement = statement.on_conflict_do_update(
                index_elements=["host"], set_={"held_until": until}, where=longer
            )
            connection.execute(statement, [{"host": host, "held_until": at} for host, at in sorted(holds.items())])

    def robots(self, *, since: datetime) -> tuple[RobotsRow, ...]:
        """The robots.txt files fetched since then."""
        with self._database.read() as connection:
            found = connection.execute(select(hosts).where(hosts.c.robots_at >= since))
            return tuple(
                RobotsRow(site=row.host, fetched_at=row.robots_at, status=row.robots_status, text=row.robots or "")
                for row in found
            )

    def keep_robots(self, rows: Sequence[RobotsRow]) -> None:
        """Remember what sites answered for their robots.txt."""
        if not rows:
            return
        values = [
            {"host": row.site, "robots": row.text, "robots_status": row.status, "robots_at": row.fetched_at}
            for row in sorted(rows, key=lambda row: row.site)
        ]
        with self._database.write() as connection:
            statement = upsert(connection, hosts)
            said = {name: statement.excluded[name] for name in ("robots", "robots_status", "robots_at")}
            connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=said), values)

    def forget(self, *, before: datetime) -> int:
        """Drop what is of no use any more; the number of sites."""
        over = or_(hosts.c.held_until.is_(None), hosts.c.held_until < before)
        old = or_(hosts.c.robots_at.is_(None), hosts.c.robots_at < before)
        with self._database.write() as connection:
            return connection.execute(delete(hosts).where(over, old)).rowcount
