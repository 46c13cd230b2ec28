"""Requests from strangers: one deadline for a whole request, a limit on its body, and so many at once."""

import contextlib
import io
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

import structlog

log = structlog.get_logger()
_DRAIN_SECONDS = 1.0
_CHUNK = 65_536
_LONGEST_CHUNK_LINE = 256
_MOST_TRAILERS = 32
_BUSY = b"HTTP/1.0 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Headers(Protocol):
    """As much of a message's headers as the body's length needs."""

    def get_all(self, name: str, /) -> list[str] | None:
        """Every value of a header, or None."""
        ...


class Stream(Protocol):
    """As much of a stream as reading a body needs."""

    def read(self, size: int, /) -> bytes:
        """So many bytes, fewer only at the end."""
        ...

    def readline(self, size: int, /) -> bytes:
        """A line, or so many bytes of it."""
        ...


class BodyError(Exception):
    """A body that is not read; ``status`` is the answer to it."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class _Deadline(io.RawIOBase):
    """A connection's bytes until a moment: a timeout per read would be renewed by every byte of a slow drip."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._ends = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request was not complete in time")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class InboundHandler(BaseHTTPRequestHandler):
    """Reads one GET or POST within ``seconds`` and answers it with as few words as can be."""

    seconds = 10.0
    server_version = "talks-monitor"
    sys_version = ""

    def setup(self) -> None:
        """Put the deadline between the connection and whoever reads from it."""
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(_Deadline(self.connection, self.seconds), _CHUNK)

    def do_GET(self) -> None:
        """See ``get``."""
        self.get()

    def do_POST(self) -> None:
        """See ``post``."""
        self.post()

    def get(self) -> None:
        """Answer a GET."""
        raise NotImplementedError

    def post(self) -> None:
        """Answer a POST."""
        raise NotImplementedError

    def answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        """Send a whole answer; the connection ends with it."""
        self.connection.settimeout(self.seconds)
        self.send_response(status)
        safe = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
        for name, value in (safe | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status: int, headers: dict[str, str] | None = None) -> None:
        """Answer without having read the body, so that the sender still sees it: a reset would wipe the answer out."""
        self.answer(status, headers=headers)
        ends = time.monotonic() + _DRAIN_SECONDS
        with contextlib.suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            while (left := ends - time.monotonic()) > 0:
                self.connection.settimeout(left)
                if not self.connection.recv(_CHUNK):
                    return

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request, or another method; the words of the base class would echo what was sent."""
        if code == 501:
            self.refuse(405, {"Allow": "GET, POST"})
        else:
            self.refuse(code)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: paths hold tokens. What matters is logged where it is understood."""


def read_body(stream: Stream, headers: Headers, limit: int) -> bytes:
    """The body of a request. Raises BodyError when it has no length, is over ``limit`` bytes, or breaks off.

    What is packed is refused: nobody packs pushes, and nothing of a bomb is ever unpacked.
    """
    coding = _one(headers, "Content-Encoding")
    if coding not in {"", "identity"}:
        raise BodyError(415, f"packed with {coding[:40]!r}")
    transfer, length = _one(headers, "Transfer-Encoding"), _one(headers, "Content-Length")
    if transfer:
        if transfer != "chunked" or length:
            raise BodyError(400, "its length is given in two ways")
        return _chunked(stream, limit)
    if not (length.isascii() and length.isdigit() and len(length) < 20):
        raise BodyError(411, "without a length")
    if int(length) > limit:
        raise BodyError(413, f"more than {limit} bytes")
    return _exactly(stream, int(length))


def _one(headers: Headers, name: str) -> str:
    values = headers.get_all(name) or [""]
    if len(values) > 1:
        raise BodyError(400, f"{name} twice")
    return values[0].strip().lower()


def _chunked(stream: Stream, limit: int) -> bytes:
    body = bytearray()
    while size := _chunk_size(stream):
        if len(body) + size > limit:
            raise BodyError(413, f"more than {limit} bytes")
        body += _exactly(stream, size)
        if stream.readline(_LONGEST_CHUNK_LINE).strip():
            raise BodyError(400, "a chunk is longer than it says")
    for _ in range(_MOST_TRAILERS):
        if not stream.readline(_CHUNK).strip():
            return bytes(body)
    raise BodyError(400, "too many trailers")


def _chunk_size(stream: Stream) -> int:
    size = stream.readline(_LONGEST_CHUNK_LINE).partition(b";")[0].strip()
    try:
        return int(size, 16) if 0 < len(size) <= 8 and size.isalnum() else _no_chunk()
    except ValueError:
        return _no_chunk()


def _no_chunk() -> int:
    raise BodyError(400, "no chunk where one should begin")


def _exactly(stream: Stream, size: int) -> bytes:
    body = stream.read(size)
    if len(body) < size:
        raise BodyError(400, "it broke off")
    return body


class InboundServer(ThreadingHTTPServer):
    """A thread per request, up to ``at_once``; whoever comes on top of that is asked to come again."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[InboundHandler], *, at_once: int) -> None:
        self._slots = threading.Semaphore(at_once)
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread if one is left."""
        if not self._slots.acquire(blocking=False):
            with contextlib.suppress(OSError):
                request.settimeout(_DRAIN_SECONDS)
                request.sendall(_BUSY)
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._slots.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Handle one request and give its place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is the stranger's affair; anything else is a bug of ours."""
        if not isinstance(sys.exception(), OSError):
            log.exception("request_broke")
