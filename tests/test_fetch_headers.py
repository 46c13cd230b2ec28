"""How long an answer stays fresh, which hub it names, and what robots.txt says: pure rules."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.fetch.answers import http_date
from monitor.fetch.freshness import fresh_for, hub_and_topic
from monitor.fetch.hosts import host_key
from monitor.fetch.robots import MAX_BYTES, RobotsFile, Rules, deciding_line, relevant, understood
from monitor.records.feeds import Document, FetchRequest

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = "Mon, 23 Nov 2026 12:10:00 GMT"
SENT = "Mon, 23 Nov 2026 12:05:00 GMT"


def fresh(cache_control: str = "", *, age: str = "", expires: str = "", date: str = "") -> float | None:
    return fresh_for(cache_control=cache_control, age=age, expires=expires, date=date, now=NOW)


@pytest.mark.parametrize(
    ("cache_control", "expected"),
    [
        ("max-age=300", 300.0),
        ("public, MAX-AGE = 300", 300.0),
        ('private="set-cookie, x", max-age="60"', 60.0),
        ("max-age=60, max-age=600", 60.0),
        ("s-maxage=900", None),
        ("max-age=soon", 0.0),
        ("max-age=-1", 0.0),
        ("max-age", 0.0),
        ("no-store, max-age=300", None),
        ('max-age=300, no-cache="x"', None),
        ("max-age=300, must-revalidate", None),
        ("max-age=99999999999", 366 * 86400.0),
        (";;;=,,max-age=5", 5.0),
        ("", None),
    ],
)
def test_cache_control_says_how_long_an_answer_stays_fresh(cache_control: str, expected: float | None) -> None:
    assert fresh(cache_control) == expected


def test_the_time_spent_in_other_caches_is_taken_off() -> None:
    assert fresh("max-age=300", age="100") == 200
    assert fresh("max-age=300", age="1000") == 0
    assert fresh("max-age=300", age="old") == 300
    assert fresh(expires=LATER, date=SENT, age="60") == 240


def test_expires_counts_against_the_servers_own_clock_and_only_without_max_age() -> None:
    assert fresh(expires=LATER, date=SENT) == 300
    assert fresh(expires=LATER) == 600
    assert fresh(expires=SENT, date=LATER) == 0
    assert fresh(expires="0", date=SENT) == 0
    assert fresh("max-age=5", expires=LATER, date=SENT) == 5


def test_a_date_that_no_calendar_holds_in_utc_is_none() -> None:
    assert http_date("Fri, 31 Dec 9999 23:59:59 -0100") is None
    assert fresh(expires="Fri, 31 Dec 9999 23:59:59 -0100", date=SENT) == 0


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=40), st.text(max_size=40))
def test_no_header_breaks_the_reading_of_freshness(cache_control: str, age: str, expires: str, date: str) -> None:
    seconds = fresh(cache_control, age=age, expires=expires, date=date)
    assert seconds is None or 0 <= seconds <= 366 * 86400


@pytest.mark.parametrize(
    ("link", "hub", "topic"),
    [
        ('<https://hub.example/>; rel="hub", <https://news.example/feed>; rel="self"', "https://hub.example/", "self"),
        ("</hub>;rel=hub,</feed>;rel=self", "https://news.example/hub", "self"),
        ('<https://hub.example/>; title="a, b; <c>"; rel="preload HUB"', "https://hub.example/", ""),
        ('<https://a.example/>; rel=hub, <https://b.example/>; rel="hub"', "https://a.example/", ""),
        ('<https://hub.example/>; rel="next"; rel="hub"', "", ""),
        ('<https://hub.example/>; rel="hub"; anchor="https://other.example/"', "", ""),
        ('<javascript:alert(1)>; rel="hub"', "", ""),
        ("<https://hub.example/", "", ""),
        ("<http://[bad/>; rel=hub", "", ""),
        ("", "", ""),
    ],
)
def test_the_link_header_names_hub_and_topic(link: str, hub: str, topic: str) -> None:
    expected = "https://news.example/feed" if topic else ""
    assert hub_and_topic(link, "https://news.example/feed.xml") == (hub, expected)


@given(st.text(alphabet='<>;,="\\ relhubslf/:.anchor', max_size=120))
def test_no_link_header_breaks_the_reader_and_addresses_are_absolute(link: str) -> None:
    assert all(not found or found.startswith("http") for found in hub_and_topic(link, "https://news.example/"))


def test_long_runs_of_white_space_are_read_quickly() -> None:
    assert fresh("a" + " " * 8000 + "x, max-age=5") == 5
    assert hub_and_topic("<https://h.example/>" + " " * 8000 + ";rel" + " " * 100 + "=hub", "https://x.example")[0]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.News.example/x", "news.example"),
        ("http://news.example:80/", "news.example"),
        ("http://news.example:443/", "news.example"),
        ("http://news.example.:8080/", "news.example:8080"),
        ("https://www.münchen.example/", "xn--mnchen-3ya.example"),
        ("http://www./", "www"),
        ("http://[::1]:81/", "::1:81"),
    ],
)
def test_spellings_of_one_site_are_one_host(url: str, host: str) -> None:
    assert host_key(httpx.URL(url)) == host


REQUEST = FetchRequest(key="k", url="https://news.example/a/b")


def rules(text: str, status: int = 200) -> Rules:
    return Rules("https://news.example", RobotsFile(fetched_at=NOW, status=status, text=relevant(text)))


def allowed(text: str, path: str) -> bool:
    return rules(text).refusal(REQUEST, httpx.URL(f"https://news.example{path}")) is None


def test_the_longest_rule_wins_and_wildcards_count() -> None:
    text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.pdf$\n"
    assert not allowed(text, "/a/c")
    assert allowed(text, "/a/b/c")
    assert not allowed(text, "/x.pdf")
    assert allowed(text, "/x.pdf?y")


def test_groups_of_other_agents_are_left_out_and_ours_are_kept() -> None:
    text = (
        "Sitemap: https://x\nUser-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\n"
        "User-agent: other\nUser-agent: Talks-Monitor\nDisallow: /ours # why\n\nUser-agent: *\nDisallow: /all\n"
    )
    assert relevant(text).split("\n") == [
        "User-agent: Talks-Monitor",
        "Disallow: /ours # why",
        "User-agent: *",
        "Disallow: /all",
    ]
    assert not allowed(text, "/ours")
    assert allowed(text, "/all")


def test_a_file_full_of_agents_and_rules_is_read_quickly() -> None:
    agents = "".join(f"User-agent: bot{number}\n" for number in range(12_000))
    text = agents + "User-agent: *\n" + "".join(f"Disallow: /{number}*x*y\n" for number in range(8_000))
    assert not allowed(text, "/7999axby")


def test_the_deciding_line_is_the_longest_that_forbids() -> None:
    text = "User-agent: *\nDisallow: /\nDisallow: /a/ # articles\nDisallow: /b/"
    assert deciding_line(text, "https://news.example/a/1") == "Disallow: /a/"


def failure(kind: str, status: int | None = None) -> FetchError:
    return FetchError("x", key="k", url="https://news.example/robots.txt", kind=kind, status=status)


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (failure("status", 404), 404),
        (failure("status", 401), 404),
        (failure("redirect"), 404),
        (failure("status", 429), 503),
        (failure("status", 500), 503),
        (failure("timeout"), 503),
        (failure("dns"), 503),
    ],
)
def test_an_answer_for_robots_txt_means_what_the_standard_says(result: FetchError, status: int) -> None:
    assert understood(result, now=NOW) == RobotsFile(fetched_at=NOW, status=status)


def test_only_the_first_half_megabyte_is_read() -> None:
    body = b"User-agent: *\n" + b"#" * (MAX_BYTES - 14) + b"\nDisallow: /\n"
    document = Document(key="k", url="x", final_url="x", status=200, body=body)
    assert "Disallow" not in understood(document, now=NOW).text
    marked = Document(key="k", url="x", final_url="x", status=200, body=b"\xef\xbb\xbfUser-agent: *\nDisallow: /\xff")
    assert "Disallow" in understood(marked, now=NOW).text


@given(st.text(max_size=300))
def test_no_robots_txt_breaks_the_reader(text: str) -> None:
    found = rules(text)
    found.refusal(REQUEST, httpx.URL("https://news.example/a"))
    assert 0 <= found.delay(10) <= 10


def test_a_crawl_delay_is_capped() -> None:
    assert rules("User-agent: *\nCrawl-delay: 2.5").delay(10) == 2.5
    assert rules("User-agent: *\nCrawl-delay: 86400").delay(10) == 10
    assert rules("User-agent: *\nCrawl-delay: 5", status=404).delay(10) == 0
    assert timedelta(seconds=rules("").delay(10)) == timedelta(0)
