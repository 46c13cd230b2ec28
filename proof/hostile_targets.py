"""What hostile input is thrown at: every door through which strangers' bytes come, with what may come out of it.

A target takes bytes, does with them what the program does, and asserts what the program relies on afterwards. Only
the errors that the door documents are caught; whatever else escapes is a finding.
"""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from io import BytesIO
from pathlib import Path

import httpx

from monitor import query, text, urls
from monitor.alerts import options
from monitor.config import load
from monitor.daemon import inbound
from monitor.errors import ConfigError, ExtractError, ParseError, QueryError
from monitor.extract import charset as page_charset
from monitor.extract import dates as page_dates
from monitor.extract.feedtext import fragment_text
from monitor.extract.pages import extract
from monitor.fetch import answers, freshness, robots
from monitor.fetch.decoding import DecodingError, decoder, gunzip
from monitor.notify import addresses, chats, webhook
from monitor.notify.envelope import letter
from monitor.publish import atom, jsonfeed, rss
from monitor.query import days
from monitor.records.feeds import Document, FetchRequest
from monitor.records.subscriptions import Subscription, SubscriptionState
from monitor.records.telling.messages import Mail
from monitor.records.telling.publishing import PublishedFeed, PublishedItem
from monitor.sources import charset, dates, discovery, markup, opml, parse
from monitor.understand.dates import resolve
from monitor.websub import protocol
from proof.hostile_seeds import SEEDS, TOKENS

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://news.example/feeds/rss.xml"
_UNPACKED = 4_000_000
_SETTINGS = os.memfd_create("settings")
_SUBSCRIPTION = Subscription(
    id=1,
    feed_id=1,
    hub="https://hub.example/",
    topic="https://news.example/rss",
    token="a" * 43,
    secret="b" * 43,
    state=SubscriptionState.VERIFIED,
    requested_at=NOW,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One door. ``seconds`` of processor time are the deadline of one execution."""

    name: str
    run: Callable[[bytes], None]
    executions: int
    longest: int = 256
    seconds: float = 1.0
    instrumented: tuple[str, ...] = ("monitor",)
    """Packages whose branches guide the search."""

    @property
    def seeds(self) -> tuple[bytes, ...]:
        """Inputs to begin with."""
        return SEEDS[self.name]

    @property
    def tokens(self) -> tuple[str, ...]:
        """Pieces that the search may put in."""
        return TOKENS.get(self.name, ())


def _words(data: bytes) -> str:
    """Any text, lone surrogates among it: JSON and broken UTF-8 bring them."""
    return data.decode("utf-8", "surrogateescape")


def _searches(data: bytes) -> None:
    written = _words(data)
    try:
        found = query.parse(written)
    except QueryError as error:
        _fits(error, written)
        return
    assert query.parse(str(found)) == found
    assert isinstance(found.terms, tuple)


def _fits(error: QueryError, search: str) -> None:
    assert 0 <= error.position <= len(search)
    _is_short(error)


def _is_short(error: Exception) -> None:
    assert len(str(error)) < 1000


def _feed_dates(data: bytes) -> None:
    written = _words(data)
    for when in (dates.from_feed(written), dates.from_text(written)):
        assert when is None or (when.tzinfo is not None and 1989 <= when.year <= 2201)
    with suppress(ValueError):
        days.bounds(days.dates(written), NOW)


def _page_dates(data: bytes) -> None:
    written = _words(data)
    for when in (page_dates.read_date(written), page_dates.date_in_path(written)):
        assert when is None or (when.tzinfo is not None and 1989 <= when.year <= 2101)


def _header_dates(data: bytes) -> None:
    written = _words(data)
    when = answers.http_date(written)
    assert when is None or when.utcoffset() == timedelta()
    wait = answers.retry_after(written, now=NOW)
    assert wait is None or wait >= 0


def _said_dates(data: bytes) -> None:
    found = resolve(_words(data), NOW, "Europe/Kyiv")
    assert found is None or found.start <= found.end


def _addresses_on_the_web(data: bytes) -> None:
    written = _words(data)
    base, _, link = written.partition("\n")
    once = urls.canonical(written)
    assert urls.canonical(once) == once
    urls.host(written)
    urls.absolute(base, link)
    urls.web_link(base, link)
    sent = urls.outgoing(written, 2000)
    assert sent.isascii()
    assert not sent or sent.isprintable()
    answers.public_form(written)


def _mail_addresses(data: bytes) -> None:
    written = _words(data)
    for door in (addresses.checked, addresses.same):
        with suppress(ConfigError):
            found = door(written)
            assert found.isprintable()
            assert found.count("@") == 1
    with suppress(ConfigError):
        found = addresses.checked(written)
        assert addresses.checked(found) == found
        assert addresses.same(found) == addresses.same(written)
    with suppress(ConfigError):
        assert addresses.sender(written).name.isprintable()


def _mails(data: bytes) -> None:
    subject, _, rest = _words(data).partition("\n")
    sender, _, body = rest.partition("\n")
    mail = Mail(
        to="desk@example.org",
        subject=f"{subject}\r{rest[:40]}",
        text=body,
        html=f"<p>{rest}</p>" if len(data) % 2 else "",
        message_id="<1@example.org>",
        date=NOW,
        unsubscribe="https://monitor.example/u/1",
    )
    for named in (sender, "Desk <desk@example.org>"):
        try:
            sent = letter(mail, sender=named)
        except ConfigError:
            continue
        head = sent.data.partition(b"\r\n\r\n")[0]
        lines = head.split(b"\r\n")
        assert sent.needs_utf8 or sent.data.isascii()
        assert all(len(line) <= 998 for line in sent.data.split(b"\r\n"))
        assert b"\n" not in head.replace(b"\r\n", b"")
        assert sum(line.lower().startswith(b"subject:") for line in lines) == 1
        assert not any(line.lower().startswith((b"bcc:", b"cc:")) for line in lines)


def _headers(data: bytes) -> None:
    one, _, other = _words(data).partition("\n")
    lasts = freshness.fresh_for(cache_control=one, age=other, expires=other, date=one, now=NOW)
    assert lasts is None or lasts >= 0
    freshness.hub_and_topic(one, URL)
    with suppress(DecodingError):
        decoder(one)
    protocol.is_signed("secret", one, data)
    assert markup.language(one) == markup.language(one).lower()


def _options(data: bytes) -> None:
    written = _words(data)
    for door in (options.triggers, options.quiet_hours, options.span, webhook.checked):
        with suppress(ConfigError):
            door(written)
    chats.redacted(written)
    chats.harmless(written)
    with suppress(ConfigError):
        webhook.key(written)


def _robots(data: bytes) -> None:
    kept = robots.relevant(data.decode("utf-8-sig", "replace"))
    file = robots.RobotsFile(fetched_at=NOW, status=200, text=kept)
    rules = robots.Rules("https://news.example", file)
    request = FetchRequest(key="1", url="https://news.example/a/1")
    rules.refusal(request, httpx.URL(request.url))
    assert 0 <= rules.delay(30.0) <= 30.0


def _texts(data: bytes) -> None:
    written = _words(data)
    once = text.clean(written)
    assert text.clean(once) == once
    assert "\n" not in text.one_line(written)
    assert len(text.shorten(written, 40)) <= 40
    ends = [0]
    for start, end in text.sentences(written):
        assert ends[-1] <= start < end <= len(written)
        ends.append(end)
    assert "\n" not in markup.plain(written)
    safe = markup.clean_html(written, kind="text/html", base=URL, limit=200)
    assert "<script" not in safe.lower()
    fragment_text(written)


def _charsets(data: bytes) -> None:
    declared, _, body = data.partition(b"\n")
    kind = declared.decode("latin-1")
    assert isinstance(charset.decode(body, kind).text, str)
    assert isinstance(page_charset.decode(body, kind), str)
    page_charset.utf8(body, kind).decode("utf-8")


def document(data: bytes, **fields: str) -> Document:
    """What a server sent."""
    return Document(key="k", url=URL, final_url=URL, status=200, body=data, **fields)  # type: ignore[arg-type]


def _feeds(data: bytes) -> None:
    try:
        found = parse(document(data), now=NOW)
    except ParseError as error:
        _is_short(error)
        return
    for entry in found.entries:
        assert "<script" not in entry.content.lower()
        assert entry.published is None or entry.published.tzinfo is not None
        assert not entry.url or urls.is_web(entry.url)


def _outlines(data: bytes) -> None:
    with suppress(ParseError):
        feeds, _ = opml.read(data)
        again, problems = opml.read(opml.write(feeds))
        assert (again, problems) == (feeds, ())


def _pages(data: bytes) -> None:
    with suppress(ExtractError):
        page = extract(document(data, content_type="text/html"))
        assert "\x00" not in page.text
    discovery.discover(document(data))


def _packed(data: bytes) -> None:
    coding, _, body = data.partition(b"\n")
    with suppress(DecodingError):
        unpack, size = decoder(coding.decode("latin-1")), 0
        for piece in unpack.decode(body):
            assert len(piece) <= 1 << 20
            size += len(piece)
            if size > _UNPACKED:
                return
        unpack.finish()
    with suppress(DecodingError):
        assert len(gunzip(body, max_bytes=_UNPACKED)) <= _UNPACKED


def _settings(data: bytes) -> None:
    os.ftruncate(_SETTINGS, 0)
    os.pwrite(_SETTINGS, data, 0)
    with suppress(ConfigError):
        load(Path(f"/proc/self/fd/{_SETTINGS}"))


def _bodies(data: bytes) -> None:
    head, _, body = data.partition(b"\n\n")
    said = Message()
    for line in head.decode("latin-1").splitlines():
        name, _, value = line.partition(":")
        said[name] = value
    with suppress(inbound.BodyError):
        assert len(inbound.read_body(BytesIO(body), said, 1000)) <= 1000
    protocol.judge(_SUBSCRIPTION, head.decode("latin-1"))
    protocol.token_of(head.decode("latin-1"))


def _published(data: bytes) -> None:
    title, _, rest = _words(data).partition("\n")
    url, _, evidence = rest.partition("\n")
    item = PublishedItem(
        id="urn:uuid:1", title=title, url=url, outlet=rest, published=NOW, updated=NOW, evidence=evidence,
        authors=(title, url), topics=(rest,), language=rest[:2],
    )  # fmt: skip
    feed = PublishedFeed(id="urn:uuid:2", title=title, description=evidence, home=url, address=url)
    for written in (atom.atom([item], feed, now=NOW), rss.rss([item], feed, now=NOW)):
        assert len(parse(document(written), now=NOW).hashes) == 1
    assert json.loads(jsonfeed.jsonfeed([item], feed))


TARGETS: tuple[Target, ...] = (
    Target(name="searches", run=_searches, executions=1_500_000, longest=200),
    Target(name="dates in feeds", run=_feed_dates, executions=1_000_000, longest=80),
    Target(name="dates in pages", run=_page_dates, executions=200_000, longest=90),
    Target(name="dates in headers", run=_header_dates, executions=2_500_000, longest=80),
    Target(name="dates in words", run=_said_dates, executions=1_000_000, longest=120),
    Target(name="web addresses", run=_addresses_on_the_web, executions=1_000_000),
    Target(name="mail addresses", run=_mail_addresses, executions=2_500_000, longest=320),
    Target(name="headers", run=_headers, executions=1_000_000),
    Target(name="options", run=_options, executions=20_000, longest=120),
    Target(name="mails", run=_mails, executions=10_000, longest=1000),
    Target(name="robots.txt", run=_robots, executions=100_000, longest=1000),
    Target(name="texts", run=_texts, executions=250_000, longest=500),
    Target(name="charsets", run=_charsets, executions=50_000, longest=1000, seconds=2.0),
    Target(name="feeds", run=_feeds, executions=60_000, longest=4000, seconds=2.0),
    Target(name="lists of feeds", run=_outlines, executions=30_000, longest=2000),
    Target(name="pages", run=_pages, executions=15_000, longest=4000, seconds=2.0),
    Target(name="packed bodies", run=_packed, executions=100_000, longest=2000),
    Target(name="bodies that are sent to us", run=_bodies, executions=300_000, longest=1000),
    Target(name="settings", run=_settings, executions=20_000, longest=1000),
    Target(name="feeds that we publish", run=_published, executions=40_000, longest=600),
)
