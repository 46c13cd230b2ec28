"""Feeds by the hundred thousand in a real Postgres, as a program that has polled them for a week leaves them."""

import os
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.polling_simulation import HOUR, SHOWN, START
from benchmarks.scale_feeds import SEED, Population
from monitor.polling import Claim, PollFacts, PollPolicy, next_poll, pace, scaled
from monitor.records.feeds import FeedSpec
from monitor.store import Store
from monitor.store.engine import libpq_address
from monitor.store.polling import window

_STAGED = """
CREATE TEMP TABLE staged (
    id bigint, rhythm text, pace float8, every float8, polled timestamptz, due timestamptz, etag text, held bytea
)
"""
_POLLED = """
UPDATE feeds SET rhythm = s.rhythm, pace = s.pace, "interval" = s.every, last_polled_at = s.polled,
    last_success_at = s.polled, last_changed_at = s.polled, whole_at = s.polled, next_poll_at = s.due, etag = s.etag,
    body_hash = s.etag, last_status = 'unchanged', entries_seen = 30
FROM staged s WHERE feeds.id = s.id
"""
_OLDEST = """
INSERT INTO entries (id, feed_id, identity, url, guid, title, summary, content, fingerprint, authors, source, language,
    published_raw, date_quality, first_seen_at, last_seen_at, fresh_at, changes, backfill, state, state_at, reason,
    reason_group, attempts, screen_reason, text_source)
SELECT id, id, 'oldest', 'https://feed' || id || '.example/oldest', 'oldest', 'An item that leaves the feed next',
    'Some words about it', '', '', '', '', 'en', '', 'given', polled, polled, polled, 0, true, 'ruled_out', polled, '',
    '', 0, '', ''
FROM staged
"""
_AFTER = (
    "INSERT INTO feed_windows (feed_id, \"window\", ghosts) SELECT id, held, '' FROM staged",
    "SELECT setval(pg_get_serial_sequence('entries', 'id'), (SELECT max(id) FROM entries))",
)
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def address(feed: int) -> str:
    return f"https://feed{feed}.example/rss"


def validator(count: int) -> str:
    """The ETag of a feed that has published so many items."""
    return f'"{count}"'


def key(variant: int, item: int) -> str:
    """The hash of a variant's item; its copies publish the same."""
    return blake2b(f"{variant}.{item}".encode(), digest_size=8).hexdigest()


def moment(seconds: float) -> datetime:
    """A simulated time."""
    return START + timedelta(seconds=seconds)


def added(store: Store, number: int, *, now: datetime) -> None:
    """Add so many feeds, as an import does."""
    store.feeds.sync((FeedSpec(url=address(feed), title=f"Feed {feed}") for feed in range(1, number + 1)), now=now)


def polled(url: str, population: Population, *, at: float, budget: float) -> None:
    """Give the feeds the state of a week's polls: rhythm, validators, window, and a due time within their interval."""
    with psycopg.connect(libpq_address(url)) as connection, connection.cursor() as cursor:
        cursor.execute(_STAGED)
        with cursor.copy("COPY staged FROM STDIN") as copy:
            for row in _rows(population, at, budget):
                copy.write_row(row)
        for statement in (_POLLED, _OLDEST, *_AFTER):
            cursor.execute(statement)
    tidied(url)


def tidied(url: str) -> None:
    """What autovacuum would have done by now."""
    with psycopg.connect(libpq_address(url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE feeds, feed_windows, entries, polls, host_turns")


def transactions(url: str) -> int:
    """Transactions that the database of ``url`` has ended so far; its statistics are some milliseconds late."""
    with psycopg.connect(libpq_address(url), autocommit=True) as connection:
        connection.execute("SELECT pg_stat_clear_snapshot()")
        found = connection.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert found is not None
    return int(found[0])


def server_seconds(postmaster: int) -> float:
    """Processor time of a Postgres on this machine so far, in seconds: its process, its children, those that ended."""
    total = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            if int(folder.name) == postmaster:
                total += sum(map(int, fields[11:15]))
            elif int(fields[1]) == postmaster:
                total += sum(map(int, fields[11:13]))
    return total / _CLOCK_TICKS


def postmaster(url: str) -> int:
    """The number of the server's process."""
    with psycopg.connect(libpq_address(url)) as connection:
        found = connection.execute("SELECT current_setting('data_directory')").fetchone()
    assert found is not None
    return int((Path(found[0]) / "postmaster.pid").read_text(encoding="utf-8").split()[0])


def _rows(population: Population, at: float, budget: float) -> Iterator[Sequence[Any]]:
    dice = random.Random(SEED)
    paces = [pace(rhythm) for rhythm in population.rhythms]
    policy = PollPolicy(budget=budget)
    policy = PollPolicy(budget=budget, scale=scaled([Claim(pace=each) for each in paces], policy))
    waits = [
        (next_poll(PollFacts(rhythm=rhythm), policy, now=moment(at), jitter=0.0).at - moment(at)).total_seconds()
        for rhythm in population.rhythms
    ]
    texts = [rhythm.as_text() for rhythm in population.rhythms]
    held = lru_cache(maxsize=100_000)(_held)
    for feed in range(1, population.feeds + 1):
        variant = population.variant(feed)
        due = at + dice.random() * waits[variant]
        before = min(due - waits[variant], at - 1.0)
        count = population.published(feed, before)
        oldest, rest = held(variant, count)
        yield (
            feed, texts[variant], paces[variant], waits[variant], moment(before), moment(due), validator(count),
            window.pack([(oldest, feed)]) + rest,
        )  # fmt: skip


def _held(variant: int, count: int) -> tuple[str, bytes]:
    """The hash of the oldest item of a variant's document, and the window of the others."""
    first = max(0, count - SHOWN)
    keys = [key(variant, item) for item in range(first, max(count, first + 1))]
    return keys[0], window.pack([(each, 0) for each in keys[1:]])


def busiest(due: Any) -> float:
    """The hour of the day with the most polls, in seconds since midnight."""
    hours = [0] * 24
    for hour in (due // HOUR).astype(int):
        hours[hour] += 1
    return hours.index(max(hours)) * HOUR
