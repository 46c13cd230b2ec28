"""A mail server on a plain socket that misbehaves as a test wants it, and counts what it is asked.

with OddServer({"DATA": b"421 going down\\r\\n", "RCPT": after(2, hang)}) as server:
    ...
    assert server.connections == 1
"""

import contextlib
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

HOST = "127.0.0.1"

Act = bytes | Callable[["Talk"], None]
"""What to say, or what to do."""


@dataclass(slots=True)
class Talk:
    """One connection to the odd server."""

    connection: socket.socket
    server: "OddServer"
    line: str = ""
    """The command that is being answered."""
    _unread: bytes = b""

    def say(self, data: bytes) -> None:
        self.connection.sendall(data)

    def hear(self) -> str:
        """The next line; empty at the end."""
        while b"\n" not in self._unread:
            if not (more := self.connection.recv(65536)):
                return ""
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode("latin-1") + "\n"

    def encrypt(self, context: ssl.SSLContext) -> None:
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self._unread = b""


_USUAL: Mapping[str, bytes] = {
    "CONNECT": b"220 odd.example ready\r\n",
    "EHLO": b"250-odd.example\r\n250 SIZE 1000000\r\n",
    "MAIL": b"250 sender ok\r\n",
    "RCPT": b"250 recipient ok\r\n",
    "DATA": b"354 go on\r\n",
    ".": b"250 taken\r\n",
    "RSET": b"250 forgotten\r\n",
    "NOOP": b"250 here\r\n",
    "QUIT": b"221 bye\r\n",
}


class OddServer:
    """A mail server as the test wants it; ``acts`` replaces what is said to a command (``.`` is the end of a mail)."""

    def __init__(self, acts: Mapping[str, Act] | None = None) -> None:
        self._acts: dict[str, Act] = {**_USUAL, **(acts or {})}
        self.connections = 0
        self.heard: Counter[str] = Counter()
        self.lines: list[str] = []
        self.stopping = threading.Event()
        self._listening = socket.create_server((HOST, 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopping.set()
        # A listening socket that is closed elsewhere does not wake who waits at it.
        with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), timeout=1):
            pass
        self._listening.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            connection, _ = self._listening.accept()
            if self.stopping.is_set():
                connection.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(Talk(connection, self),), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, talk: Talk) -> None:
        with contextlib.suppress(OSError, Closed):
            self._converse(talk)
        talk.connection.close()

    def _converse(self, talk: Talk) -> None:
        self._act(talk, "CONNECT")
        while line := talk.hear():
            talk.line = line.strip()
            self.lines.append(talk.line)
            verb = line.split()[0].upper() if line.split() else ""
            self._act(talk, verb)
            if verb == "QUIT":
                return
            if verb == "DATA" and self._acts["DATA"] == _USUAL["DATA"]:
                while talk.hear() not in {".\r\n", ""}:
                    pass
                self._act(talk, ".")

    def _act(self, talk: Talk, verb: str) -> None:
        self.heard[verb] += 1
        act = self._acts.get(verb, b"502 not known\r\n")
        if isinstance(act, bytes):
            talk.say(act)
        else:
            act(talk)


class Closed(Exception):  # noqa: N818
    """Raised by an act that hangs up."""


def hang(talk: Talk) -> None:
    """Say nothing until the test is over."""
    talk.server.stopping.wait(30)


def hang_up(talk: Talk) -> None:
    """Close without a word."""
    raise Closed


def drip(talk: Talk) -> None:
    """An answer without end, a byte at a time."""
    while not talk.server.stopping.wait(0.02):
        talk.say(b"2")


def drip_lines(talk: Talk) -> None:
    """An answer whose lines are in order and never the last."""
    while not talk.server.stopping.wait(0.02):
        talk.say(b"250-still here\r\n")


def flood(talk: Talk) -> None:
    """An answer that is as long as can be, as fast as can be."""
    while not talk.server.stopping.is_set():
        talk.say(b"250-" + b"x" * 1000 + b"\r\n")


def after(count: int, then: Act, before: bytes = b"250 ok\r\n") -> Callable[[Talk], None]:
    """``before`` for the first ``count`` commands, then ``then``."""
    left = [count]

    def act(talk: Talk) -> None:
        left[0] -= 1
        if left[0] >= 0:
            talk.say(before)
        elif isinstance(then, bytes):
            talk.say(then)
        else:
            then(talk)

    return act
