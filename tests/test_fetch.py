import gzip
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import __version__
from monitor.errors import ConfigError, FetchError, TransientError
from monitor.fetch import Fetcher, FetchLimits
from monitor.fetch.addresses import AddressError, AddressGuard
from monitor.fetch.answers import retry_after
from monitor.fetch.decoding import DecodingError, gunzip
from monitor.records.feeds import Document, FetchRequest, FetchResult, NotModified
from tests.misbehaving import FEED, Exchange, MisbehavingServer

pytestmark = pytest.mark.alone

LOCAL = ("127.0.0.0/8",)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[MisbehavingServer]:
    with MisbehavingServer() as running:
        yield running


@pytest.fixture(scope="module")
def fetcher() -> Iterator[Fetcher]:
    limits = FetchLimits(deadline=1.5, max_bytes=1_000_000, allow_private=LOCAL, host_gap=0, host_concurrency=8)
    with Fetcher(limits) as running:
        yield running


def get(fetcher: Fetcher, url: str, **values: str | int) -> FetchResult:
    return fetcher.get(FetchRequest(key="k", url=url, **values))  # type: ignore[arg-type]


def failed(result: FetchResult, kind: str) -> FetchError:
    assert isinstance(result, FetchError), result
    assert result.kind == kind, (result.kind, str(result))
    assert result.key == "k"
    return result


def whole(result: FetchResult) -> Document:
    assert isinstance(result, Document), result
    return result


def test_a_feed_arrives_whole_with_its_headers(server: MisbehavingServer, fetcher: Fetcher) -> None:
    document = whole(get(fetcher, server.url("/feed")))
    assert document.body == FEED
    assert document.content_type == "application/rss+xml; charset=utf-8"
    assert (document.status, document.final_url, document.permanent_url) == (200, server.url("/feed"), None)
    assert 0 < document.elapsed < 1.5


@pytest.mark.parametrize("path", ["/drip-headers", "/drip-body", "/silence"])
def test_a_server_that_drips_or_hangs_is_let_go_at_the_deadline(
    server: MisbehavingServer, fetcher: Fetcher, path: str
) -> None:
    started = time.monotonic()
    error = failed(get(fetcher, server.url(path)), "timeout")
    assert 1.4 < time.monotonic() - started < 3
    assert server.url(path) in str(error)


@pytest.mark.parametrize("path", ["/endless", "/50mb", "/gzip-bomb"])
def test_a_body_over_the_limit_is_given_up_while_it_streams(
    server: MisbehavingServer, fetcher: Fetcher, path: str
) -> None:
    error = failed(get(fetcher, server.url(path)), "too_large")
    assert "1000000 bytes" in str(error)
    assert ("compression" in str(error)) == (path == "/gzip-bomb")


def test_a_request_may_set_a_smaller_limit_of_its_own(server: MisbehavingServer, fetcher: Fetcher) -> None:
    failed(get(fetcher, server.url("/feed"), max_bytes=len(FEED) - 1), "too_large")
    whole(get(fetcher, server.url("/feed"), max_bytes=len(FEED)))


@pytest.mark.parametrize("path", ["/gzip", "/deflate", "/raw-deflate", "/gzip-file", "/long"])
def test_the_body_is_decoded_whatever_its_coding(server: MisbehavingServer, fetcher: Fetcher, path: str) -> None:
    assert whole(get(fetcher, server.url(path))).body == FEED


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_brotli_and_zstandard_are_asked_for_and_undone(
    server: MisbehavingServer, fetcher: Fetcher, coding: str
) -> None:
    import brotli  # type: ignore[import-untyped]
    import zstandard

    # Brotli at its best takes ten seconds for the bomb.
    packers: dict[str, Callable[[bytes], bytes]] = {
        "br": partial(brotli.compress, quality=4),
        "zstd": zstandard.compress,
    }
    pack = packers[coding]
    server.serve(f"/{coding}", pack(FEED), headers={"Content-Encoding": coding})
    server.serve(f"/{coding}-bomb", pack(bytes(100_000_000)), headers={"Content-Encoding": coding})
    server.serve(f"/{coding}-cut", pack(FEED)[:-3], headers={"Content-Encoding": coding})
    server.serve(f"/{coding}-lie", FEED, headers={"Content-Encoding": coding})
    assert whole(get(fetcher, server.url(f"/{coding}"))).body == FEED
    assert coding in server.last(f"/{coding}").headers["accept-encoding"]
    failed(get(fetcher, server.url(f"/{coding}-bomb")), "too_large")
    failed(get(fetcher, server.url(f"/{coding}-cut")), "decode")
    failed(get(fetcher, server.url(f"/{coding}-lie")), "decode")


@pytest.mark.parametrize("path", ["/gzip-cut", "/gzip-lie", "/gzip-twice"])
def test_a_damaged_or_unknown_coding_is_a_decode_error(server: MisbehavingServer, fetcher: Fetcher, path: str) -> None:
    failed(get(fetcher, server.url(path)), "decode")


@pytest.mark.parametrize("path", ["/reset", "/closed", "/garbage", "/huge-header", "/short"])
def test_an_answer_that_breaks_off_or_is_no_http_is_a_protocol_error(
    server: MisbehavingServer, fetcher: Fetcher, path: str
) -> None:
    failed(get(fetcher, server.url(path)), "protocol")


def test_validators_go_back_byte_for_byte_and_304_is_not_modified(server: MisbehavingServer, fetcher: Fetcher) -> None:
    first = whole(get(fetcher, server.url("/conditional")))
    assert first.etag == '"v1-gzip"; odd'
    again = fetcher.get(FetchRequest(key="k", url=first.url, etag=first.etag, last_modified=first.last_modified))
    assert isinstance(again, NotModified)
    assert again.etag == first.etag
    assert server.last("/conditional").headers["if-none-match"] == first.etag
    assert server.last("/conditional").headers["if-modified-since"] == first.last_modified


def test_a_validator_outside_ascii_survives_the_round_trip(server: MisbehavingServer, fetcher: Fetcher) -> None:
    raw = '"версия"'.encode()

    def answer(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\nETag: " + raw + b"\r\n\r\n")

    server.answer("/etag", answer)
    document = whole(get(fetcher, server.url("/etag")))
    assert document.etag is not None
    get(fetcher, server.url("/etag"), etag=document.etag)
    assert server.last("/etag").headers["if-none-match"].encode("latin-1") == raw


def test_a_stored_validator_that_no_header_can_hold_is_left_out(server: MisbehavingServer, fetcher: Fetcher) -> None:
    whole(get(fetcher, server.url("/feed"), etag="\u4e2d"))
    failed(get(fetcher, server.url("/feed"), etag="a\r\nX-Injected: yes"), "protocol")


def test_a_chain_of_permanent_redirects_gives_the_new_address(server: MisbehavingServer, fetcher: Fetcher) -> None:
    document = whole(get(fetcher, server.url("/moved")))
    assert document.permanent_url == document.final_url == server.url("/feed")
    assert document.redirects == ((301, server.url("/moved-again")), (308, server.url("/feed")))


def test_after_a_temporary_redirect_nothing_is_permanent(server: MisbehavingServer, fetcher: Fetcher) -> None:
    assert whole(get(fetcher, server.url("/found"))).permanent_url is None
    mixed = whole(get(fetcher, server.url("/moved-then-found")))
    assert (mixed.permanent_url, mixed.final_url) == (server.url("/found"), server.url("/feed"))


@pytest.mark.parametrize("path", ["/loop", "/nowhere", "/hops/7"])
def test_circles_long_chains_and_redirects_to_nowhere_are_redirect_errors(
    server: MisbehavingServer, fetcher: Fetcher, path: str
) -> None:
    failed(get(fetcher, server.url(path)), "redirect")
    whole(get(fetcher, server.url("/hops/6")))


def test_a_site_that_redirects_to_itself_until_its_cookie_comes_back_is_followed(
    server: MisbehavingServer, fetcher: Fetcher
) -> None:
    before = server.count("/cookie-wall")
    assert whole(get(fetcher, server.url("/cookie-wall"))).body == FEED
    assert whole(get(fetcher, server.url("/cookie-wall"))).body == FEED
    assert server.count("/cookie-wall") == before + 4, "no cookie is kept from one request to the next"


@pytest.mark.parametrize("path", ["/to-private", "/to-metadata", "/to-file", "/to-password"])
def test_a_redirect_does_not_lead_where_we_refuse_to_go(server: MisbehavingServer, fetcher: Fetcher, path: str) -> None:
    error = failed(get(fetcher, server.url(path)), "refused_address")
    assert "secret@" not in str(error)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{port}/feed",
        "http://127.0.0.1:{port}/feed",
        "http://2130706433:{port}/feed",
        "http://0x7f.1:{port}/feed",
        "http://0177.0.0.1:{port}/feed",
        "http://127.1:{port}/feed",
        "http://0:{port}/feed",
        "http://[::1]:{port}/feed",
        "http://[::ffff:127.0.0.1]:{port}/feed",
        "http://[64:ff9b::7f00:1]:{port}/feed",
        "http://[2002:7f00:1::]:{port}/feed",
        "http://10.0.0.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://224.0.0.1/",
        "ftp://example.com/feed",
        "file:///etc/passwd",
        "//example.com/",
        "http://user:secret@example.com/",
        "http:///feed",
        "not an address",
        "",
        "http://example.com/\udcff",
        "http://exa\x00mple.com/",
        "http://example.com/" + "a" * 9000,
    ],
)
def test_private_addresses_in_every_spelling_and_other_schemes_are_refused(server: MisbehavingServer, url: str) -> None:
    before = len(server.asked)
    with Fetcher(FetchLimits(deadline=5)) as guarded:
        error = failed(get(guarded, url.format(port=server.port)), "refused_address")
    assert "secret@" not in str(error)
    assert len(server.asked) == before


def test_a_private_host_may_be_opened_by_name_by_address_and_by_network(server: MisbehavingServer) -> None:
    for opened in ("localhost", "127.0.0.1", "127.0.0.0/8"):
        with Fetcher(FetchLimits(allow_private=(opened,))) as fetcher:
            host = "localhost" if opened == "localhost" else "127.0.0.1"
            whole(get(fetcher, server.url("/feed", host=host)))
    with Fetcher(FetchLimits(allow_private=("localhost",))) as fetcher:
        failed(get(fetcher, server.url("/feed")), "refused_address")


def test_a_wrong_network_in_the_settings_is_named() -> None:
    with pytest.raises(ConfigError, match=r"10\.0\.0\.0/99"):
        Fetcher(FetchLimits(allow_private=("10.0.0.0/99",)))


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=6, network="fc00::/7"))
def test_no_private_address_passes_the_guard(address: object) -> None:
    with pytest.raises(AddressError):
        AddressGuard().check("news.example", str(address))
    AddressGuard(["news.example"]).check("news.example", str(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_pass_the_guard(address: str) -> None:
    AddressGuard().check("news.example", address)


@pytest.mark.parametrize(
    ("path", "status", "wait"),
    [("/429", 429, 120.0), ("/503-date", 503, 90.0), ("/410", 410, None), ("/500", 500, None), ("/none", 404, None)],
)
def test_a_bad_status_keeps_its_number_and_its_retry_after(
    server: MisbehavingServer, path: str, status: int, wait: float | None
) -> None:
    # Its own fetcher: after some of these the host is left alone for a while.
    with Fetcher(FetchLimits(allow_private=LOCAL)) as fetcher:
        error = failed(get(fetcher, server.url(path)), "status")
    assert (error.status, error.retry_after) == (status, wait)
    assert str(status) in str(error)


def test_a_challenge_page_is_called_so(server: MisbehavingServer, fetcher: Fetcher) -> None:
    assert "challenge" in str(failed(get(fetcher, server.url("/403-challenge")), "status"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("9" * 5000, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str, expected: float | None) -> None:
    assert retry_after(value, now=NOW) == expected


@given(st.text(max_size=40))
def test_no_retry_after_breaks_the_reader(value: str) -> None:
    wait = retry_after(value, now=NOW)
    assert wait is None or wait >= 0


def test_an_empty_body_is_a_document(server: MisbehavingServer, fetcher: Fetcher) -> None:
    assert whole(get(fetcher, server.url("/empty"))).body == b""


def test_a_closed_port_and_an_unknown_name_are_told_apart(fetcher: Fetcher) -> None:
    assert "refused" in str(failed(get(fetcher, "http://127.0.0.1:1/"), "connect"))
    failed(get(fetcher, "http://a..b/"), "dns")


def test_the_user_agent_names_the_program_and_the_contact(server: MisbehavingServer, fetcher: Fetcher) -> None:
    get(fetcher, server.url("/feed"))
    assert server.last("/feed").headers["user-agent"] == f"talks-monitor/{__version__}"
    with Fetcher(FetchLimits(allow_private=LOCAL, contact="https://example.org/bot")) as named:
        get(named, server.url("/feed"))
    assert server.last("/feed").headers["user-agent"] == f"talks-monitor/{__version__} (+https://example.org/bot)"


def test_results_come_as_they_complete_and_bad_ones_stop_nothing(server: MisbehavingServer, fetcher: Fetcher) -> None:
    paths = ["/silence", "/slow/0.5", "/feed", "/reset", "/to-private"]
    results = list(fetcher.fetch(FetchRequest(key=path, url=server.url(path)) for path in paths))
    keys = [result.key for result in results]
    assert sorted(keys) == sorted(paths)
    assert keys[-1] == "/silence"
    assert keys.index("/feed") < keys.index("/slow/0.5")


def test_more_requests_than_the_window_all_come_back(server: MisbehavingServer, fetcher: Fetcher) -> None:
    requests = [FetchRequest(key=str(number), url=server.url("/feed")) for number in range(150)]
    assert {result.key for result in fetcher.fetch(requests)} == {request.key for request in requests}


def test_one_host_is_asked_a_few_at_a_time_with_a_gap_between_starts(server: MisbehavingServer) -> None:
    path = "/slow/0.2"
    limits = FetchLimits(allow_private=LOCAL, host_concurrency=2, host_gap=0.15)
    with Fetcher(limits) as polite:
        list(polite.fetch(FetchRequest(key=str(n), url=server.url(path)) for n in range(5)))
    starts = [asked.at for asked in server.asked if asked.path == path]
    assert len(starts) == 5
    assert min(later - earlier for earlier, later in pairwise(starts)) > 0.12
    assert all(later - earlier > 0.18 for earlier, later in zip(starts, starts[2:], strict=False))


def test_waiting_for_a_turn_does_not_use_up_the_deadline(server: MisbehavingServer) -> None:
    limits = FetchLimits(deadline=0.6, allow_private=LOCAL, host_concurrency=1, host_gap=0.0)
    with Fetcher(limits) as polite:
        results = list(polite.fetch(FetchRequest(key=str(n), url=server.url("/slow/0.3")) for n in range(5)))
    assert all(isinstance(result, Document) for result in results)


def test_a_busy_host_does_not_hold_up_the_others(server: MisbehavingServer) -> None:
    limits = FetchLimits(concurrency=2, allow_private=LOCAL, host_concurrency=1, host_gap=0.3)
    requests = [FetchRequest(key=f"busy{n}", url=server.url("/feed")) for n in range(20)]
    requests.append(FetchRequest(key="other", url=server.url("/feed", host="127.0.0.2")))
    with MisbehavingServer(host="127.0.0.2") as other, Fetcher(limits) as polite:
        requests[-1] = FetchRequest(key="other", url=other.url("/feed"))
        first_two = [result.key for result, _ in zip(polite.fetch(requests), range(2), strict=False)]
    assert "other" in first_two


def test_leaving_early_stops_what_is_under_way(server: MisbehavingServer, fetcher: Fetcher) -> None:
    results = fetcher.fetch(FetchRequest(key=path, url=server.url(path)) for path in ("/silence", "/feed"))
    assert next(results).key == "/feed"
    started = time.monotonic()
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 0.5


def test_closing_frees_whoever_waits_with_an_error_to_run_again(server: MisbehavingServer) -> None:
    fetcher = Fetcher(FetchLimits(deadline=30, allow_private=LOCAL))
    with fetcher:
        seen: list[Exception] = []

        def wait() -> None:
            try:
                get(fetcher, server.url("/silence"))
            except TransientError as error:
                seen.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.3)
        started = time.monotonic()
        fetcher.close()
        thread.join(5)
    assert len(seen) == 1
    assert time.monotonic() - started < 2
    with pytest.raises(TransientError):
        get(fetcher, server.url("/feed"))


def test_many_threads_may_share_a_fetcher(server: MisbehavingServer, fetcher: Fetcher) -> None:
    results: list[FetchResult] = []
    threads = [threading.Thread(target=lambda: results.append(get(fetcher, server.url("/feed")))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 12
    assert all(isinstance(result, Document) for result in results)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for the name localhost, and its key, in one file."""
    file = tmp_path / "localhost.pem"
    key = tmp_path / "key.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(key),
        "-out",
        str(file),
        *names,
    ]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs the openssl command to make a certificate")
    file.write_bytes(file.read_bytes() + key.read_bytes())
    return file


def test_a_certificate_nobody_vouches_for_is_a_tls_error(certificate: Path, fetcher: Fetcher) -> None:
    with MisbehavingServer(certificate=certificate) as safe:
        assert "certificate" in str(failed(get(fetcher, safe.url("/feed")), "tls"))


def test_the_certificate_is_checked_against_the_name_although_the_address_is_dialled(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with (
        MisbehavingServer(certificate=certificate) as safe,
        Fetcher(FetchLimits(deadline=5, allow_private=("localhost", *LOCAL))) as fetcher,
    ):
        assert whole(get(fetcher, safe.url("/feed", host="localhost"))).body == FEED
        assert "127.0.0.1" in str(failed(get(fetcher, safe.url("/feed")), "tls"))


def test_plain_http_on_a_tls_port_hangs_no_longer_than_the_deadline(
    server: MisbehavingServer, fetcher: Fetcher
) -> None:
    result = get(fetcher, server.url("/feed").replace("http:", "https:"))
    assert isinstance(result, FetchError)
    assert result.kind in {"timeout", "tls"}


def test_through_a_proxy_the_proxy_is_asked_for_the_whole_address(server: MisbehavingServer) -> None:
    server.serve("http://news.example/feed", FEED)
    with Fetcher(FetchLimits(proxy=server.url(""))) as fetcher:
        assert whole(get(fetcher, "http://news.example/feed")).body == FEED
        failed(get(fetcher, "http://127.0.0.1/feed"), "refused_address")
        failed(get(fetcher, "http://2130706433/feed"), "refused_address")


def test_what_is_set_as_a_proxy_and_is_no_address_may_be_a_password_and_is_not_shown() -> None:
    with pytest.raises(ConfigError, match="http://host:port") as caught, Fetcher(FetchLimits(proxy="kanarek")):
        pass
    assert "kanarek" not in str(caught.value)


def test_a_proxy_that_is_no_address_is_named_at_the_start() -> None:
    with pytest.raises(ConfigError, match="proxy"), Fetcher(FetchLimits(proxy="gopher://x")):
        pass


def test_a_gzip_file_larger_than_allowed_is_refused_while_it_unpacks() -> None:
    assert gunzip(gzip.compress(b"abc") + gzip.compress(b"def"), max_bytes=6) == b"abcdef"
    with pytest.raises(DecodingError, match="larger than 1000 bytes"):
        gunzip(gzip.compress(bytes(50_000_000)), max_bytes=1000)


@pytest.mark.parametrize("seed", range(25))
def test_no_bytes_from_a_server_escape_as_an_exception(server: MisbehavingServer, fetcher: Fetcher, seed: int) -> None:
    dice = random.Random(seed)
    whole_answer = bytearray(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 305\r\n\r\n" + FEED)
    for _ in range(dice.randint(1, 8)):
        whole_answer[dice.randrange(90)] = dice.randrange(256)
    server.answer(f"/random/{seed}", lambda exchange: exchange.send(bytes(whole_answer)))
    assert isinstance(get(fetcher, server.url(f"/random/{seed}")), Document | NotModified | FetchError)
