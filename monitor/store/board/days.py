"""Where a page of a list ends that is ordered by days: ``cursor`` with a day's first moment."""

from datetime import UTC, date, datetime, time

from monitor.store.board import cursor


def written(day: date, id_: int) -> str:
    """The cursor behind a row that is ordered by a day and an id."""
    return cursor.written(datetime.combine(day, time.min, UTC), id_)


def read(after: str | None) -> tuple[date, int] | None:
    """The row that a cursor names; None for the beginning. Raises QueryError for what is none."""
    if not after:
        return None
    at, id_ = cursor.read(after)
    return at.date(), id_
