"""Servers under measurement, and who asks them: one reader after another, or fifty at once."""

import asyncio
import gzip
import http.client
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START = 60.0
_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for an address, and how long it took until all of it was there."""

    status: int
    body: bytes
    travelled: int
    """Bytes of the body as they came: compressed."""
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A process that serves pages."""

    port: int
    process: "subprocess.Popen[bytes]"

    def megabytes(self) -> tuple[float, float]:
        """(what the process holds, what its children hold)."""
        own = self.process.pid
        return _resident(own), sum(map(_resident, _children(own)))

    def worked(self) -> float:
        """Milliseconds of processor time that the process has used, its threads together."""
        spent = (
            each.read_text(encoding="ascii") for each in Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        )
        return sum(int(text.split()[0]) for text in spent) / 1e6


@contextmanager
def serving(
    command: Sequence[str], port: int, log: Path, environment: dict[str, str] | None = None
) -> Iterator[Server]:
    """Run a server until the block ends; it is there once it takes connections."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        try:
            _wait(port, process, log)
            yield Server(port=port, process=process)
        finally:
            process.terminate()
            process.wait(timeout=30)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def python(*words: str) -> list[str]:
    """A command of this very interpreter."""
    return [sys.executable, *words]


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"no server came up on port {port}: {log.read_text(encoding='utf-8', errors='replace')[-800:]}")


class Reader:
    """Asks one page after the other over one connection, as a browser does."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, address: str) -> Answer:
        """The answer, unpacked."""
        start = time.perf_counter()
        self._connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        answer = self._connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - start) * 1000
        packed = answer.headers.get("Content-Encoding") == "gzip"
        return Answer(
            status=answer.status,
            body=gzip.decompress(body) if packed else body,
            travelled=len(body),
            milliseconds=took,
        )

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What many readers at once saw."""

    first_bytes: tuple[float, ...]
    """Milliseconds until the first byte of each answer."""
    refused: int
    seconds: float


def crowd(port: int, addresses: Sequence[str], *, readers: int, pause: float, seconds: float, seed: int) -> Crowd:
    """Let so many readers open pages, each about every ``pause`` seconds (0: at once)."""
    return asyncio.run(_crowd(port, addresses, readers, pause, seconds, seed))


async def _crowd(port: int, addresses: Sequence[str], readers: int, pause: float, seconds: float, seed: int) -> Crowd:
    took: list[float] = []
    refused = 0
    start = time.perf_counter()

    async def one(source: random.Random) -> None:
        nonlocal refused
        incoming, outgoing = await asyncio.open_connection("127.0.0.1", port, limit=_LIMIT)
        await asyncio.sleep(source.uniform(0, pause))
        while time.perf_counter() - start < seconds:
            status, waited = await _first_byte(incoming, outgoing, source.choice(addresses))
            took.append(waited)
            refused += status != 200
            left = start + seconds - time.perf_counter()
            await asyncio.sleep(min(source.expovariate(1 / pause), max(left, 0)) if pause else 0)
        outgoing.close()

    await asyncio.gather(*(one(random.Random(seed + number)) for number in range(readers)))
    return Crowd(first_bytes=tuple(took), refused=refused, seconds=time.perf_counter() - start)


async def _first_byte(
    incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter, address: str
) -> tuple[int, float]:
    """(status, milliseconds until the first byte)."""
    request = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"
    start = time.perf_counter()
    outgoing.write(request.encode())
    head = await incoming.readexactly(1)
    waited = (time.perf_counter() - start) * 1000
    head += await incoming.readuntil(b"\r\n\r\n")
    lower = head.lower()
    if b"content-length:" in lower:
        await incoming.readexactly(int(lower.split(b"content-length:")[1].split(b"\r\n")[0]))
    else:
        await incoming.readuntil(b"\r\n0\r\n\r\n")
    return int(head.split(b" ", 2)[1]), waited


def _resident(process: int) -> float:
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return 0.0
    rows = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
    return int(rows["VmRSS"].split()[0]) / 1024 if "VmRSS" in rows else 0.0


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for each in listed for child in each.read_text(encoding="ascii").split()]
