"""A worker process for the slice: the real worker, job, fetcher and store; only servers and the parser are pretended.

``python -m benchmarks.scale_worker URL OFFSET SECONDS VARIANTS COPIES REQUESTS SLOTS``: its clock is the real one plus
OFFSET; at the end it prints one line of JSON with what it saw.
"""

import asyncio
import json
import logging
import random
import sys
import threading
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx
import numpy as np
import structlog

from benchmarks.polling_simulation import SHOWN, START
from benchmarks.scale_costs import entry
from benchmarks.scale_feeds import BUDGET, Population, population
from benchmarks.scale_queue import DEADLINE, answers
from benchmarks.scale_tables import address, key, validator
from monitor.errors import ParseError
from monitor.fetch import Fetcher, FetchLimits
from monitor.fetch.addresses import AddressGuard
from monitor.fetch.exchange import Exchange
from monitor.fetch.loop import LoopThread
from monitor.fetch.transport import Transport
from monitor.jobs.pace import Pace
from monitor.jobs.services import Services
from monitor.pipeline.policy import ReadPolicy
from monitor.polling import PollPolicy
from monitor.records.articles import FeedUpdate, PollOutcome
from monitor.records.feeds import Document, Feed, FetchRequest, ParsedFeed
from monitor.store import Store
from monitor.wiring import holder_name, take_short_turns
from monitor.wiring.turns import HeldTurns
from monitor.worker.nudges import Nudges
from monitor.worker.service import Worker

_UNUSED = ReadPolicy(gate=0.0, max_age=timedelta(0), attempts=1)
FILLER = b"<!-- as long as a feed: " + b"." * 12_000 + b" -->"


class Pretended(Transport):
    """Servers that let us wait as drawn, and answer 304 or a body by what their feed has published."""

    def __init__(self, feeds: Population, offset: float, waits: Sequence[float]) -> None:
        self._feeds, self._offset, self._waits = feeds, offset, waits
        self._asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the server of feed 7 at feed7.example."""
        request.extensions["sent"]()
        self._asked += 1
        await asyncio.sleep(self._waits[self._asked % len(self._waits)])
        feed = int(request.url.host.removeprefix("feed").partition(".")[0])
        count = self._feeds.published(feed, time.time() + self._offset - START.timestamp())
        headers = {"ETag": validator(count)}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return httpx.Response(304, headers=headers)
        return httpx.Response(200, headers=headers, content=f"{feed} {count} ".encode() + FILLER)


class PretendedFetcher(Fetcher):
    """The real one, with manners and turns, over pretended servers."""

    def __init__(self, transport: Transport, **given: Any) -> None:
        super().__init__(**given)
        self._transport = transport

    def __enter__(self) -> Self:
        guard = AddressGuard(self.limits.allow_private)
        self._exchange = Exchange(
            self._transport, limits=self.limits, guard=guard, holds=self._holds, robots_store={}, table=self._table
        )
        self._thread = LoopThread(self._exchange.aclose)
        return self


class PretendedParser:
    """Knows from the body's first words which items it holds."""

    workers = 1

    def __init__(self, feeds: Population) -> None:
        self._feeds = feeds

    def parse(self, document: Document, *, now: datetime, known: Collection[str] = ()) -> ParsedFeed | ParseError:
        """The newest items, the unknown ones whole."""
        feed, count = map(int, document.body.split(b" ", 2)[:2])
        items = range(max(0, count - SHOWN), count)
        hashes = {item: key(self._feeds.variant(feed), item) for item in items}
        return ParsedFeed(
            kind="rss20",
            encoding="utf-8",
            entries=tuple(entry(self._feeds, feed, item) for item in items if hashes[item] not in known),
            hashes=tuple(hashes.values()),
        )


class NoModel:
    """A worker of the queue ``poll`` has none."""

    model = ""

    def understand(self, articles: Sequence[Any]) -> Sequence[Any]:
        raise NotImplementedError

    def screen(self, articles: Sequence[Any]) -> Sequence[Any]:
        raise NotImplementedError


class Seen:
    """How late each poll was written, and how many came in one transaction."""

    def __init__(self, store: Store, offset: timedelta) -> None:
        self._claim, self._record = store.feeds.claim_due, store.feeds.record_polls
        self._due: dict[int, datetime] = {}
        self._offset = offset
        self.late: list[float] = []
        self.news = self.entries = self.batches = 0
        self.claims: list[int] = []
        store.feeds.claim_due = self.claim_due  # type: ignore[method-assign]
        store.feeds.record_polls = self.record_polls  # type: ignore[method-assign]

    def claim_due(self, **asked: Any) -> tuple[Feed, ...]:
        found = self._claim(**asked)
        self.claims.append(len(found))
        self._due.update((feed.id, feed.next_poll_at) for feed in found)
        return found

    def record_polls(self, updates: Sequence[FeedUpdate]) -> tuple[PollOutcome, ...]:
        outcomes = self._record(updates)
        now = datetime.now(UTC) + self._offset
        self.late += [(now - self._due[poll.feed_id]).total_seconds() for poll in updates if poll.feed_id in self._due]
        self.news += sum(outcome.outcome == "new" for outcome in outcomes)
        self.entries += sum(len(outcome.new_entry_ids) for outcome in outcomes)
        self.batches += 1
        return outcomes

    def told(self, computed: float) -> dict[str, Any]:
        return {
            "polls": len(self.late), "late": [round(each, 2) for each in self.late], "news": self.news,
            "entries": self.entries, "claims": len(self.claims), "empty": self.claims.count(0),
            "batches": self.batches, "computed": computed,
        }  # fmt: skip


def fetched(feeds: Population, number: int) -> None:
    """Ask so many feeds at servers that answer at once: what the fetcher itself costs."""
    with PretendedFetcher(Pretended(feeds, 0.0, [0.0]), limits=FetchLimits(concurrency=64)) as fetcher:
        requests = [FetchRequest(key=str(feed), url=address(feed)) for feed in range(1, number + 1)]
        for _ in fetcher.fetch(requests):
            pass


def main() -> None:
    url, *numbers = sys.argv[1:]
    offset, seconds = map(float, numbers[:2])
    variants, copies, requests, slots = map(int, numbers[2:])
    feeds = population(variants, copies)
    dice = np.random.default_rng()
    transport = Pretended(feeds, offset, answers(10_000, dice).tolist())
    take_short_turns()
    # Servers that hang are part of the play; what is no part of it is an error.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    holder, behind = holder_name(), timedelta(seconds=offset)
    with Store.open(url) as store:
        seen = Seen(store, behind)
        nudges = Nudges(url, most=2 + slots // 4)
        turns = HeldTurns(store=store, holder=holder)
        with PretendedFetcher(transport, limits=FetchLimits(concurrency=requests), turns=turns) as fetcher:
            services = Services(
                store=store, fetcher=fetcher, parser=PretendedParser(feeds), reader=NoModel(),
                pace=Pace(PollPolicy(budget=BUDGET)), read_policy=_UNUSED, holder=holder,
                clock=lambda: datetime.now(UTC) + behind, dice=lambda: random.uniform(-1, 1), spread=nudges.submit,
            )  # fmt: skip
            worker = Worker(
                services, url, nudges, queues=("poll",), concurrency=slots, drain_seconds=DEADLINE + 5.0,
                health_host="127.0.0.1", health_port=0,
            )  # fmt: skip
            with worker:
                # What a worker does every five minutes; it is measured by itself.
                services.pace.policy(store, now=services.clock())
                print("ready", flush=True)
                sys.stdin.readline()
                before = time.process_time()
                threading.Timer(seconds, worker.stop).start()
                worker.run()
                computed = time.process_time() - before
        nudges.close()
    print(json.dumps(seen.told(computed)), flush=True)


if __name__ == "__main__":
    main()
