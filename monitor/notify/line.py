"""One connection to a mail server, under one deadline: the only door to smtplib.

Every wait has what is left of the deadline, every reply a limit. What goes wrong on the network, in TLS or in the
protocol comes out as a DeliveryError that says what to do; what the server says is a value.
"""

import base64
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from monitor.errors import DeliveryError
from monitor.notify.timing import Deadline, resolved
from monitor.notify.trouble import explained
from monitor.text import shorten

_LONGEST_LINE = 8192
_MOST_REPLY = 64 * 1024
_CHUNK = 16 * 1024
_LONGEST_TEXT = 300
_FAREWELL = 2.0
"""Seconds for a goodbye."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Which mail server, and how it is spoken to."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A server's reply."""

    code: int
    text: str

    @property
    def kind(self) -> int:
        """2 yes, 3 go on, 4 not now, 5 no."""
        return self.code // 100

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


class Line(smtplib.SMTP):
    """A connection; ``opened`` makes one that is ready for mails."""

    def __init__(self, server: Server, deadline: Deadline) -> None:
        # Without a name of ours, the library would ask the name server for one, however long that takes.
        super().__init__(local_hostname="localhost")
        self._server = server
        self._deadline = deadline
        self._unread = bytearray()
        self.accepted = 0
        """Mails that the server has taken on this connection."""
        self.has_begun = False
        """Something of a mail has been taken, and not the whole."""
        self.is_leaving = False
        """The server has said that it closes the connection (421)."""
        self.is_doubtful = False
        """The whole mail was handed over, and nothing has been heard since."""

    @classmethod
    def opened(cls, server: Server, deadline: Deadline, context: ssl.SSLContext) -> "Line":
        """Connect, encrypt, log in. Raises DeliveryError."""
        line = cls(server, deadline)
        try:
            with line.door():
                line._dial(context)
                line._greet()
                if server.security == "starttls":
                    line._encrypt(context)
                if server.user:
                    line._log_in()
        except BaseException:
            line.close()
            raise
        return line

    @contextmanager
    def door(self) -> Iterator[None]:
        """Turns whatever the libraries raise into a DeliveryError."""
        try:
            yield
        except DeliveryError:
            raise
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise DeliveryError(f"{self._server}: {explained(error)}") from error

    def ask(self, command: str, arguments: str = "") -> Answer:
        """Send a command; the reply."""
        return self._answer(*self.docmd(command, arguments))

    def is_there(self) -> bool:
        """Whether it can carry another mail, when the last one was not taken to its end."""
        self.has_begun = False
        try:
            with self.door():
                return self.ask("RSET").kind == 2
        except DeliveryError:
            return False

    def content(self, data: bytes) -> Answer:
        """Send the mail itself, after DATA was granted; the reply."""
        # Lines end with CR LF in what we make; a dot that begins one is doubled (RFC 5321 4.5.2).
        stuffed = (b"\r\n" + data).replace(b"\r\n.", b"\r\n..")[2:]
        ending = b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"
        self.send(stuffed)
        self.is_doubtful = True
        self.send(ending)
        answer = self._answer(*self.getreply())
        self.is_doubtful = answer.kind not in {2, 4, 5}
        return answer

    def leave(self) -> None:
        """Say goodbye and close; a server that does not answer is not waited for long."""
        with suppress(smtplib.SMTPException, OSError):
            self._deadline.start(_FAREWELL)
            self.docmd("QUIT")
        self.close()

    def _dial(self, context: ssl.SSLContext) -> None:
        self.sock = self._connected()
        if self._server.security == "tls":
            self.sock = context.wrap_socket(self.sock, server_hostname=self._server.host)
        # Like most mail programs we have no name of our own to tell, so it is the address (RFC 5321 4.1.4).
        own = self.sock.getsockname()[0]
        self.local_hostname = f"[IPv6:{own}]" if ":" in own else f"[{own}]"

    def _connected(self) -> socket.socket:
        addresses = resolved(self._server.host, self._server.port, self._deadline)
        failure: OSError = OSError("the name has no address")
        for number, (family, address) in enumerate(addresses):
            connection = socket.socket(family, socket.SOCK_STREAM)
            try:
                # So that an address that does not answer leaves time for the others.
                connection.settimeout(self._deadline.left() / (len(addresses) - number))
                connection.connect(address)
                connection.settimeout(self._deadline.left())
            except OSError as error:
                connection.close()
                failure = error
            else:
                return connection
        raise failure

    def _greet(self) -> None:
        answer = self._answer(*self.getreply())
        if answer.code != 220:
            raise DeliveryError(f"{self._server} takes no mails now: {answer}. It will be tried again.")
        self.ehlo_or_helo_if_needed()

    def _encrypt(self, context: ssl.SSLContext) -> None:
        if not self.has_extn("starttls"):
            raise DeliveryError(
                f"{self._server} offers no STARTTLS, so nothing was sent. Set smtp_security to tls if the port is 465; "
                "if the provider promises STARTTLS here, somebody in between takes it out."
            )
        answer = self.ask("STARTTLS")
        if answer.code != 220:
            raise DeliveryError(f"{self._server} does not begin to encrypt, so nothing was sent: {answer}")
        assert self.sock is not None
        self.sock.settimeout(self._deadline.left())
        self.sock = context.wrap_socket(self.sock, server_hostname=self._server.host)
        # Nothing counts that was said before, least of all what somebody in between put behind it (RFC 3207 4.2).
        self._unread.clear()
        self.ehlo_resp = self.helo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False
        self.ehlo_or_helo_if_needed()

    def _log_in(self) -> None:
        user, password = self._server.user, self._server.password
        methods = self.esmtp_features.get("auth", "").upper().split()
        # The first that fits and no other: a wrong password tried twice can close an account.
        if "PLAIN" in methods:
            answer = self.ask("AUTH", "PLAIN " + _base64(f"\0{user}\0{password}"))
        elif "LOGIN" in methods:
            answer = self.ask("AUTH", "LOGIN " + _base64(user))
            if answer.kind == 3:
                answer = self.ask(_base64(password))
        else:
            raise DeliveryError(
                f"{self._server} takes no login by password here (it offers {' '.join(methods) or 'none'}). "
                "Empty smtp_user if it needs none, or ask the provider for another port."
            )
        if answer.kind != 2:
            raise DeliveryError(
                f"{self._server} refuses the login of {user}: {answer}. Check smtp_user and smtp_password; many "
                "providers want a password made for programs."
            )

    def send(self, s: Any) -> None:
        """Send text or bytes, as the library does, within the deadline."""
        data = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        for start in range(0, len(data), _CHUNK):
            self.sock.settimeout(self._deadline.left())
            self.sock.sendall(data[start : start + _CHUNK])

    def getreply(self) -> tuple[int, bytes]:
        """The next reply, in the library's form. Raises SMTPException and OSError."""
        lines, size = [], 0
        while True:
            line = self._read_line()
            size += len(line)
            if len(line) < 4 or not line[:3].isdigit():
                raise smtplib.SMTPException(f"{shorten(line.decode('utf-8', 'replace'), 80)!r} is no reply")
            if size > _MOST_REPLY:
                raise smtplib.SMTPException("its reply does not end")
            lines.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(lines)

    def _read_line(self) -> bytes:
        while (end := self._unread.find(b"\n") + 1) == 0:
            if len(self._unread) > _LONGEST_LINE:
                raise smtplib.SMTPException("a line of its reply does not end")
            if self.sock is None:
                raise smtplib.SMTPServerDisconnected("the connection is closed")
            self.sock.settimeout(self._deadline.left())
            if not (more := self.sock.recv(_LONGEST_LINE)):
                raise smtplib.SMTPServerDisconnected("the server closed the connection")
            self._unread += more
        line = bytes(self._unread[:end])
        del self._unread[:end]
        return line

    def _answer(self, code: int, text: bytes) -> Answer:
        self.is_leaving = code == 421
        return Answer(code=code, text=self._public(text))

    def _public(self, text: bytes) -> str:
        """What the server says, on one line and without our password, should it say that back."""
        user, password = self._server.user, self._server.password
        said = shorten(text.decode("utf-8", "replace"), _LONGEST_TEXT)
        if not password:
            return said
        for secret in (_base64(f"\0{user}\0{password}"), _base64(password), password):
            said = said.replace(secret, "***")
        return said


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
