"""TLS over a connection, by OpenSSL's memory buffers: a third cheaper than the loop's own TLS, and the same checks.

The loops set aside 256 KB for each connection and carry every byte through one more protocol; for one handshake and
one answer that is most of the work.
"""

import asyncio
import ssl

from monitor.fetch.wire import Connection

_READ = 64 * 1024


class SecureConnection(Connection):
    """A connection that shakes hands first. The certificate is checked against ``name``, not the address dialled."""

    def __init__(self, context: ssl.SSLContext, name: str) -> None:
        super().__init__()
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        self._ready = False
        self.shaken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the handshake is, or with its failure."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected: begin the handshake."""
        super().connection_made(transport)
        self._handshake()

    def data_received(self, data: bytes) -> None:
        """Records of the other side."""
        self._incoming.write(data)
        if not self._ready:
            self._handshake()
        if self._ready:
            self._read()

    def _handshake(self) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self._fail(error)
        else:
            self._ready = True
            if not self.shaken.done():
                self.shaken.set_result(None)
        # A failure has an alert to send, too.
        self._flush()

    def _read(self) -> None:
        """Hand on what the records hold, until there are no more whole ones."""
        try:
            while data := self._tls.read(_READ):
                super().data_received(data)
            super().eof_received()
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLError as error:
            self._end(error)

    def eof_received(self) -> bool:
        """Hung up, with or without a farewell of TLS; the length of the answer says whether it is whole."""
        self._fail(ConnectionResetError("the server hung up during the TLS handshake"))
        return super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """The end, in good order or not."""
        self._fail(error or ConnectionResetError("the server hung up during the TLS handshake"))
        super().connection_lost(error)

    def abort(self) -> None:
        """Close at once; a handshake under way ends unheard."""
        self.shaken.cancel()
        super().abort()

    def _fail(self, error: Exception) -> None:
        if not self.shaken.done():
            self.shaken.set_exception(error)

    def write(self, data: bytes) -> None:
        """Send ``data``, sealed."""
        self._tls.write(data)
        self._flush()

    def _flush(self) -> None:
        if self._outgoing.pending:
            super().write(self._outgoing.read())
