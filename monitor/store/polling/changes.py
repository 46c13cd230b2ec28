"""Known entries that a document brings in other words: a version each, never a new entry, match or alert."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, update

from monitor.records.articles import EntryState, FeedUpdate
from monitor.store.keys import Item, state_after_change
from monitor.store.polling.tables import entry_versions
from monitor.store.rows import words
from monitor.store.tables import entries

KEPT_VERSIONS = 20
"""Versions kept of one entry: some feeds change a counter in every summary for ever."""


def refresh(connection: Connection, poll: FeedUpdate, known: Sequence[tuple[Item, Row[Any]]]) -> tuple[int, ...]:
    """Mark known entries as seen and take over new words and addresses; the ids of those with new words."""
    if not known:
        return ()
    ids = [row.id for _, row in known]
    connection.execute(update(entries).where(entries.c.id.in_(ids)).values(last_seen_at=poll.polled_at))
    changed = [(item, row) for item, row in known if item.fingerprint != row.fingerprint]
    moved = [(item, row) for item, row in known if item.fingerprint == row.fingerprint and item.entry.url != row.url]
    _keep_former(connection, poll, [row for _, row in changed])
    rewritten = [
        words(item)
        | _date(item, row)
        | {"entry": row.id, "changes": row.changes + (item.fingerprint != row.fingerprint)}
        for item, row in changed + moved
    ]
    if rewritten:
        connection.execute(update(entries).where(entries.c.id == bindparam("entry")), rewritten)
    _look_again(connection, poll, [row for _, row in changed])
    return tuple(row.id for _, row in changed)


def _date(item: Item, row: Row[Any]) -> dict[str, Any]:
    """A date to come was taken as first seen; a later poll must not move it."""
    if item.entry.date_quality == row.date_quality == "future":
        return {"published_at": row.published_at}
    return {}


def _keep_former(connection: Connection, poll: FeedUpdate, changed: Sequence[Row[Any]]) -> None:
    former = [
        {
            "entry_id": row.id,
            "number": row.changes + 1,
            "until": poll.polled_at,
            "title": row.title,
            "summary": row.summary,
            "content": row.content,
        }
        for row in changed
        if row.changes < KEPT_VERSIONS
    ]
    if former:
        connection.execute(insert(entry_versions), former)


def _look_again(connection: Connection, poll: FeedUpdate, changed: Sequence[Row[Any]]) -> None:
    """Send entries whose words changed back to the gate, or to a new read when they already led to an article."""
    back = [(row.id, _state_after(row)) for row in changed if _state_after(row) != row.state]
    if not back:
        return
    fresh = {"reason": "", "reason_group": "", "attempts": 0, "retry_at": None, "state_at": poll.polled_at}
    connection.execute(
        update(entries).where(entries.c.id == bindparam("entry")),
        [{"entry": entry_id, "state": state.value} | fresh for entry_id, state in back],
    )


def _state_after(row: Row[Any]) -> EntryState:
    return state_after_change(EntryState(row.state), has_article=row.article_id is not None, changes=row.changes + 1)
