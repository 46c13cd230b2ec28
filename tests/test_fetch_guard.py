"""Where the fetcher does not go, whatever a name, redirect or resolver says; and that it serves on after each fault."""

import random
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from monitor.errors import FetchError
from monitor.fetch import Fetcher, FetchLimits
from monitor.fetch.addresses import AddressError, AddressGuard
from monitor.fetch.decoding import DecodingError, decoder
from monitor.records.feeds import Document, FetchRequest, FetchResult
from tests.misbehaving import FEED, Exchange, MisbehavingServer
from tests.test_fetch import certificate

pytestmark = pytest.mark.alone

__all__ = ["certificate"]
LOCAL = ("127.0.0.0/8",)
BOMB = zlib.compress(bytes(50_000_000))


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with MisbehavingServer() as running:
        yield running


def ask(fetcher: Fetcher, url: str, **values: object) -> FetchResult:
    return fetcher.get(FetchRequest(key="k", url=url, **values))  # type: ignore[arg-type]


def kind(result: FetchResult) -> str:
    return result.kind if isinstance(result, FetchError) else type(result).__name__


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:0",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "64:ff9b:1:1:a:0:100:0",
        "2a01:db8::5efe:a00:1",
        "2a01:db8::200:5efe:7f00:1",
        "3fff::1",
        "5f00::1",
        "2002:a00:1::",
        "2002:7f00:1::1",
        "2001::1",
        "2001:db8::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "100::1",
    ],
)
def test_no_address_of_our_own_networks_passes_in_any_form(address: str) -> None:
    with pytest.raises(AddressError):
        AddressGuard().check("news.example", address)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost.",
        "LOCALHOST",
        "127.0.0.1.",
        "127.1",
        "0177.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "[::]",
        "[::ffff:7f00:1]",
        "[fe80::1%25lo]",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "ｌｏｃａｌｈｏｓｔ",
        "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
        "%6cocalhost",
        "localhost%00.example",
        "user@localhost",
    ],
)
def test_no_spelling_of_this_machine_is_asked(server: MisbehavingServer, host: str) -> None:
    with Fetcher(FetchLimits(deadline=5)) as guarded:
        assert kind(ask(guarded, f"http://{host}:{server.port}/feed")) in {"refused_address", "dns"}
    assert server.asked == []


def test_a_name_that_points_inwards_or_changes_after_the_check_reaches_nothing(server: MisbehavingServer) -> None:
    answers = cycle([["93.184.215.14", "127.0.0.1"], ["127.0.0.1"], ["::ffff:127.0.0.1"]])
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    with Fetcher(FetchLimits(deadline=2), resolver=rebinding) as guarded:
        for _ in range(3):
            assert kind(ask(guarded, server.url("/feed", host="rebind.example"))) == "refused_address"
    assert asked == ["rebind.example"] * 3, "one look-up for each connection: what was checked is what is dialled"
    assert server.asked == []


def test_the_address_that_was_checked_is_the_one_that_is_dialled(server: MisbehavingServer) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    limits = FetchLimits(deadline=2, allow_private=LOCAL, host_gap=0)
    with Fetcher(limits, resolver=lambda host, port: next(answers)) as guarded:
        url = server.url("/feed", host="rebind.example")
        assert isinstance(ask(guarded, url), Document)
        assert kind(ask(guarded, url)) == "refused_address"
    assert server.last("/feed").headers["host"] == f"rebind.example:{server.port}"


def test_the_next_address_of_a_name_is_tried_when_one_does_not_answer(server: MisbehavingServer) -> None:
    limits = FetchLimits(deadline=5, allow_private=("two.example", "none.example"))
    found = {"two.example": ["127.0.0.9", "127.0.0.1"], "none.example": []}
    with Fetcher(limits, resolver=lambda host, port: found[host]) as fetcher:
        assert isinstance(ask(fetcher, server.url("/feed", host="two.example")), Document)
        assert kind(ask(fetcher, server.url("/feed", host="none.example"))) == "dns"


def test_a_name_that_hangs_delays_no_other_and_not_the_end(server: MisbehavingServer) -> None:
    released = threading.Event()

    def resolver(host: str, port: int) -> list[str]:
        if host.startswith("hangs"):
            released.wait(20)
        return ["127.0.0.1"]

    limits = FetchLimits(deadline=1, allow_private=LOCAL, concurrency=40)
    started = time.monotonic()
    with Fetcher(limits, resolver=resolver) as fetcher:
        hosts = [f"hangs{n}.example" for n in range(20)] + [f"quick{n}.example" for n in range(20)]
        results = fetcher.fetch(FetchRequest(key=host, url=server.url("/feed", host=host)) for host in hosts)
        kinds = {result.key: kind(result) for result in results}
    assert time.monotonic() - started < 4
    released.set()
    assert all(found == ("timeout" if host.startswith("hangs") else "Document") for host, found in kinds.items())


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user:secret@example.com/",
        "http://localhost:22/",
        "http://[::ffff:10.0.0.1]/",
        "//169.254.169.254/latest",
        "http://2130706433/",
        "data:text/xml,<rss/>",
        "javascript:alert(1)",
    ],
)
def test_a_redirect_leads_to_no_place_that_is_refused(server: MisbehavingServer, location: str) -> None:
    server.serve("/go", b"", status="302 Found", headers={"Location": location})
    limits = FetchLimits(deadline=5, allow_private=("news.example",))
    with Fetcher(limits, resolver=lambda host, port: ["127.0.0.1"]) as guarded:
        result = ask(guarded, server.url("/go", host="news.example"))
    assert kind(result) == "refused_address"
    assert "secret@" not in str(result)


def _ten_gigabytes(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"<item>x</item>!!" * 4096 + b"\r\n"
    for _ in range(10_000_000_000 // 65536):
        if exchange.server.stopping.is_set():
            return
        exchange.send(chunk)


def _tiny_chunks(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not exchange.server.stopping.is_set():
        exchange.send(b"1\r\nx\r\n" * 1000)


def _interim_for_ever(exchange: Exchange) -> None:
    while not exchange.server.stopping.is_set():
        exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" * 100)


def _chunked_bomb(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n\r\n")
    exchange.send(b"%x\r\n" % len(BOMB) + BOMB + b"\r\n0\r\n\r\n")


FAULTS: dict[str, tuple[Callable[[Exchange], None] | None, set[str]]] = {
    "/ten-gigabytes": (_ten_gigabytes, {"too_large"}),
    "/tiny-chunks": (_tiny_chunks, {"too_large", "timeout"}),
    "/interim": (_interim_for_ever, {"protocol"}),
    "/chunked-bomb": (_chunked_bomb, {"too_large"}),
    "/switch": (lambda exchange: exchange.send(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), {"protocol"}),
    "/chunk-lie": (
        lambda exchange: exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        {"protocol"},
    ),
    "/two-lengths": (
        lambda exchange: exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
        {"protocol"},
    ),
    "/gzip-bomb": (None, {"too_large"}),
    "/drip-headers": (None, {"timeout"}),
    "/drip-body": (None, {"timeout"}),
    "/loop": (None, {"redirect"}),
    "/reset": (None, {"protocol"}),
    "/to-metadata": (None, {"refused_address"}),
}


@pytest.mark.parametrize("path", FAULTS)
def test_after_each_fault_the_next_requests_are_served(server: MisbehavingServer, path: str) -> None:
    answer, kinds = FAULTS[path]
    if answer is not None:
        server.answer(path, answer)
    limits = FetchLimits(deadline=2.5, max_bytes=1_000_000, allow_private=LOCAL, host_gap=0, concurrency=4)
    with Fetcher(limits) as fetcher:
        requests = [FetchRequest(key=f"{n}", url=server.url(path if n % 3 == 0 else "/feed")) for n in range(9)]
        results = {result.key: result for result in fetcher.fetch(requests)}
        assert all(kind(results[f"{n}"]) in kinds for n in (0, 3, 6)), [kind(result) for result in results.values()]
        assert all(isinstance(results[f"{n}"], Document) for n in (1, 2, 4, 5, 7, 8)), results.values()


def test_after_a_failed_handshake_the_next_requests_are_served(certificate: Path, server: MisbehavingServer) -> None:
    with (
        MisbehavingServer(certificate=certificate) as safe,
        Fetcher(FetchLimits(deadline=2, allow_private=LOCAL, host_gap=0)) as fetcher,
    ):
        urls = [safe.url("/feed"), server.url("/feed").replace("http:", "https:"), server.url("/feed")] * 3
        kinds = [kind(ask(fetcher, url)) for url in urls]
    assert kinds[0::3] == ["tls"] * 3
    assert set(kinds[1::3]) <= {"tls", "timeout"}
    assert kinds[2::3] == ["Document"] * 3


def test_over_tls_a_large_body_comes_whole_and_one_cut_short_is_noticed(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    body = random.Random(5).randbytes(3_000_000)
    with (
        MisbehavingServer(certificate=certificate) as safe,
        Fetcher(FetchLimits(deadline=5, allow_private=("localhost",), host_gap=0)) as fetcher,
    ):
        safe.serve("/large", body)
        safe.answer("/cut", lambda exchange: exchange.reply(FEED, length=len(FEED) + 10))
        large = ask(fetcher, safe.url("/large", host="localhost"))
        assert isinstance(large, Document)
        assert large.body == body
        assert kind(ask(fetcher, safe.url("/cut", host="localhost"))) == "protocol"
        assert kind(ask(fetcher, safe.url("/silence", host="localhost"))) == "timeout"
        assert kind(ask(fetcher, safe.url("/50mb", host="localhost"), max_bytes=1_000_000)) == "too_large"


def test_a_form_is_posted_and_keeps_its_method_over_a_307(server: MisbehavingServer) -> None:
    got: list[bytes] = []

    def hub(exchange: Exchange) -> None:
        length = int(exchange.asked.headers["content-length"])
        exchange.connection.settimeout(2)
        got.append(exchange.asked.body or exchange.connection.recv(length))
        exchange.reply(b"", status="202 Accepted")

    server.answer("/hub", hub)
    for status in ("307 Temporary Redirect", "308 Permanent Redirect", "302 Found", "303 See Other"):
        server.serve(f"/{status[:3]}", b"", status=status, headers={"Location": "/hub"})
    form = (("hub.mode", "subscribe"), ("hub.topic", "https://news.example/f?a=1&b=2"), ("x", "é"), ("x", "2"))
    with Fetcher(FetchLimits(deadline=3, allow_private=LOCAL, host_gap=0)) as fetcher:
        for path in ("/hub", "/307", "/308"):
            result = ask(fetcher, server.url(path), form=form)
            assert isinstance(result, Document)
            assert result.status == 202
        for path in ("/302", "/303"):
            assert kind(ask(fetcher, server.url(path), form=form)) == "status"
        assert kind(ask(fetcher, server.url("/always-304"), form=form)) == "status"
        assert kind(ask(fetcher, server.url("/nothing"), form=form)) == "status"
    expected = b"hub.mode=subscribe&hub.topic=https%3A%2F%2Fnews.example%2Ff%3Fa%3D1%26b%3D2&x=%C3%A9&x=2"
    assert got == [expected] * 3
    assert {asked.headers["content-type"] for asked in server.asked} == {"application/x-www-form-urlencoded"}


def test_an_answer_carries_its_freshness_and_its_hub(server: MisbehavingServer) -> None:
    link = '</hub>; rel="hub", <https://news.example/feed>; rel="self"'
    headers = {"Cache-Control": "max-age=300", "Age": "100", "Link": link}
    server.serve("/feed2", FEED, headers=headers)
    server.serve("/304", b"", status="304 Not Modified", headers={"Cache-Control": "max-age=60"})
    with Fetcher(FetchLimits(allow_private=LOCAL, host_gap=0)) as fetcher:
        document = ask(fetcher, server.url("/feed2"))
        unchanged = ask(fetcher, server.url("/304"))
        plain = ask(fetcher, server.url("/feed"))
    assert isinstance(document, Document)
    assert (document.fresh_for, document.hub, document.topic) == (200, server.url("/hub"), "https://news.example/feed")
    assert getattr(unchanged, "fresh_for", None) == 60
    assert isinstance(plain, Document)
    assert (plain.fresh_for, plain.hub, plain.topic) == (None, "", "")


def test_a_kept_connection_that_the_server_closed_is_replaced_unseen(server: MisbehavingServer) -> None:
    answered: list[int] = []

    def once(exchange: Exchange) -> None:
        # Promises to stay, and hangs up.
        answered.append(1)
        exchange.reply(FEED, headers={"Connection": "keep-alive"})

    server.answer("/hangs-up", once)
    limits = FetchLimits(deadline=3, allow_private=LOCAL, host_gap=0.02, host_concurrency=1)
    with Fetcher(limits) as fetcher:
        requests = [FetchRequest(key=str(n), url=server.url("/hangs-up")) for n in range(10)]
        assert all(isinstance(result, Document) for result in fetcher.fetch(requests))
    assert len(answered) == 10


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: zlib.compress(data, wbits=31),
    "deflate": zlib.compress,
    "br": lambda data: bytes(brotli.compress(data, quality=4)),
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("seed", range(6))
def test_damaged_and_cut_bodies_of_every_coding_decode_or_fail_as_such(coding: str, seed: int) -> None:
    dice = random.Random(f"{coding}{seed}")
    for _ in range(40):
        plain = dice.randbytes(dice.randint(0, 300)) * dice.randint(1, 50)
        packed = bytearray(CODINGS[coding](plain))
        fault = dice.choice(("none", "flip", "cut", "insert"))
        if fault == "flip":
            for _ in range(dice.randint(1, 5)):
                packed[dice.randrange(len(packed))] = dice.randrange(256)
        elif fault == "cut":
            del packed[dice.randrange(len(packed)) :]
        elif fault == "insert":
            packed[dice.randrange(len(packed)) : 0] = dice.randbytes(dice.randint(1, 20))
        stream, found, step = decoder(coding), bytearray(), dice.randint(1, 200)
        try:
            for start in range(0, len(packed), step):
                for piece in stream.decode(bytes(packed[start : start + step])):
                    assert len(piece) < 20_000_000
                    found += piece
            stream.finish()
        except DecodingError:
            assert fault != "none"
        else:
            assert fault != "none" or bytes(found) == plain
