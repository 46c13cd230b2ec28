"""The fetcher: one event loop in a thread of its own, one TLS context, one deadline per whole request."""

import functools
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from monitor.errors import FetchError
from monitor.fetch.addresses import AddressGuard
from monitor.fetch.exchange import Exchange
from monitor.fetch.holds import Holds
from monitor.fetch.limits import FetchLimits
from monitor.fetch.loop import Batch, Landed, LoopThread, closed
from monitor.fetch.names import Names, Resolver, system_addresses
from monitor.fetch.robots import RobotsStore
from monitor.fetch.sharing import SharesTurns
from monitor.fetch.transport import DirectTransport, ProxyTransport
from monitor.records.feeds import FetchRequest, FetchResult

# Per call, this many times ``concurrency`` requests are started and not yet handed over: enough to keep all hosts
# busy, and a bound on the memory that results take while the caller works.
_WINDOW = 4


class Fetcher:
    """Fetches addresses. A context manager, usable from any thread while open, and by many threads at once.

    The limits per host, the holds and the limit over all are shared by every call. ``holds`` are those of an earlier
    process, as ``holds()`` gave them; ``robots`` keeps what sites answered for their robots.txt. With ``turns`` the
    limits per host hold among all processes that share that table.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        *,
        holds: Mapping[str, datetime] | None = None,
        robots: RobotsStore | None = None,
        turns: SharesTurns | None = None,
        resolver: Resolver = system_addresses,
    ) -> None:
        self.limits = limits or FetchLimits()
        self._guard = AddressGuard(self.limits.allow_private)
        self._holds = Holds(holds)
        self._robots = {} if robots is None else robots
        self._table = turns
        self._resolver = resolver
        self._thread: LoopThread | None = None
        self._exchange: Exchange | None = None
        self._counting = threading.Lock()
        self._wanted = 0

    @property
    def wanted(self) -> int:
        """Requests that are under way or wait, of all calls."""
        return self._wanted

    def __enter__(self) -> Self:
        proxy = self.limits.proxy
        transport = ProxyTransport(proxy) if proxy else DirectTransport(self._guard, Names(self._resolver))
        self._exchange = Exchange(
            transport,
            limits=self.limits,
            guard=self._guard,
            holds=self._holds,
            robots_store=self._robots,
            table=self._table,
        )
        self._thread = LoopThread(self._exchange.aclose)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop now. Whoever still waits for a result gets a TransientError."""
        if self._thread is not None:
            self._thread.stop()

    def fetch(self, requests: Iterable[FetchRequest], *, robots: bool = False) -> Iterator[FetchResult]:
        """Yield the result of each request as it completes; hosts take turns.

        With ``robots``, what a site's robots.txt forbids is not asked for: for pages, not for feeds. Leaving the
        iterator early stops what is under way. Raises TransientError when the fetcher is closed meanwhile.
        """
        if self._thread is None or self._exchange is None:
            raise closed()
        batch = Batch(self._thread, functools.partial(self._exchange.answer, robots=robots))
        waiting = _in_turns(requests)
        self._count(len(waiting))
        window = _WINDOW * self.limits.concurrency
        landed: deque[Landed] = deque()
        out = 0
        try:
            while waiting or out:
                if waiting and out <= window // 2:
                    handful = [waiting.popleft() for _ in range(min(len(waiting), window - out))]
                    batch.start(handful)
                    out += len(handful)
                if not landed:
                    landed.extend(batch.collect())
                out -= 1
                self._count(-1)
                yield _value(landed.popleft())
        finally:
            self._count(-out - len(waiting))
            if out:
                batch.leave()

    def get(self, request: FetchRequest, *, robots: bool = False) -> FetchResult:
        """The result of one request. Raises TransientError when the fetcher is closed meanwhile."""
        (result,) = self.fetch([request], robots=robots)
        return result

    def _count(self, more: int) -> None:
        with self._counting:
            self._wanted += more

    def holds(self) -> dict[str, datetime]:
        """Hosts that asked to be left alone, and until when; to be kept over a restart."""
        return self._holds.current(datetime.now(UTC))


def _value(landed: Landed) -> FetchResult:
    if isinstance(landed, BaseException) and not isinstance(landed, FetchError):
        raise landed
    return landed


def _in_turns(requests: Iterable[FetchRequest]) -> deque[FetchRequest]:
    """The requests with hosts taking turns, so that a host with many does not hold up the others."""
    lanes: dict[str, deque[FetchRequest]] = {}
    for request in requests:
        lanes.setdefault(request.url.partition("://")[2].partition("/")[0].lower(), deque()).append(request)
    ordered: deque[FetchRequest] = deque()
    while lanes:
        for host, lane in list(lanes.items()):
            ordered.append(lane.popleft())
            if not lane:
                del lanes[host]
    return ordered
