"""Rows claimed by a holder until a time: a crashed holder's rows come back by themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select, update

FREE: dict[str, None] = {"claimed_by": None, "claimed_until": None}
"""Values of a row that nobody holds."""
LONGEST = timedelta(hours=1)
"""No claim is given for so long."""
_NEVER = timedelta(days=1000)
"""What is claimed for longer than this is in quarantine, for ever."""


def claim(
    connection: Connection,
    table: Table,
    *where: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]],
    now: datetime,
    limit: int,
    holder: str,
    lease: timedelta,
) -> list[int]:
    """Claim up to ``limit`` free rows in ``order`` and give their ids; no row goes to two holders.

    Postgres skips rows that another claim is taking; SQLite has one writer at a time anyway.
    """
    unclaimed = or_(table.c.claimed_until.is_(None), table.c.claimed_until <= now)
    free = select(table.c.id).where(*where, unclaimed).order_by(*order).limit(limit)
    # Whoever writes rows that point here does not change them: they and we need not wait for each other.
    free = free.with_for_update(skip_locked=True, key_share=True)
    ids = list(connection.scalars(free))
    if ids:
        taken = {"claimed_by": holder, "claimed_until": now + lease}
        connection.execute(update(table).where(table.c.id.in_(ids)).values(taken))
    return ids


def of_holder(table: Table, holder: str) -> ColumnElement[bool]:
    """Claimed by ``holder`` or, when that is a whole process, by one of its threads (``holder#part``)."""
    parts = table.c.claimed_by.startswith(f"{holder}#", autoescape=True)
    return or_(table.c.claimed_by == holder, parts)


def release(connection: Connection, table: Table, holder: str, *among: ColumnElement[bool]) -> int:
    """Give back everything ``holder`` and its threads have claimed (``among`` those rows); the number of rows."""
    held = (table.c.claimed_until.is_not(None), of_holder(table, holder), *among)
    return connection.execute(update(table).where(*held).values(FREE)).rowcount


def is_over(table: Table, now: datetime) -> ColumnElement[bool]:
    """Whether a claim has ended, or ends later than any that is given: its holder's clock was ahead, and is not now."""
    impossible = and_(table.c.claimed_until > now + LONGEST, table.c.claimed_until < now + _NEVER)
    return or_(table.c.claimed_until <= now, impossible)


def release_expired(connection: Connection, table: Table, now: datetime) -> int:
    """Give back what was claimed by holders that did not come back in time; the number of rows."""
    return connection.execute(update(table).where(is_over(table, now)).values(FREE)).rowcount
