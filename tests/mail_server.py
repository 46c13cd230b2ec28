"""Mail servers on loopback: a real one (aiosmtpd), and one that misbehaves on a plain socket as a test wants it.

with real_server() as server:
    list(Mailer(host=HOST, port=server.port, ...).send([mail]))
    assert server.letters[0].recipients == ["desk@reader.example"]

with OddServer({"DATA": b"421 going down\r\n"}) as server:
    ...
    assert server.connections == 1
"""

import contextlib
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from monitor.notify import Mailer
from monitor.records.telling.messages import Mail, Outcome

HOST = "127.0.0.1"
SENDER = "Talks monitor <monitor@monitor.example>"
DATE = datetime(2026, 11, 20, 6, 20, tzinfo=UTC)


def mail(number: int = 1, *, to: str = "", **more: Any) -> Mail:
    """A small mail; each number is another one."""
    return Mail(
        to=to or f"{number}@reader.example",
        message_id=f"<digest.{number}@monitor.example>",
        date=DATE,
        **{"subject": f"Leaders met, {number}", "text": "They met.\n.\nThat was all.\n"} | more,
    )


def mailer(port: int, **more: Any) -> Mailer:
    """A mailer for a server on loopback."""
    given: dict[str, Any] = {"security": "none", "sender": SENDER, "timeout": 5.0, "rate": 1e4, "host": HOST} | more
    return Mailer(port=port, **given)


def outcomes(mailer_: Mailer, *mails: Mail) -> list[Outcome]:
    """What came of each, in order."""
    return [outcome for _, outcome in mailer_.send(mails)]


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as the server got it."""

    sender: str
    recipients: list[str]
    options: list[str]
    data: bytes
    connection: int

    @property
    def message(self) -> EmailMessage:
        """Parsed."""
        parsed = message_from_bytes(self.data, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class Postbox:
    """What the real server got; ``refusals`` maps a recipient to what it says to them."""

    letters: list[Received] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    peers: list[object] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if session.peer not in self.peers:
            self.peers.append(session.peer)
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from is not None
        self.letters.append(
            Received(
                sender=envelope.mail_from,
                recipients=list(envelope.rcpt_tos),
                options=list(envelope.mail_options),
                data=envelope.content,
                connection=self.peers.index(session.peer),
            )
        )
        return "250 2.0.0 taken"

    def login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        """Takes the password ``right``."""
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password.decode() == "right", handled=False)


class _OnAnyPort(Controller):
    """Listens where there is room."""

    def _trigger_server(self) -> None:
        listening: Any = self.server
        self.port = listening.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def real_server(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, **more: Any
) -> Iterator[Postbox]:
    """A mail server that keeps to the rules, with TLS from the start, after STARTTLS, or without."""
    postbox = Postbox()
    if starttls is not None:
        more = {"tls_context": starttls, "require_starttls": True} | more
    server = _OnAnyPort(
        postbox, hostname=HOST, port=0, ssl_context=tls, authenticator=postbox.login, server_hostname="loopback", **more
    )
    server.start()
    postbox.port = server.port
    try:
        yield postbox
    finally:
        server.stop()


def certificate(folder: Path, name: str = "good", *, ip: str = HOST) -> Path:
    """Key and certificate for a server at ``ip``; the test is skipped where there is no openssl command."""
    file, key = folder / f"{name}.pem", folder / f"{name}.key"
    arguments = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-x509"]
    names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{ip}"]
    try:
        subprocess.run(
            ["openssl", "req", *arguments, *names, "-keyout", str(key), "-out", str(file)],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs the openssl command to make certificates")
    file.write_bytes(file.read_bytes() + key.read_bytes())
    return file


def serving(file: Path) -> ssl.SSLContext:
    """A server's TLS context with that certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(file)
    return made


def trusting(*files: Path) -> ssl.SSLContext:
    """A client's TLS context that believes these certificates only."""
    made = ssl.create_default_context()
    made.load_verify_locations(cadata="".join(file.read_text().partition("-----BEGIN PRIVATE")[0] for file in files))
    return made


def seconds_of(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def mode(path: Path) -> int:
    """The rights of a file."""
    return path.stat().st_mode & 0o777
