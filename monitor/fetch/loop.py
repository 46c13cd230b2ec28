"""An event loop in a thread of its own, and the way in and out: requests go in by the handful, and results come out so.

Each crossing between threads costs a system call and a change of the interpreter's lock; one future per request
costs more than reading a 304.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from queue import SimpleQueue
from typing import Any

from monitor.errors import TransientError
from monitor.records.feeds import FetchRequest, FetchResult

_PATIENCE = 10.0

Answer = Callable[[FetchRequest], Coroutine[Any, Any, FetchResult]]
Landed = FetchResult | BaseException
"""A result, or what is to be raised in the caller's thread."""


def closed() -> TransientError:
    """The error for whoever still waits when the fetcher is closed."""
    return TransientError("the fetcher is closed. The job will be run again.")


def new_loop() -> asyncio.AbstractEventLoop:
    """A loop of uvloop where it is installed (it halves the cost of a request), else the standard one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


class LoopThread:
    """The thread. Everything handed in before ``stop`` is begun; then what is under way is cancelled."""

    def __init__(self, closing: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._closing = closing
        self._lock = threading.Lock()
        self._stopped = False
        self._stop = asyncio.Event()
        self.loop = new_loop()
        self._thread = threading.Thread(target=self._live, name="fetch", daemon=True)
        self._thread.start()

    def submit(self, step: Callable[[], None]) -> None:
        """Run ``step`` in the loop. From any thread. Raises TransientError once stopped."""
        with self._lock:
            if self._stopped:
                raise closed()
            self.loop.call_soon_threadsafe(step)

    def stop(self) -> None:
        """Cancel what is under way and wait for the thread's end."""
        with self._lock:
            if not self._stopped:
                self._stopped = True
                self.loop.call_soon_threadsafe(self._stop.set)
        # A loop that cannot end is left to the end of the program.
        self._thread.join(_PATIENCE)

    def _live(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        await self._stop.wait()
        # First the requests, then the connections: else they would end as failures of the sites.
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._closing()


class Batch:
    """The requests of one call: started and answered in the event loop, collected in the caller's thread."""

    def __init__(self, thread: LoopThread, answer: Answer) -> None:
        self._thread = thread
        self._answer = answer
        self._landed: list[Landed] = []
        self._results: SimpleQueue[list[Landed]] = SimpleQueue()
        self._tasks: set[asyncio.Task[FetchResult]] = set()
        self._left = False

    def start(self, requests: list[FetchRequest]) -> None:
        """Take more requests. Raises TransientError when the thread has been stopped."""
        self._thread.submit(lambda: self._start(requests))

    def collect(self) -> list[Landed]:
        """Wait for results: at least one, in the order in which they completed."""
        return self._results.get()

    def leave(self) -> None:
        """Stop what is under way; nobody will collect it."""
        self._left = True
        with contextlib.suppress(TransientError):
            self._thread.submit(self._cancel)

    def _start(self, requests: list[FetchRequest]) -> None:
        if self._left:
            return
        for request in requests:
            task = self._thread.loop.create_task(self._answer(request))
            self._tasks.add(task)
            task.add_done_callback(self._land)

    def _land(self, task: "asyncio.Task[FetchResult]") -> None:
        self._tasks.discard(task)
        if not self._landed:
            # What else completes in this turn of the loop goes along.
            self._thread.loop.call_soon(self._flush)
        if task.cancelled():
            self._landed.append(closed())
        else:
            self._landed.append(task.exception() or task.result())

    def _flush(self) -> None:
        landed, self._landed = self._landed, []
        self._results.put(landed)

    def _cancel(self) -> None:
        for task in self._tasks.copy():
            task.cancel()
