"""httpx's transport, made for many hosts that are each asked once: guarded, with one TLS context, and no pool.

A pool looks through all its idle connections for every request. Here a connection is kept only while more requests
wait for its host, and found by the host's name.
"""

import asyncio
import ssl
from contextlib import suppress

import httpx

from monitor.errors import ConfigError
from monitor.fetch.addresses import AddressGuard, no_address
from monitor.fetch.answers import public_form
from monitor.fetch.names import Names
from monitor.fetch.tls import SecureConnection
from monitor.fetch.wire import Body, Connection

Origin = tuple[str, str, int]
_PORTS = {"http": 80, "https": 443}
_IDLE_SECONDS = 15.0
_ATTEMPT_SECONDS = 5.0


class Transport(httpx.AsyncBaseTransport):
    """A transport that can be told that a host will not be asked again soon."""

    def leave(self, target: httpx.URL) -> None:
        """Close what is open and idle at the host of ``target``."""


class DirectTransport(Transport):
    """Connects by itself: a name is resolved once, checked, and the very address that was checked is dialled."""

    def __init__(self, guard: AddressGuard, names: Names) -> None:
        self._guard = guard
        self._names = names
        # Loading the authorities takes 20 ms: once, not per connection.
        self._context = httpx.create_ssl_context()
        self._idle: dict[str, list[tuple[Origin, Connection]]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer's head, with its body to be read. Raises httpx.TransportError and AddressError.

        The request's extension ``sent`` is called when the connection stands.
        """
        host = request.url.raw_host.decode("ascii")
        scheme = request.url.scheme
        origin = (scheme, host, request.url.port or _PORTS[scheme])
        # A connection that the server closes just now shows it by no answer; only what changes nothing is sent again.
        while request.method == "GET" and (kept := self._kept(origin)) is not None:
            with suppress(_StaleError):
                return await self._ask(kept, origin, request)
        return await self._ask(await self._connect(origin), origin, request)

    async def _ask(self, connection: Connection, origin: Origin, request: httpx.Request) -> httpx.Response:
        try:
            _tell_sent(request)
            head = await connection.ask(request)
        except BaseException as error:
            connection.abort()
            if connection.used and not connection.answered and isinstance(error, httpx.TransportError):
                raise _StaleError from error
            raise
        body = Body(connection, lambda done: self._release(done, origin))
        return httpx.Response(head.status_code, headers=list(head.headers), stream=body, request=request)

    async def _connect(self, origin: Origin) -> Connection:
        scheme, host, port = origin
        addresses = await self._names.addresses(host, port)
        for address in addresses:
            self._guard.check(host, address)
        if not addresses:
            raise no_address(f"{host} has no address")
        failure: Exception | None = None
        for address in addresses:
            try:
                async with asyncio.timeout(_ATTEMPT_SECONDS if len(addresses) > 1 else None):
                    return await self._dial(address, port, host if scheme == "https" else None)
            except TimeoutError as error:
                failure = error
            except ssl.SSLError as error:
                # Its other addresses have the same certificate.
                raise httpx.ConnectError(str(error)) from error
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise httpx.ConnectTimeout(str(failure)) from failure
        raise httpx.ConnectError(str(failure)) from failure

    async def _dial(self, address: str, port: int, name: str | None) -> Connection:
        """Connect to an address; with a ``name``, shake hands and check the certificate against it."""
        loop = asyncio.get_running_loop()
        if name is None:
            return (await loop.create_connection(Connection, address, port))[1]
        try:
            secure = SecureConnection(self._context, name.strip("[]").rstrip("."))
        except ValueError as error:
            raise no_address(f"{name!r} is not a usable host name ({error})") from error
        try:
            await loop.create_connection(lambda: secure, address, port)
            await secure.shaken
        except BaseException:
            secure.abort()
            raise
        return secure

    def _kept(self, origin: Origin) -> Connection | None:
        kept = self._idle.get(origin[1], [])
        for place, (known, connection) in enumerate(kept):
            if known == origin:
                del kept[place]
                if connection.expiry is not None:
                    connection.expiry.cancel()
                    connection.expiry = None
                if connection.open:
                    return connection
                return self._kept(origin)
        return None

    def _release(self, connection: Connection, origin: Origin) -> None:
        if not connection.reusable():
            connection.abort()
            return
        place = (origin, connection)
        connection.expiry = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._expire, place)
        self._idle.setdefault(origin[1], []).append(place)

    def _expire(self, place: tuple[Origin, Connection]) -> None:
        origin, connection = place
        connection.abort()
        kept = self._idle.get(origin[1], [])
        if place in kept:
            kept.remove(place)
        if not kept:
            self._idle.pop(origin[1], None)

    def leave(self, target: httpx.URL) -> None:
        """Close what is open and idle at the host of ``target``."""
        self._close(target.raw_host.decode("ascii"))

    def _close(self, host: str) -> None:
        for _, connection in self._idle.pop(host, []):
            connection.abort()

    async def aclose(self) -> None:
        """Close everything that is idle."""
        for host in list(self._idle):
            self._close(host)


class ProxyTransport(Transport):
    """Everything through one proxy, by httpx's own transport."""

    def __init__(self, address: str) -> None:
        try:
            self._inner = httpx.AsyncHTTPTransport(verify=httpx.create_ssl_context(), proxy=address)
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            # What is no address may be a password, and the library's own words repeat it.
            problem = f"{public_form(address)} cannot be used: {error}" if "://" in address else "it is no address"
            raise ConfigError(f"proxy: {problem}. Write http://host:port.") from error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The proxy's answer."""
        _tell_sent(request)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections to the proxy."""
        await self._inner.aclose()


def _tell_sent(request: httpx.Request) -> None:
    if sent := request.extensions.get("sent"):
        sent()


class _StaleError(Exception):
    """A kept connection that turned out to be closed."""
