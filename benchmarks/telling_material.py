"""What is told in the benchmark of telling: the newsroom's week, spread by syndication, and those who want to hear.

Every article that is about the talks or the aid is brought out by three outlets, goes through the store's own steps, is
read by the model and woven by the real jobs, all within one day: the largest digest that the week can make.
"""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, cast

from monitor.config import Settings
from monitor.digest import periods
from monitor.jobs.analyse import analyse
from monitor.jobs.chronicle import chronicle
from monitor.jobs.services import Done, Services
from monitor.notify.addresses import same
from monitor.records.articles import Article, EntryState, FeedUpdate, PageKind, ReadResult, ScreenResult
from monitor.records.feeds import Feed, FeedEntry, FeedSpec
from monitor.records.findings import Entity, Findings, Span, Topic
from monitor.records.telling.subscribers import Schedule, Selection
from monitor.replay.week import Entry, load
from monitor.store import Store
from monitor.weights import routes

RECIPIENTS, STREAMS = 10_000, 200
COPIES = 3
"""Outlets that bring each article: its own and two that take it over."""
DIMENSIONS = 384
_ZONES = ("UTC", "Europe/Kyiv", "Europe/London", "America/New_York", "Asia/Kolkata")
_HOURS = (5, 6)
_DUE = timedelta(hours=12)
"""After the week's end the last of these zones has had its six o'clock, and none its next five o'clock."""
_SEARCHES = ("", "tomahawk", "said:Trump", "about:Patriot", "putin", "budapest", "-is:state", "zelensky OR orban")
_TOPICS: tuple[tuple[str, ...], ...] = ((), ("talks",), ("missile_aid",))
_LANGUAGES: tuple[tuple[str, ...], ...] = ((), ("en",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What lies in the store, and a moment at which every digest is due."""

    matches: int
    stories: int
    due: datetime


def make(url: str, articles: int | None = None) -> Made:
    """Fill a new store with the week (or so many of its articles), woven."""
    with Store.open(url, create=True) as store:
        week = load()
        told = [entry for entry in week.entries if entry.talks + entry.missile_aid > 0][:articles]
        outlets = {outlet.id: outlet for outlet in week.outlets}
        for copy, entry in itertools.product(range(COPIES), told):
            outlet = outlets[entry.outlet]
            name = outlet.name if not copy else f"{outlet.name} partner {copy}"
            spec = FeedSpec(
                url=f"https://{outlet.id}-{copy}.example/rss",
                title=name,
                outlet=name,
                family=outlet.family if not copy else "",
                country=outlet.country,
                state_controlled=outlet.state_controlled,
                language=outlet.language,
                kind=outlet.kind,
            )
            feed = outlet_feed(store, spec, at=week.start - timedelta(hours=1))
            at = entry.at + timedelta(minutes=5 + 20 * copy)
            bring(store, feed, _article(entry, copy, outlet.language), at=at)
        _work(store, week.end)
        return Made(
            matches=len(store.findings.matches(limit=100_000)),
            stories=store.chronicle.last_story(),
            due=week.end + _DUE,
        )


def _work(store: Store, now: datetime) -> None:
    """Read and weave all there is."""
    nothing = cast(Any, None)
    reader = routes(Settings())
    services = Services(
        store=store,
        fetcher=nothing,
        parser=nothing,
        reader=reader,
        pace=nothing,
        read_policy=nothing,
        holder="bench",
        clock=lambda: now,
        dice=lambda: 0.0,
    )
    jobs: tuple[Callable[[Services], Done], ...] = (analyse, chronicle)
    for job in jobs:
        while job(services):
            pass
    services.weaver.give_back(store, services.holder)
    reader.close()


def subscribe(url: str, due: datetime, recipients: int = RECIPIENTS, streams: int = STREAMS) -> None:
    """So many recipients of a daily digest, evenly over so many streams; no two streams want the same."""
    kinds = list(itertools.product(_TOPICS, _SEARCHES, _LANGUAGES, _ZONES, _HOURS))
    with Store.open(url) as store:
        for place, kind in enumerate(random.Random(3).sample(kinds, streams)):
            topics, search, languages, zone, hour = kind
            schedule = Schedule(zone=zone, hour=hour)
            selection = Selection(topics=topics, search=search, languages=languages)
            for number in range(recipients // streams):
                address = f"reader-{place}-{number}@reader.example"
                store.subscribers.add(
                    address,
                    recipient_key=same(address),
                    stream=periods.stream_key(schedule, selection),
                    schedule=schedule,
                    selection=selection,
                    now=due - timedelta(days=3),
                )


def outlet_feed(store: Store, spec: FeedSpec, *, at: datetime) -> Feed:
    """The feed of an outlet; its first document, which would be a back catalogue, was empty."""
    known = store.feeds.by_url(spec.url)
    if known is not None:
        return known
    feed = store.feeds.add(spec, now=at)
    _poll(store, feed, (), at=at)
    return feed


def bring(store: Store, feed: Feed, article: Article, *, at: datetime) -> None:
    """An article that its feed brings, and that is read from its page and waits for the model."""
    entry = FeedEntry(
        guid=article.id,
        url=article.url,
        title=article.title,
        summary=article.text[:200],
        published=article.published,
        published_raw=at.isoformat(),
        hash=blake2b(article.id.encode(), digest_size=8).hexdigest(),
    )
    (entry_id,) = _poll(store, feed, (entry,), at=at)
    screened = ScreenResult(
        entry_id=entry_id, state=EntryState.TO_READ, reason="bench", gate_score=1.0, language=article.language or "en"
    )
    store.entries.record_screen([screened], now=at)
    taken = ReadResult(entry_id=entry_id, article=article, page_kind=PageKind.ARTICLE, text_source="page")
    store.entries.record_read([taken], now=at)


def _poll(store: Store, feed: Feed, entries: tuple[FeedEntry, ...], *, at: datetime) -> tuple[int, ...]:
    update = FeedUpdate(
        feed_id=feed.id,
        polled_at=at,
        next_poll_at=at + timedelta(minutes=15),
        interval=900.0,
        outcome="new",
        entries=entries,
        hashes=tuple(entry.hash for entry in entries),
        http_status=200,
    )
    (outcome,) = store.feeds.record_polls([update])
    return tuple(outcome.new_entry_ids)


def _article(entry: Entry, copy: int, language: str) -> Article:
    first = entry.versions[0]
    return Article(
        id=f"{entry.id}-{copy}",
        title=first.plain_title,
        text="\n\n".join(first.body),
        url=f"https://{entry.outlet}-{copy}.example/{entry.slug}",
        published=entry.at,
        language=language,
    )


def own_story(number: int, *, at: datetime, outlet: str) -> tuple[Article, Findings]:
    """A matching article that is like no other, and what a model would find in it."""
    chance = random.Random(number)
    text = " ".join("".join(chance.choices("abdefgiklmnoprstu", k=7)) for _ in range(80))
    article = Article(
        id=f"{outlet}-{number}", title=text[:47], text=text, url=f"https://{outlet}.example/{number}", language="en"
    )
    evidence = Span(start=len(article.title) + 2, end=len(article.title) + 2 + 7, text=text[:7])
    name = Entity(name=f"Witness {number * 7919}", type="person", id=None, mentions=(evidence,))
    findings = Findings(
        article_id=article.id,
        language="en",
        model="made up",
        topics=(Topic(name="talks", score=0.9, threshold=0.5, match=True, evidence=evidence),),
        entities=(name,),
        embedding=tuple(chance.gauss(0, 1) for _ in range(DIMENSIONS)),
    )
    return replace(article, published=at), findings
