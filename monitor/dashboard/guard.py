"""What every request passes and every answer carries, before any page is asked: names, sizes, origins, headers.

Plain ASGI: nothing here reads a body or touches the store.
"""

import ipaddress
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 65_536
"""Of a request's body: forms are small."""
LONGEST_QUERY = 8_000
_LENGTH = re.compile(r"[0-9]{1,9}")
_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PEER = "monitor.peer"
"""Key of the scope: the address that connected, a proxy's where there is one."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
# No script and no style but our own files; pictures also from the page itself. Charts run in Vega's interpreter, so
# nothing needs eval.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
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
    else Origin), unless it carries a Bearer token, which no browser sends by itself; Basic ones it does.
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
        given = headers.get("host", "")
        host = _host(given)
        if host not in self._names and not _is_own_address(host, scope):
            return PlainTextResponse(
                f"This dashboard does not answer to the name {given[:200]!r}. Add it to the setting dashboard_names.\n",
                421,
            )
        if len(scope["query_string"]) > LONGEST_QUERY:
            return PlainTextResponse(f"The address is too long (more than {LONGEST_QUERY} characters).\n", 414)
        length = headers.get("content-length", "0")
        if not _LENGTH.fullmatch(length) or int(length) > MOST_BYTES:
            return PlainTextResponse(f"The body is larger than {MOST_BYTES} bytes.\n", 413)
        if scope["method"] not in SAFE and not _has_token(headers) and not _from_our_pages(headers):
            return PlainTextResponse(
                "This request comes from another site, or from a program without a token, and would change something. "
                "Use the dashboard's own pages, or send `Authorization: Bearer tm_...`.\n",
                403,
            )
        return None


def address_of(host: str) -> Address | None:
    """The address, where it is one. IPv4 that an IPv6 socket wraps is IPv4."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_among(address: Address | None, networks: Sequence[Network]) -> bool:
    """Whether the address lies in one of the networks."""
    return address is not None and any(address in network for network in networks)


def _seen_through(scope: Scope, proxies: Sequence[Network]) -> dict[str, Any]:
    """The request as it came to a proxy of ours; ``PEER`` keeps who really connected. Nobody else's headers count."""
    client = scope.get("client") or ("", 0)
    peer = address_of(client[0])
    seen = {**scope, PEER: client[0]}
    if not is_among(peer, proxies):
        return seen
    headers = Headers(scope=scope)
    scheme = _listed(headers, "x-forwarded-proto")[-1].lower()
    if scheme in {"http", "https"}:
        seen["scheme"] = scheme
    # From the right: what our proxies wrote, up to the first address that is none of theirs. Those before it may be
    # anybody's invention.
    for given in reversed(_listed(headers, "x-forwarded-for")):
        address = address_of(given)
        if address is None:
            break
        seen["client"] = (given, 0)
        if not is_among(address, proxies):
            break
    return seen


def _listed(headers: Headers, name: str) -> list[str]:
    """The values of a list that may stand in several lines of the same name."""
    return [each.strip() for each in ",".join(headers.getlist(name)).split(",")]


def _has_token(headers: Headers) -> bool:
    return headers.get("authorization", "").lower().startswith("bearer ")


def _from_our_pages(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    scheme, _, place = headers.get("origin", "").partition("://")
    return scheme in {"http", "https"} and place.lower() == headers.get("host", "").lower()


def _host(given: str) -> str:
    found = _HOST.fullmatch(given)
    return found["name"].strip("[]").lower() if found else ""


def _is_own_address(host: str, scope: Scope) -> bool:
    """Whether the name is the very address that was connected to: nobody's name can be resolved to a number."""
    server = scope.get("server")
    address = address_of(host)
    return server is not None and address is not None and address == address_of(server[0])


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
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "private, no-cache")
        await send(message)

    return dressed
