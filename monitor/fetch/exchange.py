"""One request from its first connection to its last byte: turns, holds, redirects, limits; the answer as a value."""

import asyncio
import functools
from contextlib import nullcontext
from datetime import UTC, datetime
from urllib.parse import urljoin

import anyio
import httpx

from monitor import __version__
from monitor.errors import FetchError
from monitor.fetch.addresses import AddressError, AddressGuard, refused
from monitor.fetch.answers import RedirectError, SizeError, elsewhere, exception_failure, failure, held, status_failure
from monitor.fetch.decoding import ACCEPT_ENCODING, GZIP_MAGIC, DecodingError, decoder, gunzip
from monitor.fetch.freshness import fresh_for, hub_and_topic
from monitor.fetch.holds import Holds
from monitor.fetch.hosts import HostTurns, Turn, host_key
from monitor.fetch.journey import Journey
from monitor.fetch.limits import MAX_URL_LENGTH, FetchLimits
from monitor.fetch.robots import PRODUCT, Robots, RobotsStore, Rules
from monitor.fetch.sharing import SharesTurns, Sharing
from monitor.fetch.transport import Transport
from monitor.records.feeds import Document, FetchRequest, FetchResult, NotModified

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SAME_METHOD = frozenset({307, 308})
ASKED_ELSEWHERE = 10.0
"""Seconds after which a host is tried again that other processes had all the time."""
_Headers = list[tuple[bytes, bytes]]


class Exchange:
    """Answers requests; lives in the event loop."""

    def __init__(
        self,
        transport: Transport,
        *,
        limits: FetchLimits,
        guard: AddressGuard,
        holds: Holds,
        robots_store: RobotsStore,
        table: SharesTurns | None = None,
    ) -> None:
        self._transport = transport
        self._limits = limits
        self._guard = guard
        self._holds = holds
        self._turns = HostTurns(
            concurrency=limits.concurrency, host_concurrency=limits.host_concurrency, gap=limits.host_gap
        )
        self._sharing = (
            Sharing(table, self._turns, holds, concurrency=limits.concurrency) if table is not None else None
        )
        self._robots = Robots(self.answer, robots_store)
        agent = f"{PRODUCT}/{__version__}" + (f" (+{limits.contact})" if limits.contact else "")
        self._headers: _Headers = [
            (b"User-Agent", agent.encode("ascii", "replace")),
            (b"Accept-Encoding", ACCEPT_ENCODING.encode()),
        ]

    async def aclose(self) -> None:
        """Close idle connections, and let other processes ask what only we could."""
        await self._transport.aclose()
        if self._sharing is not None:
            await self._sharing.close()

    async def answer(self, request: FetchRequest, *, robots: bool = False) -> FetchResult:
        """The result of one request. What the network or the server does wrong comes back as a FetchError."""
        timeout = asyncio.timeout(None)
        journey = Journey(request, self._limits.deadline, timeout)
        try:
            async with timeout:
                return await self._travel(journey, robots=robots)
        except (httpx.HTTPError, httpx.StreamError, AddressError, RedirectError, SizeError, DecodingError) as error:
            return exception_failure(request, error, elapsed=journey.elapsed)
        except TimeoutError as error:
            if not timeout.expired():
                return exception_failure(request, error, elapsed=journey.elapsed)
        except (OSError, anyio.BrokenResourceError) as error:
            # The latter is what httpx's own transport lets out of a proxy's connection.
            return exception_failure(request, error, elapsed=journey.elapsed)
        return failure(
            request,
            "timeout",
            f"not complete within {self._limits.deadline:g} s; the server hangs or sends too slowly",
            elapsed=journey.elapsed,
            advice="It will be asked again; raise request_deadline if the site is just slow.",
        )

    async def _travel(self, journey: Journey, *, robots: bool) -> FetchResult:
        """Ask, and follow redirects to the end. Each host is asked in its turn, and no turn is kept while waiting."""
        onward: FetchResult | httpx.URL = self._target(journey.request.url)
        while isinstance(target := onward, httpx.URL):
            host = host_key(target)
            with self._sharing.use(host) if self._sharing else nullcontext():
                onward = await self._visit(journey, target, host, robots=robots)
        return target

    async def _visit(self, journey: Journey, target: httpx.URL, host: str, *, robots: bool) -> FetchResult | httpx.URL:
        """Ask one host in its turn. Returns the result, or the address on another host."""
        if self._sharing and not await self._sharing.come(host):
            return elsewhere(journey.request, host, left=ASKED_ELSEWHERE, elapsed=journey.elapsed)
        if left := self._left(host):
            return held(journey.request, host, left=left, elapsed=journey.elapsed)
        rules = await self._robots.rules(target) if robots else None
        gap = rules.delay(self._limits.longest_crawl_delay) if rules else 0.0
        turn = await self._turns.take(host, gap=gap, at_once=bool(journey.request.body))
        if self._sharing and not self._sharing.has(host):
            # Lost while we waited for our own: another process may ask it now. Once more from the beginning.
            self._turns.give(turn)
            return target
        journey.resume()
        try:
            return await self._hops(journey, target, turn, rules)
        finally:
            journey.pause()
            self._turns.give(turn)
            if not self._turns.wanted(host):
                self._transport.leave(target)

    def _left(self, host: str) -> float:
        return self._holds.left(host, datetime.now(UTC))

    async def _hops(
        self, journey: Journey, target: httpx.URL, turn: Turn, rules: Rules | None
    ) -> FetchResult | httpx.URL:
        """Ask one host, through its own redirects. Returns the result, or the address on another host."""
        host = host_key(target)
        while host_key(target) == host and (rules is None or rules.covers(target)):
            # Not before: whoever had the turn before us may have been told to wait.
            if left := self._left(host):
                return held(journey.request, host, left=left, elapsed=journey.elapsed)
            if rules and (refusal := rules.refusal(journey.request, target)):
                return refusal
            journey.visit(target)
            request = self._request(journey, target)
            request.extensions = {"sent": functools.partial(self._turns.sent, turn)}
            response = await self._transport.handle_async_request(request)
            try:
                journey.keep_cookies(response)
                if response.status_code not in _REDIRECTS:
                    return await self._result(journey, target, response)
                if _stays(journey.request, response.status_code):
                    return status_failure(journey.request, response, now=datetime.now(UTC), elapsed=journey.elapsed)
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
            target = httpx.URL(url.strip())
            if target.fragment:
                target = target.copy_with(fragment=None)
        except (httpx.InvalidURL, ValueError) as error:
            raise refused(f"not a web address ({error})") from error
        if target.scheme not in {"http", "https"} or not target.host:
            raise refused(f"not a web address (scheme {target.scheme or 'missing'}, host {target.host or 'missing'})")
        if target.userinfo:
            raise refused("an address with a user name or password in it is not asked")
        self._guard.check_literal(target.host)
        return target

    def _request(self, journey: Journey, target: httpx.URL) -> httpx.Request:
        wanted = journey.request
        headers = [*self._headers, (b"Accept", _header_bytes(wanted.accept) or b"*/*")]
        # Validators are opaque: the very bytes that the server sent go back.
        for name, value in ((b"If-None-Match", wanted.etag), (b"If-Modified-Since", wanted.last_modified)):
            if value and (raw := _header_bytes(value)):
                headers.append((name, raw))
        if wanted.body:
            headers += [(b"Content-Type", wanted.content_type.encode("ascii", "replace")), *_further(wanted)]
            request = httpx.Request("POST", target, headers=headers, content=wanted.body)
        elif wanted.form:
            request = httpx.Request("POST", target, headers=headers, data=_fields(wanted.form))
        else:
            request = httpx.Request("GET", target, headers=headers)
        journey.add_cookies(request)
        return request

    async def _result(self, journey: Journey, target: httpx.URL, response: httpx.Response) -> FetchResult:
        request, now = journey.request, datetime.now(UTC)
        status, headers = response.status_code, response.headers
        posted = bool(request.form or request.body)
        if status == 304 and not posted:
            return NotModified(
                key=request.key,
                url=request.url,
                etag=_raw_header(response, b"etag"),
                last_modified=_raw_header(response, b"last-modified"),
                permanent_url=journey.permanent_url,
                elapsed=journey.elapsed,
                fresh_for=_fresh_for(headers, now),
            )
        if not (status == 200 or (posted and 200 <= status < 300)):
            error = status_failure(request, response, now=now, elapsed=journey.elapsed)
            self._note(target, error, now)
            return error
        # What was posted has been taken; a receiver that drips or floods its answer does not change that.
        body = b"" if request.body else await read_body(response, request.max_bytes or self._limits.max_bytes)
        hub, topic = hub_and_topic(headers["link"], str(target)) if "link" in headers else ("", "")
        return Document(
            key=request.key,
            url=request.url,
            final_url=str(target),
            status=status,
            body=body,
            content_type=headers.get("content-type", ""),
            content_language=headers.get("content-language", ""),
            content_location=headers.get("content-location", ""),
            etag=_raw_header(response, b"etag"),
            last_modified=_raw_header(response, b"last-modified"),
            permanent_url=journey.permanent_url,
            redirects=tuple(journey.redirects),
            elapsed=journey.elapsed,
            fresh_for=_fresh_for(headers, now),
            hub=hub,
            topic=topic,
        )

    def _note(self, target: httpx.URL, error: FetchError, now: datetime) -> None:
        if error.status is not None:
            self._holds.note(host_key(target), error.status, error.retry_after, now)


async def read_body(response: httpx.Response, max_bytes: int) -> bytes:
    """The decoded body. Raises SizeError as soon as it passes ``max_bytes``, DecodingError when it is damaged."""
    coding = response.headers.get("content-encoding", "")
    decode = decoder(coding)
    body = bytearray()
    assert isinstance(response.stream, httpx.AsyncByteStream)
    async for chunk in response.stream:
        for piece in decode.decode(chunk):
            body += piece
            if len(body) > max_bytes:
                raise SizeError(
                    f"the body is larger than {max_bytes} bytes"
                    + (f" when its {coding} compression is undone" if coding else "")
                )
            # A packed chunk can be long work; let the deadline and the other requests in.
            await asyncio.sleep(0)
    decode.finish()
    if body.startswith(GZIP_MAGIC) and not coding:
        return gunzip(bytes(body), max_bytes=max_bytes)
    return bytes(body)


def _fresh_for(headers: httpx.Headers, now: datetime) -> float | None:
    said = {name: headers.get(name, "") for name in ("cache-control", "expires")}
    if not any(said.values()):
        return None
    return fresh_for(
        cache_control=said["cache-control"],
        expires=said["expires"],
        age=headers.get("age", ""),
        date=headers.get("date", ""),
        now=now,
    )


def _stays(request: FetchRequest, status: int) -> bool:
    """Whether a redirect is an answer of its own: another place was not meant to get what is posted."""
    return bool(request.body) or (bool(request.form) and status not in _SAME_METHOD)


def _further(request: FetchRequest) -> _Headers:
    return [(name.encode("ascii", "replace"), value.encode("ascii", "replace")) for name, value in request.headers]


def _fields(form: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in form:
        fields.setdefault(name, []).append(value)
    return fields


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
