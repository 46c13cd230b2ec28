"""Where a page of a list ends: opaque text that names the last row by its order."""

from datetime import UTC, datetime

from monitor.errors import QueryError
from monitor.store.columns import row_id


def written(at: datetime, id_: int) -> str:
    """The cursor behind a row that is ordered by a moment and an id."""
    return f"{int(at.timestamp() * 1_000_000)}-{id_}"


def read(cursor: str) -> tuple[datetime, int]:
    """The row that a cursor names. Raises QueryError for what is none."""
    micros, _, id_ = cursor.partition("-")
    try:
        if len(cursor) > 40 or not (micros.isascii() and micros.isdigit() and id_.isascii() and id_.isdigit()):
            raise ValueError
        seconds, rest = divmod(int(micros), 1_000_000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest), row_id(int(id_))
    except (ValueError, OverflowError, OSError) as error:
        raise QueryError(
            f"after: {cursor[:60]!r} is no place in this list. Take it from `next` of the page before.", position=0
        ) from error
