"""What a feed's server does wrong, one case each: how it begins and how it ends."""

import contextlib
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from monitor.fetch.addresses import no_address
from tests.fault_site import FAULTY, Certificates, FaultSite, Names, SilentHandshake, context, replies, rss
from tests.faults import CONTENTS, FAULTS
from tests.misbehaving import ROUTES, Answer, Exchange


@dataclass
class Lookup(Names):
    """A resolver to which names may be lost, one by one."""

    lost: set[str] = field(default_factory=set)

    def __call__(self, host: str, port: int) -> list[str]:
        """Every address of ``host``."""
        if host in self.lost:
            self.asked.append(host)
            raise no_address(f"the name {host} has no address (NXDOMAIN)")
        return super().__call__(host, port)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault; ``begin`` is given the site of the feed that goes wrong."""

    name: str
    begin: Callable[[FaultSite, "Broken"], None]
    is_safe: bool = False
    """Whether the feed is asked for over TLS."""
    is_alone: bool = False
    """Whether its site listens at its own address only, so that others refuse."""
    before: Callable[[], object] = int
    may_live: bool = False
    """Whether the feed may go on bringing entries: then there is nothing to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What the cases need beside the site."""

    certificates: Certificates


def _answers(answer: Answer) -> Callable[[FaultSite, Broken], None]:
    return lambda site, _: setattr(site, "fault", answer)


def _well(exchange: Exchange) -> None:
    raise AssertionError(f"this fault is elsewhere: {exchange.asked.path}")


def _led(*addresses: str) -> Callable[[FaultSite, Broken], None]:
    return lambda site, _: site.names.led.update({FAULTY: [list(addresses)]})


def _lost(site: FaultSite, _: Broken) -> None:
    assert isinstance(site.names, Lookup)
    site.names.lost.add(FAULTY)


def _half_closed(said: bytes) -> Answer:
    """Says something, closes its own half and keeps the other open."""

    def answer(exchange: Exchange) -> None:
        exchange.send(said)
        exchange.connection.shutdown(socket.SHUT_WR)
        exchange.server.stopping.wait(30)

    return answer


def _shown(certificate: str) -> Callable[[FaultSite, Broken], None]:
    return lambda site, broken: setattr(site, "tls", context(getattr(broken.certificates, certificate)))


def _never_finished(site: FaultSite, _: Broken) -> None:
    site.tls = SilentHandshake(site.stopping)  # type: ignore[assignment]


def end(site: FaultSite, broken: Broken, *, is_safe: bool) -> None:
    """All is well again."""
    site.fault = None
    site.names.led.clear()
    if isinstance(site.names, Lookup):
        site.names.lost.clear()
    if is_safe:
        site.tls = context(broken.certificates.good)


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 5000\r\n\r\n"
CASES = (
    *(
        Case(name=fault.name, begin=_led(*fault.leads_to) if fault.leads_to else _answers(fault.answer or _well),
             before=fault.before)
        for fault in FAULTS
    ),
    *(Case(name=f"TLS: {name}", begin=_shown(name), is_safe=True) for name in ("expired", "other_host", "unknown")),
    Case(name="TLS: never finished", begin=_never_finished, is_safe=True),
    Case(name="DNS: the name is gone", begin=_lost),
    Case(name="connection refused", begin=_led("127.0.3.77"), is_alone=True),
    Case(name="half-closed at once", begin=_answers(_half_closed(b""))),
    Case(name="half-closed after the head", begin=_answers(_half_closed(_HEAD))),
    Case(name="half-closed in the body", begin=_answers(_half_closed(_HEAD + b"<rss><channel><item>"))),
    Case(name="silence", begin=_answers(ROUTES["/silence"])),
    Case(name="huge header", begin=_answers(ROUTES["/huge-header"])),
    Case(name="redirect to nowhere", begin=_answers(ROUTES["/nowhere"])),
    Case(name="redirect with a password", begin=_answers(ROUTES["/to-password"])),
    Case(name="web page with a feed", begin=_answers(ROUTES["/page"])),
    Case(name="gzip cut short", begin=_answers(ROUTES["/gzip-cut"]), may_live=True),
    Case(name="gzip that is none", begin=_answers(ROUTES["/gzip-lie"]), may_live=True),
    Case(name="401", begin=_answers(replies(b"", "401 Unauthorized"))),
    Case(name="402", begin=_answers(replies(b"", "402 Payment Required"))),
    Case(name="451", begin=_answers(replies(b"", "451 Unavailable For Legal Reasons"))),
    Case(name="502", begin=_answers(replies(b"", "502 Bad Gateway"))),
    Case(name="204", begin=_answers(replies(b"", "204 No Content"))),
    Case(name="200 with JSON", begin=_answers(replies(b'{"error": "quota"}', Content_Type="application/json"))),
    Case(name="200 with a sentence", begin=_answers(replies(b"Service is resting.", Content_Type="text/plain"))),
    Case(name="a feed without items", begin=_answers(replies(rss(""), Content_Type="application/rss+xml"))),
    *(Case(name=f"content: {content.name}", begin=_answers(content.answer), may_live=True) for content in CONTENTS),
)  # fmt: skip


@contextmanager
def certificates(folder: Path) -> Iterator[Certificates]:
    """Certificates of which our own requests believe the authorities."""
    folder.mkdir(parents=True, exist_ok=True)
    before = os.environ.get("SSL_CERT_FILE")
    made = Certificates.made(folder)
    os.environ["SSL_CERT_FILE"] = str(made.authorities)
    try:
        yield made
    finally:
        with contextlib.suppress(KeyError):
            del os.environ["SSL_CERT_FILE"]
        if before is not None:
            os.environ["SSL_CERT_FILE"] = before
        shutil.rmtree(folder)
