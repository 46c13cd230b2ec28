"""What has come since: asked every two seconds, so each question is one step into an index."""

from sqlalchemy import func, select

from monitor.store.engine import Database
from monitor.store.tables import matches

MOST = 100
"""Counted at most; more is "100+"."""


class LiveBoard:
    """The newest match, and how many came after one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> int:
        """The highest id of a match; 0 when there is none."""
        with self._database.read() as connection:
            return int(connection.scalar(select(func.max(matches.c.id))) or 0)

    def since(self, match_id: int) -> int:
        """Matched articles with a live match above this id, ``MOST`` at most."""
        found = (
            select(matches.c.article_id)
            .where(matches.c.id > match_id, matches.c.withdrawn_at.is_(None), matches.c.backfill.is_(False))
            .order_by(matches.c.id)
            .limit(MOST * 2)
        )
        with self._database.read() as connection:
            return min(MOST, len(set(connection.scalars(found))))
