"""What one answer of a feed's server means: dates, validators that lie, redirects, the end of a feed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.errors import FetchError, ParseError
from monitor.pipeline.polling import Pacing, feed_request, late_update, outage_update, poll_update, push_update
from monitor.polling import EMPTIED, PollPolicy, from_text
from monitor.records.articles import FeedUpdate
from monitor.records.feeds import Document, Feed, FeedEntry, FeedSpec, NotModified, ParsedFeed
from monitor.text import body_digest

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PACING = Pacing(policy=PollPolicy(floor=60, ceiling=3600, start=900))
FEED = Feed(
    id=7,
    spec=FeedSpec(url="https://brightwater.example/feed.xml"),
    active=True,
    added_at=NOW - 9 * DAY,
    next_poll_at=NOW,
    interval=900,
    etag='"a"',
    last_modified="Thu, 19 Nov 2026 09:00:00 GMT",
    body_hash=body_digest(b"old"),
    last_changed_at=NOW - HOUR,
    last_success_at=NOW - HOUR,
)


def polled(*entries: FeedEntry, feed: Feed = FEED, body: bytes = b"new", **fields: Any) -> FeedUpdate:
    document = Document(key="7", url=feed.spec.url, final_url=feed.spec.url, status=200, body=body, **fields)
    parsed = ParsedFeed(kind="rss20", encoding="utf-8", entries=entries, hashes=("00" * 8,) * len(entries))
    return poll_update(feed, document, parsed, PACING, now=NOW, jitter=0)


def failed(status: int, **fields: Any) -> FeedUpdate:
    error = FetchError("no", key="7", url=FEED.spec.url, kind="status", status=status, **fields)
    return poll_update(FEED, error, None, PACING, now=NOW, jitter=0)


@pytest.mark.parametrize(
    ("raw", "published", "kept", "quality"),
    [
        ("Fri, 20 Nov 2026 11:00:00 GMT", NOW - HOUR, NOW - HOUR, "given"),
        ("Fri, 20 Nov 2026 12:40:00 GMT", NOW + timedelta(minutes=40), NOW + timedelta(minutes=40), "given"),
        ("Fri, 20 Nov 2037 12:00:00 GMT", NOW.replace(year=2037), NOW, "future"),
        ("the day before yesterday", None, None, "unreadable"),
        ("", None, None, "missing"),
    ],
)
def test_a_date_is_never_made_up(raw: str, published: datetime | None, kept: datetime | None, quality: str) -> None:
    # worldmonitor#517, peterc/engblogs#13, newspaper4k#575, RansomLook#452
    (entry,) = polled(FeedEntry(guid="1", published_raw=raw, published=published)).entries
    assert (entry.published, entry.date_quality, entry.published_raw) == (kept, quality, raw)


def test_a_server_that_gives_another_feed_the_same_validator_is_asked_whole_from_then_on() -> None:
    # Media Cloud switched conditional requests off for all feeds because of such servers.
    entry = FeedEntry(guid="1")
    assert not polled(entry, etag='"a"').conditional
    assert not polled(entry, feed=replace(FEED, etag=None), last_modified=FEED.last_modified).conditional
    assert polled(entry, etag='"b"').conditional
    assert polled(entry, etag='"b"', last_modified=FEED.last_modified).conditional
    assert polled(etag='"a"').conditional
    assert polled(entry).conditional


def test_a_feed_that_has_lost_its_entries_says_so_and_one_that_never_had_any_does_not() -> None:
    known = replace(FEED, newest_at=NOW - DAY)
    assert polled(feed=known).notes == (EMPTIED,)
    assert polled(FeedEntry(guid="1"), feed=known).notes == ()
    assert polled().notes == ()


def test_validators_go_back_as_they_came_and_are_left_out_where_they_lie() -> None:
    request = feed_request(FEED, max_bytes=9, now=NOW)
    assert (request.etag, request.last_modified, request.max_bytes) == ('"a"', FEED.last_modified, 9)
    request = feed_request(replace(FEED, conditional=False), max_bytes=9, now=NOW)
    assert (request.etag, request.last_modified) == (None, None)


def test_after_a_day_of_nothing_the_whole_feed_is_asked_for_once() -> None:
    silent = replace(FEED, last_changed_at=NOW - 2 * DAY)
    assert feed_request(silent, max_bytes=9, now=NOW).etag is None
    update = poll_update(silent, NotModified(key="7", url="u"), None, PACING, now=NOW, jitter=0)
    assert update.whole
    asked = replace(silent, whole_at=NOW - HOUR)
    assert feed_request(asked, max_bytes=9, now=NOW).etag == '"a"'


@pytest.mark.parametrize(("status", "gone"), [(410, True), (404, False), (500, False)])
def test_only_410_ends_a_feed(status: int, gone: bool) -> None:
    assert failed(status).gone is gone


def test_a_server_that_asks_for_a_pause_gets_it_to_the_second() -> None:
    # miniflux/v2#2336, #3289: Retry-After on 503 was ignored, and the reader banned.
    for status in (429, 503):
        assert failed(status, retry_after=5 * 3600).next_poll_at == NOW + 5 * HOUR


def test_a_permanent_redirect_counts_only_with_a_feed_behind_it() -> None:
    moved = "https://brightwater.example/new.xml"
    assert polled(FeedEntry(guid="1"), permanent_url=moved).moved_to == moved
    document = Document(key="7", url="u", final_url=moved, status=200, body=b"<html>", permanent_url=moved)
    broken = poll_update(FEED, document, ParseError("a web page"), PACING, now=NOW, jitter=0)
    assert (broken.outcome, broken.moved_to) == ("failed", "")


def test_what_is_not_asked_is_charged_to_nobody() -> None:
    error = FetchError("no network", key="7", url=FEED.spec.url, kind="dns")
    outage = outage_update(FEED, error, now=NOW, at=NOW + HOUR)
    late = late_update(FEED, "the round was over", now=NOW, at=NOW + HOUR)
    assert [(u.outcome, u.interval, u.next_poll_at) for u in (outage, late)] == [
        ("outage", 900, NOW + HOUR),
        ("put off", 900, NOW + HOUR),
    ]


def test_a_push_leaves_the_polls_as_they_were_and_teaches_the_rhythm() -> None:
    document = Document(key="7", url="u", final_url="u", status=200, body=b"pushed")
    parsed = ParsedFeed(kind="atom10", encoding="utf-8", entries=(FeedEntry(guid="1", published=NOW),), hashes=("a",))
    update = push_update(FEED, document, parsed, now=NOW)
    assert (update.pushed, update.next_poll_at, update.etag, update.body_hash) == (True, NOW, None, None)
    assert from_text(update.rhythm)


def test_a_feed_names_its_hub_in_its_header_or_in_itself() -> None:
    hub, topic = "https://hub.example/", "https://brightwater.example/feed.xml"
    named = polled(FeedEntry(guid="1"), hub=hub, topic=topic)
    assert (named.hub, named.topic) == (hub, topic)
    kept = polled(FeedEntry(guid="1"), feed=replace(FEED, hub=hub, topic=topic))
    assert (kept.hub, kept.topic) == (hub, topic)
