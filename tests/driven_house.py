"""A store with the real parts on it and a clock that tests drive: what a day of polling does, in a second."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any, Self

from sqlalchemy import text

from monitor import wiring
from monitor.config import Settings
from monitor.fetch import Fetcher, FetchLimits
from monitor.fetch.names import Resolver
from monitor.jobs.pace import Pace, Weather
from monitor.jobs.robots import stored_robots
from monitor.jobs.services import Services
from monitor.jobs.table import JOBS
from monitor.polling import PollPolicy
from monitor.records.feeds import Feed, FeedSpec, FetchRequest, FetchResult
from monitor.store import Store


def wired(folder: Path, **values: Any) -> Iterator[Services]:
    """The parts as the program wires them, made once: the model and the parser's process take seconds to start."""
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(f"sqlite:///{folder / 'unused.sqlite3'}", create=True))
        settings = Settings(**values)
        yield stack.enter_context(wiring.services(settings, store, holder="here:1:a", stopping=Event()))


@dataclass
class DrivenClock:
    """The time, set ahead as far as a test wants it."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def to(self, moment: datetime) -> None:
        """Go on to ``moment``; never back."""
        self.ahead = max(self.ahead, moment - datetime.now(UTC))


class Heard:
    """A fetcher that notes what came back."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.results: list[FetchResult] = []

    def fetch(self, requests: Iterable[FetchRequest], *, robots: bool = False) -> Iterator[FetchResult]:
        """As the fetcher."""
        for result in self._fetcher.fetch(requests, robots=robots):
            self.results.append(result)
            yield result

    def holds(self) -> dict[str, datetime]:
        """As the fetcher."""
        return self._fetcher.holds()


class House:
    """A store and the real parts on it, with a clock to drive; ``restart`` is what a new process would find."""

    def __init__(self, parts: Services, store: Store, limits: FetchLimits, resolver: Resolver) -> None:
        self.store = store
        self.clock = DrivenClock()
        self._limits, self._resolver = limits, resolver
        self._fetcher: Fetcher | None = None
        dice = random.Random(7)
        self._parts = replace(
            parts, store=store, clock=self.clock, holder="here:1:a", dice=lambda: dice.uniform(-1.0, 1.0)
        )

    def __enter__(self) -> Self:
        self.restart()
        return self

    def __exit__(self, *_: object) -> None:
        if self._fetcher is not None:
            self._fetcher.close()

    def restart(self) -> None:
        """Forget what only a process knows; keep what is stored."""
        self.__exit__()
        now = self.clock()
        robots = stored_robots(self.store, now=now)
        holds = self.store.hosts.holds(now=now)
        self._fetcher = Fetcher(self._limits, holds=holds, robots=robots, resolver=self._resolver).__enter__()
        self.heard = Heard(self._fetcher)
        self.services = replace(
            self._parts, fetcher=self.heard, pace=Pace(PollPolicy()), weather=Weather(), robots=robots
        )

    def add(self, *urls: str) -> None:
        """Add feeds."""
        self.store.feeds.sync([FeedSpec(url=url) for url in urls], now=self.clock())

    def work(self, *jobs: str) -> Counter[str]:
        """Run rounds of the jobs until they find nothing to do; what they did."""
        counts: Counter[str] = Counter()
        for name in jobs:
            while done := JOBS[name](self.services):
                counts.update(done.counts)
        return counts

    def feed(self, url: str) -> Feed:
        """The feed's row."""
        found = self.store.feeds.by_url(url)
        assert found is not None
        return found

    def until_due(self, *urls: str) -> None:
        """Let the time pass until the feeds are due."""
        self.clock.to(max(self.feed(url).next_poll_at for url in urls) + timedelta(seconds=1))

    def entries(self, url: str) -> list[dict[str, Any]]:
        """What is stored of the feed's entries, oldest first."""
        query = text("select * from entries where feed_id = :feed order by id")
        with self.store._database.read() as connection:
            return [dict(row._mapping) for row in connection.execute(query, {"feed": self.feed(url).id})]
