"""A loopback server for many hosts at once that writes down when each was asked and how many at a time."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

Reply = tuple[str, dict[str, str], bytes]
"""Status line, headers, body."""
OK: Reply = ("200 OK", {}, b"hello")


@dataclass(slots=True)
class Visit:
    """One request."""

    host: str
    path: str
    came: float
    """The event loop's time when its head was complete."""
    left: float = 0.0
    """When the answer had been written."""
    connection: int = 0
    """Which connection it came on."""


@dataclass
class RecordingServer:
    """The server; a context manager. Listens on every loopback address at one port; ``Host`` says who was meant."""

    reply: Callable[[Visit], Reply] = lambda visit: OK
    hold_for: float = 0.0
    """Seconds that every answer takes."""
    visits: list[Visit] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _live(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        self._stop = asyncio.Event()
        self._connections = 0
        server = await asyncio.start_server(self._serve, "0.0.0.0", 0, backlog=1024)
        self.port: int = server.sockets[0].getsockname()[1]
        self._ready.set()
        async with server:
            await self._stop.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number = self._connections
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                await self._answer(head, number, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: str, number: int, writer: asyncio.StreamWriter) -> None:
        lines = head.split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        host = headers["host"].rpartition(":")[0] or headers["host"]
        visit = Visit(host=host, path=lines[0].split(" ")[1], came=self._loop.time(), connection=number)
        self.visits.append(visit)
        status, extra, body = self.reply(visit)
        await asyncio.sleep(self.hold_for)
        extra = {"Content-Length": str(len(body))} | extra
        visit.left = self._loop.time()
        told = "".join(f"{name}: {value}\r\n" for name, value in extra.items())
        writer.write(f"HTTP/1.1 {status}\r\n{told}\r\n".encode("latin-1") + body)
        await writer.drain()

    def url(self, host: str, path: str = "/") -> str:
        """An address at this server."""
        return f"http://{host}:{self.port}{path}"

    def by_host(self) -> dict[str, list[Visit]]:
        """The visits of each host, in order."""
        found: dict[str, list[Visit]] = defaultdict(list)
        for visit in self.visits:
            found[visit.host].append(visit)
        return dict(found)

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [visit.path for visit in self.visits]


def smallest_gap(visits: list[Visit]) -> float:
    """Seconds between the two closest arrivals."""
    return min(later.came - earlier.came for earlier, later in pairwise(visits))


def most_at_once(visits: list[Visit]) -> int:
    """The most requests that were being answered at one time."""
    steps = sorted([(visit.came, 1) for visit in visits] + [(visit.left, -1) for visit in visits])
    running = most = 0
    for _, step in steps:
        running += step
        most = max(most, running)
    return most
