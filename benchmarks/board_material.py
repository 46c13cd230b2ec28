"""``python -m benchmarks.board_material DATABASE``: an invented archive for the dashboard's benchmark.

The same seed and the same ``--until`` make the same rows. The database must be new or empty.
"""

import argparse
import random
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, Table, text

from benchmarks.board_feeds import feed_rows, outlets, poll_rows
from benchmarks.board_news import News
from benchmarks.board_plots import Row
from benchmarks.board_words import words
from monitor.store import Store
from monitor.store.engine import Database
from monitor.store.keys import entity_key
from monitor.store.name_tables import entities
from monitor.store.tables import SEARCH, SEARCH_VECTOR, feeds, metadata, polls

BATCH = 10_000
_VECTOR_INDEX = f"ix_articles_{SEARCH_VECTOR}"
_FAST = (
    "journal_mode = OFF",
    "foreign_keys = OFF",
    "synchronous = OFF",
    "cache_size = -4000000",
    "temp_store = MEMORY",
)


class Writer:
    """Rows into tables, as fast as the database takes them. JSON comes as text."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ids: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1))
        self._raw = _driver(connection)

    def put(self, table: Table, rows: Iterable[Row]) -> None:
        """Write rows; what is not in one is null, and numbers go up from 1."""
        names = [column.name for column in table.columns]
        numbered = "id" in names
        ids = self._ids[table.name]
        filled = ({"id": next(ids)} | row if numbered and "id" not in row else row for row in rows)
        values = (tuple(row.get(name) for name in names) for row in filled)
        columns = ", ".join(f'"{name}"' for name in names)
        if self._connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(names))
            self._raw.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", values)
            return
        with self._raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for value in values:
                copy.write_row(value)


def make(
    url: str, *, articles: int, matches: int, outlets_: int, seed: int, until: datetime, sentences: int = 30_000
) -> None:
    """Fill the database at ``url``."""
    Store.open(url, create=True).close()
    source = random.Random(seed)
    material = words(source, entities=2000, sentences=sentences)
    papers = outlets(source, material, outlets_)
    news = News(source, material, papers, number=articles, matched=matches, until=until)
    database = Database(url)
    with closing(database), loading(database.engine) as connection:
        writer = Writer(connection)
        writer.put(feeds, feed_rows(source, papers, until))
        named = enumerate(material.entities, start=1)
        writer.put(
            entities,
            ({"id": id_, "type": e.type, "key": entity_key(e), "kb_id": e.id, "name": e.name} for id_, e in named),
        )
        progress = _Progress(articles)
        for rows in news.batches(BATCH):
            for table in sorted(rows, key=_ORDER.__getitem__):
                writer.put(table, rows[table])
            progress.on(BATCH)
        for table, found in news.plots.rows():
            writer.put(table, found)
        writer.put(polls, poll_rows(source, papers, until))


_ORDER = {table: place for place, table in enumerate(metadata.sorted_tables)}


@contextmanager
def loading(engine: Engine) -> Iterator[Connection]:
    """A connection without indexes and full-text index beside it; both are made when it ends."""
    indexes = [index for table in metadata.sorted_tables for index in table.indexes]
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        triggers = _hurry(connection) if is_sqlite else ()
        for index in indexes:
            index.drop(connection)
        if not is_sqlite:
            # Neither foreign keys nor the full-text index are looked after row by row.
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text(f"DROP INDEX {_VECTOR_INDEX}"))
        yield connection
        _say("indexes")
        for index in indexes:
            index.create(connection)
        if is_sqlite:
            _say("full text")
            connection.execute(text(f"INSERT INTO {SEARCH}({SEARCH}) VALUES ('rebuild')"))
            for statement in triggers:
                connection.execute(text(statement))
        else:
            _say("full text")
            connection.execute(text(f"CREATE INDEX {_VECTOR_INDEX} ON articles USING gin ({SEARCH_VECTOR})"))
            _set_sequences(connection)
        _say("statistics")
        connection.execute(text("ANALYZE"))
        connection.commit()
        if is_sqlite:
            _driver(connection).execute("PRAGMA journal_mode = WAL")
        else:
            # What autovacuum would have done long before there are a million rows.
            _driver(connection).autocommit = True
            _driver(connection).execute("VACUUM")


def _hurry(connection: Connection) -> Sequence[str]:
    """Let SQLite write as fast as it can; returns the statements of the triggers that are gone now."""
    sqlite3.register_adapter(datetime, lambda at: at.isoformat(" ", "microseconds")[:26])
    sqlite3.register_adapter(date, date.isoformat)
    for setting in _FAST:
        _driver(connection).execute(f"PRAGMA {setting}")
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in triggers:
        connection.execute(text(f"DROP TRIGGER {name}"))
    return [statement for _, statement in triggers]


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _set_sequences(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        if "id" in table.c and table.c.id.autoincrement is not False:
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            connection.execute(text(f"SELECT setval({sequence}, (SELECT coalesce(max(id), 0) + 1 FROM {table.name}))"))


class _Progress:
    def __init__(self, total: int) -> None:
        self._total, self._done, self._start = total, 0, time.perf_counter()

    def on(self, number: int) -> None:
        """Draw the bar so much further."""
        self._done = min(self._total, self._done + number)
        took = time.perf_counter() - self._start
        filled = 40 * self._done // self._total
        bar = "#" * filled + "." * (40 - filled)
        print(f"\r{bar} {self._done:,}/{self._total:,} {took:.0f} s", end="", file=sys.stderr, flush=True)


def _say(what: str) -> None:
    print(f"\n{what} {datetime.now(UTC):%H:%M:%S}", end="", file=sys.stderr, flush=True)


def main() -> None:
    today = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    parser = argparse.ArgumentParser(prog="python -m benchmarks.board_material", description=__doc__)
    parser.add_argument("database", help="sqlite:///file or postgresql://...")
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--matches", type=int, default=100_000)
    parser.add_argument("--outlets", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--until", type=datetime.fromisoformat, default=today, help="the newest; with an offset")
    options = parser.parse_args()
    make(
        options.database,
        articles=options.articles,
        matches=options.matches,
        outlets_=options.outlets,
        seed=options.seed,
        until=options.until,
    )
    print("", file=sys.stderr)


if __name__ == "__main__":
    main()
