"""Many hosts on loopback that note who asks them when: one server, an address of its own for each host."""

import asyncio
import random
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Self

PAUSE = 10
"""Seconds of Retry-After."""
CROSSING = 0.1
"""Seconds for which such an answer may be on its way: the machine is as busy as we can make it."""
_ANSWER = (
    "HTTP/1.1 {status}\r\nContent-Type: application/rss+xml\r\n{headers}Content-Length: {length}\r\n"
    "Connection: close\r\n\r\n"
)


def address(host: int) -> str:
    """The loopback address of a host, counted from 0."""
    return f"127.1.{host // 250}.{host % 250 + 1}"


@dataclass(slots=True)
class Asked:
    """What one host saw, in seconds by ``time.monotonic``."""

    starts: list[float] = field(default_factory=list)
    under_way: int = 0
    most: int = 0
    asked_for_peace: float = float("-inf")
    quiet_until: float = 0.0
    disturbed: int = 0
    """Requests before the end of a pause that was asked for."""
    crossed: int = 0
    """Requests that met the answer which asks for the pause on its way."""


class Hosts:
    """Answers slowly, says 429 now and then, and notes everything."""

    def __init__(self, *, seed: int, busy: float = 0.02) -> None:
        self.seen: defaultdict[str, Asked] = defaultdict(Asked)
        self._dice = random.Random(seed)
        self._busy = busy
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hosts", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        opened = asyncio.start_server(self._answer, "0.0.0.0", 0, backlog=2048)
        self._server = asyncio.run_coroutine_threadsafe(opened, self._loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def url(self, host: int, feed: int) -> str:
        """The address of a host's feed."""
        return f"http://{address(host)}:{self.port}/{feed}.xml"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            return
        seen = self.seen[host]
        now = time.monotonic()
        seen.starts.append(now)
        # What was sent before the answer was there has crossed it: nobody could have known.
        crossed = now - seen.asked_for_peace < CROSSING
        seen.crossed += crossed
        seen.disturbed += now < seen.quiet_until and not crossed
        seen.under_way += 1
        seen.most = max(seen.most, seen.under_way)
        await asyncio.sleep(self._dice.uniform(0.05, 1.5))
        seen.under_way -= 1
        if self._dice.random() < self._busy:
            seen.asked_for_peace = time.monotonic()
            seen.quiet_until = seen.asked_for_peace + PAUSE - 0.5
            said = self._written("429 Too Many Requests", b"", f"Retry-After: {PAUSE}\r\n")
        else:
            said = self._written("200 OK", _feed(host, head.split(b" ", 2)[1].decode()), "")
        writer.write(said)
        writer.close()

    def _written(self, status: str, body: bytes, headers: str) -> bytes:
        return _ANSWER.format(status=status, headers=headers, length=len(body)).encode() + body


def _feed(host: str, path: str) -> bytes:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}{path}</title><link>http://{host}/</link>'
        f"<item><title>What {host} has to say</title><link>http://{host}{path}/1</link><guid>{host}{path}</guid>"
        "</item></channel></rss>"
    ).encode()
