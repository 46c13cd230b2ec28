"""What hosts see of us: gaps, how many at once, peace when they ask for it, robots.txt for pages.

Readers were blocked for less: for asking again after a 429 (miniflux/v2#2336), for polling one host too often
(miniflux/v2#3289), for asking twice when a feed is added (miniflux/v2#2128), for ignoring Retry-After (liferea#1413).
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from monitor.errors import FetchError
from monitor.fetch import Fetcher, FetchLimits
from monitor.fetch.holds import LONGEST_HOLD, Holds
from monitor.records.feeds import Document, FetchRequest, FetchResult
from tests.recording import OK, RecordingServer, Reply, Visit, most_at_once, smallest_gap

pytestmark = pytest.mark.alone

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GAP = 0.1
# What the two clocks and a busy machine may add or take between a start here and an arrival there.
SLACK = 0.05


def loopback(host: str, port: int) -> list[str]:
    """Every name is this machine."""
    return ["127.0.0.1"]


def fetcher(**values: float) -> Fetcher:
    limits = {"host_gap": 0.0, "deadline": 5.0, "longest_crawl_delay": 0.3} | values
    return Fetcher(FetchLimits(allow_private=("127.0.0.0/8",), **limits), resolver=loopback)  # type: ignore[arg-type]


def ask(running: Fetcher, url: str, *, robots: bool = False) -> FetchResult:
    return running.get(FetchRequest(key="k", url=url), robots=robots)


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with RecordingServer() as running:
        yield running


@pytest.mark.slow
def test_a_thousand_requests_over_forty_hosts_never_break_the_gap_or_the_concurrency() -> None:
    hosts = [f"127.0.1.{number}" for number in range(1, 41)]
    with RecordingServer(hold_for=0.15) as server, fetcher(host_gap=GAP, concurrency=100) as running:
        requests = [
            FetchRequest(key=str(number), url=server.url(hosts[number % 40], f"/{number}")) for number in range(1000)
        ]
        results = list(running.fetch(requests))
    assert {result.key for result in results} == {request.key for request in requests}
    assert all(isinstance(result, Document) for result in results)
    visits = server.by_host()
    assert len(visits) == 40
    assert all(len(of_host) == 25 for of_host in visits.values())
    assert min(smallest_gap(of_host) for of_host in visits.values()) > GAP - SLACK
    assert {most_at_once(of_host) for of_host in visits.values()} == {2}


def test_the_plain_and_the_www_name_of_a_site_are_one_host(server: RecordingServer) -> None:
    with fetcher(host_gap=0.3) as running:
        list(
            running.fetch(
                FetchRequest(key=host, url=server.url(host))
                for host in ("news.example", "www.news.example", "a.example")
            )
        )
    came = {visit.host: visit.came for visit in server.visits}
    assert abs(came["news.example"] - came["www.news.example"]) > 0.3 - SLACK
    assert abs(came["news.example"] - came["a.example"]) < 0.3 - SLACK


def _says(status: str, retry_after: str) -> Reply:
    return status, {"Retry-After": retry_after, "Date": format_datetime(datetime.now(UTC), usegmt=True)}, b""


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize("as_date", [False, True])
def test_a_host_that_asks_for_peace_gets_it_from_every_request(
    server: RecordingServer, status: str, as_date: bool
) -> None:
    wait = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True) if as_date else "100"
    server.reply = lambda visit: _says(status, wait) if visit.path == "/busy" else OK
    with fetcher() as running:
        first = ask(running, server.url("news.example", "/busy"))
        assert isinstance(first, FetchError)
        assert first.kind == "status"
        others = list(
            running.fetch(
                FetchRequest(key=str(number), url=server.url("www.news.example", f"/{number}")) for number in range(20)
            )
        )
        elsewhere = ask(running, server.url("other.example"))
        (host, until), *_ = running.holds().items()
    for result in others:
        assert isinstance(result, FetchError)
        assert result.kind == "held"
        assert result.retry_after == pytest.approx(100, abs=3)
        assert "news.example" in str(result)
    assert isinstance(elsewhere, Document)
    assert server.paths() == ["/busy", "/"]
    assert host == f"news.example:{server.port}"
    assert until - datetime.now(UTC) == pytest.approx(timedelta(seconds=100), abs=timedelta(seconds=3))


def test_those_who_wait_for_a_turn_are_not_sent_either(server: RecordingServer) -> None:
    server.reply = lambda visit: _says("429 Too Many Requests", "50")
    server.hold_for = 0.1
    with fetcher(host_gap=0.05, host_concurrency=1) as running:
        results = list(running.fetch(FetchRequest(key=str(n), url=server.url("news.example")) for n in range(10)))
    kinds = [result.kind for result in results if isinstance(result, FetchError)]
    assert sorted(kinds) == ["held"] * 9 + ["status"]
    assert len(server.visits) == 1


def test_after_the_time_the_host_is_asked_again(server: RecordingServer) -> None:
    server.reply = lambda visit: OK if len(server.visits) > 1 else _says("429 Too Many Requests", "1")
    with fetcher() as running:
        ask(running, server.url("news.example"))
        assert isinstance(ask(running, server.url("news.example")), FetchError)
        time.sleep(1.05)
        assert isinstance(ask(running, server.url("news.example")), Document)
        assert running.holds() == {}
    first, second = server.visits
    assert second.came - first.came > 1.0


def test_a_redirect_to_a_held_host_is_not_followed(server: RecordingServer) -> None:
    def reply(visit: Visit) -> Reply:
        if visit.path == "/away":
            return "302 Found", {"Location": server.url("busy.example", "/x")}, b""
        return _says("503 Service Unavailable", "60")

    server.reply = reply
    with fetcher() as running:
        ask(running, server.url("busy.example"))
        result = ask(running, server.url("news.example", "/away"))
    assert isinstance(result, FetchError)
    assert result.kind == "held"
    assert server.paths() == ["/", "/away"]


def test_holds_outlive_a_restart(server: RecordingServer) -> None:
    server.reply = lambda visit: _says("429 Too Many Requests", "100")
    with fetcher() as running:
        ask(running, server.url("news.example"))
        known = running.holds()
    limits = FetchLimits(allow_private=("127.0.0.0/8",))
    with Fetcher(limits, holds=known, resolver=loopback) as later:
        result = ask(later, server.url("news.example", "/again"))
        assert later.holds() == known
    assert isinstance(result, FetchError)
    assert result.kind == "held"
    assert server.paths() == ["/"]


def test_a_hold_is_capped_never_shortened_and_needs_a_reason() -> None:
    holds = Holds({"long.example": NOW + timedelta(days=400)})
    assert holds.left("long.example", NOW) == LONGEST_HOLD.total_seconds()
    holds.note("a.example", 429, 999_999_999.0, NOW)
    assert holds.current(NOW)["a.example"] == NOW + LONGEST_HOLD
    holds.note("b.example", 503, 100.0, NOW)
    holds.note("b.example", 503, 10.0, NOW)
    assert holds.left("b.example", NOW) == 100
    holds.note("c.example", 503, None, NOW)
    holds.note("d.example", 404, 100.0, NOW)
    holds.note("e.example", 429, 0.0, NOW)
    assert set(holds.current(NOW)) == {"long.example", "a.example", "b.example"}
    holds.note("f.example", 429, None, NOW)
    assert holds.left("f.example", NOW) == 60
    assert holds.left("f.example", NOW + timedelta(seconds=60)) == 0


def _site(robots: str, status: str = "200 OK") -> "dict[str, Reply]":
    return {"/robots.txt": (status, {"Content-Type": "text/plain"}, robots.encode())}


def _serve(server: RecordingServer, replies: dict[str, Reply]) -> None:
    server.reply = lambda visit: replies.get(visit.path, OK)


def test_a_page_that_robots_txt_forbids_is_not_asked_for_and_the_rule_is_named(server: RecordingServer) -> None:
    _serve(server, _site("User-agent: *\nDisallow: /private/\nDisallow: /p\nAllow: /public/"))
    with fetcher() as running:
        refused = ask(running, server.url("news.example", "/private/1"), robots=True)
        allowed = ask(running, server.url("news.example", "/public/1"), robots=True)
        feed = ask(running, server.url("news.example", "/private/feed"))
    assert isinstance(refused, FetchError)
    assert refused.kind == "robots"
    assert "news.example" in str(refused)
    assert "Disallow: /private/" in str(refused)
    assert "talks-monitor" in str(refused)
    assert isinstance(allowed, Document)
    assert isinstance(feed, Document), "feeds are offered to programs; robots.txt is about pages"
    assert server.paths() == ["/robots.txt", "/public/1", "/private/feed"]


def test_a_group_for_our_token_counts_before_the_one_for_everybody(server: RecordingServer) -> None:
    _serve(server, _site("User-agent: *\nDisallow: /\n\nUser-agent: Talks-Monitor\nDisallow: /no\n"))
    with fetcher() as running:
        assert isinstance(ask(running, server.url("news.example", "/yes"), robots=True), Document)
        assert isinstance(ask(running, server.url("news.example", "/no"), robots=True), FetchError)


def test_many_pages_of_a_site_wait_for_one_robots_txt(server: RecordingServer) -> None:
    server.hold_for = 0.05
    with fetcher() as running:
        pages = [FetchRequest(key=str(n), url=server.url("news.example", f"/{n}")) for n in range(6)]
        assert all(isinstance(result, Document) for result in running.fetch(pages, robots=True))
        assert all(isinstance(result, Document) for result in running.fetch(pages, robots=True))
    assert server.paths().count("/robots.txt") == 1
    assert server.paths()[0] == "/robots.txt"


@pytest.mark.parametrize(("status", "asked"), [("404 Not Found", True), ("403 Forbidden", True), ("500 Oops", False)])
def test_no_robots_txt_allows_all_and_a_broken_server_forbids_all_for_now(
    server: RecordingServer, status: str, asked: bool
) -> None:
    _serve(server, _site("", status))
    with fetcher() as running:
        result = ask(running, server.url("news.example", "/page"), robots=True)
    assert isinstance(result, Document) == asked
    if isinstance(result, FetchError):
        assert result.kind == "robots"
        assert result.retry_after == 300
        assert "/page" not in server.paths()


def test_a_crawl_delay_is_kept_between_pages_up_to_the_cap(server: RecordingServer) -> None:
    _serve(server, _site("User-agent: *\nCrawl-delay: 1000\n"))
    with fetcher() as running:
        pages = [FetchRequest(key=str(n), url=server.url("news.example", f"/{n}")) for n in range(4)]
        assert all(isinstance(result, Document) for result in running.fetch(pages, robots=True))
        started = time.monotonic()
        ask(running, server.url("news.example", "/feed"))
        assert time.monotonic() - started < 0.25, "a feed does not wait for it"
    assert smallest_gap(server.visits[:-1]) > 0.3 - SLACK


def test_a_redirect_into_what_is_forbidden_is_not_followed(server: RecordingServer) -> None:
    replies = _site("User-agent: *\nDisallow: /private/\n")
    replies["/page"] = ("302 Found", {"Location": "/private/1"}, b"")
    replies["/away"] = ("302 Found", {"Location": server.url("other.example", "/private/1")}, b"")
    _serve(server, replies)
    with fetcher(host_concurrency=1) as running:
        for path in ("/page", "/away"):
            result = ask(running, server.url("news.example", path), robots=True)
            assert isinstance(result, FetchError)
            assert result.kind == "robots"
    assert server.paths().count("/robots.txt") == 2
    assert "/private/1" not in server.paths()


def test_connections_are_kept_while_more_pages_of_a_host_wait_and_closed_after(server: RecordingServer) -> None:
    with fetcher(host_concurrency=1) as running:
        list(running.fetch(FetchRequest(key=str(n), url=server.url("news.example")) for n in range(5)))
        ask(running, server.url("news.example"))
    connections = [visit.connection for visit in server.visits]
    assert connections == [1, 1, 1, 1, 1, 2]
