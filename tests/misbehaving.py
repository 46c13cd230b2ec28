"""A real HTTP server on loopback that misbehaves on request; every path is one fault. Counts what it is asked.

    with MisbehavingServer() as server:
        fetcher.get(FetchRequest(key="a", url=server.url("/drip-body")))
        assert server.count("/drip-body") == 1

``server.serve(path, ...)`` adds an ordinary answer, ``server.answer(path, function)`` a written one.
"""

import contextlib
import functools
import gzip
import socket
import socketserver
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Self

FEED = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Misbehaving News</title><link>https://news.example/</link>
<item><guid>a1</guid><title>Leaders meet</title><link>/a1</link><description>They met.</description>
<pubDate>Mon, 17 Aug 2026 10:00:00 GMT</pubDate></item></channel></rss>"""
# The same sentence in what the header or the XML declaration says, rightly and wrongly.
CYRILLIC = "Зеленский встретился с представителями союзников, сообщили в четверг"


@dataclass(slots=True)
class Asked:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    at: float
    """time.monotonic() when its head was complete."""
    body: bytes = b""
    """What came together with the head."""


Answer = Callable[["Exchange"], None]


@dataclass(slots=True)
class Exchange:
    """One request and the raw connection to answer it on."""

    asked: Asked
    connection: socket.socket
    server: "MisbehavingServer"

    def send(self, data: bytes) -> None:
        """Raw bytes."""
        self.connection.sendall(data)

    def reply(
        self,
        body: bytes = b"",
        status: str = "200 OK",
        headers: dict[str, str] | None = None,
        length: int | None = None,
    ) -> None:
        """A whole answer; ``length`` lies about the body's."""
        lines = {"Content-Length": str(len(body) if length is None else length), "Connection": "close"}
        lines |= headers or {}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.send(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)


def _feed(exchange: Exchange) -> None:
    exchange.reply(FEED, headers={"Content-Type": "application/rss+xml; charset=utf-8"})


def _drip(exchange: Exchange, data: bytes) -> None:
    for start in range(len(data)):
        if exchange.server.stopping.wait(0.05):
            return
        exchange.send(data[start : start + 1])


def _drip_headers(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    _drip(exchange, b"X-Slow: yes\r\n" * 10_000)


def _drip_body(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    _drip(exchange, b"x" * 100_000)


def _silence(exchange: Exchange) -> None:
    exchange.server.stopping.wait(60)


def _endless(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
    while not exchange.server.stopping.is_set():
        exchange.send(b"<item>more</item>" * 4000)


def _reset(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>")
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _conditional(exchange: Exchange) -> None:
    etag = '"v1-gzip"; odd'
    date = "Mon, 17 Aug 2026 10:00:00 GMT"
    headers = {"ETag": etag, "Last-Modified": date}
    if exchange.asked.headers.get("if-none-match") == etag or exchange.asked.headers.get("if-modified-since") == date:
        exchange.reply(status="304 Not Modified", headers=headers)
    else:
        exchange.reply(FEED, headers=headers)


def _redirect(exchange: Exchange, status: str, location: str) -> None:
    exchange.reply(status=status, headers={"Location": location})


def _hops(exchange: Exchange) -> None:
    """/hops/3 -> /hops/2 -> ... -> /feed."""
    left = int(exchange.asked.path.rpartition("/")[2])
    _redirect(exchange, "302 Found", f"/hops/{left - 1}" if left > 1 else "/feed")


def _cookie_wall(exchange: Exchange) -> None:
    if "seen=1" in exchange.asked.headers.get("cookie", ""):
        _feed(exchange)
    else:
        exchange.reply(status="302 Found", headers={"Location": exchange.asked.path, "Set-Cookie": "seen=1; Path=/"})


def _retry_date(exchange: Exchange) -> None:
    now = datetime.now(UTC)
    exchange.reply(
        status="503 Service Unavailable",
        headers={
            "Date": format_datetime(now, usegmt=True),
            "Retry-After": format_datetime(now + timedelta(seconds=90), usegmt=True),
        },
    )


def _cyrillic(encoding: str, xml: str | None, http: str | None) -> Answer:
    declaration = f'<?xml version="1.0" encoding="{xml}"?>' if xml else ""
    item = f"<item><guid>1</guid><title>{CYRILLIC}</title><link>https://news.example/1</link></item>"
    body = f'{declaration}<rss version="2.0"><channel><title>{CYRILLIC}</title>{item}</channel></rss>'.encode(encoding)
    content_type = "application/rss+xml" + (f"; charset={http}" if http else "")
    return lambda exchange: exchange.reply(body, headers={"Content-Type": content_type})


def _packed_twice() -> bytes:
    return gzip.compress(gzip.compress(bytes(10_000_000)))


@functools.cache
def _bomb() -> bytes:
    return gzip.compress(bytes(50_000_000), 1)


def _raw_deflate() -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(FEED) + packer.flush()


ROUTES: dict[str, Answer] = {
    "/feed": _feed,
    "/drip-headers": _drip_headers,
    "/drip-body": _drip_body,
    "/silence": _silence,
    "/endless": _endless,
    "/reset": _reset,
    "/closed": lambda exchange: None,
    "/garbage": lambda exchange: exchange.send(b"\x00\x01\x02 this is no HTTP\r\n\r\n"),
    "/huge-header": lambda exchange: exchange.send(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500_000 + b"\r\n\r\n"),
    "/short": lambda exchange: exchange.reply(FEED, length=len(FEED) + 1000),
    "/long": lambda exchange: exchange.reply(FEED + b"<!-- more than was said -->", length=len(FEED)),
    "/conditional": _conditional,
    "/always-304": lambda exchange: exchange.reply(status="304 Not Modified"),
    "/loop": lambda exchange: _redirect(exchange, "302 Found", "/loop2"),
    "/loop2": lambda exchange: _redirect(exchange, "302 Found", "/loop"),
    "/moved": lambda exchange: _redirect(exchange, "301 Moved Permanently", "/moved-again"),
    "/moved-again": lambda exchange: _redirect(exchange, "308 Permanent Redirect", "/feed"),
    "/moved-then-found": lambda exchange: _redirect(exchange, "301 Moved Permanently", "/found"),
    "/found": lambda exchange: _redirect(exchange, "302 Found", "/feed"),
    "/nowhere": lambda exchange: exchange.reply(status="301 Moved Permanently"),
    "/to-private": lambda exchange: _redirect(exchange, "302 Found", "http://10.11.12.13/secret"),
    "/to-metadata": lambda exchange: _redirect(exchange, "302 Found", "http://169.254.169.254/latest/meta-data/"),
    "/to-file": lambda exchange: _redirect(exchange, "302 Found", "file:///etc/passwd"),
    "/to-password": lambda exchange: _redirect(exchange, "302 Found", "http://user:secret@example.com/"),
    "/cookie-wall": _cookie_wall,
    "/429": lambda exchange: exchange.reply(status="429 Too Many Requests", headers={"Retry-After": "120"}),
    "/503-date": _retry_date,
    "/410": lambda exchange: exchange.reply(status="410 Gone"),
    "/403-challenge": lambda exchange: exchange.reply(
        b"<html>Just a moment", status="403 Forbidden", headers={"cf-mitigated": "challenge"}
    ),
    "/500": lambda exchange: exchange.reply(b"oops", status="500 Internal Server Error"),
    "/empty": lambda exchange: exchange.reply(b"", headers={"Content-Type": "application/rss+xml"}),
    "/binary": lambda exchange: exchange.reply(
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, headers={"Content-Type": "application/rss+xml"}
    ),
    "/page": lambda exchange: exchange.reply(
        b'<!doctype html><html><head><title>Front page</title><link rel="alternate" type="application/rss+xml" '
        b'title="All news" href="/feed"></head><body><p>Hello</p></body></html>',
        headers={"Content-Type": "text/html"},
    ),
    "/50mb": lambda exchange: exchange.reply(b"<rss>" + b"x" * 50_000_000),
    "/gzip": lambda exchange: exchange.reply(gzip.compress(FEED), headers={"Content-Encoding": "gzip"}),
    "/deflate": lambda exchange: exchange.reply(zlib.compress(FEED), headers={"Content-Encoding": "deflate"}),
    "/raw-deflate": lambda exchange: exchange.reply(_raw_deflate(), headers={"Content-Encoding": "deflate"}),
    "/gzip-file": lambda exchange: exchange.reply(gzip.compress(FEED), headers={"Content-Type": "application/gzip"}),
    "/gzip-cut": lambda exchange: exchange.reply(gzip.compress(FEED)[:-20], headers={"Content-Encoding": "gzip"}),
    "/gzip-lie": lambda exchange: exchange.reply(FEED, headers={"Content-Encoding": "gzip"}),
    "/gzip-bomb": lambda exchange: exchange.reply(_bomb(), headers={"Content-Encoding": "gzip"}),
    "/gzip-twice": lambda exchange: exchange.reply(_packed_twice(), headers={"Content-Encoding": "gzip, gzip"}),
    "/cp1251": _cyrillic("windows-1251", "windows-1251", None),
    "/cp1251-undeclared": _cyrillic("windows-1251", None, None),
    "/cp1251-as-latin1": _cyrillic("windows-1251", "iso-8859-1", None),
    "/cp1251-as-utf8": _cyrillic("windows-1251", "utf-8", "utf-8"),
    "/koi8-as-cp1251": _cyrillic("koi8-r", "windows-1251", None),
    "/cp1251-as-koi8": _cyrillic("windows-1251", "koi8-r", None),
    "/utf8-as-cp1251": _cyrillic("utf-8", "windows-1251", "windows-1251"),
    "/utf16": _cyrillic("utf-16", "utf-16", None),
}


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        owner: MisbehavingServer = self.server.owner  # type: ignore[attr-defined]
        connection: socket.socket = self.request
        connection.settimeout(30)
        # The other side hangs up in the middle: that is what it is here for.
        with contextlib.suppress(OSError, ssl.SSLError):
            if owner.tls is not None:
                connection = owner.tls.wrap_socket(connection, server_side=True)
            try:
                asked = _read_head(connection)
                if asked is not None:
                    owner.handle(Exchange(asked, connection, owner))
            finally:
                if owner.tls is not None:
                    connection.close()


def _read_head(connection: socket.socket) -> Asked | None:
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        head += chunk
    head, _, body = head.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    # The body may come in a packet of its own.
    while len(body) < int(headers.get("content-length", "0")) and (chunk := connection.recv(65536)):
        body += chunk
    return Asked(path=first.split(" ")[1], headers=headers, at=time.monotonic(), body=body)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


@dataclass
class MisbehavingServer:
    """The server; a context manager. ``certificate`` (a file with key and certificate) makes it speak TLS."""

    certificate: Path | None = None
    host: str = "127.0.0.1"
    asked: list[Asked] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self._routes = dict(ROUTES)
        self._lock = threading.Lock()
        if self.certificate is not None:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(self.certificate)

    def __enter__(self) -> Self:
        self._server = _Server((self.host, 0), _Handler)
        self._server.owner = self  # type: ignore[attr-defined]
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str, *, host: str = "") -> str:
        """The address of ``path``; ``host`` names this machine differently."""
        return f"{'https' if self.tls else 'http'}://{host or self.host}:{self.port}{path}"

    def count(self, path: str) -> int:
        """How often ``path`` was asked for."""
        with self._lock:
            return sum(asked.path == path for asked in self.asked)

    def last(self, path: str) -> Asked:
        """The latest request for ``path``."""
        with self._lock:
            return [asked for asked in self.asked if asked.path == path][-1]

    def serve(self, path: str, body: bytes, *, status: str = "200 OK", headers: dict[str, str] | None = None) -> None:
        """Answer ``path`` with this from now on."""
        self._routes[path] = lambda exchange: exchange.reply(body, status, headers)

    def answer(self, path: str, function: Answer) -> None:
        """Answer ``path`` with what ``function`` sends from now on."""
        self._routes[path] = function

    def handle(self, exchange: Exchange) -> None:
        """Note the request and answer it; an unknown path is 404, ``/slow/SECONDS`` a late feed."""
        path = exchange.asked.path
        with self._lock:
            self.asked.append(exchange.asked)
        if path.startswith("/hops/"):
            _hops(exchange)
        elif path.startswith("/slow/"):
            self.stopping.wait(float(path.rpartition("/")[2]))
            _feed(exchange)
        elif path in self._routes:
            self._routes[path](exchange)
        else:
            exchange.reply(b"nothing here", status="404 Not Found")
