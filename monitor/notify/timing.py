"""Deadlines over a whole hand-over, and the pace at which mails leave.

The standard library's timeouts start anew with every read: a server that sends a byte a second would hold us for ever.
"""

import queue
import socket
import threading
import time
from collections.abc import Callable

Address = tuple[socket.AddressFamily, tuple[object, ...]]
Resolver = Callable[[str, int], list[Address]]


class Deadline:
    """So many seconds for all that is done under it."""

    def __init__(self, seconds: float) -> None:
        self._spare = 0.0
        self.start(seconds)

    def start(self, seconds: float) -> None:
        """Let the time run, from now on."""
        self._end = time.monotonic() + seconds

    def pause(self) -> None:
        """Stop the clock, until ``resume``."""
        self._spare = self._end - time.monotonic()

    def resume(self) -> None:
        """Let the clock run on."""
        self.start(self._spare)

    def left(self) -> float:
        """Seconds left, more than none. Raises TimeoutError when it is over."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Pace:
    """At most so many a second, over all threads."""

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1.0 / per_second
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = clock()

    def wait(self) -> None:
        """Wait for the next place in the row."""
        with self._lock:
            now = self._clock()
            mine = max(now, self._next)
            self._next = mine + self._gap
        if mine > now:
            self._sleep(mine - now)


def system_addresses(host: str, port: int) -> list[Address]:
    """What the system's resolver says. Raises OSError, UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found]


def resolved(host: str, port: int, deadline: Deadline, resolver: Resolver = system_addresses) -> list[Address]:
    """The addresses of ``host``. Raises what the resolver raises, and TimeoutError.

    The system's resolver knows no deadline; one that hangs is left behind in a thread of its own.
    """
    answer: queue.SimpleQueue[list[Address] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answer.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise found
    return found
