"""A WebSub hub on loopback, on real sockets, that does its work well or badly as a test wants it.

    with Hub() as hub:
        hub.manner = "accept"       # or "deny", "refuse", "down", "silent", "at once"
        ...                         # post a subscription to hub.url
        hub.push(TOPIC, b"<rss/>")  # the status that each callback answered

``Poster`` is a fetcher that posts forms, ``services`` as much of the jobs' services as subscribing needs.
"""

import hashlib
import hmac
import threading
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast
from urllib.parse import parse_qs, urlencode, urlsplit

from sqlalchemy import update

from monitor.errors import FetchError
from monitor.jobs.services import Services, Sizes
from monitor.records.feeds import Document, Feed, FetchRequest, FetchResult
from monitor.store import Store
from monitor.store.tables import feeds

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOPIC = "https://news.example/rss"
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(url: str, body: bytes | None = None, method: str | None = None, **headers: str) -> tuple[int, bytes]:
    """Status and body of a request; a header's name is written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data=body, headers=named, method=method)
    try:
        with _DIRECT.open(request, timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def signature(secret: str, body: bytes, method: str = "sha256") -> str:
    """The value of X-Hub-Signature."""
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


@dataclass
class Known:
    """A subscriber as the hub has it."""

    secret: str
    lease: int
    asked: str


@dataclass
class Hub:
    """Answers subscription requests, checks with the callback, and pushes."""

    manner: str = "accept"
    lease: int | None = None
    """Seconds granted; None grants what was asked for."""
    requests: list[dict[str, str]] = field(default_factory=list)
    subscribers: dict[tuple[str, str], Known] = field(default_factory=dict)
    """By topic and callback."""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    """What callbacks answered to verifications."""

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._checks: list[threading.Thread] = []
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.settle()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hub"

    def settle(self) -> None:
        """Wait until every verification under way has its answer."""
        for thread in self._checks:
            thread.join(10)
        self._checks.clear()

    def answer(self, form: dict[str, str]) -> int:
        """The status of a subscription request; what follows from it runs on a thread of its own."""
        self.requests.append(form)
        if self.manner == "down":
            return 503
        if self.manner == "refuse":
            return 403
        if self.manner == "at once":
            self.verify(form)
        elif self.manner != "silent":
            check = threading.Thread(target=self.deny if self.manner == "deny" else self.verify, args=(form,))
            self._checks.append(check)
            check.start()
        return 202

    def verify(self, form: dict[str, str]) -> tuple[int, bytes]:
        """Ask the callback whether it asked, and keep or drop the subscriber when it says yes."""
        lease = self.lease if self.lease is not None else int(form.get("hub.lease_seconds", "0"))
        fields = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": "c" * 40}
        if form["hub.mode"] == "subscribe":
            fields["hub.lease_seconds"] = str(lease)
        found = ask(f"{form['hub.callback']}?{urlencode(fields)}")
        self.answers.append(found)
        if found == (200, b"c" * 40):
            key = (form["hub.topic"], form["hub.callback"])
            self.subscribers.pop(key, None)
            if form["hub.mode"] == "subscribe":
                self.subscribers[key] = Known(form["hub.secret"], lease, form["hub.lease_seconds"])
        return found

    def deny(self, form: dict[str, str]) -> None:
        fields = {"hub.mode": "denied", "hub.topic": form["hub.topic"], "hub.reason": "members only"}
        self.answers.append(ask(f"{form['hub.callback']}?{urlencode(fields)}"))

    def push(self, topic: str, body: bytes, method: str = "sha1", **headers: str) -> list[int]:
        """Bring new content to every subscriber of a topic; the statuses of their answers."""
        kind = {"Content_Type": "application/rss+xml", "Link": f'<{self.url}>; rel="hub", <{topic}>; rel="self"'}
        return [
            ask(callback, body, **kind | {"X_Hub_Signature": signature(known.secret, body, method)} | headers)[0]
            for (wanted, callback), known in self.subscribers.items()
            if wanted == topic
        ]


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            self.send_response(hub.answer({name: values[0] for name, values in parse_qs(body).items()}))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    return Handler


class Poster:
    """A fetcher that only posts forms."""

    def holds(self) -> Mapping[str, datetime]:
        return {}

    def fetch(self, requests: Iterable[FetchRequest], *, robots: bool = False) -> Iterator[FetchResult]:
        for request in requests:
            facts: dict[str, Any] = {"key": request.key, "url": request.url}
            try:
                status, body = ask(request.url, urlencode(request.form).encode())
            except urllib.error.URLError:
                yield FetchError(f"{request.url}: no connection.", kind="connect", **facts)
                continue
            if status < 300:
                yield Document(final_url=request.url, status=status, body=body, **facts)
            else:
                message = f"{urlsplit(request.url).netloc}: the server answered {status}."
                yield FetchError(message, kind="status", status=status, **facts)


@dataclass
class Clock:
    """The time as a test sets it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **spans: float) -> None:
        self.now += timedelta(**spans)


def offer(store: Store, feed: Feed, hub: str, topic: str = TOPIC) -> None:
    """A feed names a hub, as its last document did."""
    with store._database.write() as connection:
        connection.execute(update(feeds).where(feeds.c.id == feed.id).values(hub=hub, topic=topic))


def services(store: Store, clock: Clock, fetcher: Any = None) -> Services:
    """Services for the job: what it must not touch is not there."""
    nothing = cast(Any, None)
    return Services(
        store=store,
        fetcher=fetcher or Poster(),
        parser=nothing,
        reader=nothing,
        pace=nothing,
        read_policy=nothing,
        holder="test",
        clock=clock,
        dice=lambda: 0.0,
        sizes=Sizes(),
    )
