"""Databases of every size: feeds as their polls leave them, archives of articles, and plain tables for the peers.

A large archive is a small one copied: of each article there are so many, under other numbers, keys and addresses, in
the order of their arrival. So words, names and stories are as frequent as before, and filling takes little time.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    select,
    text,
    update,
)

from benchmarks.board_feeds import Outlet, feed_rows
from benchmarks.board_material import Writer, loading, make
from benchmarks.board_plots import Row
from benchmarks.stories import arrivals
from monitor.store import Store
from monitor.store.chronicle_tables import story_members
from monitor.store.engine import Database
from monitor.store.keys import hashed
from monitor.store.name_tables import entities
from monitor.store.polling import window
from monitor.store.polling.tables import feed_windows
from monitor.store.tables import entries, feeds, metadata, polls
from monitor.store.upkeep import size as bytes_of
from monitor.stories.imprint import imprint

SEED, SHOWN, OUTLETS = 1, 30, 60
SPREAD = timedelta(hours=1)
"""Within it all feeds are due, evenly."""
MATCHED = 10
"""One of so many articles matches."""
_VARIED = 1000
_ONCE = {feeds, entities, polls}
"""What many articles share, and is not copied with them."""
_NUMBERS = {"id", "copy_of", "duplicate_of"}
_KEYS = {"url_key", "guid_key", "identity"}
_ADDRESSES = {"url", "guid"}

plain = MetaData()
plain_feeds = Table(
    "feeds", plain, Column("id", Integer, primary_key=True), Column("url", Text), Column("next_poll", Float)
)
"""Without an index on the time: the peer's claim looks for those that are due."""
plain_polls = Table(
    "polls",
    plain,
    Column("id", Integer, primary_key=True),
    Column("feed_id", Integer),
    Column("polled_at", Float),
    Column("outcome", Text),
    Index("ix_polls", "feed_id", "polled_at", unique=True),
)
plain_articles = Table(
    "articles",
    plain,
    Column("id", Integer, primary_key=True),
    Column("url", Text),
    Column("title", Text),
    Column("published", Float),
    Index("ix_articles", "url", unique=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A database under measurement and, beside it, the peers' one."""

    url: str
    plain: str


def due_after(until: datetime, turn: float, number: int) -> datetime:
    """When the feed is due that comes at that place among so many."""
    return until + SPREAD * (turn / number)


def with_feeds(place: Place, number: int, until: datetime) -> int:
    """Fill with so many feeds, the first of them due at ``until``; the bytes on disk."""
    Store.open(place.url, create=True).close()
    dice = random.Random(SEED)
    turns = list(range(number))
    dice.shuffle(turns)
    due = [due_after(until, turn, number) for turn in turns]
    with closing(Database(place.url)) as database:
        with _loading(database) as connection:
            writer = Writer(connection)
            writer.put(feeds, _feeds(dice, due, until))
            writer.put(entries, (_entry(feed, until) for feed in range(1, number + 1)))
            writer.put(feed_windows, _windows(number))
            writer.put(polls, _polls(number, until))
        with _peers(place.plain) as peers:
            moments = enumerate((moment.timestamp() for moment in due), start=1)
            peers.put(plain_feeds, ({"id": id_, "url": _url(id_), "next_poll": at} for id_, at in moments))
            peers.put(plain_polls, ({"feed_id": id_, "polled_at": 0.0, "outcome": "same"} for id_ in range(number)))
        with database.read() as connection:
            return bytes_of(connection)


def archive(url: str, number: int, until: datetime) -> None:
    """Make an archive of so many articles, each another, with stories that the index can be built up from."""
    make(
        url,
        articles=number,
        matches=number // MATCHED,
        outlets_=OUTLETS,
        seed=SEED,
        until=until,
        sentences=min(30_000, 3 * number),
    )
    with closing(Database(url)) as database, database.write() as connection:
        _imprint(connection)
        _without_statistics(connection)


def with_articles(place: Place, number: int, copies: int) -> int:
    """Copy every article of an archive until there are ``number``; the bytes on disk."""
    with closing(Database(place.url)) as database:
        if copies > 1:
            with _loading(database) as connection:
                _multiply(connection, copies)
        with _peers(place.plain) as peers:
            peers.put(plain_articles, map(plain_article, range(1, number + 1)))
        with database.read() as connection:
            return bytes_of(connection)


def plain_article(number: int) -> Row:
    """What the peer that writes keeps of an article."""
    url = f"https://paper{number % OUTLETS}.example/{hashed(str(number))}"
    return {"url": url, "title": f"What happened for the time number {number}", "published": float(number)}


def window_key(number: int) -> str:
    """The hash of an item that a feed shows."""
    return f"{number:016x}"


@contextmanager
def _loading(database: Database) -> Iterator[Connection]:
    """As ``board_material`` loads, but SQLite is left without statistics: the program never makes any there."""
    with loading(database.engine) as connection:
        yield connection
    with database.write() as connection:
        _without_statistics(connection)


def _without_statistics(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("DELETE FROM sqlite_stat1"))


@contextmanager
def _peers(url: str) -> Iterator[Writer]:
    with closing(Database(url)) as database, database.write() as connection:
        plain.create_all(connection)
        yield Writer(connection)
        if connection.dialect.name != "sqlite":
            for table in plain.sorted_tables:
                sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
                connection.execute(text(f"SELECT setval({sequence}, (SELECT count(*) FROM {table.name}) + 1)"))
        connection.execute(text("ANALYZE"))


def _url(feed: int) -> str:
    return f"https://paper{feed}.example/feed.xml"


def _feeds(dice: random.Random, due: Sequence[datetime], until: datetime) -> Iterator[Row]:
    """Some hundred kinds of feeds, over and over, under names and addresses of their own."""
    kinds = [
        Outlet(feed_id=kind, name="", family=f"House {kind}", state_controlled=kind % 12 == 0, host="")
        for kind in range(min(_VARIED, len(due)))
    ]
    known = list(feed_rows(dice, tuple(kinds), until))
    for id_, at in enumerate(due, start=1):
        yield known[id_ % len(known)] | {
            "id": id_,
            "url": _url(id_),
            "url_key": hashed(_url(id_)),
            "title": f"Paper {id_}",
            "outlet": f"Paper {id_}",
            "homepage": f"https://paper{id_}.example/",
            "next_poll_at": at,
        }


def _entry(feed: int, until: datetime) -> Row:
    """The feed's oldest item."""
    at = until - timedelta(hours=1)
    empty = dict.fromkeys(("content", "fingerprint", "authors", "source", "reason", "reason_group", "text_source"), "")
    return empty | {
        "id": feed,
        "feed_id": feed,
        "identity": window_key(0),
        "url": f"https://paper{feed}.example/oldest",
        "guid": "oldest",
        "title": "An item that leaves the feed next",
        "summary": "Some words about it",
        "language": "en",
        "published_raw": "",
        "date_quality": "given",
        "first_seen_at": at,
        "last_seen_at": at,
        "fresh_at": at,
        "changes": 0,
        "backfill": False,
        "state": "ruled_out",
        "state_at": at,
        "attempts": 0,
        "screen_reason": "",
    }


def _windows(number: int) -> Iterator[Row]:
    rest = window.pack((window_key(item), 0) for item in range(1, SHOWN))
    for feed in range(1, number + 1):
        yield {"feed_id": feed, "window": window.pack([(window_key(0), feed)]) + rest, "ghosts": b""}


def _polls(number: int, until: datetime) -> Iterator[Row]:
    for feed in range(1, number + 1):
        yield {
            "feed_id": feed,
            "polled_at": until - timedelta(hours=1, milliseconds=feed % 1000),
            "outcome": "unchanged",
            "http_status": 304,
            "bytes_read": 0,
            "elapsed": 0.1,
            "new_entries": 0,
            "changed_entries": 0,
            "known_entries": 0,
            "gap": False,
            "pushed": False,
        }


def _imprint(connection: Connection) -> None:
    """Give the members of stories imprints of made-up articles: those of the archive have none."""
    query = select(story_members.c.id, story_members.c.published_at).order_by(story_members.c.id)
    members = connection.execute(query).all()
    found = [
        {"member": id_, "made": replace(imprint(arrival), published=int(at.timestamp())).pack()}
        for (id_, at), arrival in zip(members, arrivals(len(members)), strict=True)
    ]
    made = update(story_members).where(story_members.c.id == bindparam("member"))
    connection.execute(made.values(imprint=bindparam("made")), found)


def _multiply(connection: Connection, copies: int) -> None:
    """Put ``copies`` of every row in its place."""
    connection.execute(text("CREATE TEMP TABLE copies (number integer, mark text)"))
    marks = [{"number": number, "mark": f"{number:02x}"} for number in range(copies)]
    connection.execute(text("INSERT INTO copies VALUES (:number, :mark)"), marks)
    found = [table for table in metadata.sorted_tables if table not in _ONCE and _has_rows(connection, table)]
    for table in found:
        connection.execute(text(f"CREATE TEMP TABLE base_{table.name} AS SELECT * FROM {table.name}"))
    for table in reversed(found):
        connection.execute(text(f"DELETE FROM {table.name}"))
    for table in found:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        values = ", ".join(_copy(column, found, copies) for column in table.columns)
        order = ", ".join(f'one."{column.name}"' for column in table.primary_key.columns)
        connection.execute(
            text(
                f"INSERT INTO {table.name} ({names}) SELECT {values} FROM base_{table.name} AS one "
                f"CROSS JOIN copies ORDER BY {order}, copies.number"
            )
        )


def _has_rows(connection: Connection, table: Table) -> bool:
    return connection.execute(select(table.primary_key.columns[0]).limit(1)).first() is not None


def _copy(column: Column[object], found: Sequence[Table], copies: int) -> str:
    """The value of a copy's column: numbers make room for the copies, keys and addresses are marked."""
    name = f'one."{column.name}"'
    leads = {key.column.table for key in column.foreign_keys}
    if leads & set(found) or (column.name in _NUMBERS and not leads):
        return f"({name} - 1) * {copies} + copies.number + 1"
    if column.name in _KEYS:
        return f"substr({name}, 1, 30) || copies.mark"
    return f"{name} || '?' || copies.mark" if column.name in _ADDRESSES else name
