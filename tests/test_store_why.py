"""``why``: every step of an entry's way, whichever of its names one has."""

import pytest

from monitor.records.articles import EntryState, PageKind
from monitor.records.findings import Step
from monitor.store import Store
from tests.store_builders import (
    LEASE,
    MINUTE,
    NOW,
    add_feed,
    article,
    entity,
    findings,
    item,
    matched,
    poll,
    read,
    screened,
    to_read,
)


def told(steps: tuple[Step, ...]) -> str:
    return "\n".join(f"{step.what}: {step.detail}" for step in steps)


def test_a_match_s_way_is_told_from_the_feed_to_the_evidence(store: Store) -> None:
    matched(store, 1, entity("Donald Trump", "Q22686"))
    steps = store.entries.why("https://news.example/story/1?utm_source=mail")
    assert [step.what for step in steps] == [
        "feed", "entry", "gate", "page", "text", "analysis", "match", "entities", "matched",
    ]  # fmt: skip
    story = told(steps)
    assert "feed: The News (UA): https://news.example/rss" in story
    assert "(1 polls)" in story
    assert "gate: score 0.800; gate 0.80 ≥ 0.05" in story
    assert "page: article; text from page" in story
    assert "32 characters; en" in story
    assert "talks 0.900 ≥ 0.500; missile_aid 0.100 < 0.500; model minilm@0123456789ab" in story
    assert "talks: “Trump and Putin met in Budapest.”" in story
    assert story.endswith("matched: talks 0.90 ≥ 0.50")


@pytest.mark.parametrize(
    "name",
    [1, "https://news.example/story/1", "http://www.news.example/story/1#top", "guid-1", "https://moved.example/1"],
)
def test_an_entry_is_found_by_number_address_guid_and_the_article_s_address(store: Store, name: str | int) -> None:
    poll(store, add_feed(store), item(1), item(2))
    to_read(store, 1)
    store.entries.record_read([read(1, article(1, url="https://moved.example/1"))], now=NOW)
    assert "Story 1; " in told(store.entries.why(name))


@pytest.mark.parametrize(
    "name", [99, "https://unknown.example/x", "no such guid", "", "https://news.example/", "\ud800"]
)
def test_what_no_feed_brought_is_told_as_nothing(store: Store, name: str | int) -> None:
    poll(store, add_feed(store), item(1))
    assert store.entries.why(name) == ()


def test_a_ruled_out_entry_says_why(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    store.entries.record_screen([screened(1, EntryState.RULED_OUT, reason="gate 0.01 < 0.05")], now=NOW)
    assert told(store.entries.why(1)).endswith("ruled out: gate 0.01 < 0.05")


def test_waiting_entries_say_what_they_wait_for_and_who_works_on_them(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    assert told(store.entries.why(1)).endswith("new: waits for the gate")
    to_read(store, 1)
    store.entries.record_read(
        [read(1, None, retry_at=NOW + MINUTE, reason="HTTP 503", page_kind=PageKind.NOT_AN_ARTICLE)], now=NOW
    )
    store.entries.claim(EntryState.TO_READ, now=NOW + MINUTE, limit=1, holder="daemon-7", lease=LEASE)
    story = told(store.entries.why(1))
    assert "page: not an article; 1 failed tries" in story
    assert "waits for its page to be read; HTTP 503; not before 2026-11-20 12:01 UTC" in story
    assert "worked on by daemon-7 until 2026-11-20 12:06 UTC" in story


def test_versions_withdrawn_matches_and_removed_feeds_are_told(store: Store) -> None:
    matched(store, 1)
    (feed,) = store.feeds.all()
    poll(store, feed, item(1, title="Corrected"), at=NOW + 30 * MINUTE)
    store.entries.record_read([read(1, article(1, text="Nobody met."))], now=NOW + 31 * MINUTE)
    (stored,) = store.findings.claim(now=NOW + 32 * MINUTE, limit=1, holder="a", lease=LEASE)
    store.findings.record(stored, findings(0.2), now=NOW + 33 * MINUTE)
    store.feeds.remove(feed.id)
    story = told(store.entries.why(1))
    assert "removed from polling" in story
    assert "its words changed 1 times" in story
    assert "version 1; page; replaced" in story
    assert "version 2; page; 11 characters" in story
    assert "withdrawn: talks: a later text of the article is no longer about it" in story


def test_every_feed_that_brought_the_page_is_told(store: Store) -> None:
    poll(store, add_feed(store), item(1))
    poll(store, add_feed(store, "https://b.example/rss", outlet="B"), item(1))
    assert [step.detail for step in store.entries.why("https://news.example/story/1") if step.what == "feed"] == [
        "The News (UA): https://news.example/rss",
        "B (UA): https://b.example/rss",
    ]
