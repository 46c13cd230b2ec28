"""Chats by Apprise, against a server on loopback: what each end means, and that nothing hangs or tells secrets."""

import json
import time
from collections.abc import Iterator

import pytest

from monitor.errors import ConfigError
from monitor.notify import Chats, chats, checked_target, redacted
from monitor.records.telling.messages import Channel, Notice, Outcome, Reply
from tests.misbehaving import MisbehavingServer

NOTICE = Notice(id="7", title="@everyone <!channel> Зустріч", text="They met.\nhttps://news.example/1")
LONGEST = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[MisbehavingServer]:
    with MisbehavingServer() as running:
        running.serve("/room", b"{}")
        yield running


def sent(server: MisbehavingServer, path: str, **more: float) -> Outcome:
    return Chats(**more).send(NOTICE, f"json://desk:s3cr3t@127.0.0.1:{server.port}{path}?key=s3cr3t")


def test_a_notice_arrives_whole_and_calls_nobody(server: MisbehavingServer) -> None:
    outcome = sent(server, "/room")
    assert outcome.reply is Reply.ACCEPTED
    (asked,) = [one for one in server.asked if one.path.startswith("/room")]
    told = json.loads(asked.body)
    assert told["message"] == NOTICE.text
    assert "Зустріч" in told["title"]
    assert "@everyone" not in told["title"]
    assert "<!" not in told["title"]
    assert "s3cr3t" not in outcome.detail


def test_a_service_that_does_not_know_us_refuses(server: MisbehavingServer, capfd: pytest.CaptureFixture[str]) -> None:
    outcome = sent(server, "/404")
    assert outcome.reply is Reply.REFUSED
    assert "answered 404" in outcome.detail
    assert capfd.readouterr() == ("", "")


def test_a_service_that_stumbles_is_asked_again(server: MisbehavingServer) -> None:
    outcome = sent(server, "/500")
    assert outcome.reply is Reply.POSTPONED
    assert "answered 500" in outcome.detail


def test_a_service_that_nobody_runs_is_asked_again() -> None:
    outcome = Chats().send(NOTICE, "json://127.0.0.1:9/s3cr3t")
    assert (outcome.reply, outcome.doubtful) == (Reply.POSTPONED, False)
    assert outcome.detail == "json://127.0.0.1:9/***: the service could not be reached. It will be tried again."


def test_a_service_that_drips_is_let_go_at_the_deadline(server: MisbehavingServer) -> None:
    started = time.monotonic()
    outcome = Chats(deadline=1.5).send(NOTICE, f"json://127.0.0.1:{server.port}/drip-headers")
    assert (outcome.reply, outcome.doubtful) == (Reply.POSTPONED, True)
    assert "not done within 1.5 s" in outcome.detail
    assert time.monotonic() - started < LONGEST


@pytest.mark.parametrize("url", ["", "desk", "nonsense://desk/s3cr3t", "tgram://s3cr3t", "json://", "json://a\r\nb/"])
def test_an_address_that_cannot_work_is_told_when_it_is_named_and_not_said_back(url: str) -> None:
    with pytest.raises(ConfigError) as raised:
        chats.checked(url)
    assert "s3cr3t" not in str(raised.value)


def test_an_address_that_works_is_kept_as_it_is_written() -> None:
    url = "ntfys://ntfy.example.org/desk"
    assert checked_target(apprise=f" {url} ") == (Channel.APPRISE, url)


def test_without_apprise_a_rule_is_told_and_a_message_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chats, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install"):
        chats.checked("ntfy://desk")
    outcome = Chats().send(NOTICE, "ntfy://s3cr3t")
    assert outcome.reply is Reply.POSTPONED
    assert "pip install" in outcome.detail
    assert "s3cr3t" not in outcome.detail


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#talks", "slack://***"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", "tgram://***"),
        ("ntfy://secret-topic", "ntfy://***"),
        ("mailto://desk:s3cr3t@mail.example", "mailto://***"),
        ("matrixs://desk:s3cr3t@matrix.example/#talks", "matrixs://matrix.example/***"),
        ("json://host.example", "json://host.example"),
        ("json://[broken/s3cr3t", "json://***"),
        ("s3cr3t", "***"),
        ("", "***"),
    ],
)
def test_lists_show_no_secret(url: str, shown: str) -> None:
    assert redacted(Channel.APPRISE, url) == shown


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ({}, Reply.POSTPONED),
        ({"end": "unknown"}, Reply.REFUSED),
        ({"end": "absent"}, Reply.POSTPONED),
        ({"end": "failed", "status": 429}, Reply.POSTPONED),
        ({"end": "failed", "status": 403}, Reply.REFUSED),
        ({"end": "failed", "status": None}, Reply.POSTPONED),
    ],
)
def test_each_end_has_its_meaning(answer: dict[str, object], reply: Reply) -> None:
    assert chats._outcome(answer, "slack://***").reply is reply
