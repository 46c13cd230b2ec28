"""What one claim, one written poll, one turn costs at full tables, alone and on four threads."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from benchmarks.polling_simulation import SHOWN
from benchmarks.scale_feeds import Population, apart
from benchmarks.scale_tables import address, key, moment, server_seconds, tidied, validator
from monitor.polling import Claim, PollPolicy, scaled
from monitor.records.articles import FeedUpdate
from monitor.records.feeds import Feed, FeedEntry, HostTurn
from monitor.store import Store
from monitor.store.backlog import backlogs
from monitor.store.engine import Database
from monitor.worker.nudges import Nudges

BATCH, ROUND, TURNS = 25, 200, 32
"""As in ``monitor.jobs``; hosts in one statement, as many as a round's requests begin together."""
THREADS = 4
FIRST_CLAIMS = "claim_due, the first twentieth"
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """So many of something: seconds by the clock, of our processor time and of the server's."""

    number: int
    wall: float
    ours: float
    server: float

    @property
    def rate(self) -> float:
        return self.number / self.wall

    @property
    def each(self) -> float:
        """Seconds of processor time for one, ours and the server's."""
        return (self.ours + self.server) / self.number


@dataclass(slots=True, kw_only=True)
class Costs:
    """By name, in the order measured."""

    postmaster: int
    found: dict[str, Cost] = field(default_factory=dict)

    def ours(self, name: str) -> float:
        """Our processor time for one."""
        return self.found[name].ours / self.found[name].number

    def server(self, name: str) -> float:
        """The server's for one."""
        return self.found[name].server / self.found[name].number

    @contextmanager
    def measured(self, name: str, number: int) -> Iterator[None]:
        server, ours, wall = server_seconds(self.postmaster), time.process_time(), time.perf_counter()
        yield
        self.found[name] = Cost(
            number=number,
            wall=time.perf_counter() - wall,
            ours=time.process_time() - ours,
            server=server_seconds(self.postmaster) - server,
        )


def claiming(store: Store, url: str, costs: Costs, *, due: int, now: datetime) -> None:
    """Claim so many feeds that are due, in batches as rounds do: from one thread, then from four.

    At first a twentieth alone: what is claimed and not yet written stands in the way of the next claims.
    """
    with costs.measured(FIRST_CLAIMS, due // 20):
        _claimed(store, now, 0, most=due // 20)
    store.feeds.release("bench#0")
    tidied(url)
    for threads in (1, THREADS):
        with costs.measured(f"claim_due, {threads} thread{'s' * (threads > 1)}", due):
            claimed = _together(threads, lambda at: _claimed(store, now, at))
        if sum(claimed) < due:
            raise SystemExit(
                f"only {sum(claimed):,} of {due:,} feeds were claimed; the tables are not what they should be"
            )
        for thread in range(threads):
            store.feeds.release(f"bench#{thread}")
        tidied(url)


def recording(store: Store, population: Population, costs: Costs, *, polls: int, at: float) -> None:
    """Write so many polls that find nothing, then so many that bring an item each; from one thread and from four."""
    for name, item in (("unchanged", False), ("one new item", True)):
        for threads in (1, THREADS):
            claimed = store.feeds.claim_due(now=moment(at) + LEASE * 50, limit=polls, holder="bench", lease=LEASE)
            later = moment(at) + timedelta(days=1)
            updates = [update_of(population, feed, at=at, later=later, item=item) for feed in claimed]
            batches = [updates[start : start + BATCH] for start in range(0, len(updates), BATCH)]
            if item:
                ids = [feed.id for feed in claimed]
                with costs.measured("hashes_of", len(ids)) if threads == 1 else _nothing():
                    for start in range(0, len(ids), ROUND):
                        store.feeds.hashes_of(ids[start : start + ROUND])
            with costs.measured(f"record_polls, {name}, {threads} thread{'s' * (threads > 1)}", len(updates)):
                _shared(threads, batches, store.feeds.record_polls)


def others(store: Store, url: str, costs: Costs, *, feeds: int, now: datetime, turns: int) -> None:
    """Turns at hosts, nudges, the budget's scale, the backlog that the daemon shows."""
    hosts = [f"feed{feed}.example" for feed in range(1, turns + 1)]
    groups = [hosts[start : start + TURNS] for start in range(0, len(hosts), TURNS)]
    with costs.measured("a host's turn taken and given back", len(hosts)):
        for group in groups:
            taken = store.turns.take(group, "bench", now=now, ttl=timedelta(seconds=60))
            given = {host: replace(turn, asked_at=now) for host, turn in taken.items()}
            store.turns.give_back(given or {hosts[0]: HostTurn(asked_at=now, held_until=None)}, "bench", now=now)
    nudges = Nudges(url)
    nudges.start()
    with costs.measured("a nudge", 500):
        for _ in range(500):
            nudges.submit("poll")
    nudges.close()
    with costs.measured("the budget's scale, all feeds", 1):
        claims = [Claim(pace=pace, least=least) for pace, least in store.feeds.claims_on_budget(backoff=21_600.0)]
        scaled(claims, PollPolicy())
    database = Database(url)
    with costs.measured("the backlogs' sizes", 1):
        backlogs(database, now=now)
    database.close()
    assert len(claims) == feeds


def update_of(population: Population, feed: Feed, *, at: float, later: datetime, item: bool) -> FeedUpdate:
    """What a poll finds: nothing, or one more item than the time before."""
    known = int((feed.etag or '"0"').strip('"'))
    count = known + item
    variant = population.variant(feed.id)
    first = max(0, count - SHOWN)
    return FeedUpdate(
        feed_id=feed.id,
        polled_at=moment(at + 1 + item),
        next_poll_at=later,
        interval=feed.interval,
        outcome="new" if item else "unchanged",
        entries=(entry(population, feed.id, known),) if item else (),
        hashes=tuple(key(variant, each) for each in range(first, count)) if item else (),
        etag=validator(count),
        body_hash=validator(count),
        http_status=200 if item else 304,
        bytes_read=12_000 if item else 0,
        rhythm=feed.rhythm,
        pace=1.0,
        asked=feed.spec.url,
    )


def entry(population: Population, feed: int, item: int) -> FeedEntry:
    """An item of a feed; its number counts from 0."""
    times = population.times[population.variant(feed)]
    return FeedEntry(
        guid=f"{feed}.{item}",
        url=f"{address(feed)}/{item}",
        title=f"Item {item} of feed {feed}",
        summary="Two sentences about what happened somewhere today. " * 4,
        published=moment(float(times[min(item, len(times) - 1)]) + apart(feed)),
        hash=key(population.variant(feed), item),
    )


def _claimed(store: Store, now: datetime, thread: int, most: float = math.inf) -> int:
    claimed = 0
    while claimed < most and (
        found := store.feeds.claim_due(now=now, limit=ROUND, holder=f"bench#{thread}", lease=LEASE)
    ):
        claimed += len(found)
    return claimed


def _together(threads: int, work: Callable[[int], int]) -> list[int]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(threads)))


def _shared(
    threads: int, batches: Sequence[Sequence[FeedUpdate]], work: Callable[[Sequence[FeedUpdate]], object]
) -> None:
    left, lock = iter(batches), threading.Lock()

    def until_done(_thread: int) -> int:
        done = 0
        while True:
            with lock:
                batch = next(left, None)
            if batch is None:
                return done
            work(batch)
            done += len(batch)

    _together(threads, until_done)


@contextmanager
def _nothing() -> Iterator[None]:
    yield
