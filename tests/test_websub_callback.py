"""What strangers may do to the callback server: little."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from monitor.daemon.callback import CallbackLimits, CallbackServer
from monitor.errors import ConfigError, StoreError
from monitor.records.feeds import Document
from monitor.records.subscriptions import Subscription
from monitor.store import Store
from monitor.store.polling.subscriptions import Subscriptions
from tests.store_builders import LEASE, add_feed
from tests.websub_hub import NOW, TOPIC, Clock, ask, offer, signature

pytestmark = pytest.mark.alone

LIMITS = CallbackLimits(max_bytes=100_000, seconds=0.6, at_once=3, waiting=2)
ASKED = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "17", "hub.lease_seconds": "864000"}


@dataclass
class Door:
    server: CallbackServer
    subscriptions: Subscriptions
    row: Subscription
    taken: list[Document]
    open: threading.Event
    """Taking waits for it."""

    @property
    def url(self) -> str:
        return f"{self.server.address}/websub/{self.row.token}"

    def push(self, body: bytes, **headers: str) -> int:
        return ask(self.url, body, **{"X_Hub_Signature": signature(self.row.secret, body)} | headers)[0]

    def raw(self, data: bytes, *, drip: float = 0.0) -> bytes:
        """Send bytes as they are, one by one when ``drip`` is a pause, and read to the end."""
        host, port = self.server.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            with contextlib.suppress(OSError):
                for piece in [data[n : n + 1] for n in range(len(data))] if drip else [data]:
                    connection.sendall(piece)
                    time.sleep(drip)
            found = b""
            with contextlib.suppress(ConnectionError):
                while piece := connection.recv(65536):
                    found += piece
            return found


@pytest.fixture
def door(store: Store) -> Iterator[Door]:
    subscriptions, taken, opened = store.subscriptions, list[Document](), threading.Event()
    opened.set()

    def take(feed_id: int, document: Document) -> None:
        opened.wait(10)
        taken.append(document)

    offer(store, add_feed(store), "https://hub.example/")
    subscriptions.wanted(now=NOW, move_after=timedelta(days=1))
    (row,) = subscriptions.due(now=NOW, limit=1, holder="a", lease=LEASE)
    subscriptions.requested({row.id: NOW}, now=NOW)
    parts: dict[str, Any] = {"subscriptions": subscriptions, "clock": Clock(), "dice": lambda: 0.0}
    server = CallbackServer("127.0.0.1", 0, take=take, limits=LIMITS, **parts)
    yield Door(server, subscriptions, row, taken, opened)
    opened.set()
    server.close()


def test_a_challenge_comes_back_as_plain_text_that_no_browser_will_run(door: Door) -> None:
    said = ASKED | {"hub.challenge": "<script>alert(1)</script>"}
    answer = door.raw(f"GET /websub/{door.row.token}?{urlencode(said)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200")
    assert b"Content-Type: text/plain" in head
    assert b"X-Content-Type-Options: nosniff" in head
    assert body == b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    "said",
    [
        {"hub.topic": "https://other.example/rss"},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": "x" * 5000},
        {"hub.lease_seconds": "0"},
    ],
)
def test_a_challenge_for_what_was_not_asked_for_is_refused_and_not_echoed(door: Door, said: dict[str, str]) -> None:
    assert ask(f"{door.url}?{urlencode(ASKED | said)}") == (404, b"")
    row = door.subscriptions.by_token(door.row.token)
    assert row is not None
    assert row.lease_until is None


@pytest.mark.parametrize(
    "path", ["/", "/websub", "/websub/", "/websub/" + "t" * 43, "/websub/%00", "/websub/../../etc/passwd", "/health"]
)
def test_a_wrong_token_is_404_for_every_method(door: Door, path: str) -> None:
    assert ask(f"{door.server.address}{path}?{urlencode(ASKED)}") == (404, b"")
    assert ask(f"{door.server.address}{path}", b"<rss/>") == (404, b"")


def test_other_methods_are_405_and_nothing_of_what_was_sent_comes_back(door: Door) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
        assert ask(door.url, method=method) == (405, b"")
    answer = door.raw(b"EVIL<script> /x HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.0 405")
    assert b"EVIL" not in answer
    answer = door.raw(b"GET /evil<script> HTTP/nine\r\n\r\n")
    assert b"evil" not in answer


def test_a_push_may_come_in_chunks(door: Door) -> None:
    body = b"<rss>" + b"x" * 40_000 + b"</rss>"
    chunks = b"".join(b"%x;a=b\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:30_000], body[30_000:]))
    head = (
        f"POST /websub/{door.row.token} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        f"X-Hub-Signature: {signature(door.row.secret, body)}\r\n\r\n"
    )
    assert b" 202 " in door.raw(head.encode() + chunks + b"0\r\n\r\n")[:20]
    door.server.close()
    assert [document.body for document in door.taken] == [body]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Content-Length: 100001", b"", 413),
        ("Content-Length: 99999999999999999999999", b"", 411),
        ("Content-Length: -1", b"", 411),
        ("Content-Length: 5\r\nContent-Length: 6", b"12345", 400),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n", 400),
        ("Content-Type: text/xml", b"", 411),
        ("Content-Length: 5\r\nContent-Encoding: gzip", b"12345", 415),
        ("Transfer-Encoding: chunked", b"ffffff\r\n" + b"x" * 10, 413),
        ("Transfer-Encoding: chunked", b"5\r\n12345\r\n" + b"186a0\r\n", 413),
        ("Transfer-Encoding: chunked", b"-5\r\n12345\r\n", 400),
        ("Transfer-Encoding: chunked", b"zz\r\n", 400),
        ("Transfer-Encoding: chunked", b"2\r\n12345\r\n0\r\n\r\n", 400),
    ],
)
def test_a_body_that_is_too_large_packed_or_lies_about_its_length_is_turned_away(
    door: Door, headers: str, body: bytes, status: int
) -> None:
    head = f"POST /websub/{door.row.token} HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode()
    assert door.raw(head + body).startswith(f"HTTP/1.0 {status}".encode())
    assert door.taken == []


def test_a_sender_of_far_too_much_still_sees_413(door: Door) -> None:
    assert ask(door.url, b"x" * 20_000_000)[0] == 413


def test_a_slow_drip_of_head_or_body_is_cut_off_at_the_deadline(door: Door) -> None:
    started = time.monotonic()
    assert door.raw(b"GET /" + b"a" * 500, drip=0.05) == b""
    head = f"POST /websub/{door.row.token} HTTP/1.1\r\nContent-Length: 500\r\n\r\n".encode()
    assert door.raw(head) == b""
    assert time.monotonic() - started < 10
    assert door.taken == []


def test_only_so_many_are_served_at_once_and_the_rest_is_asked_to_come_again(door: Door) -> None:
    host, port = door.server.address.removeprefix("http://").split(":")
    with contextlib.ExitStack() as stack:
        for _ in range(LIMITS.at_once):
            stack.enter_context(socket.create_connection((host, int(port))))
        time.sleep(0.2)
        assert door.raw(b"").startswith(b"HTTP/1.0 503")
    assert eventually(lambda: ask(f"{door.url}?{urlencode(ASKED)}") == (200, b"17"))


def test_a_hub_that_pushes_faster_than_we_take_is_asked_to_come_again_and_nothing_waits(door: Door) -> None:
    door.open.clear()
    assert door.push(b"one") == 202
    time.sleep(0.2)
    assert [door.push(b"two"), door.push(b"three"), door.push(b"four")] == [202, 202, 503]
    door.open.set()
    assert eventually(lambda: len(door.taken) == 3)
    assert [document.body for document in door.taken] == [b"one", b"two", b"three"]


def test_a_store_that_does_not_answer_makes_the_hub_come_again(door: Door, store: Store) -> None:
    class Locked:
        def by_token(self, token: str) -> None:
            raise StoreError("locked")

    door.server.subscriptions = Locked()  # type: ignore[assignment]
    assert ask(f"{door.url}?{urlencode(ASKED)}")[0] == 503
    assert door.push(b"<rss/>") == 503


def test_a_push_that_brings_out_a_bug_does_not_end_the_others(door: Door) -> None:
    class Breaks(list[Document]):
        def append(self, document: Document) -> None:
            if document.body == b"bad":
                raise ZeroDivisionError
            super().append(document)

    door.server._take = lambda _, document: taken.append(document)
    taken = Breaks()
    assert [door.push(b"bad"), door.push(b"good")] == [202, 202]
    assert eventually(lambda: [document.body for document in taken] == [b"good"])


def test_what_waits_is_still_handed_on_when_the_server_closes(door: Door) -> None:
    assert [door.push(b"one"), door.push(b"two")] == [202, 202]
    door.server.close()
    assert [document.body for document in door.taken] == [b"one", b"two"]


def test_a_port_in_use_is_told_with_what_to_do(door: Door) -> None:
    port = int(door.server.address.rpartition(":")[2])
    parts: dict[str, Any] = {"subscriptions": door.subscriptions, "clock": Clock(), "dice": lambda: 0.0}
    with pytest.raises(ConfigError, match="websub_port"):
        CallbackServer("127.0.0.1", port, take=lambda *_: None, **parts)


def eventually(true: Any) -> bool:
    for _ in range(500):
        if true():
            return True
        time.sleep(0.01)
    return False
