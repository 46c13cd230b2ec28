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

import structlog

from monitor.errors import TransientError
from monitor.processes import frames

log = structlog.get_logger()
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
        self.killed = 0
        """Processes that hung and were killed, or crashed, since the start; the next question starts another."""
        self._module = module
        self._counting = threading.Lock()
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
            answer = self._asked(worker, frames.packed(head | {"deadline": self.deadline}, body))
            # Closing kills the processes: what such a death says about the document is not its fault.
            if isinstance(answer, Lost) and self.closed:
                raise _closed()
            if isinstance(answer, Lost):
                late = f"not done within {self.deadline:g} s"
                self._note(late if answer.late else f"exit status {answer.status}")
            return answer
        finally:
            self._free.put(worker)

    def _asked(self, worker: "_Worker", frame: bytes) -> frames.Head | Lost:
        try:
            return worker.ask(frame, self.deadline)
        except TransientError as error:
            if self.closed:
                raise _closed() from error
            self._note("did not start")
            raise

    def _note(self, why: str) -> None:
        with self._counting:
            self.killed += 1
            killed = self.killed
        log.warning("process_replaced", process=self._module, why=why, times=killed)

    def close(self) -> None:
        """End the processes, also in the middle of a document."""
        self.closed = True
        for worker in self._all:
            worker.close()


def _closed() -> TransientError:
    return TransientError("the pool of processes is closed. The job will be run again.")


class _Worker:
    """One process and the talk with it; used by one thread at a time, except ``stop``."""

    def __init__(self, module: str, memory_bytes: int) -> None:
        self._module = module
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._questions = 0
        self._closed = False

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

    def close(self) -> None:
        """Stop it, and start no other."""
        self._closed = True
        self.stop()

    def _running(self) -> "subprocess.Popen[bytes]":
        process = self._process
        if process is not None and (process.poll() is not None or self._questions >= _QUESTIONS_PER_PROCESS):
            self.stop()
            process = None
        if process is None:
            # Known before it is ready, so that closing ends it too.
            process = self._process = _begun(self._module, self._memory_bytes)
            if self._closed:
                self.stop()
                raise _closed()
            _await(process, self._module, self._memory_bytes)
            self._questions = 0
        return process


def _begun(module: str, memory_bytes: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 -- our own interpreter and module
        [sys.executable, "-m", module, str(memory_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _await(process: "subprocess.Popen[bytes]", module: str, memory_bytes: int) -> None:
    """Wait until it is ready. Raises TransientError when it does not get so far."""
    late = threading.Event()
    timer = threading.Timer(_START_SECONDS, _kill, (process, late))
    timer.daemon = True
    timer.start()
    try:
        ready = frames.read(process.stdout) if process.stdout else None
    except ValueError:
        # Closed by another thread meanwhile.
        ready = None
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
        with contextlib.suppress(ValueError):
            os.set_blocking(process.stdin.fileno(), False)


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
