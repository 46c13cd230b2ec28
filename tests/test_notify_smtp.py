"""Mails to a mail server that keeps to the rules: one connection, TLS and login as set, each mail its own end."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.notify import Mailer, envelope
from monitor.notify.timing import Pace
from monitor.records.telling.messages import Mail, Reply
from tests import mail_server
from tests.mail_server import HOST, SENDER, mail, mailer, outcomes, real_server
from tests.odd_mail_server import OddServer

ACCEPTED, REFUSED, POSTPONED = Reply.ACCEPTED, Reply.REFUSED, Reply.POSTPONED

# The test's server does not count TLS from the start as TLS.
INSIDE = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two certificates; servers have the first."""
    folder = tmp_path_factory.mktemp("certificates")
    return mail_server.certificate(folder, "good"), mail_server.certificate(folder, "other")


def test_mails_arrive_as_they_were_made_over_one_connection() -> None:
    mails = [mail(number, html="<p>Met</p>", text=".\n..\nЗустріч\n.") for number in range(1, 6)]
    with real_server() as server:
        assert [outcome.reply for outcome in outcomes(mailer(server.port), *mails)] == [ACCEPTED] * 5
    assert [letter.data for letter in server.letters] == [envelope.letter(one, sender=SENDER).data for one in mails]
    assert [letter.recipients for letter in server.letters] == [[one.to] for one in mails]
    assert {letter.sender for letter in server.letters} == {"monitor@monitor.example"}
    assert {letter.connection for letter in server.letters} == {0}


def test_one_recipient_that_is_refused_touches_no_other() -> None:
    with real_server() as server:
        server.refusals = {"2@reader.example": "550 5.1.1 no such user", "3@reader.example": "452 4.2.2 mailbox full"}
        found = outcomes(mailer(server.port), *map(mail, range(1, 5)))
    assert [outcome.reply for outcome in found] == [ACCEPTED, REFUSED, POSTPONED, ACCEPTED]
    assert found[1].detail.endswith("answered 550 5.1.1 no such user")
    assert found[2].detail.endswith("answered 452 4.2.2 mailbox full")
    assert {letter.connection for letter in server.letters} == {0}


def test_a_mail_is_taken_only_after_the_last_one_has_its_end() -> None:
    order: list[str] = []

    def waiting() -> Iterator[Mail]:
        for number in (1, 2, 3):
            order.append(f"begun {number}")
            yield mail(number)

    with real_server() as server:
        for one, _ in mailer(server.port).send(waiting()):
            order.append(f"done {one.to[0]}")
    assert order == ["begun 1", "done 1", "begun 2", "done 2", "begun 3", "done 3"]


def test_who_stops_listening_closes_the_connection() -> None:
    with OddServer() as server:
        sending = mailer(server.port).send(map(mail, range(1, 9)))
        next(sending)
        sending.close()  # type: ignore[attr-defined]
    assert server.heard["."] == 1
    assert server.heard["QUIT"] == 1


@INSIDE
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_login_goes_over_a_safe_connection(files: tuple[Path, Path], security: str) -> None:
    context = mail_server.serving(files[0])
    given = {"starttls": context} if security == "starttls" else {"tls": context}
    safe = {"security": security, "context": mail_server.trusting(files[0]), "user": "de–sk"}
    with real_server(**given, auth_required=True, auth_require_tls=security == "starttls") as server:
        assert [one.reply for one in outcomes(mailer(server.port, password="right", **safe), mail(1), mail(2))] == [
            ACCEPTED,
            ACCEPTED,
        ]
        found = outcomes(mailer(server.port, password="wrong-one", **safe), mail(3), mail(4))
    assert [outcome.reply for outcome in found] == [POSTPONED] * 2
    assert "refuses the login of de–sk" in found[0].detail
    assert "smtp_password" in found[0].detail
    assert "wrong-one" not in found[0].detail
    assert server.logins == [("de–sk".encode(), b"right"), ("de–sk".encode(), b"wrong-one")]
    assert len(server.letters) == 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_gets_nothing(files: tuple[Path, Path], security: str) -> None:
    context = mail_server.serving(files[0])
    given = {"starttls": context} if security == "starttls" else {"tls": context}
    safe = {"security": security, "context": mail_server.trusting(files[1]), "user": "desk", "password": "right"}
    with real_server(**given) as server:
        found = outcomes(mailer(server.port, **safe), mail(1), mail(2))
    assert [outcome.reply for outcome in found] == [POSTPONED] * 2
    assert "its certificate is not valid" in found[0].detail
    assert not server.letters
    assert not server.logins


def test_a_certificate_of_another_server_gets_nothing(tmp_path: Path) -> None:
    file = mail_server.certificate(tmp_path, ip="192.0.2.1")
    safe = {"security": "tls", "context": mail_server.trusting(file)}
    with real_server(tls=mail_server.serving(file)) as server:
        (outcome,) = outcomes(mailer(server.port, **safe), mail())
    assert (outcome.reply, server.letters) == (POSTPONED, [])
    assert "its certificate is not valid (IP address mismatch" in outcome.detail


@INSIDE
def test_a_server_that_wants_a_login_makes_mails_wait_not_fail() -> None:
    with real_server(auth_required=True, auth_require_tls=False) as server:
        (outcome,) = outcomes(mailer(server.port), mail())
    assert outcome.reply is POSTPONED
    assert "smtp_user" in outcome.detail


def test_an_address_beyond_ascii_goes_only_where_it_is_known() -> None:
    with real_server() as server:
        found = outcomes(mailer(server.port), mail(to="редакція@reader.example"), mail(to="desk@новини.укр"))
    assert [outcome.reply for outcome in found] == [ACCEPTED] * 2
    assert server.letters[0].recipients == ["редакція@reader.example"]
    assert "SMTPUTF8" in server.letters[0].options
    assert server.letters[1].recipients == ["desk@xn--b1amarcd.xn--j1amh"]
    assert "SMTPUTF8" not in server.letters[1].options
    with real_server(enable_SMTPUTF8=False) as server:
        found = outcomes(mailer(server.port), mail(to="редакція@reader.example"), mail())
    assert [outcome.reply for outcome in found] == [REFUSED, ACCEPTED]
    assert "SMTPUTF8" in found[0].detail


def test_a_mail_that_is_too_large_is_refused_before_it_is_sent() -> None:
    with real_server(data_size_limit=5000) as server:
        found = outcomes(mailer(server.port), mail(1, text="x" * 9000), mail(2))
    assert [outcome.reply for outcome in found] == [REFUSED, ACCEPTED]
    assert "takes 5000 at most" in found[0].detail


@pytest.mark.parametrize("to", ["a@b.example\r\nRCPT TO:<c@d.example>", "a@b.example, c@d.example", "nobody", ""])
def test_an_address_that_is_none_is_refused_without_a_word_to_the_server(to: str) -> None:
    with OddServer() as server:
        found = outcomes(mailer(server.port), replace(mail(1), to=to), mail(2))
    assert [outcome.reply for outcome in found] == [REFUSED, ACCEPTED]
    assert server.heard["MAIL"] == server.heard["RCPT"] == 1
    assert "\n" not in found[0].detail


def test_a_password_never_goes_over_an_open_network() -> None:
    with pytest.raises(ConfigError, match="smtp_security"):
        Mailer(host="mail.example", port=25, security="none", user="desk", password="x", sender=SENDER)
    Mailer(host=HOST, port=25, security="none", user="desk", password="x", sender=SENDER)


def test_a_sender_that_is_no_address_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match="no mail address"):
        mailer(25, sender="monitor")


def test_mails_leave_at_the_pace_that_is_set() -> None:
    now, slept = [100.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 6))
        now[0] += seconds

    pace = Pace(10, clock=lambda: now[0], sleep=sleep)
    for _ in range(3):
        pace.wait()
    now[0] += 5
    pace.wait()
    pace.wait()
    assert slept == [0.1, 0.1, 0.1]


def test_the_pace_holds_over_calls() -> None:
    with real_server() as server:
        slow = mailer(server.port, rate=10)
        spent = mail_server.seconds_of(lambda: [outcomes(slow, mail(number)) for number in range(1, 4)])
    assert spent >= 0.2
    assert len(server.letters) == 3
