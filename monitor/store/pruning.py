"""Old entries that led to nothing are taken away, with tombstones, so that their feed cannot bring them back.

What counts is when a document last held the entry, not its age: a feed that keeps old entries would else bring each of
them again as new (miniflux/v2#1510, nextcloud/news#1908). Matches, labelled articles and their entries stay for ever.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, select, update

from monitor.records.articles import EntryState
from monitor.store.feedback.tables import labels
from monitor.store.polling.tables import feed_windows, tombstones
from monitor.store.polling.window import unpack
from monitor.store.tables import articles, entries, feeds, matches
from monitor.store.telling.tables import deliveries, editions
from monitor.store.upsert import upsert

BATCH = 500
"""Entries, or editions, taken away in one transaction: nobody else waits long."""
TOMBSTONES_KEPT = timedelta(days=400)
"""Counted from when a document last held what was pruned."""

_ENDS = tuple(
    state.value for state in (EntryState.UNMATCHED, EntryState.RULED_OUT, EntryState.SKIPPED, EntryState.FAILED)
)


def prune_entries(connection: Connection, *, now: datetime, unseen_for: timedelta) -> int:
    """Take away up to ``BATCH`` entries that no document has held for so long; their number."""
    columns = (entries.c.id, entries.c.feed_id, entries.c.identity, entries.c.guid_key, entries.c.article_id)
    matched = exists().where(matches.c.article_id == entries.c.article_id)
    labelled = exists().where(labels.c.article_id == entries.c.article_id)
    old = (entries.c.state.in_(_ENDS), entries.c.last_seen_at < now - unseen_for, ~matched, ~labelled)
    query = select(*columns, entries.c.last_seen_at).where(*old).order_by(entries.c.last_seen_at).limit(BATCH)
    found = connection.execute(query.with_for_update(of=entries, skip_locked=True)).all()
    held = _held(connection, {row.feed_id for row in found}, now)
    gone = [row for row in found if row.id not in held]
    stones = [
        {"feed_id": row.feed_id, "key": key, "seen_at": row.last_seen_at}
        for row in gone
        for key in (row.identity, row.guid_key)
        if key is not None
    ]
    if not gone:
        return 0
    connection.execute(upsert(connection, tombstones).on_conflict_do_nothing(), stones)
    connection.execute(delete(entries).where(entries.c.id.in_([row.id for row in gone])))
    ours = {row.article_id for row in gone if row.article_id is not None}
    still = exists().where(entries.c.article_id == articles.c.id)
    connection.execute(delete(articles).where(articles.c.id.in_(ours), ~still))
    return len(gone)


def prune_tombstones(connection: Connection, *, now: datetime) -> int:
    """Forget what no document has held for very long; the number."""
    return connection.execute(delete(tombstones).where(tombstones.c.seen_at < now - TOMBSTONES_KEPT)).rowcount


def prune_editions(connection: Connection, *, before: datetime) -> list[int]:
    """Take away up to ``BATCH`` editions of periods that ended before then; their ids. Their deliveries stay.

    A stream's latest one stays, since the next takes over from it, and so does one that is still to be sent.
    """
    later = editions.alias("later")
    old = (
        editions.c.period_end < before,
        exists().where(later.c.stream == editions.c.stream, later.c.period_start > editions.c.period_start),
        ~exists().where(deliveries.c.edition_id == editions.c.id, deliveries.c.next_try_at.is_not(None)),
    )
    gone = list(connection.scalars(select(editions.c.id).where(*old).order_by(editions.c.id).limit(BATCH)))
    connection.execute(delete(editions).where(editions.c.id.in_(gone)))
    return gone


def _held(connection: Connection, feed_ids: set[int], now: datetime) -> set[int]:
    """The entries that their feed's last document still holds; told so on their rows, which polls leave alone."""
    query = select(feed_windows.c.window, feeds.c.last_success_at).join(feeds, feeds.c.id == feed_windows.c.feed_id)
    held: set[int] = set()
    seen: defaultdict[datetime, set[int]] = defaultdict(set)
    for window, at in connection.execute(query.where(feed_windows.c.feed_id.in_(feed_ids), feeds.c.active)):
        ids = set(unpack(window).values()) - {0}
        held |= ids
        seen[at or now] |= ids
    for at, ids in seen.items():
        late = (entries.c.id.in_(ids), entries.c.last_seen_at < at)
        connection.execute(update(entries).where(*late).values(last_seen_at=at))
    return held
