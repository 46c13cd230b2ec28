"""Specifications to pictures, in a process that can be killed and does not outlive its use."""

import atexit
import base64
import contextlib
import json
import math
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any, Self

from monitor.charts.theme import Spec
from monitor.errors import ChartError

DEADLINE = 30.0
"""Seconds for one batch, the start of the process included: it takes one."""
IDLE = 20.0
"""Seconds after which a process that has nothing to draw is let go."""
SCALE = 2.0


def png(specs: Mapping[str, Spec], *, dark: bool = False, deadline: float = DEADLINE) -> dict[str, bytes]:
    """``Painter.png`` with a process of its own."""
    with Painter(deadline=deadline) as painter:
        return painter.png(specs, dark=dark)


def svg(specs: Mapping[str, Spec], *, dark: bool = False, deadline: float = DEADLINE) -> dict[str, bytes]:
    """``Painter.svg`` with a process of its own."""
    with Painter(deadline=deadline) as painter:
        return painter.svg(specs, dark=dark)


class Painter:
    """Draws in one process that starts when needed and ends after ``idle`` seconds without work.

    A start costs a second, a picture a tenth: a morning's digests share one. Usable from any thread; one batch is drawn
    at a time. A context manager, or call ``close``.
    """

    def __init__(self, *, deadline: float = DEADLINE, idle: float = IDLE) -> None:
        self._deadline = deadline
        self._idle = idle
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._leaving: threading.Timer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        process = self._process
        return None if process is None else process.pid

    def png(self, specs: Mapping[str, Spec], *, dark: bool = False) -> dict[str, bytes]:
        """A picture of each specification, twice as fine as its size says; with ``dark`` a second, ``<name>-dark``.

        Raises ChartError.
        """
        return self._drawn("png", specs, dark=dark)

    def svg(self, specs: Mapping[str, Spec], *, dark: bool = False) -> dict[str, bytes]:
        """The same as SVG in UTF-8. Raises ChartError."""
        return self._drawn("svg", specs, dark=dark)

    def close(self) -> None:
        """End the process, also in the middle of a batch."""
        if (process := self._process) is not None:
            process.kill()
        with self._lock:
            self._stop()

    def _drawn(self, kind: str, specs: Mapping[str, Spec], *, dark: bool) -> dict[str, bytes]:
        if not specs:
            return {}
        request = json.dumps({"as": kind, "scale": SCALE, "dark": dark, "specs": dict(specs)}).encode() + b"\n"
        with self._lock:
            self._stay()
            answer = self._asked(request, ", ".join(specs))
            self._leave_later()
        if "error" in answer:
            raise ChartError(
                f"charts {', '.join(specs)}: vl-convert refused: {answer['error']}. Mail and page go without pictures."
            )
        return {name: base64.b64decode(picture) for name, picture in answer["pictures"].items()}

    def _asked(self, request: bytes, names: str) -> dict[str, Any]:
        process = self._running()
        late = threading.Event()
        timer = threading.Timer(self._deadline, _kill, (process, late))
        timer.daemon = True
        timer.start()
        try:
            line = _talk(process, request)
        finally:
            timer.cancel()
        if not line.endswith(b"\n"):
            self._stop()
            why = f"not drawn within {self._deadline:g} s" if late.is_set() else f"the process ended ({process.poll()})"
            raise ChartError(
                f"charts {names}: {why}. Mail and page go without pictures; "
                "`python -m monitor.charts.worker 30` shows more."
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        if self._process is None:
            self._process = _started(math.ceil(self._deadline) + 5)
            atexit.register(self.close)
        return self._process

    def _stay(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def _leave_later(self) -> None:
        self._leaving = threading.Timer(self._idle, self._leave)
        self._leaving.daemon = True
        self._leaving.start()

    def _leave(self) -> None:
        with self._lock:
            # A batch that came in meanwhile has set a later time.
            if threading.current_thread() is self._leaving:
                self._stop()

    def _stop(self) -> None:
        self._stay()
        process, self._process = self._process, None
        if process is None:
            return
        atexit.unregister(self.close)
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                # What was not yet written is of no use to a process that is gone.
                with contextlib.suppress(OSError, ValueError):
                    stream.close()


def _started(alarm: int) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 -- our own interpreter and module
            [sys.executable, "-m", "monitor.charts.worker", str(alarm)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    except OSError as error:
        raise ChartError(
            f"the process that draws charts did not start ({error}). It is tried again next time."
        ) from error


def _talk(process: "subprocess.Popen[bytes]", request: bytes) -> bytes:
    """The worker's line; empty or cut off when it is gone."""
    if process.stdin is None or process.stdout is None:
        return b""
    try:
        process.stdin.write(request)
        process.stdin.flush()
        return process.stdout.readline()
    except OSError:
        return b""


def _kill(process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    process.kill()
