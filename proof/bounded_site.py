"""Outlets that publish by the wound clock: feeds with news, short pages, and links to ever new hosts.

``python -m proof.bounded_site CLOCK PORT SECONDS BEGAN``: each outlet publishes an item every SECONDS, from the
POSIX time BEGAN on by that clock. Says "ready" and serves until it is killed.
"""

import asyncio
import html
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from benchmarks.endtoend_server import address
from benchmarks.polls_server import Answering
from monitor.fetch.loop import new_loop
from proof.bounded_clock import WoundClock
from proof.bounded_leash import end_with_parent
from proof.bounded_words import piece

SHOWN, FEWEST = timedelta(days=1.5), 3
"""A feed holds what came so lately, but so many items at least."""
ELSEWHERE = 20
"""One item of so many is a link to a host of its own, as in feeds of feeds."""
HELD = 50
"""One of so many such hosts asks to be left alone for a while."""
MISSING = 97
"""One page of so many is not there."""
_APART = 0.618
_LATER = timedelta(minutes=50)
"""After that some pages about the talks are corrected."""
_PAGE = (
    "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
    "<meta property='og:title' content='{title}'></head><body><header><nav><ul><li><a href=/>Home</a></li>"
    "<li><a href=/local>Local</a></li></ul></nav></header><main><article><h1>{title}</h1>{body}</article></main>"
    "<footer>All rights kept.</footer></body></html>"
)


class Outlets:
    """All outlets; what they have published follows from the clock alone."""

    def __init__(self, clock: WoundClock, every: float, port: int, began: datetime) -> None:
        self._clock, self._every, self._port, self._began = clock, timedelta(seconds=every), port, began
        self.connections: set[asyncio.Transport] = set()
        self._asked_to_wait: set[bytes] = set()

    def answer(self, head: bytes) -> bytes:
        """The answer to one request."""
        line, _, rest = head.partition(b"\r\n")
        path = line.split(b" ", 2)[1].decode("latin-1")
        host = rest.lower().partition(b"host: ")[2].partition(b"\r\n")[0]
        name, _, number = path.strip("/").partition("/")
        if name == "robots.txt":
            return _answered(b"text/plain", b"User-agent: *\nDisallow: /admin\n")
        if name == "feed":
            return self._feed(int(number), rest)
        if name != "story":
            return _answered(b"text/html", b"", b"404 Not Found")
        outlet, item = (int(part) for part in number.split("-"))
        if (outlet + item) % MISSING == 0:
            return _answered(b"text/html", b"<p>Gone.</p>", b"404 Not Found")
        if _elsewhere(outlet, item) and item % HELD == 0 and host not in self._asked_to_wait:
            self._asked_to_wait.add(host)
            return _answered(b"text/html", b"", b"429 Too Many Requests", b"Retry-After: 120\r\n")
        return _answered(b"text/html; charset=utf-8", self._page(outlet, item))

    def _page(self, outlet: int, item: int) -> bytes:
        said = piece(outlet, item)
        corrected = said.matching and item % 3 == 0 and self._clock.now() > self._at(outlet, item) + _LATER
        words = (*said.paragraphs, *(("A sentence of this article was corrected after an hour.",) if corrected else ()))
        body = "".join(f"<p>{html.escape(words)}</p>" for words in words)
        return _PAGE.format(title=html.escape(said.title), body=body).encode()

    def _at(self, outlet: int, item: int) -> datetime:
        """Not all outlets at one moment."""
        return self._began + (item + 1 + outlet * _APART % 1) * self._every

    def _feed(self, outlet: int, headers: bytes) -> bytes:
        last = max(0, int((self._clock.now() - self._began) / self._every - outlet * _APART % 1))
        tag = b'"%d"' % last
        if tag in headers:
            return b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % tag
        shown = max(FEWEST, int(SHOWN / self._every))
        items = "".join(self._item(outlet, number) for number in range(last - 1, max(0, last - shown) - 1, -1))
        body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Outlet {outlet}</title>{items}</channel></rss>"
        return _answered(b"application/rss+xml; charset=utf-8", body.encode(), b"200 OK", b"ETag: %s\r\n" % tag)

    def _item(self, outlet: int, item: int) -> str:
        said = piece(outlet, item)
        host = _elsewhere(outlet, item) or address(outlet)
        link = f"http://{host}:{self._port}/story/{outlet}-{item}"
        return (
            f"<item><title>{html.escape(said.title)}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{format_datetime(self._at(outlet, item))}</pubDate>"
            f"<description>{html.escape(said.paragraphs[0][:200])}</description></item>"
        )


def _elsewhere(outlet: int, item: int) -> str:
    """The host of its own that an item lies on; empty for those on their outlet's."""
    if (item + outlet) % ELSEWHERE != 7:
        return ""
    place = (outlet * 7919 + item) % (250 * 250 * 100)
    return f"127.{place // 62_500 + 3}.{place // 250 % 250 + 1}.{place % 250 + 1}"


def _answered(kind: bytes, body: bytes, status: bytes = b"200 OK", more: bytes = b"") -> bytes:
    head = b"HTTP/1.1 %s\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n"
    return head % (status, kind, more, len(body)) + body


async def serve(clock: WoundClock, port: int, every: float) -> None:
    """Print the port, then serve for ever."""
    began = datetime.fromtimestamp(float(sys.argv[4]), UTC)
    loop = asyncio.get_running_loop()
    shown = Outlets(clock, every, port, began)
    # All of loopback's addresses: each outlet has its own.
    await loop.create_server(lambda: Answering(shown), "0.0.0.0", port, backlog=4096)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    end_with_parent()
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serve(WoundClock(Path(sys.argv[1])), int(sys.argv[2]), float(sys.argv[3])))
