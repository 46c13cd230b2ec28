"""What the documents of a batch brought, one for each feed: new entries, changed ones, and which ones each held.

A statement through SQLAlchemy costs more than the row it is about, so all documents share the statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, literal_column, select, update

from monitor.records.articles import EntryState, FeedUpdate
from monitor.store import rows
from monitor.store.keys import Item, guids_repeat, items
from monitor.store.polling import window
from monitor.store.polling.changes import refresh
from monitor.store.polling.feed_state import Change, is_backfill
from monitor.store.polling.recognise import Brought, Recognised, plain, recognise
from monitor.store.polling.tables import feed_windows
from monitor.store.polling.window import Ghost
from monitor.store.tables import entries
from monitor.store.upsert import upsert

# What every entry begins with stands in the statement: a value in each row would be looked at for each.
_NEW_ENTRY = insert(entries).values(
    state=literal_column(f"'{EntryState.NEW.value}'"),
    changes=literal_column("0"),
    attempts=literal_column("0"),
    **dict.fromkeys(("reason", "reason_group", "screen_reason", "text_source"), literal_column("''")),
)


@dataclass(slots=True, kw_only=True)
class _Document:
    """One document on its way into the store."""

    poll: FeedUpdate
    feed: Mapping[str, Any]
    row: Row[Any] | None
    before: dict[str, int]
    """Ids by hash of what the document before it held."""
    kept: dict[str, int]
    found: tuple[Item, ...]
    repeat: bool
    left: dict[int, Ghost] = field(default_factory=dict)
    known: Recognised = field(default_factory=Recognised)
    fresh: list[Item] = field(default_factory=list)
    new: tuple[int, ...] = ()


def take(connection: Connection, bodies: Sequence[tuple[FeedUpdate, Mapping[str, Any]]]) -> list[Change]:
    """Store the documents' entries and remember which ones they held. No feed comes twice."""
    windows = _windows(connection, [poll.feed_id for poll, _ in bodies])
    documents = [_opened(poll, feed, windows.get(poll.feed_id)) for poll, feed in bodies]
    _find_left(connection, documents)
    _recognise(connection, documents)
    _insert(connection, documents)
    changed = [_refreshed(connection, document) for document in documents]
    _remember(connection, documents)
    return [_change(document, ids) for document, ids in zip(documents, changed, strict=True)]


def _windows(connection: Connection, feed_ids: Sequence[int]) -> dict[int, Row[Any]]:
    if not feed_ids:
        return {}
    query = select(feed_windows).where(feed_windows.c.feed_id.in_(feed_ids))
    return {row.feed_id: row for row in connection.execute(query)}


def _opened(poll: FeedUpdate, feed: Mapping[str, Any], row: Row[Any] | None) -> _Document:
    before = window.unpack(row.window) if row else {}
    repeat = feed["guids_repeat"] or poll.guids_repeat or guids_repeat(poll.entries)
    return _Document(
        poll=poll,
        feed=feed,
        row=row,
        before=before,
        kept={hash_: before[hash_] for hash_ in poll.hashes if hash_ in before},
        found=items(poll.entries, use_guids=not repeat),
        repeat=repeat,
    )


def _find_left(connection: Connection, documents: Iterable[_Document]) -> None:
    """Sketch the entries that the documents no longer hold, the newest first."""
    wanted: dict[int, _Document] = {}
    polled = [document for document in documents if document.row is not None and not document.poll.pushed]
    for document in polled:
        out = set(document.before.values()) - set(document.kept.values()) - {0}
        wanted |= dict.fromkeys(sorted(out)[-window.GHOSTS :], document)
    if wanted:
        columns = (entries.c.id, entries.c.title, entries.c.summary, entries.c.content)
        for entry in connection.execute(select(*columns).where(entries.c.id.in_(sorted(wanted)))):
            sketch = window.ghost(entry.id, entry.title, plain(entry.summary, entry.content))
            wanted[entry.id].left[entry.id] = sketch
    for document in polled:
        assert document.row is not None
        for each in window.unpack_ghosts(document.row.ghosts):
            document.left.setdefault(each.entry_id, each)


def _recognise(connection: Connection, documents: Iterable[_Document]) -> None:
    """Tell known entries from new ones. What a feed without any has brought is new; nothing need be asked."""
    asked = [document for document in documents if document.found and document.feed["entries_seen"]]
    brought = [Brought(each.poll, each.found, each.left, use_guids=not each.repeat) for each in asked]
    for document, known in zip(asked, recognise(connection, brought), strict=True):
        document.known = known
    for document in documents:
        document.fresh = [item for item in document.found if item not in document.known]


def _insert(connection: Connection, documents: Iterable[_Document]) -> None:
    fresh = [document for document in documents if document.fresh]
    if not fresh:
        return
    last = connection.scalar(select(func.max(entries.c.id))) or 0
    connection.execute(_NEW_ENTRY, [row for document in fresh for row in _rows(document)])
    # Asking for the ids afterwards costs one statement; RETURNING in order would cost one per row on SQLite. Ids only
    # grow, and nobody else writes entries of these feeds: their rows are locked.
    ours = (entries.c.id > last, entries.c.feed_id.in_([document.poll.feed_id for document in fresh]))
    found = connection.execute(select(entries.c.feed_id, entries.c.identity, entries.c.id).where(*ours))
    ids = {(feed_id, identity): id_ for feed_id, identity, id_ in found}
    for document in fresh:
        document.new = tuple(ids[document.poll.feed_id, item.identity] for item in document.fresh)


def _rows(document: _Document) -> Iterable[dict[str, Any]]:
    poll = document.poll
    common = {
        "feed_id": poll.feed_id,
        "first_seen_at": poll.polled_at,
        "last_seen_at": poll.polled_at,
        "backfill": is_backfill(poll, document.feed),
        "state_at": poll.polled_at,
    }
    return (common | rows.words(item) | _at_first(item, poll) for item in document.fresh)


def _at_first(item: Item, poll: FeedUpdate) -> dict[str, Any]:
    return {"language": item.entry.language, "fresh_at": rows.fresh_at(item.entry.published, poll.polled_at)}


def _refreshed(connection: Connection, document: _Document) -> tuple[int, ...]:
    known = document.known.rows
    pairs = [(item, known[item.identity]) for item in document.found if item.identity in known]
    return refresh(connection, document.poll, pairs)


def _remember(connection: Connection, documents: Iterable[_Document]) -> None:
    """Keep each window and the sketches of what it has lost; what left it was last seen the time before."""
    windows: list[dict[str, Any]] = []
    late: list[dict[str, Any]] = []
    for document in documents:
        ids, pairs = _held(document)
        row, before = document.row, document.before
        if row and not document.fresh and len(document.kept) == len(pairs) == len(before):
            continue
        gone = [each for entry_id, each in document.left.items() if entry_id not in ids]
        windows.append(
            {
                "feed_id": document.poll.feed_id,
                "window": window.pack(pairs),
                "ghosts": window.pack_ghosts(gone),
            }
        )
        if (seen := document.feed["last_success_at"]) is not None:
            out = set(before.values()) - {entry_id for _, entry_id in pairs}
            late += [{"entry": entry_id, "seen": seen} for entry_id in sorted(out)]
    if windows:
        statement = upsert(connection, feed_windows)
        new = {"window": statement.excluded.window, "ghosts": statement.excluded.ghosts}
        connection.execute(statement.on_conflict_do_update(index_elements=["feed_id"], set_=new), windows)
    if late:
        earlier = (entries.c.id == bindparam("entry"), entries.c.last_seen_at < bindparam("seen"))
        connection.execute(update(entries).where(*earlier).values(last_seen_at=bindparam("seen")), late)


def _held(document: _Document) -> tuple[set[int], list[tuple[str, int]]]:
    """The ids of the entries that the document named anew, and the window that it leaves."""
    poll, known = document.poll, document.known
    ids = {item.identity: entry_id for item, entry_id in zip(document.fresh, document.new, strict=True)}
    ids |= {identity: entry.id for identity, entry in known.rows.items()} | dict.fromkeys(known.pruned, 0)
    now_in = document.kept | {hash_: ids[item.identity] for item in document.found for hash_ in item.hashes}
    pairs = [(hash_, now_in[hash_]) for hash_ in dict.fromkeys(poll.hashes) if hash_ in now_in]
    if poll.pushed:
        # A push may hold the news alone: what the feed itself held stays known.
        pairs += [(hash_, entry_id) for hash_, entry_id in document.before.items() if hash_ not in now_in]
    return set(ids.values()), pairs


def _change(document: _Document, changed: tuple[int, ...]) -> Change:
    poll, fresh, known = document.poll, document.fresh, document.known
    old = document.kept or known.rows or known.pruned or is_backfill(poll, document.feed) or poll.pushed
    return Change(
        new=document.new,
        changed=changed,
        known=len(document.kept) + len(document.found) - len(fresh),
        gap=bool(document.before and fresh) and not old,
        guids_repeat=document.repeat,
        newest=max((rows.fresh_at(item.entry.published, poll.polled_at) for item in fresh), default=None),
    )
