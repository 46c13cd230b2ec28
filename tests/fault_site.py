"""A site with one feed that misbehaves beside two that do not, each on a loopback address of its own, and a canary.

    with FaultSite() as site:
        site.fault = lambda exchange: exchange.reply(status="500 Oops")

``site.names`` resolves the made-up host names, and can be told to lead elsewhere. Whatever reaches ``CANARY`` was let
out by a guard that should have held it.
"""

import socket
import ssl
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Self

import pytest

from monitor.fetch.addresses import no_address
from tests.misbehaving import Answer, Exchange, MisbehavingServer
from tests.recording import Reply, Visit

FAULTY, ONE, TWO = "faulty.example", "one.example", "two.example"
ADDRESSES = {FAULTY: "127.0.3.1", ONE: "127.0.3.2", TWO: "127.0.3.3"}
OPEN = ("127.0.3.0/24",)
"""The network that tests open; other loopback addresses stay private."""
CANARY = "127.0.9.9"
ETAG = '"a:1-gzip"'


def rss(items: str, *, channel: str = "", before: str = "") -> bytes:
    """An RSS document around ``items``."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{before}<rss version="2.0"><channel><title>The Made-up News</title>'
        f"<link>http://news.example/</link>{channel}{items}</channel></rss>"
    ).encode()


def item(host: str, number: int, **fields: str) -> str:
    """One item of ``host``, published a few minutes ago; ``fields`` in place of the usual ones."""
    written = format_datetime(datetime.now(UTC) - timedelta(minutes=60 - number % 50), usegmt=True)
    given = {
        "guid": f"{host}-{number}",
        "link": page(host, number),
        "title": f"Envoys of {host} meet for the {number}. time",
        "description": f"What meeting {number} at {host} was about.",
        "pubDate": written,
    } | fields
    return "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in given.items() if value) + "</item>"


def page(host: str, number: int) -> str:
    """The address of the item's page."""
    return f"http://{host}/story/{number}"


@dataclass
class Names:
    """A resolver that knows the made-up names; a name may be told to lead to other addresses, or to none."""

    led: dict[str, list[list[str]]] = field(default_factory=dict)
    """Name to the answers that come next; the last one stays."""
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int) -> list[str]:
        """Every address of ``host``."""
        self.asked.append(host)
        if self.down:
            raise no_address(f"the name {host} has no address (no name server answers)")
        answers = self.led.get(host)
        if not answers:
            return [ADDRESSES.get(host, "127.0.3.9")]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@dataclass
class FaultSite(MisbehavingServer):
    """The three feeds, at every loopback address. ``/feed`` of each host holds the items published so far.

    ``fault`` answers in place of the feed of FAULTY.
    """

    host: str = "0.0.0.0"
    names: Names = field(default_factory=Names)
    fault: Answer | None = None
    stand: Counter[str] = field(default_factory=lambda: Counter(published=3))
    """Every feed holds the items 1 to this; two sites may share it."""
    reached: list[str] = field(default_factory=list)
    """The addresses at which requests came in."""

    @property
    def published(self) -> int:
        """How many items each feed has published."""
        return self.stand["published"]

    def publish(self) -> None:
        """One more item in every feed."""
        self.stand["published"] += 1

    def feed_url(self, host: str) -> str:
        """The address of the feed of ``host``."""
        return self.url("/feed", host=host)

    def handle(self, exchange: Exchange) -> None:
        """Note where the request came in, and answer it."""
        self.reached.append(exchange.connection.getsockname()[0])
        host = exchange.asked.headers.get("host", "").partition(":")[0]
        if self.reached[-1] == CANARY:
            exchange.reply(rss(item("stolen.example", 1)))
        elif host == FAULTY and self.fault is not None:
            self.asked.append(exchange.asked)
            self.fault(exchange)
        elif exchange.asked.path == "/feed":
            self.asked.append(exchange.asked)
            self.good(exchange, host)
        else:
            super().handle(exchange)

    def good(self, exchange: Exchange, host: str) -> None:
        """The feed as it should be, with validators."""
        etag = ETAG.replace("1", str(self.published))
        headers = {"ETag": etag, "Content-Type": "application/rss+xml; charset=utf-8"}
        if exchange.asked.headers.get("if-none-match") == etag:
            exchange.reply(status="304 Not Modified", headers=headers)
            return
        items = "".join(item(host, number) for number in range(self.published, 0, -1))
        exchange.reply(rss(items), headers=headers)

    def asked_of(self, host: str) -> int:
        """How many requests named ``host``."""
        return sum(asked.headers.get("host", "").partition(":")[0] == host for asked in self.asked)


class SilentHandshake:
    """In place of a TLS context: takes the connection and never finishes the handshake."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping

    def wrap_socket(self, connection: socket.socket, **_: object) -> socket.socket:
        """Read what comes, say nothing."""
        self._stopping.wait(30)
        raise ssl.SSLError("the handshake was never finished")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Files with key and certificate; ``authorities`` is what a client is to believe."""

    good: Path
    expired: Path
    other_host: Path
    unknown: Path
    authorities: Path

    @classmethod
    def made(cls, folder: Path) -> Self:
        """Make them with the openssl command; the test is skipped where there is none."""
        try:
            good = _certificate(folder, "good", FAULTY, days=30)
            expired = _certificate(folder, "expired", FAULTY, days=-1)
            other = _certificate(folder, "other", "other.example", days=30)
            unknown = _certificate(folder, "unknown", FAULTY, days=30)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("needs the openssl command to make certificates")
        authorities = folder / "authorities.pem"
        authorities.write_bytes(b"".join(file.read_bytes().partition(b"\0")[0] for file in (good, expired, other)))
        return cls(good=good, expired=expired, other_host=other, unknown=unknown, authorities=authorities)


def _certificate(folder: Path, name: str, host: str, *, days: int) -> Path:
    key, request, names, file = (folder / f"{name}.{end}" for end in ("key", "csr", "ext", "pem"))
    names.write_text(f"subjectAltName=DNS:{host}\nbasicConstraints=critical,CA:TRUE\n")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made = ["req", "-new", *curve, "-keyout", str(key), "-out", str(request), "-subj", f"/CN={name}"]
    signed = ["x509", "-req", "-in", str(request), "-signkey", str(key), "-days", str(days), "-extfile", str(names)]
    for arguments in (made, [*signed, "-out", str(file)]):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + key.read_bytes())
    return file


def context(certificate: Path) -> ssl.SSLContext:
    """A server's TLS context with that certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


Body = Callable[[], bytes]


def replies(body: bytes | Body = b"", status: str = "200 OK", **headers: str) -> Answer:
    """An answer; names of headers with ``_`` for ``-``. A body that is costly to make is a function."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange: exchange.reply(body if isinstance(body, bytes) else body(), status, told)


def goes_to(location: str) -> Answer:
    """A redirect."""
    return lambda exchange: exchange.reply(
        status="302 Found", headers={"Location": location.replace("PORT", str(exchange.server.port))}
    )


@dataclass
class Conditional:
    """A feed with validators of the odd kind, and what it was asked with."""

    site: FaultSite
    etag: bytes = 'W/"версия:1-gzip" ; odd'.encode()
    date: bytes = b"Thu, 5 Nov 2026 7:01:02 +0000"
    body: bytes = field(default_factory=lambda: rss(item(FAULTY, 1)))
    asked: list[tuple[bytes, bytes]] = field(default_factory=list)
    """If-None-Match and If-Modified-Since, as they came."""

    def __call__(self, exchange: Exchange) -> None:
        names = ("if-none-match", "if-modified-since")
        etag, date = (exchange.asked.headers.get(name, "").encode("latin-1") for name in names)
        self.asked.append((etag, date))
        told = b"ETag: " + self.etag + b"\r\nLast-Modified: " + self.date + b"\r\nConnection: close\r\n"
        if etag == self.etag:
            exchange.send(b"HTTP/1.1 304 Not Modified\r\n" + told + b"\r\n")
            return
        length = str(len(self.body)).encode()
        exchange.send(b"HTTP/1.1 200 OK\r\n" + told + b"Content-Length: " + length + b"\r\n\r\n" + self.body)


TALKS = (
    "Ukrainian and Russian negotiators met in Istanbul on Tuesday for peace talks about a ceasefire, the first direct "
    "meeting between the two delegations since the summer. President Zelensky said that his envoys had put forward a "
    "plan for an exchange of prisoners, and the Kremlin said that President Putin was ready to go on negotiating. "
    "Both sides agreed to hold another round of talks next week. "
)


@dataclass
class Newspaper:
    """A feed whose items are about talks: two pages are open, two are closed by robots.txt."""

    port: int
    edition: int = 1

    def __call__(self, visit: Visit) -> Reply:
        if visit.path == "/robots.txt":
            return "200 OK", {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /closed/\n"
        if visit.path == "/feed":
            return "200 OK", {"Content-Type": "application/rss+xml"}, rss(self._items(visit.host))
        return "200 OK", {"Content-Type": "text/html; charset=utf-8"}, self._page(visit.path)

    def _items(self, host: str) -> str:
        pages = {
            n: f"http://{host}:{self.port}/{room}/{n}" for n, room in enumerate(("open", "open", "closed", "closed"), 1)
        }
        title = "Negotiators of Ukraine and Russia meet for peace talks in Istanbul, day"
        return "".join(item(host, n, link=link, description=TALKS, title=f"{title} {n}") for n, link in pages.items())

    def _page(self, path: str) -> bytes:
        said = "".join(
            f"<p>{TALKS}Delegate {n} spoke about point {n} of edition {self.edition} of the plan on page {path}.</p>"
            for n in range(1, 6)
        )
        return (
            f"<!doctype html><html lang='en'><head><title>Talks in Istanbul {path}</title></head><body><article>"
            f"<h1>Negotiators of Ukraine and Russia meet for peace talks in Istanbul</h1>{said}</article></body></html>"
        ).encode()
