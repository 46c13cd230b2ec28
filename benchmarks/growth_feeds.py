"""What feeds cost where there are so many: claims, polls written, ticks with nothing due, looks, memory, a page."""

import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, insert, select, update

from benchmarks.dashboard_asking import Reader
from benchmarks.growth_fill import SHOWN, Place, due_after, plain_feeds, plain_polls, window_key
from benchmarks.growth_taken import Taken
from benchmarks.machine import peak_megabytes
from monitor.daemon.service import Daemon
from monitor.jobs.poll import BATCH
from monitor.jobs.services import Services, Sizes
from monitor.pipeline.verdicts import Verdicts
from monitor.records.articles import EntryState, FeedUpdate
from monitor.records.feeds import Feed, FeedEntry
from monitor.store import Store
from monitor.store.engine import Database

TICK = "a tick with nothing due: the claims of all stages"
CLAIM = "claim_due, a feed"
UNCHANGED, ONE_NEW = "record_polls, a poll: unchanged", "record_polls, a poll: one new item"
HEALTH = "GET /health"
LOOK = "the look behind /health, every 2 s"
FIRST = "all feeds judged for the first time"
JUDGE = "all feeds judged, every 30 s: each is polled once an hour"
MEMORY = "memory of the daemon's process, at most"
SELECT = "SELECT … WHERE next_poll <= now LIMIT n, no index"
INSERT_POLLS = "SQLAlchemy bulk insert, a row"
_JUDGED = 2
"""Rounds of what takes seconds."""
_LOOKS = 120
"""Looks at all feeds in the hour in which each is polled once."""
HOLDER, LEASE, ASKED = "growth", timedelta(minutes=5), 20


@dataclass(frozen=True, slots=True)
class NoModel:
    """Stands where a reader would: nothing is read here."""

    model: str = "none"


def parts(store: Store, now: datetime, articles: int = 16) -> Services:
    """What jobs need that only read and write the tables."""
    nothing = cast(Any, None)
    return Services(
        store=store,
        fetcher=nothing,
        parser=nothing,
        reader=cast(Any, NoModel()),
        pace=nothing,
        read_policy=nothing,
        holder=HOLDER,
        clock=lambda: now,
        dice=lambda: 0.0,
        sizes=Sizes(articles=articles),
        stopping=threading.Event(),
    )


def measured(place: Place, number: int, until: datetime, *, rounds: int, claims: int) -> Taken:
    """Seconds of each thing, by round; memory in MB."""
    taken = Taken()
    with Store.open(place.url) as store:
        # Nothing is due yet; the first time opens connections.
        tick(store, until - timedelta(seconds=1))
        for _ in range(rounds):
            with taken.timed(TICK, ASKED):
                for _ in range(ASKED):
                    tick(store, until - timedelta(seconds=1))
        for turn in range(1, rounds + 1):
            _polled(store, taken, due_after(until, turn * claims - 0.5, number), claims, turn)
        _looked(store, taken, until, rounds)
    taken.put(MEMORY, peak_megabytes())
    with closing(Database(place.plain)) as peer:
        for turn in range(1, rounds + 1):
            _as_the_peers(peer, taken, due_after(until, turn * claims - 0.5, number), claims)
    return taken


def tick(store: Store, now: datetime) -> None:
    """What the timer's rounds ask for when there is nothing to do."""
    asked: Any = {"now": now, "holder": HOLDER, "lease": LEASE}
    found = [
        store.feeds.claim_due(limit=200, **asked),
        store.entries.claim(EntryState.NEW, limit=256, **asked),
        store.entries.claim(EntryState.TO_READ, limit=48, **asked),
        store.findings.claim(limit=16, **asked),
        store.chronicle.is_waiting(),
    ]
    if any(found):
        raise RuntimeError("something is due where nothing should be; the tables are not what they should be")


def _polled(store: Store, taken: Taken, now: datetime, claims: int, turn: int) -> None:
    with taken.timed(CLAIM, claims):
        claimed = store.feeds.claim_due(now=now, limit=claims, holder=HOLDER, lease=LEASE)
    if len(claimed) < claims:
        raise RuntimeError(f"only {len(claimed)} of {claims} feeds were due; the tables are not what they should be")
    half = claims // 2
    for name, some in ((UNCHANGED, claimed[:half]), (ONE_NEW, claimed[half:])):
        updates = [_update(feed, now, turn if name == ONE_NEW else 0) for feed in some]
        with taken.timed(name, len(updates)):
            for start in range(0, len(updates), BATCH):
                store.feeds.record_polls(updates[start : start + BATCH])


def _update(feed: Feed, now: datetime, turn: int) -> FeedUpdate:
    """A poll that finds nothing (turn 0), or an item that the feed did not show before."""
    items = (_item(feed, now),) if turn else ()
    shown = tuple(window_key(number) for number in range(1, SHOWN))
    return FeedUpdate(
        feed_id=feed.id,
        polled_at=now,
        next_poll_at=now + timedelta(days=1),
        interval=feed.interval,
        outcome="new" if items else "unchanged",
        entries=items,
        hashes=(*(item.hash for item in items), *shown) if items else (),
        etag=f'"{turn}"',
        body_hash=f"{turn}",
        http_status=200 if items else 304,
        bytes_read=12_000 if items else 0,
        rhythm=feed.rhythm,
        pace=1.0,
        asked=feed.spec.url,
    )


def _item(feed: Feed, now: datetime) -> FeedEntry:
    return FeedEntry(
        guid=f"new of {feed.id}",
        url=f"https://paper{feed.id}.example/new",
        title=f"A new item of feed {feed.id}",
        summary="Two sentences about what happened somewhere today. " * 4,
        published=now,
        hash=window_key(feed.id + SHOWN),
    )


def _looked(store: Store, taken: Taken, now: datetime, rounds: int) -> None:
    """/health of a daemon that has no jobs to run, and what it looks at for it."""
    daemon = Daemon(parts(store, now), health_host="127.0.0.1", health_port=0, drain_seconds=1.0, ticks={})
    with daemon:
        server = daemon.health_server
        assert server is not None
        reader = Reader(int(server.address.rpartition(":")[2]))
        for _ in range(rounds):
            with taken.timed(HEALTH, ASKED):
                for _ in range(ASKED):
                    reader.ask("/health")
            with taken.timed(LOOK):
                daemon._snap()
        for turn in range(min(rounds, _JUDGED)):
            with taken.timed(FIRST):
                Verdicts(store.feeds).look(now)
            polled = store.feeds.some(line.id for line in store.feeds.lines()[turn::_LOOKS])
            store.feeds.record_polls([_update(feed, now + timedelta(seconds=turn + 1), 0) for feed in polled])
            with taken.timed(JUDGE):
                daemon._look_at_feeds()
        reader.close()


def _as_the_peers(peer: Database, taken: Taken, now: datetime, claims: int) -> None:
    """The same claims and as many rows written, by plain tables."""
    with taken.timed(SELECT, claims), peer.write() as connection:
        due = select(plain_feeds.c.id).where(plain_feeds.c.next_poll <= now.timestamp()).limit(claims)
        claimed = connection.scalars(due).all()
    with peer.write() as connection:
        _put_off(connection, claimed)
    rows = [{"feed_id": id_, "polled_at": now.timestamp(), "outcome": "same"} for id_ in claimed]
    with taken.timed(INSERT_POLLS, len(rows)):
        for start in range(0, len(rows), BATCH):
            with peer.write() as connection:
                connection.execute(insert(plain_polls), rows[start : start + BATCH])


def _put_off(connection: Connection, claimed: Sequence[int]) -> None:
    later = update(plain_feeds).where(plain_feeds.c.id.in_(claimed))
    connection.execute(later.values(next_poll=plain_feeds.c.next_poll + 86_400.0))
