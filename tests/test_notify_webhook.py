"""Webhooks: a signed POST of JSON, and what each answer to it means. Sent by the real fetcher."""

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import ConfigError
from monitor.fetch import Fetcher, FetchLimits
from monitor.notify import Webhooks, checked_target, redacted, webhook
from monitor.records.feeds import FetchRequest
from monitor.records.telling.messages import Channel, Notice, Outcome, Reply
from tests.misbehaving import MisbehavingServer

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
NOW = datetime(2026, 11, 20, 6, 20, tzinfo=UTC)
NOTICE = Notice(id="alert.7@monitor.example", title="Зустріч", text="They met.", data={"id": "7", "title": "Зустріч"})
DEADLINE = 1.0
LONGEST = 6.0
DOCS = Path(__file__).resolve().parents[1] / "docs" / "mail.md"


@pytest.fixture(scope="module")
def server() -> Iterator[MisbehavingServer]:
    with MisbehavingServer() as running:
        running.serve("/taken", b"", status="202 Accepted")
        yield running


def limits(**more: Any) -> FetchLimits:
    given: dict[str, Any] = {"deadline": DEADLINE, "allow_private": ("127.0.0.1",)}
    return FetchLimits(**given | more)


def sent(url: str, *, secret: str = SECRET, notice: Notice = NOTICE, **more: Any) -> Outcome:
    with Fetcher(limits(**more)) as fetcher:
        return Webhooks(fetcher.get, secret=secret, clock=lambda: NOW).send(notice, url)


def test_what_is_posted_is_signed_over_id_time_and_body(server: MisbehavingServer) -> None:
    assert sent(server.url("/taken")).reply is Reply.ACCEPTED
    asked = server.last("/taken")
    assert json.loads(asked.body) == NOTICE.data
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["webhook-id"] == "alert_7@monitor_example"
    assert asked.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    covered = f"alert_7@monitor_example.{int(NOW.timestamp())}.".encode() + asked.body
    expected = base64.b64encode(hmac.new(b"k" * 32, covered, hashlib.sha256).digest()).decode()
    assert asked.headers["webhook-signature"] == f"v1,{expected}"


def test_the_receiver_in_the_docs_believes_us_and_nobody_else(server: MisbehavingServer) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), flags=re.DOTALL)
    room: dict[str, Any] = {}
    exec(snippet, room)
    is_ours = room["is_ours"]
    sent(server.url("/taken"))
    asked = server.last("/taken")
    soon = NOW.timestamp() + 10
    assert is_ours(SECRET, asked.headers, asked.body, soon)
    assert not is_ours(SECRET, asked.headers, asked.body + b" ", soon)
    assert not is_ours("whsec_" + base64.b64encode(b"o" * 32).decode(), asked.headers, asked.body, soon)
    assert not is_ours(SECRET, asked.headers | {"webhook-id": "other"}, asked.body, soon)
    assert not is_ours(SECRET, asked.headers, asked.body, soon + 3600)
    assert not is_ours(SECRET, {}, asked.body, soon)


def test_without_a_secret_nothing_is_signed(server: MisbehavingServer) -> None:
    sent(server.url("/taken"), secret="")
    assert "webhook-signature" not in server.last("/taken").headers
    assert "webhook-id" in server.last("/taken").headers


def test_a_notice_without_data_is_sent_in_words() -> None:
    assert json.loads(webhook.payload(Notice(id="7", title="a\ud800", text="b"))) == {
        "id": "7",
        "title": "a\ud800",
        "text": "b",
    }


@pytest.mark.parametrize(
    ("status", "reply"),
    [
        ("200 OK", Reply.ACCEPTED),
        ("204 No Content", Reply.ACCEPTED),
        ("301 Moved Permanently", Reply.REFUSED),
        ("307 Temporary Redirect", Reply.REFUSED),
        ("304 Not Modified", Reply.REFUSED),
        ("400 Bad Request", Reply.REFUSED),
        ("401 Unauthorized", Reply.REFUSED),
        ("404 Not Found", Reply.REFUSED),
        ("410 Gone", Reply.REFUSED),
        ("408 Request Timeout", Reply.POSTPONED),
        ("425 Too Early", Reply.POSTPONED),
        ("500 Internal Server Error", Reply.POSTPONED),
        ("502 Bad Gateway", Reply.POSTPONED),
    ],
)
def test_an_answer_means_what_its_status_says(server: MisbehavingServer, status: str, reply: Reply) -> None:
    server.serve("/status/s3cr3t", b"", status=status, headers={"Location": server.url("/elsewhere")})
    outcome = sent(server.url("/status/s3cr3t"))
    assert outcome.reply is reply
    assert status[:3] in outcome.detail
    assert "s3cr3t" not in outcome.detail
    assert server.count("/elsewhere") == 0


def test_a_redirect_says_where_the_rule_must_lead(server: MisbehavingServer) -> None:
    assert "with the address it leads to" in sent(server.url("/moved")).detail
    assert server.count("/moved-again") == server.count("/feed") == 0


@pytest.mark.parametrize(("path", "wait"), [("/429", 120), ("/503-date", 90)])
def test_a_receiver_that_asks_for_peace_gets_it(server: MisbehavingServer, path: str, wait: float) -> None:
    with Fetcher(limits()) as fetcher:
        hooks = Webhooks(fetcher.get)
        for number in range(2):
            outcome = hooks.send(NOTICE, server.url(path))
            assert outcome.reply is Reply.POSTPONED
            assert outcome.retry_after == pytest.approx(wait, abs=5)
            assert server.count(path) == 1, number


@pytest.mark.parametrize("path", ["/silence", "/drip-headers", "/closed", "/garbage", "/huge-header"])
def test_a_receiver_that_does_not_answer_is_asked_again(server: MisbehavingServer, path: str) -> None:
    started = time.monotonic()
    outcome = sent(server.url(path))
    assert (outcome.reply, outcome.doubtful) == (Reply.POSTPONED, True)
    assert time.monotonic() - started < LONGEST
    assert server.url(path) not in outcome.detail
    assert "\n" not in outcome.detail


@pytest.mark.parametrize("path", ["/drip-body", "/endless", "/gzip-bomb", "/gzip-lie"])
def test_what_comes_behind_a_yes_does_not_count(server: MisbehavingServer, path: str) -> None:
    started = time.monotonic()
    assert sent(server.url(path)).reply is Reply.ACCEPTED
    assert time.monotonic() - started < LONGEST


def test_nobody_there_is_no_doubt() -> None:
    outcome = sent("http://127.0.0.1:9/s3cr3t")
    assert (outcome.reply, outcome.doubtful) == (Reply.POSTPONED, False)
    assert "no connection" in outcome.detail
    assert "s3cr3t" not in outcome.detail


def test_private_addresses_are_refused_as_everywhere(server: MisbehavingServer) -> None:
    before = server.count("/taken")
    outcome = sent(server.url("/taken"), allow_private=())
    assert outcome.reply is Reply.REFUSED
    assert "allow_private_hosts" in outcome.detail
    assert server.count("/taken") == before


def test_alerts_in_a_row_need_not_wait_for_the_gap_between_polls(server: MisbehavingServer) -> None:
    with Fetcher(limits(host_gap=30.0)) as fetcher:
        hooks = Webhooks(fetcher.get)
        started = time.monotonic()
        assert [hooks.send(NOTICE, server.url("/taken")).reply for _ in range(4)] == [Reply.ACCEPTED] * 4
        assert time.monotonic() - started < LONGEST


def test_an_alert_need_not_wait_until_hanging_feeds_are_over(server: MisbehavingServer) -> None:
    with Fetcher(limits(concurrency=1, deadline=2.0)) as fetcher, MisbehavingServer() as receiver:
        receiver.serve("/hook", b"", status="202 Accepted")
        before = server.count("/silence")
        polling = threading.Thread(target=fetcher.get, args=(FetchRequest(key="1", url=server.url("/silence")),))
        polling.start()
        while server.count("/silence") == before:
            time.sleep(0.01)
        assert Webhooks(fetcher.get).send(NOTICE, receiver.url("/hook")).reply is Reply.ACCEPTED
        assert polling.is_alive()
        polling.join()


@pytest.mark.parametrize("identity", ["a\r\nX-Evil: 1", "a b", "й", "a.b", "x" * 300])
def test_an_id_cannot_become_a_header_or_another_field(server: MisbehavingServer, identity: str) -> None:
    outcome = sent(server.url("/taken"), notice=Notice(id=identity, title="t", text="x"))
    assert outcome.reply is Reply.ACCEPTED
    assert "x-evil" not in server.last("/taken").headers
    assert re.fullmatch(r"[\w@-]+", server.last("/taken").headers["webhook-id"])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "desk.example/hook",
        "ftp://desk.example/",
        "javascript:alert(1)",
        "https://u:p@desk.example/hook",
        "https://desk.example/a b",
        "https://desk.example/a\r\nX: y",
        "https://desk.example/" + "x" * 3000,
    ],
)
def test_what_is_no_plain_web_address_is_refused_when_it_is_named(url: str) -> None:
    with pytest.raises(ConfigError):
        webhook.checked(url)
    if url:
        with pytest.raises(ConfigError):
            checked_target(webhook=url)
    assert sent(url).reply is Reply.REFUSED


def test_lists_show_of_a_webhook_only_its_host() -> None:
    assert redacted(Channel.WEBHOOK, "https://desk.example/hook/s3cr3t?key=1") == "https://desk.example/***"
    assert redacted(Channel.WEBHOOK, "https://u:s3cr3t@desk.example:8443/") == "https://desk.example:8443"


def test_a_secret_that_is_no_base64_is_told_at_once() -> None:
    with pytest.raises(ConfigError, match="webhook_secret"):
        Webhooks(lambda request: pytest.fail("never"), secret="whsec_not base64")
    assert webhook.key("any words") == b"any words"
    with pytest.raises(ConfigError, match="webhook_secret"):
        webhook.key("whsec_ключ")
    assert webhook.key("\udcff") == b"\xff", "an environment variable's byte that is no UTF-8"


@pytest.mark.parametrize("given", [{}, {"mail": "a@b.example", "webhook": "https://desk.example/"}])
def test_a_rule_tells_one_place(given: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="Name one: --mail, --webhook, --apprise"):
        checked_target(**given)
    assert checked_target(mail="A@B.example") == (Channel.EMAIL, "A@b.example")
