"""Mail servers that hang, drip, refuse, lie and break off: each mail gets a clear end, in time, and none is lost."""

import socket

import pytest

from monitor.records.telling.messages import Outcome, Reply
from tests.mail_server import mail, mailer, outcomes, seconds_of
from tests.odd_mail_server import Act, OddServer, Talk, after, drip, drip_lines, flood, hang, hang_up

ACCEPTED, REFUSED, POSTPONED = Reply.ACCEPTED, Reply.REFUSED, Reply.POSTPONED
SHORT = 0.4
"""Seconds for a hand-over here."""
LONGEST = 5.0
"""Seconds in which even a busy machine notices that these are over."""


def replies(found: list[Outcome]) -> list[Reply]:
    assert all(outcome.detail and "\n" not in outcome.detail and len(outcome.detail) < 700 for outcome in found)
    return [outcome.reply for outcome in found]


@pytest.mark.parametrize(
    ("verb", "act"), [("CONNECT", hang), ("CONNECT", drip), ("EHLO", drip_lines), ("RCPT", drip), ("MAIL", hang)]
)
def test_a_server_that_takes_for_ever_is_let_go_at_the_deadline(verb: str, act: Act) -> None:
    found: list[Outcome] = []
    with OddServer({verb: act}) as server:
        spent = seconds_of(lambda: found.extend(outcomes(mailer(server.port, timeout=SHORT), mail(1))))
    assert replies(found) == [POSTPONED]
    assert "not done within smtp_timeout" in found[0].detail
    assert SHORT <= spent < LONGEST
    assert not found[0].doubtful


def test_a_server_that_reads_too_slowly_is_let_go_at_the_deadline() -> None:
    def read_nothing(talk: Talk) -> None:
        talk.say(b"354 go on\r\n")
        hang(talk)

    found: list[Outcome] = []
    with OddServer({"DATA": read_nothing, "EHLO": b"250 odd.example\r\n"}) as server:
        large = mail(1, text="x" * 12_000_000)
        spent = seconds_of(lambda: found.extend(outcomes(mailer(server.port, timeout=1.5), large)))
    assert replies(found) == [POSTPONED]
    assert spent < LONGEST + 1.5
    assert not found[0].doubtful


def test_after_two_mails_under_which_the_connection_broke_the_rest_waits() -> None:
    with OddServer({"RCPT": hang_up}) as server:
        assert replies(outcomes(mailer(server.port), *map(mail, range(9)))) == [POSTPONED] * 9
    assert server.connections == 2


def test_one_mail_that_breaks_the_connection_takes_no_other_with_it() -> None:
    def poison(talk: Talk) -> None:
        if "<2@" in talk.line:
            hang_up(talk)
        talk.say(b"250 ok\r\n")

    with OddServer({"RCPT": poison}) as server:
        assert replies(outcomes(mailer(server.port), *map(mail, range(5)))) == [
            ACCEPTED,
            ACCEPTED,
            POSTPONED,
            ACCEPTED,
            ACCEPTED,
        ]
    assert server.connections == 2


@pytest.mark.parametrize("act", [flood, b"hello\r\n", b"\x00\xff\r\n", b"2\r\n", b"999", b"250-" + b"x" * 20_000])
@pytest.mark.parametrize("verb", ["CONNECT", "MAIL"])
def test_what_is_no_reply_is_none(verb: str, act: Act) -> None:
    def say_and_hang(talk: Talk) -> None:
        if callable(act):
            act(talk)
        else:
            talk.say(act)
        hang_up(talk)

    with OddServer({verb: say_and_hang}) as server:
        assert replies(outcomes(mailer(server.port), mail(1))) == [POSTPONED]


def test_words_that_are_not_utf8_are_read_as_well_as_can_be() -> None:
    with OddServer({"RCPT": b"550-\xcf\xee\xf7\xf2\xe0\r\n550 \x1b[31m\xffno such user\r\n"}) as server:
        (outcome,) = outcomes(mailer(server.port), mail())
    assert outcome.reply is REFUSED
    assert outcome.detail.endswith("no such user")
    assert outcome.detail.isprintable()


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
def test_a_server_that_goes_down_in_the_middle_is_left_alone(verb: str) -> None:
    with OddServer({verb: b"421 4.3.2 going down\r\n"}) as server:
        found = outcomes(mailer(server.port), *map(mail, range(6)))
    assert replies(found) == [POSTPONED] * 6
    assert {outcome.detail.partition("answered ")[2] for outcome in found} == {"421 4.3.2 going down"}
    assert server.connections == 1
    assert not any(outcome.doubtful for outcome in found)


def test_a_server_that_closes_after_some_mails_is_called_again() -> None:
    def two_each(talk: Talk) -> None:
        if server.heard["MAIL"] % 3 == 0:
            talk.say(b"421 too many messages in this connection\r\n")
            hang_up(talk)
        talk.say(b"250 ok\r\n")

    with OddServer({"MAIL": two_each}) as server:
        assert replies(outcomes(mailer(server.port), *map(mail, range(6)))) == [ACCEPTED] * 6
    assert server.connections == 3


@pytest.mark.parametrize("act", [hang_up, b"421 idle\r\n", b"500 what\r\n"])
def test_a_connection_that_does_not_forget_the_last_mail_is_made_anew(act: Act) -> None:
    with OddServer({"RSET": act, "RCPT": after(1, b"250 ok\r\n", b"550 no\r\n")}) as server:
        assert replies(outcomes(mailer(server.port), *map(mail, range(3)))) == [REFUSED, ACCEPTED, ACCEPTED]
    assert server.connections == 2


def test_a_connection_that_was_closed_between_mails_is_made_anew() -> None:
    def take_and_go(talk: Talk) -> None:
        talk.say(b"250 taken\r\n")
        hang_up(talk)

    with OddServer({".": take_and_go}) as server:
        assert replies(outcomes(mailer(server.port), *map(mail, range(3)))) == [ACCEPTED] * 3
    assert server.connections == 3


def test_a_server_that_is_gone_at_the_second_call_is_not_called_a_third_time() -> None:
    with OddServer({"MAIL": after(1, b"421 bye\r\n"), "CONNECT": after(1, b"421 no\r\n", b"220 hello\r\n")}) as server:
        assert replies(outcomes(mailer(server.port), *map(mail, range(6)))) == [ACCEPTED] + [POSTPONED] * 5
    assert server.connections == 2


@pytest.mark.parametrize(
    "act", [hang_up, hang, b"what\r\n", b"354 more\r\n"], ids=["closes", "hangs", "raves", "goes on"]
)
def test_no_answer_to_the_whole_mail_is_doubt(act: Act) -> None:
    with OddServer({".": act}) as server:
        (outcome,) = outcomes(mailer(server.port, timeout=SHORT), mail())
    assert (outcome.reply, outcome.doubtful) == (POSTPONED, True)
    assert "may have arrived" in outcome.detail


def test_a_connection_lost_in_the_middle_of_a_mail_is_no_doubt() -> None:
    def reset(talk: Talk) -> None:
        talk.say(b"354 go on\r\n")
        talk.connection.recv(1000)
        talk.connection.shutdown(socket.SHUT_RDWR)
        hang_up(talk)

    with OddServer({"DATA": reset, "EHLO": b"250 odd.example\r\n"}) as server:
        (outcome,) = outcomes(mailer(server.port), mail(text="x" * 12_000_000))
    assert (outcome.reply, outcome.doubtful) == (POSTPONED, False)


@pytest.mark.parametrize(
    ("verb", "said", "reply"),
    [
        ("MAIL", b"550 5.7.1 sender not yours\r\n", POSTPONED),
        ("MAIL", b"552 5.3.4 too large\r\n", REFUSED),
        ("MAIL", b"451 4.7.1 greylisted\r\n", POSTPONED),
        ("RCPT", b"554 5.7.1 Relay access denied\r\n", POSTPONED),
        ("RCPT", b"550-5.1.1 no\r\n550 such user\r\n", REFUSED),
        ("RCPT", b"450 4.2.1 busy\r\n", POSTPONED),
        ("RCPT", b"530 5.7.0 log in first\r\n", POSTPONED),
        ("RCPT", b"503 5.5.1 out of order\r\n", POSTPONED),
        ("DATA", b"554 5.5.1 no valid recipients\r\n", REFUSED),
        (".", b"554 5.7.1 looks like spam\r\n", REFUSED),
        (".", b"452 4.3.1 disk full\r\n", POSTPONED),
    ],
)
def test_what_a_refusal_means_depends_on_what_is_refused(verb: str, said: bytes, reply: Reply) -> None:
    with OddServer({verb: after(1, b"250 ok\r\n" if verb != "DATA" else b"354 go on\r\n", said)}) as server:
        found = outcomes(mailer(server.port), mail(1))
    assert replies(found) == [reply]
    assert said[:3].decode() in found[0].detail
    assert not found[0].doubtful
