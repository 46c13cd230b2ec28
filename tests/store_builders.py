"""Records for the store's tests, complete but for what the test is about."""

import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from monitor.records.articles import (
    Article,
    EntryState,
    FeedUpdate,
    PageKind,
    PollOutcome,
    ReadResult,
    ScreenResult,
    StoredArticle,
)
from monitor.records.feeds import Feed, FeedEntry, FeedSpec
from monitor.records.findings import Entity, Findings, Span, Topic
from monitor.store import Store
from monitor.store.keys import guids_repeat

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEASE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


def spec(url: str = "https://news.example/rss", **fields: Any) -> FeedSpec:
    return FeedSpec(url=url, **{"title": "News", "outlet": "The News", "country": "UA"} | fields)


def add_feed(store: Store, url: str = "https://news.example/rss", **fields: Any) -> Feed:
    return store.feeds.add(spec(url, **fields), now=NOW)


def item(n: int | str, **fields: Any) -> FeedEntry:
    given: dict[str, Any] = {
        "guid": f"guid-{n}",
        "url": f"https://news.example/story/{n}",
        "title": f"Story {n}",
        "summary": f"<p>What story {n} is about</p>",
        "published": NOW - timedelta(hours=1),
        "published_raw": "Fri, 20 Nov 2026 11:00:00 GMT",
    }
    return FeedEntry(**given | fields)


def update(feed: Feed, *entries: FeedEntry, at: datetime = NOW, **fields: Any) -> FeedUpdate:
    given: dict[str, Any] = {
        "next_poll_at": at + timedelta(minutes=15),
        "interval": 900.0,
        "outcome": "new",
        "http_status": 200,
    }
    return FeedUpdate(feed_id=feed.id, polled_at=at, entries=entries, **given | fields)


def hashed(entry: FeedEntry) -> FeedEntry:
    """The entry with a hash of all it says, as parsers give it."""
    return replace(entry, hash=blake2b(repr(entry).encode("utf-8", "replace"), digest_size=8).hexdigest())


def poll(store: Store, feed: Feed, *entries: FeedEntry, at: datetime = NOW, **fields: Any) -> PollOutcome:
    """One poll as the program does it: the parser passes over what the feed's last document held."""
    document = [hashed(entry) for entry in entries]
    known = store.feeds.hashes(feed.id)
    fresh = [entry for entry in document if entry.hash not in known]
    given: dict[str, Any] = {
        "hashes": tuple(entry.hash for entry in document),
        "guids_repeat": guids_repeat(document),
        "body_hash": hex(hash(tuple(document))),
    }
    (outcome,) = store.feeds.record_polls([update(feed, *fresh, at=at, **given | fields)])
    return outcome


def screened(entry_id: int, state: EntryState = EntryState.TO_READ, **fields: Any) -> ScreenResult:
    given: dict[str, Any] = {"reason": "gate 0.80 ≥ 0.05", "gate_score": 0.8, "language": "en"}
    return ScreenResult(entry_id=entry_id, state=state, **given | fields)


def article(n: int | str = 1, text: str = "Trump and Putin met in Budapest.", **fields: Any) -> Article:
    return Article(
        id=str(n),
        text=text,
        **{"title": f"Story {n}", "url": f"https://news.example/story/{n}", "language": "en"} | fields,
    )


def read(entry_id: int, found: Article | None, **fields: Any) -> ReadResult:
    given: dict[str, Any] = {
        "page_kind": PageKind.ARTICLE if found else None,
        "text_source": "page" if found else "",
    }
    return ReadResult(entry_id=entry_id, article=found, **given | fields)


def entity(name: str, id_: str | None, *spans: tuple[int, int], type_: str = "person") -> Entity:
    mentions = tuple(Span(start=start, end=end, text="x" * (end - start)) for start, end in spans or ((0, 5),))
    return Entity(name=name, type=type_, id=id_, mentions=mentions)


def findings(talks: float = 0.9, aid: float = 0.1, *entities: Entity, **fields: Any) -> Findings:
    evidence = Span(start=9, end=41, text="Trump and Putin met in Budapest.")
    topics = tuple(
        Topic(name=name, score=score, threshold=0.5, match=score >= 0.5, evidence=evidence if score >= 0.5 else None)
        for name, score in (("talks", talks), ("missile_aid", aid))
    )
    return Findings(
        article_id="1", language="en", topics=topics, entities=entities, **{"model": "minilm@0123456789ab"} | fields
    )


def to_read(store: Store, *entry_ids: int) -> None:
    store.entries.record_screen([screened(entry_id) for entry_id in entry_ids], now=NOW)


def pending_article(store: Store, n: int | str = 1, **fields: Any) -> StoredArticle:
    """One entry taken through gate and page, claimed for the model."""
    feed = store.feeds.by_url("https://news.example/rss") or add_feed(store)
    at = NOW + timedelta(milliseconds=zlib.crc32(str(n).encode()) % 60_000)
    (entry_id,) = poll(store, feed, item(n), at=at).new_entry_ids
    to_read(store, entry_id)
    store.entries.record_read([read(entry_id, article(n, **fields))], now=NOW)
    (stored,) = store.findings.claim(now=NOW, limit=10, holder="test", lease=LEASE)
    return stored


def matched(store: Store, n: int | str = 1, *entities: Entity, at: datetime = NOW, **fields: Any) -> StoredArticle:
    """One article all the way to a match on ``talks``."""
    stored = pending_article(store, n, **fields)
    store.findings.record(stored, findings(0.9, 0.1, *entities), now=at)
    return stored


def states(store: Store) -> dict[EntryState, int]:
    return {row.state: row.count for row in store.entries.by_state() if row.count}
