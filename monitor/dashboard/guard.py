"""What every request passes and every answer carries, before any page is asked: names, sizes, origins, headers.

Plain ASGI: nothing here reads a body or touches the store.
"""

import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 65_536
"""Of a request's body: forms are small."""
LONGEST_QUERY = 8_000
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PEER = "monitor.peer"
"""Key of the scope: the address that connected, a proxy's where there is one."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
# No script and no style but our own files; pictures also from the page itself. Charts run in Vega's interpreter, so
# nothing needs eval.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex",
}


class Guard:
    """Refuses what no page should see, and puts the headers on every answer.

    ``names`` are the host names that we answer to: a page of somebody else's that gets its name resolved to this
    machine (DNS rebinding) is refused. A request that changes something must come from our own pages (Sec-Fetch-Site,
    else Origin), unless it carries a token, which no browser sends by itself.
    """

    def __init__(self, app: ASGIApp, *, names: Sequence[str], proxies: Sequence[Network] = ()) -> None:
        self._app = app
        self._names = LOCAL_NAMES | {name.lower() for name in names}
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, _dressed(send))
            return
        scope = _seen_through(scope, self._proxies) | {"query_string": _without_empty(scope["query_string"])}
        await self._app(scope, _counted(receive), _dressed(send))

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = _host(headers.get("host", ""))
        if host not in self._names and not _is_own_address(host, scope):
            return PlainTextResponse(
                f"This dashboard does not answer to the name {host[:200]!r}. Add it to the setting dashboard_names.\n",
                421,
            )
        if len(scope["query_string"]) > LONGEST_QUERY:
            return PlainTextResponse(f"The address is too long (more than {LONGEST_QUERY} characters).\n", 414)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
            return PlainTextResponse(f"The body is larger than {MOST_BYTES} bytes.\n", 413)
        if scope["method"] not in SAFE and not headers.get("authorization") and not _from_our_pages(headers):
            return PlainTextResponse(
                "This request comes from another site, or from a program without a token, and would change something. "
                "Use the dashboard's own pages, or send an Authorization header.\n",
                403,
            )
        return None


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address, where it is one."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _seen_through(scope: Scope, proxies: Sequence[Network]) -> dict[str, Any]:
    """The request as it came to a proxy of ours; ``PEER`` keeps who really connected. Nobody else's headers count."""
    client = scope.get("client") or ("", 0)
    peer = address_of(client[0])
    seen = {**scope, PEER: client[0]}
    if peer is None or not any(peer in network for network in proxies):
        return seen
    headers = Headers(scope=scope)
    if headers.get("x-forwarded-proto", "").strip().lower() in {"http", "https"}:
        seen["scheme"] = headers["x-forwarded-proto"].strip().lower()
    # The last one is what our proxy wrote; those before it may be anybody's invention.
    reader = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    if address_of(reader) is not None:
        seen["client"] = (reader, 0)
    return seen


def _from_our_pages(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _host(given: str) -> str:
    try:
        return (urlsplit(f"//{given}").hostname or "").lower()
    except ValueError:
        return ""


def _is_own_address(host: str, scope: Scope) -> bool:
    """Whether the name is the very address that was connected to: nobody's name can be resolved to a number."""
    server = scope.get("server")
    try:
        return server is not None and ipaddress.ip_address(host) == ipaddress.ip_address(server[0])
    except ValueError:
        return False


def _without_empty(query: bytes) -> bytes:
    """A form sends each of its fields, also those left empty: those ask for nothing."""
    if b"=&" not in query + b"&":
        return query
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="utf-8", errors="replace")
    return urlencode([pair for pair in pairs if pair[1]]).encode()


def _counted(receive: Receive) -> Receive:
    """A body without a stated length is cut off, too: the rest is never read."""
    left = MOST_BYTES

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        if message["type"] == "http.request":
            left -= len(message.get("body", b""))
            if left < 0:
                return {"type": "http.disconnect"}
        return message

    return counted


def _dressed(send: Send) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "private, no-cache")
        await send(message)

    return dressed
