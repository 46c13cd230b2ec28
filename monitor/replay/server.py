"""The newsroom's server: one loopback address per outlet where the machine allows it, one clock for all."""

import errno
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from selectors import EVENT_READ, DefaultSelector
from socketserver import ThreadingTCPServer
from typing import Self

from monitor.errors import ConfigError
from monitor.records.feeds import FeedSpec
from monitor.replay import feeds
from monitor.replay.clock import Clock
from monitor.replay.desk import Answer, Desk
from monitor.replay.week import Entry, Outlet, Week, load

FRONT = "127.0.0.1"
OUTLET_ADDRESS = "127.77.0.{number}"
"""An outlet's own address, so that limits per host act on it as on a real one (Linux has all of 127.0.0.0/8)."""
DEFAULT_SPEED = 600.0
DEMO_BACKLOG = timedelta(days=3, hours=12)
"""The demo starts on Thursday noon, two hours before the week's great call."""

_LOG_LENGTH = 20_000
_PORT_TRIES = 5
_PATIENCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request and what it got; status 0 is no answer at all."""

    path: str
    """With the query, as asked."""
    address: str
    """The loopback address it came to."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""


class Newsroom:
    """Serves the week while it is open; ``port`` 0 takes a free one.

    Without a ``clock`` it makes one that stands ``backlog`` into the week at the start and runs at ``speed``.
    """

    def __init__(
        self,
        week: Week | None = None,
        *,
        clock: Clock | None = None,
        backlog: timedelta = timedelta(0),
        speed: float = DEFAULT_SPEED,
        port: int = 0,
        address_per_outlet: bool = True,
    ) -> None:
        self.week = week or load()
        self.clock = clock or Clock(self.week.start + backlog, speed=speed)
        self.stopping = threading.Event()
        self._port = port
        self._own_addresses = address_per_outlet
        self._servers: list[_Server] = []
        self._bases: dict[str, str] = {}
        self._desk = Desk(self.week, self._bases)
        self._log: deque[Asked] = deque(maxlen=_LOG_LENGTH)
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name="newsroom", daemon=True)

    def start(self) -> Self:
        """Open the addresses and serve. Raises ConfigError when the port cannot be had."""
        self._open()
        front = self._servers[0].server_address[1]
        addresses = {str(server.server_address[0]) for server in self._servers}
        for outlet in self.week.outlets:
            own = _own_address(outlet)
            self._bases[outlet.id] = f"http://{own if own in addresses else FRONT}:{front}"
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close every address; requests that hang are let go."""
        self.stopping.set()
        self._thread.join()
        self._close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """The front page's address, without a slash at the end; it lists the outlets."""
        return f"http://{FRONT}:{self._servers[0].server_address[1]}"

    def now(self) -> datetime:
        """The moment it is in the newsroom."""
        return self.clock.now()

    def base_of(self, outlet: str) -> str:
        """Where an outlet's server is, without a slash at the end."""
        return self._bases[outlet]

    def url_of(self, entry: Entry) -> str:
        """The address of an entry's page."""
        return feeds.article_url(self._bases[entry.outlet], entry)

    @property
    def requests(self) -> tuple[Asked, ...]:
        """The latest requests, oldest first."""
        with self._lock:
            return tuple(self._log)

    def statuses(self, path: str) -> list[int]:
        """What requests for ``path`` got, oldest first."""
        return [asked.status for asked in self.requests if asked.path == path]

    def count(self, path: str) -> int:
        """How often ``path`` was asked for."""
        return len(self.statuses(path))

    def answer(self, path: str, address: str, headers: Mapping[str, str]) -> Answer:
        """What a request gets now; it is in the log from then on."""
        answer = self._desk.answer(path, headers, self.now())
        with self._lock:
            self._log.append(Asked(path=path, address=address, status=answer.status, headers=headers))
        return answer

    def _open(self) -> None:
        """Take a port that is free on every address; with a free choice of port, try a few."""
        for attempt in range(_PORT_TRIES):
            try:
                self._open_all(self._port)
                return
            except OSError as error:
                self._close()
                if self._port or error.errno != errno.EADDRINUSE or attempt == _PORT_TRIES - 1:
                    raise ConfigError(
                        f"the newsroom cannot listen on port {self._port or '(any)'} of {FRONT}: {error.strerror}. "
                        "Stop what is using it (another newsroom or demo?) or choose another with --port."
                    ) from error

    def _open_all(self, port: int) -> None:
        self._servers.append(_Server((FRONT, port), self))
        if not self._own_addresses:
            return
        port = self._servers[0].server_address[1]
        try:
            for outlet in self.week.outlets:
                self._servers.append(_Server((_own_address(outlet), port), self))
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            # Only Linux answers on all of 127.0.0.0/8 unasked: elsewhere every outlet is at the front address.
            for server in self._servers[1:]:
                server.server_close()
            del self._servers[1:]

    def _close(self) -> None:
        for server in self._servers:
            server.server_close()
        self._servers.clear()

    def _serve(self) -> None:
        with DefaultSelector() as ready:
            for server in self._servers:
                ready.register(server, EVENT_READ, server)
            while not self.stopping.is_set():
                for key, _ in ready.select(_PATIENCE):
                    key.data.handle_request()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128
    timeout = 0

    def __init__(self, address: tuple[str, int], newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is nothing to tell; anything else is a bug and gets its traceback."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Newsroom"
    sys_version = ""
    timeout = 10
    server: _Server

    def do_GET(self) -> None:
        """Answer, or say nothing until the client goes."""
        address = str(self.server.server_address[0])
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.newsroom.answer(self.path, address, headers)
        if answer.silent:
            self._wait()
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(answer.body)

    do_HEAD = do_GET  # noqa: N815

    def _wait(self) -> None:
        self.close_connection = True
        self.connection.settimeout(_PATIENCE)
        while not self.server.newsroom.stopping.is_set():
            try:
                if not self.connection.recv(1024):
                    return
            except TimeoutError:
                continue

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the newsroom keeps its own log."""


def _own_address(outlet: Outlet) -> str:
    return OUTLET_ADDRESS.format(number=outlet.number)


def catalogue(newsroom: Newsroom) -> tuple[FeedSpec, ...]:
    """The feeds of an open newsroom, as a person would have listed them: a moved one at its old address."""
    return tuple(
        FeedSpec(
            url=feeds.listed_url(newsroom.base_of(outlet.id), outlet),
            title=outlet.name,
            outlet=outlet.name,
            family=outlet.family,
            country=outlet.country,
            state_controlled=outlet.state_controlled,
            language=outlet.language,
            kind=outlet.kind,
            homepage=feeds.home_url(newsroom.base_of(outlet.id), outlet),
        )
        for outlet in newsroom.week.outlets
    )


@contextmanager
def demo_newsroom(
    *, port: int, speed: float = DEFAULT_SPEED, backlog: timedelta = DEMO_BACKLOG
) -> Iterator[tuple[Newsroom, tuple[FeedSpec, ...]]]:
    """Open a newsroom with half the week already out, and give it with its feeds."""
    with Newsroom(port=port, speed=speed, backlog=backlog) as newsroom:
        yield newsroom, catalogue(newsroom)
