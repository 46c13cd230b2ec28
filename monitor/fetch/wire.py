"""One connection speaking HTTP/1.1: h11 reads and writes the protocol, asyncio moves the bytes.

httpcore's pool and streams, under httpx's own transport, cost five times as much for a request as all of this.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import h11
import httpx

MAX_HEAD_BYTES = 100 * 1024
# Bytes that wait to be read before the sender is held back.
_HIGH_WATER = 256 * 1024
_MAX_INTERIM = 16
_LEFT_EVENTS = 8


class Connection(asyncio.Protocol):
    """A connection to one origin, for one request at a time."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._waiting_bytes = 0
        self._paused = False
        self._ended = False
        self._error: Exception | None = None
        self.used = False
        """Whether it has carried an answer before."""
        self.answered = False
        """Whether any byte of the present answer has come."""
        self.expiry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected, and shaken hands where that is needed."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer; a sender that is faster than the reader is held back."""
        if self.expiry is not None or self._transport is None:
            # Nobody asked for anything.
            self.abort()
            return
        if self._ended:
            return
        self.answered = True
        self._http.receive_data(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes > _HIGH_WATER and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        """The other side has said all it will."""
        self._end(None)
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """The end, in good order or not."""
        self._end(error)

    def _end(self, error: Exception | None) -> None:
        if self._ended:
            return
        self._ended = True
        self._error = error
        if error is None:
            self._http.receive_data(b"")
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    @property
    def open(self) -> bool:
        """Whether it can carry another request."""
        return not self._ended and self._transport is not None and not self._transport.is_closing()

    def abort(self) -> None:
        """Close at once: what was wanted has come, or will not."""
        if self.expiry is not None:
            self.expiry.cancel()
            self.expiry = None
        if self._transport is not None:
            self._transport.abort()
            self._transport = None
        self._wake()

    async def ask(self, request: httpx.Request) -> h11.Response:
        """Send ``request`` and read the answer's head. Raises httpx.TransportError."""
        self.answered = False
        try:
            head = h11.Request(method=request.method, target=request.url.raw_path or b"/", headers=request.headers.raw)
            data = self._http.send(head) or b""
            if body := request.read():
                data += self._http.send(h11.Data(data=body)) or b""
            data += self._http.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error), request=request) from error
        if not self.open:
            raise httpx.WriteError("the connection is closed")
        self.write(data)
        for _ in range(_MAX_INTERIM):
            event = await self.event()
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse):
                break
        raise httpx.RemoteProtocolError("the server sent no final answer")

    def write(self, data: bytes) -> None:
        """Send ``data``; the transport keeps what does not go at once."""
        if self._transport is not None:
            self._transport.write(data)

    async def event(self) -> h11.Event:
        """The next piece of the answer. Raises httpx.ReadError or RemoteProtocolError."""
        while True:
            if self._ended and not self.answered and self._error is None:
                raise httpx.RemoteProtocolError("the server closed the connection without an answer")
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if event is h11.NEED_DATA:
                await self._more()
            elif event is h11.PAUSED:
                raise httpx.RemoteProtocolError("the server changed the protocol")
            else:
                return event  # type: ignore[return-value]

    async def _more(self) -> None:
        """Wait for bytes."""
        self._waiting_bytes = 0
        if self._transport is None or self._ended:
            raise httpx.ReadError(str(self._error or "the connection broke off")) from self._error
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def reusable(self) -> bool:
        """Make ready for the next request, if the answer was read to its end and the server agrees."""
        http = self._http
        try:
            # The end of an empty or small body that nobody read; a long one is not worth it.
            for _ in range(_LEFT_EVENTS):
                if http.their_state is not h11.SEND_BODY or http.next_event() is h11.NEED_DATA:
                    break
        except h11.RemoteProtocolError:
            return False
        if not self.open or self._paused or {http.our_state, http.their_state} != {h11.DONE} or http.trailing_data[0]:
            return False
        self._http.start_next_cycle()
        self._waiting_bytes = 0
        self.used = True
        return True


class Body(httpx.AsyncByteStream):
    """The body of an answer as it comes; ``release`` gets the connection back at the end."""

    def __init__(self, connection: Connection, release: Callable[[Connection], None]) -> None:
        self._connection = connection
        self._release: Callable[[Connection], None] | None = release

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Pieces as they arrive, still coded."""
        while isinstance(event := await self._connection.event(), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        """Give the connection back; one in the middle of an answer is closed."""
        if self._release is not None:
            self._release(self._connection)
            self._release = None
