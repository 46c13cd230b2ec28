"""What a feed's server can do wrong, one record each, and what must be stored then: the cases of ``test_faults``."""

import gzip
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any

import brotli  # type: ignore[import-untyped]
import nh3
import zstandard

from tests.fault_site import CANARY, FAULTY, goes_to, item, page, replies, rss
from tests.misbehaving import CYRILLIC, FEED, ROUTES, Answer, Exchange

BOMB = 100_000_000
"""Bytes that a bomb unpacks to."""


def _gone_date(seconds: int) -> Answer:
    def answer(exchange: Exchange) -> None:
        now = datetime.now(UTC)
        told = {"Date": format_datetime(now, usegmt=True)}
        told["Retry-After"] = format_datetime(now + timedelta(seconds=seconds), usegmt=True)
        exchange.reply(status="503 Service Unavailable", headers=told)

    return answer


@cache
def _zeros(coding: str) -> bytes:
    """A few kilobytes that become BOMB bytes."""
    megabytes = BOMB // 1_000_000
    packed = bytearray()
    if coding == "br":
        packer = brotli.Compressor(quality=4)
        for _ in range(megabytes):
            packed += packer.process(bytes(1_000_000))
        return bytes(packed + packer.finish())
    stream = zstandard.ZstdCompressor().compressobj() if coding == "zstd" else zlib.compressobj(1, wbits=31)
    for _ in range(megabytes):
        packed += stream.compress(bytes(1_000_000))
    return bytes(packed + stream.flush())


def _bomb(coding: str, *, told: str | None = None) -> Answer:
    headers = {"Content_Encoding": coding if told is None else told}
    return replies(lambda: _zeros(coding), **{name: value for name, value in headers.items() if value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong, and what the feed's row must say then."""

    name: str
    answer: Answer | None = None
    leads_to: tuple[str, ...] = ()
    """The addresses that the feed's name has meanwhile."""
    kind: str = ""
    """Kind of the FetchError; empty when a document came."""
    says: str
    """A part of the message."""
    status: int | None = None
    waits: float = 0.0
    """Seconds that the server asked for."""
    polls: int = 1
    before: Callable[[], object] = int
    """What takes memory and is not the program's."""


def _status(status: str, says: str, **fields: Any) -> Fault:
    told = fields.pop("headers", {})
    name = fields.pop("name", status.partition(" ")[0])
    number = int(status[:3])
    return Fault(name=name, answer=replies(b"", status, **told), kind="status", says=says, status=number, **fields)


def _led(name: str, *addresses: str) -> Fault:
    return Fault(name=name, leads_to=addresses, kind="refused_address", says="allow_private_hosts")


LONG = rss(item(FAULTY, 4, title="t" * 10_000_000))
HANGING = rss(item(FAULTY, 4, author="a" * 1_000_000), before="<!DOCTYPE rss>")
CHALLENGE = b"<!doctype html><html><head><title>Just a moment...</title></head><body><p>Checking.</p></body></html>"
CONSENT = (
    b"<!doctype html><html><head><title>Before you continue</title></head><body><form action='/consent'>"
    b"<p>We use cookies.</p><button>Accept all</button></form></body></html>"
)
FAULTS = (
    Fault(name="gzip bomb", answer=_bomb("gzip"), kind="too_large", says="8000000", before=lambda: _zeros("gzip")),
    Fault(name="brotli bomb", answer=_bomb("br"), kind="too_large", says="8000000", before=lambda: _zeros("br")),
    Fault(name="zstd bomb", answer=_bomb("zstd"), kind="too_large", says="8000000", before=lambda: _zeros("zstd")),
    Fault(
        name="gzip bomb as a file", answer=_bomb("gzip", told=""), kind="decode", says="larger than 8000000",
        before=lambda: _zeros("gzip"),
    ),
    Fault(
        name="gzip in gzip", answer=replies(lambda: gzip.compress(_zeros("gzip")), Content_Encoding="gzip, gzip"),
        kind="decode", says="gzip, gzip", before=lambda: _zeros("gzip"),
    ),
    Fault(name="10 MB title", answer=replies(lambda: LONG), kind="too_large", says="8000000", before=lambda: LONG),
    Fault(name="endless", answer=ROUTES["/endless"], kind="too_large", says="8000000"),
    Fault(name="header drip", answer=ROUTES["/drip-headers"], kind="timeout", says="2 s"),
    Fault(name="body drip", answer=ROUTES["/drip-body"], kind="timeout", says="2 s"),
    Fault(name="redirect loop", answer=goes_to("/feed"), kind="redirect", says="circle"),
    Fault(name="redirect to private", answer=goes_to("http://10.11.12.13/x"), kind="refused_address", says="10.11."),
    Fault(name="redirect inwards", answer=goes_to(f"http://{CANARY}:PORT/feed"), kind="refused_address", says=CANARY),
    Fault(name="redirect to file", answer=goes_to("file:///etc/passwd"), kind="refused_address", says="scheme file"),
    Fault(name="redirect to gopher", answer=goes_to("gopher://one.example/"), kind="refused_address", says="gopher"),
    _led("rebound inwards", CANARY),
    _led("one of two addresses inwards", "127.0.3.1", CANARY),
    _led("IPv6 loopback", "::1"),
    _led("IPv6 mapped", f"::ffff:{CANARY}"),
    _led("carrier NAT", "100.64.0.1"),
    _led("link-local metadata", "169.254.169.254"),
    _led("unique local IPv6", "fd00::1"),
    Fault(name="reset in the body", answer=ROUTES["/reset"], kind="protocol", says="broke off"),
    Fault(
        name="truncated chunked",
        answer=lambda exchange: exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n"),
        kind="protocol", says="broke off",
    ),
    Fault(name="too long a length", answer=ROUTES["/short"], kind="protocol", says="broke off"),
    Fault(name="closed without a word", answer=ROUTES["/closed"], kind="protocol", says="broke off"),
    Fault(name="no HTTP", answer=ROUTES["/garbage"], kind="protocol", says="HTTP"),
    Fault(name="consent wall", answer=replies(CONSENT, Content_Type="text/html"), says="not a feed", status=200),
    Fault(name="challenge as 200", answer=replies(CHALLENGE, Content_Type="text/html"), says="not a feed", status=200),
    _status("403 Forbidden", "challenge", name="Cloudflare", headers={"cf_mitigated": "challenge"}),
    # The feed parser's search for mail addresses takes a time that grows with the square of the name
    # (kin to kurtmckee/feedparser#263): this would go on for a quarter of an hour.
    Fault(name="parser hang", answer=replies(lambda: HANGING), says="not parsed within 2 s", status=200),
    Fault(name="empty body", answer=ROUTES["/empty"], says="empty", status=200),
    Fault(name="picture", answer=ROUTES["/binary"], says="not a feed", status=200),
    _status("403 Forbidden", "refuses"),
    _status("404 Not Found", "404"),
    _status("429 Too Many Requests", "too often", waits=60.0),
    _status("429 Too Many Requests", "wait 7200 s", name="429 with a wait", waits=7200.0,
            headers={"Retry_After": "7200"}),
    Fault(name="429 for a year", kind="status", says="wait", status=429, waits=86_400.0,
          answer=replies(b"", "429 Too Many Requests", Retry_After="31536000")),
    _status("503 Service Unavailable", "503"),
    Fault(name="503 until a date", answer=_gone_date(3600), kind="status", says="wait", status=503, waits=3595.0),
    _status("500 Internal Server Error", "500", polls=5, name="500 storm"),
)  # fmt: skip

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A feed that arrives whole and is hostile, broken or odd inside."""

    name: str
    answer: Answer
    check: Callable[[Rows], None]
    """Looks at the rows of the entries that it brought."""


def _entities(lines: str, title: str) -> Answer:
    return replies(rss(item(FAULTY, 4, title=title), before=f"<!DOCTYPE rss [{lines}]>"))


# The first is long, so that the limit is reached in a few steps: three letters at a time take a second or two.
_LAUGHS = f'<!ENTITY l0 "{"lol" * 1_000}">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_OUTSIDE = '<!ENTITY x SYSTEM "{}">'


def _canary_entity(exchange: Exchange) -> None:
    address = f"http://{CANARY}:{exchange.server.port}/x"
    before = f'<!DOCTYPE rss SYSTEM "{address}" [{_OUTSIDE.format(address)}<!ENTITY % p SYSTEM "{address}">%p;]>'
    exchange.reply(rss(item(FAULTY, 4, title="A&x;B"), before=before))


def _is_one_short_entry(rows: Rows) -> None:
    (row,) = rows
    assert row["url"] == page(FAULTY, 4)
    assert sum(len(value) for value in row.values() if isinstance(value, str)) < 5_000
    assert "lollol" not in row["title"]
    assert "root:" not in str(row)
    assert "stolen" not in str(row)


_TRAPS = (
    "<script>steal()</script>",
    "<img src=x onerror='steal()'>",
    "<a href='javascript:steal()'>here</a>",
    "<a href='java&#10;script:steal()'>here</a>",
    "<svg/onload=steal()><math><style><img src=x onerror=steal()></style></math>",
    "<iframe srcdoc='<script>steal()</script>'></iframe><form action='javascript:steal()'><button>x</button></form>",
    "<div style='background:url(javascript:steal())' onclick='steal()'>words</div>",
    "<scr<script>ipt>steal()</scr</script>ipt>",
)


def _scripts() -> bytes:
    trap = "".join(_TRAPS).replace("&", "&amp;").replace("<", "&lt;")
    fields = dict.fromkeys(("title", "description", "content:encoded", "author", "guid", "dc:creator"), trap)
    inside = item(FAULTY, 4, **fields) + item(FAULTY, 5, link="javascript:steal()", guid="javascript:steal()")
    body = rss(inside, channel=f"<description>{trap}</description><language>{trap}</language>")
    names = b'<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return body.replace(b"<rss", names)


def _holds_no_script(rows: Rows) -> None:
    assert len(rows) == 2
    for row in rows:
        # Titles, names and ids are text: whoever shows them escapes them.
        for name in ("summary", "content"):
            assert nh3.clean(row[name]) == row[name]
        for name in ("summary", "content", "url", "language"):
            for sign in ("<script", "onerror=", "onload=", "onclick=", "javascript:", "srcdoc", "<iframe", "<form"):
                assert sign not in row[name].lower(), (name, row[name])
        assert "<script" not in row["title"].lower()


def _holds_no_nul(rows: Rows) -> None:
    (row,) = rows
    assert "\0" not in str(dict(row))
    assert "\\x00" not in str(dict(row))
    assert row["title"] == "AB C"


def _holds_the_first_two_thousand(rows: Rows) -> None:
    assert len(rows) == 2_000
    assert len({row["identity"] for row in rows}) == 2_000


def _holds_ten_stories(rows: Rows) -> None:
    assert [row["title"] for row in rows] == [f"Story {number}" for number in range(10)]


def _says_what_is_wrong_with_dates(rows: Rows) -> None:
    by_quality = {row["date_quality"]: row for row in rows}
    assert list(by_quality) == ["future", "missing", "unreadable"]
    assert "2038" not in str(by_quality["future"]["published_at"])
    assert "2038" in by_quality["future"]["published_raw"]
    assert by_quality["missing"]["published_at"] is by_quality["unreadable"]["published_at"] is None
    assert by_quality["unreadable"]["published_raw"] == "the day before"


def _is_cyrillic(rows: Rows) -> None:
    assert [row["title"] for row in rows] == [CYRILLIC]


def _is_the_usual_entry(rows: Rows) -> None:
    assert [row["title"] for row in rows] == ["Leaders meet"]


def _has_a_title_of_two_thousand(rows: Rows) -> None:
    assert [row["title"] for row in rows] == ["t" * 2_000]


_NUL = {"guid": "g\0x", "title": "A\0B &#0; C", "description": "x\0y&#x0;z"}
_DATES = "".join(
    item(FAULTY, number, pubDate=written)
    for number, written in ((4, "Tue, 19 Jan 2038 03:14:08 GMT"), (5, ""), (6, "the day before"))
)
_CROWD = "".join(f"<item><guid>{number}</guid><title>{number}</title></item>" for number in range(100_000))
CONTENTS = (
    Content(name="billion laughs", answer=_entities(_LAUGHS, "&l9;"), check=_is_one_short_entry),
    Content(
        name="quadratic blow-up",
        answer=_entities(f'<!ENTITY a "{"x" * 50_000}">', "&a;" * 20_000),
        check=_is_one_short_entry,
    ),
    Content(
        name="entity from a file",
        answer=_entities(_OUTSIDE.format("file:///etc/passwd"), "A&x;B"),
        check=_is_one_short_entry,
    ),
    Content(name="entities from the network", answer=_canary_entity, check=_is_one_short_entry),
    Content(name="NUL bytes", answer=replies(rss(item(FAULTY, 4, **_NUL))), check=_holds_no_nul),
    Content(name="script in every field", answer=replies(_scripts()), check=_holds_no_script),
    Content(
        name="7 MB title",
        answer=replies(rss(item(FAULTY, 4, title="t" * 7_000_000))),
        check=_has_a_title_of_two_thousand,
    ),
    Content(name="100,000 entries", answer=replies(rss(_CROWD)), check=_holds_the_first_two_thousand),
    Content(
        # miniflux/v2#4197: ten items became one.
        name="one guid for all",
        answer=replies(rss("".join(item(FAULTY, n + 4, guid="same", title=f"Story {n}") for n in range(10)))),
        check=_holds_ten_stories,
    ),
    # worldmonitor#517: a date that cannot be read became "now", at every poll.
    Content(
        name="dates in 2038, missing, unreadable", answer=replies(rss(_DATES)), check=_says_what_is_wrong_with_dates
    ),
    Content(name="more than the length says", answer=ROUTES["/long"], check=_is_the_usual_entry),
    Content(name="gzip nobody was told of", answer=replies(gzip.compress(FEED)), check=_is_the_usual_entry),
    *(
        Content(name=path[1:], answer=ROUTES[path], check=_is_cyrillic)
        for path in ("/cp1251-undeclared", "/cp1251-as-latin1", "/cp1251-as-utf8", "/koi8-as-cp1251", "/cp1251-as-koi8")
    ),
)
