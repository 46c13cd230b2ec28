"""Parsing in processes that can be killed: a parser that hangs or crashes costs one document, not the program."""

import contextlib
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Collection
from datetime import datetime
from queue import LifoQueue
from typing import IO, Self

from monitor.errors import ParseError, TransientError
from monitor.records.feeds import Document, ParsedFeed
from monitor.sources import wire

MEMORY_BYTES = 1 << 30
_START_SECONDS = 60.0
_READ_BYTES = 1 << 20
# A fresh process now and then keeps slow leaks of the libraries from growing.
_PARSES_PER_PROCESS = 5_000


class ParserPool:
    """Parses documents in ``workers`` processes, each document within ``deadline`` seconds.

    Usable from any thread; a call waits while all workers are busy. Processes start when first needed. A context
    manager, or call ``close``.
    """

    def __init__(self, workers: int = 1, deadline: float = 10.0, *, memory_bytes: int = MEMORY_BYTES) -> None:
        self._deadline = deadline
        self._workers = [_Worker(memory_bytes) for _ in range(workers)]
        self._free: LifoQueue[_Worker] = LifoQueue()
        self._closed = False
        for worker in self._workers:
            self._free.put(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def parse(self, document: Document, *, now: datetime, known: Collection[str] = ()) -> ParsedFeed | ParseError:
        """The feed, or a ParseError as a value: no feed, too slow, too hungry, or the parser crashed.

        Entries whose hash is in ``known`` are left out of ``entries``, not out of ``hashes``.

        Raises TransientError when the pool is closed.
        """
        worker = self._free.get()
        try:
            parsed = None if self._closed else worker.parse(document, now, known, self._deadline)
            # Closing kills the processes: what such a death says about the document is not its fault.
            if parsed is None or (self._closed and isinstance(parsed, ParseError)):
                raise TransientError(f"{document.url}: the parser pool is closed. The job will be run again.")
            return parsed
        finally:
            self._free.put(worker)

    def close(self) -> None:
        """End the processes, also in the middle of a document."""
        self._closed = True
        for worker in self._workers:
            worker.stop()


class _Worker:
    """One process and the talk with it; used by one thread at a time, except ``stop``."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._parses = 0

    def parse(
        self, document: Document, now: datetime, known: Collection[str], deadline: float
    ) -> ParsedFeed | ParseError:
        process = self._running()
        talk = _Talk(process, deadline)
        head = talk.ask(wire.packed(wire.from_request(document, now, known, deadline), document.body))
        if head is None:
            self.stop()
            return _lost(document, process, talk.is_late, deadline)
        self._parses += 1
        return ParseError(head["error"]) if "error" in head else wire.feed(head)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                _close(stream)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and (self._process.poll() is not None or self._parses >= _PARSES_PER_PROCESS):
            self.stop()
        if self._process is None:
            self._process = _started(self._memory_bytes)
            self._parses = 0
        return self._process


def _started(memory_bytes: int) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module
        [sys.executable, "-m", "monitor.sources.worker", str(memory_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    late = threading.Event()
    timer = threading.Timer(_START_SECONDS, _kill, (process, late))
    timer.daemon = True
    timer.start()
    try:
        ready = wire.read(process.stdout) if process.stdout else None
    finally:
        timer.cancel()
    if ready is None:
        process.kill()
        raise TransientError(
            f"the parser process did not start (exit status {process.wait()}). "
            "`python -m monitor.sources.worker 1073741824` shows why."
        )
    if process.stdin is not None:
        # A worker that hangs may leave its pipe full; writing must not wait for it beyond the deadline.
        os.set_blocking(process.stdin.fileno(), False)
    return process


class _GoneError(Exception):
    """The worker is gone or late."""


class _Talk:
    """One question and its answer, both within the deadline; a thread that waits costs no timer of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]", deadline: float) -> None:
        self._process = process
        self._end = time.monotonic() + deadline
        self.is_late = False

    def ask(self, frame: bytes) -> wire.Head | None:
        """The worker's answer, or None when it is gone or late."""
        if self._process.stdin is None or self._process.stdout is None:
            return None
        try:
            self._send(self._process.stdin.fileno(), memoryview(frame))
            source = self._process.stdout.fileno()
            head_length, body_length = wire.LENGTHS.unpack(self._received(source, wire.LENGTHS.size))
            return wire.loads(self._received(source, head_length + body_length)[:head_length])
        except (_GoneError, OSError, ValueError):
            return None

    def _send(self, target: int, rest: memoryview) -> None:
        while rest:
            self._wait(target, select.POLLOUT)
            with contextlib.suppress(BlockingIOError):
                rest = rest[os.write(target, rest) :]

    def _received(self, source: int, length: int) -> bytes:
        parts: list[bytes] = []
        while length:
            self._wait(source, select.POLLIN)
            part = os.read(source, min(length, _READ_BYTES))
            if not part:
                raise _GoneError
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _wait(self, stream: int, event: int) -> None:
        poll = select.poll()
        poll.register(stream, event)
        left = self._end - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            self.is_late = True
            raise _GoneError


def _kill(process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    process.kill()


def _close(stream: IO[bytes]) -> None:
    # What was not yet written is of no use to a process that is gone.
    with contextlib.suppress(OSError, ValueError):
        stream.close()


def _lost(
    document: Document, process: "subprocess.Popen[bytes]", late: bool, deadline: float
) -> ParsedFeed | ParseError:
    url = document.final_url or document.url
    if late:
        return ParseError(
            f"{url}: not parsed within {deadline:g} s, the parser was stopped. It is tried again when it changes."
        )
    return ParseError(
        f"{url}: the parser crashed on it (exit status {process.poll()}). It is tried again when it changes."
    )
