"""The fetcher: one event loop in a thread of its own, one connection pool, one deadline per whole request."""

import contextlib
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import CancelledError, Future
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from monitor.errors import TransientError
from monitor.fetch.addresses import AddressGuard
from monitor.fetch.exchange import Exchange, open_client
from monitor.fetch.hosts import HostTurns
from monitor.fetch.limits import FetchLimits
from monitor.records.feeds import FetchRequest, FetchResult

# Per call, this many times ``concurrency`` requests are started and not yet handed over: enough to keep all hosts
# busy, and a bound on the memory that results take while the caller works.
_WINDOW = 4


class Fetcher:
    """Fetches addresses. A context manager, usable from any thread while open, and by many threads at once.

    Connections, the limits per host and the limit over all are shared by every call.
    """

    def __init__(self, limits: FetchLimits | None = None) -> None:
        self.limits = limits or FetchLimits()
        self._guard = AddressGuard(self.limits.allow_private)
        self._stack = contextlib.ExitStack()
        self._portal: BlockingPortal | None = None
        self._exchange: Exchange | None = None
        self._under_way: set[Future[FetchResult]] = set()

    def __enter__(self) -> Self:
        portal = self._stack.enter_context(start_blocking_portal(name="fetch"))
        self._stack.callback(self._stop, portal)
        try:
            client = self._stack.enter_context(portal.wrap_async_context_manager(open_client(self.limits, self._guard)))
            self._exchange = portal.call(self._new_exchange, client)
        except BaseException:
            # A wrong proxy, say: the loop's thread must end too, or the process never would.
            self._stack.close()
            raise
        self._portal = portal
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop now. Whoever still waits for a result gets a TransientError."""
        self._portal = None
        # First the requests, then the client: else they would end as failures of the sites.
        for future in self._under_way.copy():
            future.cancel()
        self._stack.close()

    def fetch(self, requests: Iterable[FetchRequest]) -> Iterator[FetchResult]:
        """Yield the result of each request as it completes; hosts take turns.

        Leaving the iterator early stops what is under way. Raises TransientError when the fetcher is closed meanwhile.
        """
        waiting = _in_turns(requests)
        done: SimpleQueue[Future[FetchResult]] = SimpleQueue()
        running: set[Future[FetchResult]] = set()
        try:
            while waiting or running:
                while waiting and len(running) < _WINDOW * self.limits.concurrency:
                    future = self._start(waiting.popleft())
                    running.add(future)
                    future.add_done_callback(done.put)
                future = done.get()
                running.discard(future)
                yield _outcome(future)
        finally:
            for future in running:
                future.cancel()

    def get(self, request: FetchRequest) -> FetchResult:
        """The result of one request. Raises TransientError when the fetcher is closed meanwhile."""
        return _outcome(self._start(request))

    def _start(self, request: FetchRequest) -> "Future[FetchResult]":
        portal, exchange = self._portal, self._exchange
        if portal is None or exchange is None:
            raise _closed()
        answer: Callable[[FetchRequest], Coroutine[Any, Any, FetchResult]] = exchange.answer
        try:
            future = portal.start_task_soon(answer, request)
        except RuntimeError as error:
            raise _closed() from error
        # No lock: these are single steps of the interpreter, and callbacks run in the event loop, which must not wait.
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def _new_exchange(self, client: httpx.AsyncClient) -> Exchange:
        limits = self.limits
        turns = HostTurns(concurrency=limits.concurrency, host_concurrency=limits.host_concurrency, gap=limits.host_gap)
        return Exchange(client, limits=limits, guard=self._guard, turns=turns)

    @staticmethod
    def _stop(portal: BlockingPortal) -> None:
        portal.call(portal.stop, True)


def _outcome(future: "Future[FetchResult]") -> FetchResult:
    try:
        return future.result()
    except CancelledError as error:
        raise _closed() from error


def _closed() -> TransientError:
    return TransientError("the fetcher is closed. The job will be run again.")


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
