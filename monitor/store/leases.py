"""Named rights that one holder has at a time, until a time: being the one daemon on a database."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from monitor.records.upkeep import Lease
from monitor.store.engine import Database
from monitor.store.shared_tables import leases
from monitor.store.upsert import upsert


class Leases:
    """Rights and their holders."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, name: str, holder: str, *, now: datetime, ttl: timedelta) -> bool:
        """Take the right if it is free, expired, or already ours; False when another holds it."""
        with self._database.write() as connection:
            values = {"name": name, "holder": holder, "acquired_at": now, "expires_at": now + ttl}
            taken = upsert(connection, leases).values(values)
            free = or_(leases.c.expires_at <= now, leases.c.holder == holder)
            statement = taken.on_conflict_do_update(index_elements=["name"], set_=values, where=free)
            return connection.execute(statement.returning(leases.c.name)).first() is not None

    def renew(self, name: str, holder: str, *, now: datetime, ttl: timedelta) -> bool:
        """Keep the right for another ``ttl``; False when it is no longer ours, and its work must stop."""
        ours = (leases.c.name == name, leases.c.holder == holder)
        with self._database.write() as connection:
            return connection.execute(update(leases).where(*ours).values(expires_at=now + ttl)).rowcount == 1

    def release(self, name: str, holder: str) -> bool:
        """Give back the right of ``holder`` or of one of its threads (``holder#part``); False when it was not ours."""
        threads = leases.c.holder.startswith(f"{holder}#", autoescape=True)
        ours = (leases.c.name == name, or_(leases.c.holder == holder, threads))
        with self._database.write() as connection:
            return connection.execute(delete(leases).where(*ours)).rowcount == 1

    def holder(self, name: str) -> Lease | None:
        """Who has, or last had, the right; whether it still holds is for ``expires_at`` to say."""
        with self._database.read() as connection:
            return next(iter(_leases(connection, leases.c.name == name)), None)

    def expired(self, prefix: str, *, now: datetime) -> tuple[Lease, ...]:
        """Rights whose name begins so and whose holders have not renewed them."""
        with self._database.read() as connection:
            named = leases.c.name.startswith(prefix, autoescape=True)
            return _leases(connection, named & (leases.c.expires_at <= now))

    def live(self, *, now: datetime) -> tuple[Lease, ...]:
        """Every right that is held now."""
        with self._database.read() as connection:
            return _leases(connection, leases.c.expires_at > now)


def _leases(connection: Connection, where: ColumnElement[bool]) -> tuple[Lease, ...]:
    found = connection.execute(select(leases).where(where).order_by(leases.c.name))
    return tuple(
        Lease(name=row.name, holder=row.holder, acquired_at=row.acquired_at, expires_at=row.expires_at) for row in found
    )
