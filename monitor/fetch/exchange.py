"""One request from its first connection to its last byte: turns, redirects, limits, and the answer as a value."""

import contextlib
import math
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urljoin

import anyio
import anyio.lowlevel
import httpcore
import httpx

from monitor import __version__
from monitor.errors import ConfigError
from monitor.fetch.addresses import AddressError, AddressGuard, GuardedBackend, refused
from monitor.fetch.answers import RedirectError, SizeError, exception_failure, failure, public_form, status_failure
from monitor.fetch.decoding import ACCEPT_ENCODING, GZIP_MAGIC, DecodingError, decoder, gunzip
from monitor.fetch.hosts import HostTurns
from monitor.fetch.limits import MAX_REDIRECTS, MAX_URL_LENGTH, FetchLimits
from monitor.records.feeds import Document, FetchRequest, FetchResult, NotModified

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_IDLE_CONNECTIONS = 64
_IDLE_SECONDS = 15.0


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool that connects through the address guard."""

    def __init__(self, guard: AddressGuard) -> None:
        context = httpx.create_ssl_context()
        super().__init__(verify=context)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=GuardedBackend(guard),
        )


def _proxy(address: str) -> httpx.AsyncHTTPTransport:
    try:
        return httpx.AsyncHTTPTransport(verify=httpx.create_ssl_context(), proxy=address)
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise ConfigError(f"proxy: {public_form(address)} cannot be used: {error}. Write http://host:port.") from error


@contextlib.asynccontextmanager
async def open_client(limits: FetchLimits, guard: AddressGuard) -> AsyncIterator[httpx.AsyncClient]:
    """The one HTTP client of a fetcher: no environment, no shared cookies, no redirects on its own."""
    agent = f"talks-monitor/{__version__}" + (f" (+{limits.contact})" if limits.contact else "")
    transport = _proxy(limits.proxy) if limits.proxy else GuardedTransport(guard)
    async with httpx.AsyncClient(
        transport=transport,
        headers={"User-Agent": agent, "Accept-Encoding": ACCEPT_ENCODING},
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        timeout=None,  # noqa: S113 -- the deadline of the whole request is set around it
        follow_redirects=False,
        trust_env=False,
    ) as client:
        yield client


class Exchange:
    """Answers requests; lives in the event loop."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        limits: FetchLimits,
        guard: AddressGuard,
        turns: HostTurns,
    ) -> None:
        self._client = client
        self._limits = limits
        self._guard = guard
        self._turns = turns

    async def answer(self, request: FetchRequest) -> FetchResult:
        """The result of one request. What the network or the server does wrong comes back as a FetchError."""
        journey = Journey(request, self._limits.deadline)
        try:
            with anyio.CancelScope() as scope:
                journey.scope = scope
                return await self._travel(journey)
        except (httpx.HTTPError, httpx.StreamError, OSError, anyio.BrokenResourceError) as error:
            return exception_failure(request, error, elapsed=journey.elapsed)
        except (AddressError, RedirectError, SizeError, DecodingError) as error:
            return exception_failure(request, error, elapsed=journey.elapsed)
        return failure(
            request,
            "timeout",
            f"not complete within {self._limits.deadline:g} s; the server hangs or sends too slowly",
            elapsed=journey.elapsed,
            advice="It will be asked again; raise request_deadline if the site is just slow.",
        )

    async def _travel(self, journey: "Journey") -> FetchResult:
        """Ask, and follow redirects to the end. Each host is asked in its turn, and no turn is kept while waiting."""
        target = self._target(journey.request.url)
        while True:
            async with contextlib.AsyncExitStack() as turn:
                with journey.waiting():
                    await turn.enter_async_context(self._turns.turn(target.host))
                onward = await self._hops(journey, target)
            if not isinstance(onward, httpx.URL):
                return onward
            target = onward

    async def _hops(self, journey: "Journey", target: httpx.URL) -> FetchResult | httpx.URL:
        """Ask one host, through its own redirects. Returns the result, or the address on another host."""
        host = target.host
        while target.host == host:
            journey.visit(target)
            response = await self._client.send(self._request(journey, target), stream=True)
            try:
                journey.cookies.extract_cookies(response)
                if response.status_code not in _REDIRECTS:
                    return await self._result(journey, target, response)
                target = self._target(_location(target, response))
                journey.redirected(response.status_code, target)
            finally:
                await response.aclose()
        return target

    def _target(self, url: str) -> httpx.URL:
        """The address to ask, checked as far as it can be before resolution."""
        if len(url) > MAX_URL_LENGTH:
            raise refused(f"an address of {len(url)} characters is longer than any real one")
        try:
            target = httpx.URL(url.strip()).copy_with(fragment=None)
        except (httpx.InvalidURL, ValueError) as error:
            raise refused(f"not a web address ({error})") from error
        if target.scheme not in {"http", "https"} or not target.host:
            raise refused(f"not a web address (scheme {target.scheme or 'missing'}, host {target.host or 'missing'})")
        if target.userinfo:
            raise refused("an address with a user name or password in it is not asked")
        self._guard.check_literal(target.host)
        return target

    def _request(self, journey: "Journey", target: httpx.URL) -> httpx.Request:
        wanted = journey.request
        headers: list[tuple[bytes, bytes]] = [(b"Accept", _header_bytes(wanted.accept) or b"*/*")]
        # Validators are opaque: the very bytes that the server sent go back.
        for name, value in ((b"If-None-Match", wanted.etag), (b"If-Modified-Since", wanted.last_modified)):
            if value and (raw := _header_bytes(value)):
                headers.append((name, raw))
        request = self._client.build_request("GET", target, headers=headers)
        journey.cookies.set_cookie_header(request)
        return request

    async def _result(self, journey: "Journey", target: httpx.URL, response: httpx.Response) -> FetchResult:
        request = journey.request
        etag, last_modified = _raw_header(response, b"etag"), _raw_header(response, b"last-modified")
        if response.status_code == 304:
            return NotModified(
                key=request.key,
                url=request.url,
                etag=etag,
                last_modified=last_modified,
                permanent_url=journey.permanent_url,
                elapsed=journey.elapsed,
            )
        if response.status_code != 200:
            return status_failure(request, response, now=datetime.now(UTC), elapsed=journey.elapsed)
        body = await read_body(response, request.max_bytes or self._limits.max_bytes)
        return Document(
            key=request.key,
            url=request.url,
            final_url=str(target),
            status=response.status_code,
            body=body,
            content_type=response.headers.get("content-type", ""),
            content_language=response.headers.get("content-language", ""),
            content_location=response.headers.get("content-location", ""),
            etag=etag,
            last_modified=last_modified,
            permanent_url=journey.permanent_url,
            redirects=tuple(journey.redirects),
            elapsed=journey.elapsed,
        )


class Journey:
    """Where one request has been, and how much of its time is left."""

    def __init__(self, request: FetchRequest, seconds: float) -> None:
        self.request = request
        self.redirects: list[tuple[int, str]] = []
        self.permanent_url: str | None = None
        self.cookies = httpx.Cookies()
        """Those of this one journey: some sites redirect to themselves until a cookie comes back."""
        self.scope = anyio.CancelScope()
        self._left = seconds
        self._spent = 0.0
        self._resumed: float | None = None
        self._visited: set[tuple[str, str]] = set()

    @property
    def elapsed(self) -> float:
        """Seconds spent on the network."""
        running = time.monotonic() - self._resumed if self._resumed is not None else 0.0
        return self._spent + running

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Stop the clock while a turn is waited for."""
        self._spent = self.elapsed
        self._resumed = None
        self.scope.deadline = math.inf
        yield
        self._resumed = time.monotonic()
        self.scope.deadline = anyio.current_time() + max(0.0, self._left - self._spent)

    def visit(self, target: httpx.URL) -> None:
        """Note an address before it is asked. Raises RedirectError when it was asked before with the same cookies."""
        state = (str(target), repr(sorted((cookie.name, cookie.value or "") for cookie in self.cookies.jar)))
        if state in self._visited:
            raise RedirectError(f"it redirects in a circle, over {public_form(str(target))}")
        self._visited.add(state)

    def redirected(self, status: int, target: httpx.URL) -> None:
        """Note a redirect. Raises RedirectError after the last one allowed."""
        self.redirects.append((status, str(target)))
        if len(self.redirects) > MAX_REDIRECTS:
            raise RedirectError(f"it redirects more than {MAX_REDIRECTS} times")
        if all(code in _PERMANENT for code, _ in self.redirects):
            self.permanent_url = str(target)


async def read_body(response: httpx.Response, max_bytes: int) -> bytes:
    """The decoded body. Raises SizeError as soon as it passes ``max_bytes``, DecodingError when it is damaged."""
    coding = response.headers.get("content-encoding", "")
    decode = decoder(coding)
    body = bytearray()
    async for chunk in response.aiter_raw():
        for piece in decode.decode(chunk):
            body += piece
            if len(body) > max_bytes:
                raise SizeError(
                    f"the body is larger than {max_bytes} bytes"
                    + (f" when its {coding} compression is undone" if coding else "")
                )
            # A packed chunk can be long work; let the deadline and the other requests in.
            await anyio.lowlevel.checkpoint()
    decode.finish()
    if body.startswith(GZIP_MAGIC) and not coding:
        return gunzip(bytes(body), max_bytes=max_bytes)
    return bytes(body)


def _location(target: httpx.URL, response: httpx.Response) -> str:
    raw = _raw_header(response, b"location")
    if not raw:
        raise RedirectError(f"the server answered {response.status_code} without saying where to go")
    try:
        # Most servers that send other than ASCII here mean UTF-8.
        location = raw.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        location = raw
    return urljoin(str(target), location.strip())


def _raw_header(response: httpx.Response, name: bytes) -> str | None:
    """A header's bytes, one character each, so that ``_header_bytes`` gives the very same bytes."""
    return next((value.decode("latin-1") for key, value in response.headers.raw if key.lower() == name), None)


def _header_bytes(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return b""
