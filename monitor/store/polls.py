"""Recording one poll: new entries, changed ones, and last of all the feed's own state."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from monitor.errors import StoreError
from monitor.records.articles import EntryState, FeedUpdate, PollOutcome
from monitor.records.feeds import FeedEntry
from monitor.store import claims, rows
from monitor.store.keys import Item, guids_repeat, items, state_after_change
from monitor.store.tables import entries, feeds, polls

_WITH_BODY = {"new", "same"}


def record(connection: Connection, poll: FeedUpdate) -> PollOutcome:
    """Write ``poll`` down inside the caller's transaction. The same poll a second time changes nothing."""
    feed = connection.execute(select(feeds).where(feeds.c.id == poll.feed_id).with_for_update()).first()
    if feed is None:
        raise StoreError(f"feed {poll.feed_id} is no longer in the database: it was purged while it was polled.")
    if _already_recorded(connection, poll):
        return PollOutcome(feed=rows.feed(feed), new_entry_ids=(), changed_entry_ids=())
    repeat = feed.guids_repeat or guids_repeat(poll.entries)
    found = items(poll.entries, use_guids=not repeat)
    known = _recognise(connection, poll.feed_id, found, use_guids=not repeat)
    new = _insert(connection, poll, [item for item in found if item.identity not in known])
    changed = _refresh(connection, poll, [(item, known[item.identity]) for item in found if item.identity in known])
    _record_row(connection, poll, new=len(new), changed=len(changed), known=len(known))
    _record_feed(connection, poll, feed, new=len(new), changed=len(changed), repeat=repeat)
    after = connection.execute(select(feeds).where(feeds.c.id == poll.feed_id)).one()
    return PollOutcome(feed=rows.feed(after), new_entry_ids=new, changed_entry_ids=changed)


def count_known(connection: Connection, feed_id: int, document: Sequence[FeedEntry]) -> int:
    """How many entries of ``document`` are not news: the feed brought them before, or the document holds them twice."""
    repeat = connection.scalar(select(feeds.c.guids_repeat).where(feeds.c.id == feed_id)) or guids_repeat(document)
    found = items(document, use_guids=not repeat)
    return len(document) - len(found) + len(_recognise(connection, feed_id, found, use_guids=not repeat))


def _already_recorded(connection: Connection, poll: FeedUpdate) -> bool:
    same = select(polls.c.id).where(polls.c.feed_id == poll.feed_id, polls.c.polled_at == poll.polled_at)
    return connection.execute(same).first() is not None


def _recognise(connection: Connection, feed_id: int, found: Sequence[Item], *, use_guids: bool) -> dict[str, Row[Any]]:
    """Which items are known entries: the same page, else the same guid. A row is given to one item only."""
    identities = [item.identity for item in found]
    known = {row.identity: row for row in _stored(connection, feed_id, "identity", identities)}
    rest = [item for item in found if item.identity not in known and item.guid_key] if use_guids else []
    by_guid = {row.guid_key: row for row in _stored(connection, feed_id, "guid_key", [item.guid_key for item in rest])}
    taken = {row.id for row in known.values()}
    for item in rest:
        row = by_guid.get(item.guid_key)
        if row is not None and row.id not in taken and _same_guid_same_entry(item, row):
            known[item.identity] = row
            taken.add(row.id)
    return known


def _stored(connection: Connection, feed_id: int, key: str, values: Sequence[str | None]) -> Sequence[Row[Any]]:
    """The feed's entries by one key. Two keys in one query would make SQLite walk through the whole feed."""
    if not values:
        return ()
    columns = ("id", "identity", "url", "url_key", "guid_key", "title", "published_at")
    kept = ("fingerprint", "state", "article_id", "changes")
    chosen = (entries.c[name] for name in (*columns, *kept))
    return connection.execute(select(*chosen).where(entries.c.feed_id == feed_id, entries.c[key].in_(values))).all()


def _same_guid_same_entry(item: Item, row: Row[Any]) -> bool:
    """A new address under an old guid is the same entry only if title or date agree: some feeds number their slots."""
    if item.url_key is None or row.url_key is None or item.entry.title == row.title:
        return True
    return item.entry.published is not None and item.entry.published == row.published_at


def _insert(connection: Connection, poll: FeedUpdate, new: Sequence[Item]) -> tuple[int, ...]:
    if not new:
        return ()
    connection.execute(insert(entries), [_new_values(poll, item) for item in new])
    # Asking for the ids afterwards costs one statement; RETURNING in order would cost one per row on SQLite.
    same = (entries.c.feed_id == poll.feed_id, entries.c.identity.in_([item.identity for item in new]))
    ids = {row.identity: row.id for row in connection.execute(select(entries.c.identity, entries.c.id).where(*same))}
    return tuple(ids[item.identity] for item in new)


def _new_values(poll: FeedUpdate, item: Item) -> dict[str, Any]:
    return _words(item) | {
        "feed_id": poll.feed_id,
        "language": item.entry.language,
        "first_seen_at": poll.polled_at,
        "last_seen_at": poll.polled_at,
        "fresh_at": rows.fresh_at(item.entry.published, poll.polled_at),
        "changes": 0,
        "state": EntryState.NEW.value,
        "state_at": poll.polled_at,
        "reason": "",
        "reason_group": "",
        "attempts": 0,
        "screen_reason": "",
        "text_source": "",
    }


def _words(item: Item) -> dict[str, Any]:
    entry = item.entry
    return {
        "identity": item.identity,
        "url": entry.url,
        "url_key": item.url_key,
        "guid": entry.guid,
        "guid_key": item.guid_key,
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "fingerprint": item.fingerprint,
        "authors": "; ".join(entry.authors),
        "source": entry.source,
        "published_raw": entry.published_raw,
        "published_at": entry.published,
    }


def _refresh(connection: Connection, poll: FeedUpdate, known: Sequence[tuple[Item, Row[Any]]]) -> tuple[int, ...]:
    """Mark known entries as seen and take over new words and addresses; the ids of those with new words."""
    if not known:
        return ()
    ids = [row.id for _, row in known]
    connection.execute(update(entries).where(entries.c.id.in_(ids)).values(last_seen_at=poll.polled_at))
    changed = [(item, row) for item, row in known if item.fingerprint != row.fingerprint]
    moved = [(item, row) for item, row in known if item.fingerprint == row.fingerprint and item.entry.url != row.url]
    rewritten = [
        _words(item) | {"entry": row.id, "changes": row.changes + (item.fingerprint != row.fingerprint)}
        for item, row in changed + moved
    ]
    if rewritten:
        connection.execute(update(entries).where(entries.c.id == bindparam("entry")), rewritten)
    _look_again(connection, poll, [row for _, row in changed])
    return tuple(row.id for _, row in changed)


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


def _record_row(connection: Connection, poll: FeedUpdate, *, new: int, changed: int, known: int) -> None:
    connection.execute(
        insert(polls).values(
            feed_id=poll.feed_id,
            polled_at=poll.polled_at,
            outcome=_outcome(poll, new + changed),
            http_status=poll.http_status,
            bytes_read=poll.bytes_read,
            elapsed=poll.elapsed,
            error=poll.error,
            new_entries=new,
            changed_entries=changed,
            known_entries=known,
        )
    )


def _outcome(poll: FeedUpdate, news: int) -> str:
    """Only the store knows whether a body held anything new."""
    if poll.outcome not in _WITH_BODY:
        return poll.outcome
    return "new" if news else "same"


def _record_feed(
    connection: Connection, poll: FeedUpdate, feed: Row[Any], *, new: int, changed: int, repeat: bool
) -> None:
    """The feed's state goes last: until it is written, the same poll may be done again."""
    failed = poll.outcome == "failed"
    values: dict[str, Any] = {
        "next_poll_at": poll.next_poll_at,
        "interval": poll.interval,
        "last_polled_at": poll.polled_at,
        "last_status": _outcome(poll, new + changed),
        "last_error": poll.error,
        "failures": feed.failures + 1 if failed else 0,
        "entries_seen": feed.entries_seen + new,
        "guids_repeat": repeat,
        "title": feed.title or poll.title or "",
    } | claims.FREE
    if not failed:
        values["last_success_at"] = poll.polled_at
    if new:
        values["last_new_at"] = poll.polled_at
    if poll.outcome in _WITH_BODY:
        values |= {"etag": poll.etag, "last_modified": poll.last_modified, "body_hash": poll.body_hash}
    elif not failed:
        said = {"etag": poll.etag, "last_modified": poll.last_modified, "body_hash": poll.body_hash}
        values |= {name: value for name, value in said.items() if value is not None}
    connection.execute(update(feeds).where(feeds.c.id == poll.feed_id).values(values))
