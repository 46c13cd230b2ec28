"""Which entries of a document the feed has brought before, under whatever name."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from monitor.records.articles import FeedUpdate
from monitor.store.keys import Item
from monitor.store.polling.tables import tombstones
from monitor.store.polling.window import Ghost, ghost, same_story
from monitor.store.tables import entries

_COLUMNS = (
    *("id", "identity", "url", "url_key", "guid_key", "title", "summary", "content", "published_at", "date_quality"),
    *("fingerprint", "state", "article_id", "changes"),
)
_PAIRS = 4000
"""Most pairs of feed and key that one query looks up; an index answers for about a million a second."""
_TAG = re.compile(r"<[^>]*>")
_APART = timedelta(days=3)
"""Two texts published further apart are two articles, however like each other: a column, a weekly forecast."""


@dataclass(slots=True)
class Recognised:
    """Known entries by the identity of the item that is the same, and the identities of pruned ones."""

    rows: dict[str, Row[Any]] = field(default_factory=dict)
    pruned: set[str] = field(default_factory=set)

    def __contains__(self, item: Item) -> bool:
        return item.identity in self.rows or item.identity in self.pruned


@dataclass(frozen=True, slots=True)
class Brought:
    """What one document brought that its window does not know; ``left`` are sketches of what it has lost."""

    poll: FeedUpdate
    found: Sequence[Item]
    left: dict[int, Ghost]
    use_guids: bool = field(kw_only=True)


def recognise(connection: Connection, brought: Sequence[Brought]) -> list[Recognised]:
    """Tell which items are known: the same page, else the same guid, else pruned, else the words of one that ``left``.

    A row is given to one item only. No feed comes twice.
    """
    stored = _stored(connection, "identity", {each.poll.feed_id: [i.identity for i in each.found] for each in brought})
    known = [Recognised(rows=stored.get(each.poll.feed_id, {})) for each in brought]
    pairs = list(zip(brought, known, strict=True))
    _by_guid(connection, pairs)
    _pruned(connection, pairs)
    for each, so_far in pairs:
        _by_words(connection, [item for item in each.found if item not in so_far], so_far, each.left)
    return known


def plain(summary: str, content: str) -> str:
    """The longer of an entry's texts, without markup."""
    return _TAG.sub(" ", max(content, summary, key=len))


def _by_guid(connection: Connection, pairs: Sequence[tuple[Brought, Recognised]]) -> None:
    rest = {
        each.poll.feed_id: [i for i in each.found if i.identity not in known.rows and i.guid_key]
        for each, known in pairs
        if each.use_guids
    }
    wanted = {feed_id: [str(item.guid_key) for item in found] for feed_id, found in rest.items()}
    stored = _stored(connection, "guid_key", wanted)
    for each, known in pairs:
        rows = stored.get(each.poll.feed_id, {})
        taken = {row.id for row in known.rows.values()}
        for item in rest.get(each.poll.feed_id, ()):
            row = rows.get(str(item.guid_key))
            if row is not None and row.id not in taken and _same_guid_same_entry(item, row):
                known.rows[item.identity] = row
                taken.add(row.id)


def _stored(connection: Connection, key: str, wanted: Mapping[int, Sequence[str]]) -> dict[int, dict[str, Row[Any]]]:
    """The feeds' entries by one key. Two keys in one query would make SQLite walk through the whole feed."""
    columns = [entries.c[name] for name in _COLUMNS]
    stored: defaultdict[int, dict[str, Row[Any]]] = defaultdict(dict)
    for feed_ids, values in _handfuls(wanted):
        # Another feed may have the same page: such a row is not asked for, and is of no use to anybody.
        same = (entries.c.feed_id.in_(feed_ids), entries.c[key].in_(values))
        for row in connection.execute(select(entries.c.feed_id, *columns).where(*same)):
            stored[row.feed_id][row._mapping[key]] = row
    return stored


def _handfuls(wanted: Mapping[int, Sequence[str]]) -> Iterator[tuple[list[int], list[str]]]:
    """Feeds with the keys asked for, in so few queries that none looks up too many pairs of feed and key."""
    feed_ids: list[int] = []
    keys: dict[str, None] = {}
    for feed_id, its_keys in wanted.items():
        if not its_keys:
            continue
        if feed_ids and (len(feed_ids) + 1) * (len(keys) + len(its_keys)) > _PAIRS:
            yield feed_ids, list(keys)
            feed_ids, keys = [], {}
        feed_ids.append(feed_id)
        keys |= dict.fromkeys(its_keys)
    if feed_ids:
        yield feed_ids, list(keys)


def _same_guid_same_entry(item: Item, row: Row[Any]) -> bool:
    """A new address under an old guid is the same entry only if title or date agree: some feeds number their slots."""
    if item.url_key is None or row.url_key is None or item.entry.title == row.title:
        return True
    return item.entry.published is not None and item.entry.published == row.published_at


def _pruned(connection: Connection, pairs: Sequence[tuple[Brought, Recognised]]) -> None:
    """Items whose entries were pruned do not come back (miniflux/v2#1510)."""
    keys: dict[int, dict[str, Item]] = {}
    for each, known in pairs:
        rest = [item for item in each.found if item not in known]
        ours = {item.identity: item for item in rest}
        if each.use_guids:
            ours |= {item.guid_key: item for item in rest if item.guid_key}
        keys[each.poll.feed_id] = ours
    buried = _buried(connection, {feed_id: list(ours) for feed_id, ours in keys.items()})
    for each, known in pairs:
        feed_id, ours = each.poll.feed_id, keys[each.poll.feed_id]
        again = [key for key in buried.get(feed_id, ()) if key in ours]
        if again:
            rows = (tombstones.c.feed_id == feed_id, tombstones.c.key.in_(again))
            connection.execute(update(tombstones).where(*rows).values(seen_at=each.poll.polled_at))
            known.pruned |= {ours[key].identity for key in again}


def _buried(connection: Connection, wanted: Mapping[int, Sequence[str]]) -> dict[int, list[str]]:
    buried: defaultdict[int, list[str]] = defaultdict(list)
    for feed_ids, keys in _handfuls(wanted):
        rows = (tombstones.c.feed_id.in_(feed_ids), tombstones.c.key.in_(keys))
        for feed_id, key in connection.execute(select(tombstones.c.feed_id, tombstones.c.key).where(*rows)):
            buried[feed_id].append(key)
    return buried


def _by_words(connection: Connection, rest: Sequence[Item], known: Recognised, left: dict[int, Ghost]) -> None:
    """An article that took the place of another with the same words is an edit of it (miniflux/v2#797, #3120)."""
    left = {entry_id: each for entry_id, each in left.items() if entry_id not in {r.id for r in known.rows.values()}}
    for item in rest:
        if not left:
            return
        entry = item.entry
        entry_id = same_story(ghost(0, entry.title, plain(entry.summary, entry.content)), left)
        if entry_id is None:
            continue
        row = connection.execute(
            select(*(entries.c[name] for name in _COLUMNS)).where(entries.c.id == entry_id)
        ).first()
        if row is not None and _near(item, row):
            known.rows[item.identity] = row
            del left[entry_id]


def _near(item: Item, row: Row[Any]) -> bool:
    published = item.entry.published
    return published is None or row.published_at is None or abs(published - row.published_at) <= _APART
