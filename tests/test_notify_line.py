"""One connection: encrypted or not at all, no password said back, no exception of a library let out."""

import smtplib
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import DeliveryError
from monitor.notify import line
from monitor.notify.line import Line, Server
from monitor.notify.timing import Deadline, resolved
from monitor.records.telling.messages import Outcome, Reply
from tests import mail_server
from tests.mail_server import mail, mailer, outcomes, seconds_of
from tests.odd_mail_server import HOST, Act, OddServer, Talk, after, hang

ACCEPTED, POSTPONED = Reply.ACCEPTED, Reply.POSTPONED
LONGEST = 5.0
"""Seconds in which even a busy machine notices that a deadline of less than one is over."""


def test_without_starttls_nothing_is_said(tmp_path: Path) -> None:
    with OddServer() as server:
        found = outcomes(mailer(server.port, security="starttls", user="desk", password="secret"), mail(1), mail(2))
    assert [outcome.reply for outcome in found] == [POSTPONED] * 2
    assert "offers no STARTTLS" in found[0].detail
    assert server.connections == 1
    assert not server.heard.keys() & {"MAIL", "AUTH", "STARTTLS"}


def test_a_starttls_that_is_refused_gets_nothing() -> None:
    offers = {"EHLO": b"250-odd\r\n250 STARTTLS\r\n", "STARTTLS": b"454 not now\r\n"}
    with OddServer(offers) as server:
        (outcome,) = outcomes(mailer(server.port, security="starttls"), mail())
    assert outcome.reply is POSTPONED
    assert server.heard["MAIL"] == 0


def test_what_is_slipped_in_before_the_encryption_counts_for_nothing(tmp_path: Path) -> None:
    file = mail_server.certificate(tmp_path)
    context = mail_server.serving(file)

    def slip_in(talk: Talk) -> None:
        talk.say(b"220 go\r\n250-odd\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 slipped in\r\n")
        talk.encrypt(context)

    acts: dict[str, Act] = {"EHLO": after(1, b"250 odd\r\n", b"250-odd\r\n250 STARTTLS\r\n"), "STARTTLS": slip_in}
    with OddServer(acts) as server:
        safe = mailer(server.port, security="starttls", context=mail_server.trusting(file))
        (outcome,) = outcomes(safe, mail())
    assert (outcome.reply, outcome.detail) == (ACCEPTED, "250 taken")
    assert server.heard["EHLO"] == 2


def test_a_server_that_hangs_in_the_handshake_is_let_go_at_the_deadline() -> None:
    found: list[Outcome] = []
    with OddServer({"CONNECT": hang}) as server:
        spent = seconds_of(lambda: found.extend(outcomes(mailer(server.port, security="tls", timeout=0.4), mail())))
    assert [outcome.reply for outcome in found] == [POSTPONED]
    assert spent < LONGEST


def test_tls_at_a_port_without_it_says_which_port_goes_with_what() -> None:
    with OddServer() as server:
        (outcome,) = outcomes(mailer(server.port, security="tls"), mail())
    assert outcome.reply is POSTPONED
    assert "starttls goes with 587, tls with 465" in outcome.detail


def test_a_port_where_nobody_listens_is_tried_once() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    found = outcomes(mailer(port), *map(mail, range(5)))
    assert [outcome.reply for outcome in found] == [POSTPONED] * 5
    assert "connection refused. Check smtp_host and smtp_port" in found[0].detail


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 300, "a..b", ".example"])
def test_a_name_that_leads_nowhere_is_told(host: str) -> None:
    (outcome,) = outcomes(mailer(25, host=host, timeout=5.0), mail())
    assert outcome.reply is POSTPONED
    assert "smtp_host" in outcome.detail


def test_a_resolver_that_hangs_is_left_behind() -> None:
    over = threading.Event()

    def hanging(host: str, port: int) -> list[Any]:
        over.wait(30)
        return []

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        resolved("mail.example", 25, Deadline(0.2), hanging)
    over.set()
    assert time.monotonic() - started < LONGEST


@pytest.mark.parametrize("methods", [b"AUTH PLAIN LOGIN", b"AUTH LOGIN", b"AUTH=LOGIN PLAIN"])
def test_a_password_that_the_server_says_back_is_starred_out(methods: bytes) -> None:
    def echo(talk: Talk) -> None:
        talk.say(b"535 5.7.8 not " + talk.line.encode() + b" nor hunter22\r\n")

    ask = after(1, echo, b"334 VXNlcm5hbWU6\r\n") if methods == b"AUTH LOGIN" else echo
    # The second line of LOGIN is the password, which the server takes for a command.
    acts: dict[str, Act] = {"EHLO": b"250-odd\r\n250 " + methods + b"\r\n", "AUTH": ask, "AHVUDGVYMJI=": echo}
    with OddServer(acts) as server:
        found = outcomes(mailer(server.port, user="desk", password="hunter22"), mail(1), mail(2))
    assert [outcome.reply for outcome in found] == [POSTPONED] * 2
    assert "5.7.8" in found[0].detail
    assert not [secret for secret in ("hunter22", "aHVudGVyMjI=", "AGRlc2sAaHVudGVyMjI=") if secret in found[0].detail]
    assert server.heard["MAIL"] == 0
    assert server.connections == 1


def test_a_server_without_a_login_is_told_from_one_that_refuses_it() -> None:
    with OddServer({"EHLO": b"250-odd\r\n250 AUTH CRAM-MD5 XOAUTH2\r\n"}) as server:
        (outcome,) = outcomes(mailer(server.port, user="desk", password="x"), mail())
    assert outcome.reply is POSTPONED
    assert "it offers CRAM-MD5 XOAUTH2" in outcome.detail


def test_an_old_server_that_knows_no_ehlo_gets_its_mails() -> None:
    with OddServer({"EHLO": b"502 what\r\n", "HELO": b"250 odd.example\r\n"}) as server:
        (outcome,) = outcomes(mailer(server.port), mail())
    assert outcome.reply is ACCEPTED


def _foreign() -> list[Exception]:
    made: dict[str, tuple[Any, ...]] = {
        "SMTPResponseException": (450, b"no\xff"),
        "SMTPSenderRefused": (550, b"no", "a@b.example"),
        "SMTPRecipientsRefused": ({"a@b.example": (550, b"no")},),
    }
    known = [kind for kind in vars(smtplib).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    own = [kind for kind in known if issubclass(kind, smtplib.SMTPException)]
    assert len(own) >= 10
    responses = made["SMTPResponseException"]
    found: list[Exception] = []
    for kind in own:
        is_answer = issubclass(kind, smtplib.SMTPResponseException)
        found.append(kind(*made.get(kind.__name__, responses if is_answer else ("why",))))
    return [
        *found,
        TimeoutError(),
        ConnectionResetError(104, "x"),
        socket.gaierror(-2, "unknown name"),
        ssl.SSLError(1, "[SSL] wrong"),
        ssl.SSLCertVerificationError("x"),
        ssl.SSLEOFError(8, "eof"),
        UnicodeError("label too long"),
        OSError("odd"),
    ]


@pytest.mark.parametrize("error", _foreign(), ids=lambda error: type(error).__name__)
def test_no_exception_of_the_libraries_gets_past_the_door(error: Exception) -> None:
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_message = "self-signed"
    door = Line(Server(host="mail.example", port=25, security="none"), Deadline(1)).door()
    with pytest.raises(DeliveryError, match=r"^mail\.example:25: \S+") as raised, door:
        raise error
    assert str(raised.value).isprintable()
    assert raised.value.__cause__ is error


def test_what_is_a_fault_of_ours_gets_out() -> None:
    with pytest.raises(ZeroDivisionError), line.Line(Server(host=HOST, port=25, security="none"), Deadline(1)).door():
        raise ZeroDivisionError
