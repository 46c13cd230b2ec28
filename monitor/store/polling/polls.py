"""Recording polls, many in one transaction: new entries, changed ones, and last of all each feed's own state."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from monitor.records.articles import FeedUpdate, PollOutcome
from monitor.store import rows
from monitor.store.polling import documents, window
from monitor.store.polling.feed_state import WITH_BODY, Change, feed_values, outcome
from monitor.store.polling.tables import feed_windows
from monitor.store.tables import feeds, polls

_NOTHING = Change()


def record(connection: Connection, updates: Sequence[FeedUpdate]) -> tuple[PollOutcome, ...]:
    """Write ``updates`` down inside the caller's transaction; the same ones a second time change nothing.

    A feed that was purged while it was polled has no outcome.
    """
    ids = sorted({poll.feed_id for poll in updates})
    # Shared with whoever writes rows that point at a feed: a reader holds entries and makes articles of its feed, and
    # each would wait for what the other holds.
    query = select(feeds).where(feeds.c.id.in_(ids)).order_by(feeds.c.id).with_for_update(key_share=True)
    known = {row.id: dict(row._mapping) for row in connection.execute(query)}
    done = _already_recorded(connection, updates)
    outcomes: list[PollOutcome] = []
    written: list[tuple[FeedUpdate, Change, dict[str, Any]]] = []
    for part in _each_feed_once([poll for poll in updates if poll.feed_id in known]):
        bodies = [poll for poll in part if poll.outcome in WITH_BODY and (poll.feed_id, poll.polled_at) not in done]
        changes = documents.take(connection, [(poll, known[poll.feed_id]) for poll in bodies])
        brought = {poll.feed_id: change for poll, change in zip(bodies, changes, strict=True)}
        for poll in part:
            feed = known[poll.feed_id]
            if (poll.feed_id, poll.polled_at) in done:
                outcomes.append(PollOutcome(feed=rows.feed_of(feed), outcome=feed["last_status"]))
                continue
            change = brought.get(poll.feed_id, _NOTHING)
            values = feed_values(connection, poll, feed, change)
            written.append((poll, change, values))
            feed |= values
            outcomes.append(_outcome(poll, change, feed))
    _record_rows(connection, written)
    return tuple(outcomes)


def _each_feed_once(updates: Sequence[FeedUpdate]) -> list[list[FeedUpdate]]:
    """``updates`` in parts in which no feed comes twice: its second poll is about what the first has left."""
    parts: list[list[FeedUpdate]] = []
    times: Counter[int] = Counter()
    for poll in updates:
        if times[poll.feed_id] == len(parts):
            parts.append([])
        parts[times[poll.feed_id]].append(poll)
        times[poll.feed_id] += 1
    return parts


def _outcome(poll: FeedUpdate, change: Change, feed: Mapping[str, Any]) -> PollOutcome:
    return PollOutcome(
        feed=rows.feed_of(feed),
        new_entry_ids=change.new,
        changed_entry_ids=change.changed,
        outcome=outcome(poll, change),
        gap=change.gap,
    )


def known_hashes(connection: Connection, feed_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The hashes of the entries of each feed's last document; a feed without one is left out."""
    query = select(feed_windows.c.feed_id, feed_windows.c.window).where(feed_windows.c.feed_id.in_(list(feed_ids)))
    return {feed_id: frozenset(window.unpack(packed)) for feed_id, packed in connection.execute(query)}


def _already_recorded(connection: Connection, updates: Sequence[FeedUpdate]) -> set[tuple[int, datetime]]:
    same = (
        polls.c.feed_id.in_([poll.feed_id for poll in updates]),
        polls.c.polled_at.in_({poll.polled_at for poll in updates}),
    )
    return {
        (row.feed_id, row.polled_at)
        for row in connection.execute(select(polls.c.feed_id, polls.c.polled_at).where(*same))
    }


def _record_rows(connection: Connection, written: Sequence[tuple[FeedUpdate, Change, dict[str, Any]]]) -> None:
    if not written:
        return
    connection.execute(insert(polls), [_poll_row(poll, change) for poll, change, _ in written])
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for poll, _, values in written:
        alike.setdefault(tuple(sorted(values)), []).append(values | {"feed": poll.feed_id})
    for batch in alike.values():
        connection.execute(update(feeds).where(feeds.c.id == bindparam("feed")), batch)


def _poll_row(poll: FeedUpdate, change: Change) -> dict[str, Any]:
    return {
        "feed_id": poll.feed_id,
        "polled_at": poll.polled_at,
        "outcome": outcome(poll, change),
        "http_status": poll.http_status,
        "bytes_read": poll.bytes_read,
        "elapsed": poll.elapsed,
        "error": poll.error,
        "new_entries": len(change.new),
        "changed_entries": len(change.changed),
        "known_entries": change.known,
        "gap": change.gap,
        "pushed": poll.pushed,
    }
