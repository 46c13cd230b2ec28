"""The audit log: who changed what, when. Lines are written in the transaction of the change, and never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from monitor.records.accounts import AuditLine
from monitor.store.columns import row_id
from monitor.store.engine import Database
from monitor.store.people.tables import audit


class Audit:
    """The log, the newest line first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self, *, limit: int = 50, before: int | None = None, person: str = "") -> tuple[AuditLine, ...]:
        """Lines older than the line ``before``; of one person where a name is given."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < row_id(before))
        if person:
            query = query.where(audit.c.person == person)
        with self._database.read() as connection:
            return tuple(map(_line, connection.execute(query)))


def note(connection: Connection, person: str, action: str, subject: str, detail: str = "", *, now: datetime) -> None:
    """Write a line into the log, as part of the change that it tells of."""
    values = {"at": now, "person": person, "action": action, "subject": subject, "detail": detail}
    connection.execute(insert(audit).values(values))


def _line(row: Row[Any]) -> AuditLine:
    return AuditLine(id=row.id, at=row.at, person=row.person, action=row.action, subject=row.subject, detail=row.detail)
