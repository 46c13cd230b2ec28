"""A server of made-up feeds on loopback, each on an address of its own, so that each costs a connection as in life.

``python -m benchmarks.polls_server FEEDS FOLDER``: plain HTTP, and HTTPS for the first ``SECURE`` feeds with the
certificate in FOLDER. It reads commands as lines and answers each with a line once it is done: ``show VERSION yes|no``
shows that version of every feed, with or without validators, and hangs up on everybody.
"""

import asyncio
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, cast

from benchmarks.polls_content import document
from monitor.fetch.loop import new_loop

SECURE = 250
"""Feeds of which HTTPS is measured: the addresses that one certificate of usual size can name."""
_END = b"\r\n\r\n"


def address(number: int) -> str:
    """Where a feed lives."""
    return f"127.1.{number // 250 + 1}.{number % 250 + 1}"


def make_certificate(folder: Path) -> None:
    """Write ``key.pem`` and ``cert.pem``, which vouches for itself, and ``bundle.pem`` with the usual authorities."""
    import certifi

    names = "subjectAltName=" + ",".join(f"IP:{address(number)}" for number in range(SECURE))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"), "-subj", "/CN=feeds", "-addext", names],
        check=True, capture_output=True,
    )  # fmt: skip
    usual = Path(certifi.where()).read_text(encoding="utf-8")
    (folder / "bundle.pem").write_text(usual + (folder / "cert.pem").read_text(encoding="utf-8"), encoding="utf-8")


class Feeds:
    """The bodies as shown at present."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._newest = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
        self._made: dict[int, list[bytes]] = {}
        self.version = 0
        self.validators = True
        self.connections: set[asyncio.Transport] = set()

    def show(self, version: int, *, validators: bool) -> None:
        if version not in self._made:
            self._made[version] = [document(number, version, self._newest) for number in range(self._number)]
        self.version, self.validators = version, validators
        for connection in self.connections:
            connection.close()

    def answer(self, head: bytes) -> bytes:
        """The answer to one request: a body, or 304 when it names the present version."""
        line, _, rest = head.partition(b"\r\n")
        number = int(line.split(b" ", 2)[1].rpartition(b"/")[2])
        tag = b'"%d-%d"' % (number, self.version)
        modified = (self._newest + timedelta(minutes=self.version)).strftime("%a, %d %b %Y %H:%M:%S GMT").encode()
        said = b"ETag: %s\r\nLast-Modified: %s\r\n" % (tag, modified) if self.validators else b""
        if self.validators and tag in rest:
            return b"HTTP/1.1 304 Not Modified\r\n%s\r\n" % said
        body = self._made[self.version][number]
        kind = b"atom" if number % 3 == 0 else b"rss"
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/%s+xml; charset=utf-8\r\n%sContent-Length: %d\r\n\r\n"
            % (kind, said, len(body))
        ) + body


class Answers(Protocol):
    """What a server shows."""

    connections: set[asyncio.Transport]

    def answer(self, head: bytes) -> bytes:
        """The answer to one request."""
        ...


class Answering(asyncio.Protocol):
    """As little of HTTP as needed, so that the server takes little of the machine."""

    def __init__(self, feeds: Answers) -> None:
        self._feeds = feeds
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio.
        self._transport = cast("asyncio.Transport", transport)
        self._feeds.connections.add(self._transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._feeds.connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(_END)) >= 0:
            head, self._read = self._read[:end], self._read[end + len(_END) :]
            self._transport.write(self._feeds.answer(head))
            if b"connection: close" in head.lower():
                self._transport.close()


async def serve(number: int, folder: Path) -> None:
    """Print the two ports, then obey until the commands end."""
    feeds = Feeds(number)
    loop = asyncio.get_running_loop()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    plain = await loop.create_server(lambda: Answering(feeds), "0.0.0.0", 0, backlog=4096)
    secure = await loop.create_server(lambda: Answering(feeds), "0.0.0.0", 0, backlog=4096, ssl=context)
    print(*(server.sockets[0].getsockname()[1] for server in (plain, secure)), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        _, version, validators = line.split()
        feeds.show(int(version), validators=validators == "yes")
        print("shown", flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
