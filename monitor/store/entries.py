"""Entries on their way through the funnel: claimed, screened, read."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, update

from monitor.records.articles import Entry, EntryState, FunnelRow, LanguageRow, ReadResult, ScreenResult
from monitor.records.findings import Step
from monitor.store import claims, languages, reading, rows, why
from monitor.store.engine import Database
from monitor.store.keys import reason_group
from monitor.store.tables import entries


class Entries:
    """The funnel."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(
        self, state: EntryState, *, now: datetime, limit: int, holder: str, lease: timedelta
    ) -> tuple[Entry, ...]:
        """Claim entries in ``state`` that are due, the freshest first, until ``now + lease``."""
        due = or_(entries.c.retry_at.is_(None), entries.c.retry_at <= now)
        freshest = (entries.c.fresh_at.desc(), entries.c.id.desc())
        with self._database.write() as connection:
            ids = claims.claim(
                connection,
                entries,
                entries.c.state == state.value,
                due,
                order=freshest,
                now=now,
                limit=limit,
                holder=holder,
                lease=lease,
            )
            found = connection.execute(rows.select_entries().where(entries.c.id.in_(ids)).order_by(*freshest))
            return tuple(map(rows.entry, found))

    def record_screen(self, results: Iterable[ScreenResult], *, now: datetime) -> None:
        """Write the gate's word and end the claims. An entry that has moved on meanwhile is left alone."""
        values = [_screened(result, now) for result in results]
        if not values:
            return
        still_new = (entries.c.id == bindparam("entry"), entries.c.state == EntryState.NEW.value)
        with self._database.write() as connection:
            for language in (True, False):
                batch = [row for row in values if ("language" in row) is language]
                if batch:
                    connection.execute(update(entries).where(*still_new), batch)

    def record_read(self, results: Iterable[ReadResult], *, now: datetime) -> None:
        """Write what reading the pages gave: articles with their versions, ends with reasons, or another try.

        An entry that has moved on meanwhile is left alone, so the same results a second time change nothing.
        """
        with self._database.write() as connection:
            reading.record(connection, tuple(results), now=now)

    def release(self, holder: str, *, state: EntryState | None = None) -> int:
        """Give back the entries (in ``state``) that ``holder`` has claimed; their number."""
        among = () if state is None else (entries.c.state == state.value,)
        with self._database.write() as connection:
            return claims.release(connection, entries, holder, *among)

    def get(self, entry_id: int) -> Entry | None:
        """One entry."""
        with self._database.read() as connection:
            row = connection.execute(rows.select_entries().where(entries.c.id == entry_id)).first()
            return None if row is None else rows.entry(row)

    def funnel(self, *, since: datetime | None = None) -> tuple[FunnelRow, ...]:
        """How many entries (first seen since then) stand in which state for which kind of reason."""
        group: Sequence[ColumnElement[str]] = (entries.c.state, entries.c.reason_group)
        if since is not None:
            # As bare columns SQLite would take the index that is sorted by them, and walk through every entry.
            group = [func.coalesce(column, "") for column in group]
        query = select(*group, func.count()).group_by(*group)
        if since is not None:
            query = query.where(entries.c.first_seen_at >= since)
        with self._database.read() as connection:
            return _in_order(connection, query)

    def by_language(self) -> tuple[LanguageRow, ...]:
        """What became of the entries in each language, the most seen first."""
        with self._database.read() as connection:
            return languages.counted(connection)

    def by_state(self) -> tuple[FunnelRow, ...]:
        """The number of entries in every state, none left out; reasons folded away."""
        query = select(entries.c.state, func.count()).group_by(entries.c.state)
        with self._database.read() as connection:
            counted = {state: count for state, count in connection.execute(query)}  # noqa: C416
        return tuple(FunnelRow(state=state, reason="", count=counted.get(state.value, 0)) for state in EntryState)

    def why(self, url_or_id: str | int) -> tuple[Step, ...]:
        """Every step of an entry's way, oldest first, for each feed that brought it; empty when it is unknown.

        Looked up by entry id, by address (as given or canonical), by guid, and by the article's address.
        """
        with self._database.read() as connection:
            return why.steps(connection, url_or_id)


def _screened(result: ScreenResult, now: datetime) -> dict[str, Any]:
    values = {
        "entry": result.entry_id,
        "state": result.state.value,
        "state_at": now,
        "reason": result.reason,
        "reason_group": reason_group(result.reason),
        "screen_reason": result.reason,
        "screened_at": now,
        "gate_score": result.gate_score,
    } | claims.FREE
    return values | {"language": result.language} if result.language else values


def _in_order(connection: Connection, query: Any) -> tuple[FunnelRow, ...]:
    order = list(EntryState)
    found = [
        FunnelRow(state=EntryState(state), reason=reason, count=count)
        for state, reason, count in connection.execute(query)
    ]
    return tuple(sorted(found, key=lambda row: (order.index(row.state), -row.count, row.reason)))
