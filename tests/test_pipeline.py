"""The stages put in order: what a poll, the gate and a read lead to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import FetchError, ParseError
from monitor.pipeline.policy import ReadPolicy
from monitor.pipeline.polling import Pacing, is_unchanged, poll_update
from monitor.pipeline.reading import read, screened, short_document, unread_reason
from monitor.polling import PollPolicy
from monitor.records.articles import Entry, EntryState
from monitor.records.feeds import Document, Feed, FeedEntry, FeedSpec, NotModified, ParsedFeed
from monitor.records.findings import Unread
from monitor.text import body_digest

NOW = datetime(2025, 10, 16, 12, tzinfo=UTC)
PACING = Pacing(policy=PollPolicy(floor=60, ceiling=3600, start=900))
READING = ReadPolicy(gate=0.1, max_age=timedelta(days=7), attempts=3)
ROUTED = replace(READING, languages=frozenset({"en", "uk"}))
FEED = Feed(
    id=7,
    spec=FeedSpec(url="https://brightwater.example/feed.xml"),
    active=True,
    added_at=NOW,
    next_poll_at=NOW,
    interval=900,
    etag='"a"',
    body_hash=body_digest(b"old"),
)
ENTRY = Entry(
    id=3,
    feed_id=7,
    guid="g",
    url="https://brightwater.example/news/call",
    title="Leaders speak by phone",
    summary="The two presidents spoke for an hour about ending the war.",
    content="",
    published_raw="",
    published=NOW - timedelta(hours=1),
    first_seen=NOW,
    state=EntryState.NEW,
    outlet="Brightwater Wire",
)
PARAGRAPH = (
    "The two presidents spoke for more than an hour on Thursday, their offices said, and agreed to go on next week. "
)
PAGE = (
    "<html lang=en><head><title>Leaders speak by phone</title></head><body><nav>Home World Sport</nav><article>"
    "<h1>Leaders speak by phone</h1>"
    + "".join(f"<p>{PARAGRAPH}{n} aides took notes.</p>" for n in range(12))
    + "</article></body></html>"
)
UKRAINIAN = "Президенти поговорили телефоном про завершення війни та наступну зустріч у Женеві"


def document(
    body: bytes = b"new", url: str = FEED.spec.url, content_type: str = "text/html; charset=utf-8"
) -> Document:
    return Document(key="7", url=url, final_url=url, status=200, body=body, content_type=content_type, etag='"b"')


def failure(kind: str = "status", status: int | None = 503, retry_after: float | None = None) -> FetchError:
    return FetchError("busy", key="7", url=FEED.spec.url, kind=kind, status=status, retry_after=retry_after)


def test_a_304_and_a_body_seen_before_are_both_unchanged() -> None:
    assert is_unchanged(FEED, NotModified(key="7", url=FEED.spec.url))
    assert is_unchanged(FEED, document(b"old"))
    assert not is_unchanged(FEED, document(b"new"))
    assert not is_unchanged(FEED, failure())


def test_new_entries_shorten_the_interval_and_a_body_carries_its_validators() -> None:
    parsed = ParsedFeed(kind="rss20", encoding="utf-8", entries=(FeedEntry(guid="1"), FeedEntry(guid="2")))
    update = poll_update(FEED, document(), parsed, PACING, now=NOW, jitter=0)
    assert (update.outcome, update.etag, update.body_hash) == ("new", '"b"', body_digest(b"new"))
    quiet = poll_update(FEED, NotModified(key="7", url=FEED.spec.url), None, PACING, now=NOW, jitter=0)
    assert update.next_poll_at < quiet.next_poll_at


def test_an_unchanged_poll_keeps_the_validators_it_was_not_given_anew() -> None:
    update = poll_update(FEED, NotModified(key="7", url=FEED.spec.url), None, PACING, now=NOW, jitter=0)
    assert (update.outcome, update.etag, update.body_hash) == ("unchanged", '"a"', FEED.body_hash)


@pytest.mark.parametrize("parsed", [None, ParseError("not a feed: an HTML page")])
def test_a_failed_poll_waits_as_long_as_the_server_asks_and_says_why(parsed: ParseError | None) -> None:
    result = document() if parsed else failure(retry_after=3000)
    update = poll_update(FEED, result, parsed, PACING, now=NOW, jitter=0)
    assert update.outcome == "failed"
    assert update.error in {"busy", "not a feed: an HTML page"}
    assert update.body_hash is None
    assert update.next_poll_at == NOW + timedelta(seconds=1800 if parsed else 3000)


def test_the_gate_tells_its_score_and_its_limit() -> None:
    short = short_document(ENTRY)
    kept = screened(short, {"talks": 0.4, "missile_aid": 0.02}, READING)
    dropped = screened(short, {"talks": 0.04, "missile_aid": 0.02}, READING)
    assert (kept.state, kept.reason) == (EntryState.TO_READ, "gate: talks 0.400 >= 0.100")
    assert (dropped.state, dropped.reason) == (EntryState.RULED_OUT, "gate: talks 0.040 < 0.100")


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (ENTRY, None),
        (replace(ENTRY, published=None), None),
        (replace(ENTRY, published=NOW - timedelta(days=30)), "too old: published 2025-09-16, limit 7 days"),
        (replace(ENTRY, title="", summary=""), "empty: neither title nor text"),
        (replace(ENTRY, title=UKRAINIAN, summary=""), "language: uk"),
    ],
)
def test_what_is_never_put_to_the_gate_says_why(entry: Entry, reason: str | None) -> None:
    assert unread_reason(entry, short_document(entry), READING, now=NOW) == reason


def test_a_language_with_a_route_goes_through_the_gate_and_stays_told() -> None:
    entry = replace(ENTRY, title=UKRAINIAN, summary="", language="en-GB")
    short = short_document(entry)
    assert short.language == "uk"
    assert unread_reason(entry, short, ROUTED, now=NOW) is None
    kept = screened(short, {"talks": 0.4, "missile_aid": 0.02}, ROUTED)
    assert (kept.state, kept.language) == (EntryState.TO_READ, "uk")


def test_what_could_not_be_translated_for_the_gate_is_skipped_with_the_reason() -> None:
    short = short_document(replace(ENTRY, title=UKRAINIAN, summary=""))
    unread = Unread(article_id=short.id, language="uk", reason="language: uk, not translated within 90 s")
    skipped = screened(short, unread, ROUTED)
    assert (skipped.state, skipped.reason) == (EntryState.SKIPPED, "language: uk, not translated within 90 s")
    assert (skipped.gate_score, skipped.language) == (None, "uk")


@pytest.mark.parametrize(("policy", "kept"), [(READING, False), (ROUTED, True)])
def test_a_page_in_another_language_is_an_article_only_with_a_route(policy: ReadPolicy, kept: bool) -> None:
    page = PAGE.replace(PARAGRAPH, f"{UKRAINIAN}. ").replace("aides took notes.", "помічників вели записи.")
    result = read(replace(ENTRY, title=UKRAINIAN), document(page.encode(), url=ENTRY.url), policy, now=NOW)
    assert (result.article is not None, result.language) == (kept, "uk")
    assert result.reason == ("" if kept else "language: uk")
    if result.article is not None:
        assert result.article.language == "uk"


def test_a_text_in_no_language_that_can_be_told_keeps_the_one_of_its_headline() -> None:
    result = read(replace(ENTRY, title="Путін", summary="", language="uk"), None, ROUTED, now=NOW)
    assert result.article is not None
    assert result.article.language == "uk"


def test_a_page_becomes_an_article_with_the_outlets_own_headline() -> None:
    result = read(ENTRY, document(PAGE.encode(), url=ENTRY.url), READING, now=NOW)
    assert result.article is not None
    assert result.text_source == "page"
    assert (result.article.title, result.article.source) == (ENTRY.title, "Brightwater Wire")
    assert "11 aides took notes." in result.article.text
    assert "Home World Sport" not in result.article.text


def test_a_page_that_fails_for_now_is_tried_again_and_then_the_feeds_text_is_used() -> None:
    first = read(ENTRY, failure(retry_after=7200), READING, now=NOW)
    assert first.article is None
    assert first.retry_at == NOW + timedelta(seconds=7200)
    last = read(replace(ENTRY, attempts=2), failure(), READING, now=NOW)
    assert last.article is not None
    assert last.article.text == ENTRY.summary
    assert last.reason == "page: busy"


def test_a_host_that_may_not_be_asked_uses_up_no_try_for_an_hour() -> None:
    waiting = replace(ENTRY, attempts=2, first_seen=NOW - timedelta(minutes=59))
    held = failure("held", status=None, retry_after=10)
    result = read(waiting, held, READING, now=NOW)
    assert (result.article, result.was_tried, result.retry_at) == (None, False, NOW + timedelta(seconds=10))
    late = replace(waiting, first_seen=NOW - timedelta(minutes=61))
    assert read(late, held, READING, now=NOW).article is not None
    again = read(replace(late, attempts=0), held, READING, now=NOW)
    assert (again.article, again.was_tried) == (None, True)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (failure(status=429, retry_after=5), 3840.0),
        (failure(status=429, retry_after=7200), 7200.0),
        (failure(status=503, retry_after=5), 3840.0),
    ],
)
def test_a_page_that_was_only_asked_for_too_soon_gets_more_tries_while_it_is_news(
    answer: FetchError, seconds: float
) -> None:
    fresh = replace(ENTRY, attempts=3, first_seen=NOW - timedelta(minutes=59))
    assert read(replace(fresh, attempts=0), answer, READING, now=NOW).retry_at == NOW + timedelta(
        seconds=answer.retry_after or 0
    )
    result = read(fresh, answer, READING, now=NOW)
    # The pause grows all the same: a server that refuses every page is not asked for each every few seconds.
    assert (result.was_tried, result.retry_at) == (True, NOW + timedelta(seconds=seconds))
    late = read(replace(fresh, first_seen=NOW - timedelta(minutes=61)), answer, READING, now=NOW)
    assert late.article is not None
    assert late.text_source == "feed summary"


def test_a_server_that_is_broken_gets_no_more_tries() -> None:
    fresh = replace(ENTRY, attempts=3, first_seen=NOW)
    assert read(fresh, failure(status=503), READING, now=NOW).article is not None
    assert read(fresh, failure(status=500, retry_after=5), READING, now=NOW).article is not None


def test_a_page_that_is_gone_is_not_tried_again() -> None:
    result = read(ENTRY, failure(status=404), READING, now=NOW)
    assert result.retry_at is None
    assert result.article is not None


def test_a_consent_wall_is_never_stored_as_the_article() -> None:
    wall = (
        "<html><head><title>Before you continue</title></head><body><h1>Before you continue</h1><p>We and our partners "
        "use cookies to store and access personal data. Accept all cookies or manage your choices to continue to the "
        "site.</p><button>Accept all</button><button>Reject all</button></body></html>"
    )
    result = read(ENTRY, document(wall.encode(), url=ENTRY.url), READING, now=NOW)
    assert result.article is not None
    assert "cookies" not in result.article.text
    assert result.reason.startswith("page is ")


def test_an_entry_without_address_or_words_fails_with_a_reason() -> None:
    result = read(replace(ENTRY, url="", title="", summary=""), None, READING, now=NOW)
    assert (result.state, result.article) == (EntryState.FAILED, None)
    assert result.reason
