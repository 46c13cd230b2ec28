"""A pool of processes, each asked by one thread at a time, each question within a deadline."""

import contextlib
import os
import select
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from queue import LifoQueue
from typing import IO

from monitor.errors import TransientError
from monitor.processes import frames

MEMORY_BYTES = 1 << 30
_START_SECONDS = 60.0
_READ_BYTES = 1 << 20
# A fresh process now and then keeps slow leaks of the libraries from growing.
_QUESTIONS_PER_PROCESS = 5_000


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer: the process hung and was killed, or it crashed."""

    late: bool
    status: int | None
    """Exit status of a process that crashed."""


class ProcessPool:
    """``workers`` processes that run ``module`` (``python -m``), started when first needed. Usable from any thread."""

    def __init__(self, module: str, *, workers: int, deadline: float, memory_bytes: int = MEMORY_BYTES) -> None:
        self.deadline = deadline
        self.workers = workers
        self._all = [_Worker(module, memory_bytes) for _ in range(workers)]
        self._free: LifoQueue[_Worker] = LifoQueue()
        self.closed = False
        for worker in self._all:
            self._free.put(worker)

    def ask(self, head: frames.Head, body: bytes) -> frames.Head | Lost:
        """The answer, or how it was lost; waits while all processes are busy.

        Raises TransientError when the pool is closed.
        """
        worker = self._free.get()
        try:
            if self.closed:
                raise _closed()
            answer = worker.ask(frames.packed(head | {"deadline": self.deadline}, body), self.deadline)
            # Closing kills the processes: what such a death says about the document is not its fault.
            if isinstance(answer, Lost) and self.closed:
                raise _closed()
            return answer
        finally:
            self._free.put(worker)

    def close(self) -> None:
        """End the processes, also in the middle of a document."""
        self.closed = True
        for worker in self._all:
            worker.stop()


def _closed() -> TransientError:
    return TransientError("the pool of processes is closed. The job will be run again.")


class _Worker:
    """One process and the talk with it; used by one thread at a time, except ``stop``."""

    def __init__(self, module: str, memory_bytes: int) -> None:
        self._module = module
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._questions = 0

    def ask(self, frame: bytes, deadline: float) -> frames.Head | Lost:
        process = self._running()
        talk = _Talk(process, deadline)
        answer = talk.ask(frame)
        if answer is None:
            self.stop()
            return Lost(talk.is_late, process.poll())
        self._questions += 1
        return answer

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
        process = self._process
        if process is not None and (process.poll() is not None or self._questions >= _QUESTIONS_PER_PROCESS):
            self.stop()
        if self._process is None:
            self._process = _started(self._module, self._memory_bytes)
            self._questions = 0
        return self._process


def _started(module: str, memory_bytes: int) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module
        [sys.executable, "-m", module, str(memory_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    late = threading.Event()
    timer = threading.Timer(_START_SECONDS, _kill, (process, late))
    timer.daemon = True
    timer.start()
    try:
        ready = frames.read(process.stdout) if process.stdout else None
    finally:
        timer.cancel()
    if ready is None:
        process.kill()
        raise TransientError(
            f"the process {module} did not start (exit status {process.wait()}). "
            f"`python -m {module} {memory_bytes}` shows why."
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

    def ask(self, frame: bytes) -> frames.Head | None:
        """The worker's answer, or None when it is gone or late."""
        if self._process.stdin is None or self._process.stdout is None:
            return None
        try:
            self._send(self._process.stdin.fileno(), memoryview(frame))
            source = self._process.stdout.fileno()
            head_length, body_length = frames.LENGTHS.unpack(self._received(source, frames.LENGTHS.size))
            return frames.loads(self._received(source, head_length + body_length)[:head_length])
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
