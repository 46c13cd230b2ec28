"""Articles that arrive one after the other and are woven by the real job, for the tests of what is told of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from monitor.jobs.chronicle import chronicle
from monitor.jobs.services import Services
from monitor.records.articles import StoredArticle
from monitor.records.feeds import Feed
from monitor.records.findings import Findings
from monitor.records.telling.alerts import AlertRule, Trigger
from monitor.records.telling.digests import Facts
from monitor.records.telling.messages import Channel
from monitor.records.telling.subscribers import Period, Schedule, Selection, Stream
from monitor.store import Store
from tests.store_builders import LEASE, article, item, poll, read, screened, spec
from tests.woven_builders import TRUMP, event, quote, reaction, step, told
from tests.woven_builders import when as on

WEEK = datetime(2026, 11, 16, 6, tzinfo=UTC)
"""A Monday, when the periods of these tests begin."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def at(day: float, hour: float = 6) -> datetime:
    """A moment of the week: the day is 0 on Monday."""
    return WEEK.replace(hour=0) + timedelta(days=day, hours=hour)


def outlet(store: Store, name: str = "news", *, silent: bool = True, **fields: Any) -> Feed:
    """The feed of an outlet; its first document, which would be a back catalogue, is empty if it is ``silent``."""
    url = f"https://{name}.example/rss"
    known = store.feeds.by_url(url)
    if known is not None:
        return known
    feed = store.feeds.add(spec(url, **{"title": name, "outlet": name} | fields), now=at(-30))
    if silent:
        poll(store, feed, at=at(-20))
    return feed


def arrive(
    store: Store,
    n: int | str,
    given: Findings | None = None,
    *,
    when: datetime,
    by: str = "news",
    published: datetime | None = None,
    **fields: Any,
) -> StoredArticle:
    """An article that is found in its outlet's feed at ``when``, and read and understood a minute later."""
    words: dict[str, Any] = {
        "text": f"What article {n} by {by} has to say about matters of the day.",
        "published": published or when,
    }
    given_article = article(n, **{"url": f"https://{by}.example/{n}"} | words | fields)
    feed = outlet(store, by)
    entry = item(n, url=given_article.url, published=given_article.published)
    (entry_id,) = poll(store, feed, entry, at=when).new_entry_ids
    store.entries.record_screen([screened(entry_id, language=given_article.language)], now=when)
    store.entries.record_read([read(entry_id, given_article)], now=when)
    (stored,) = store.findings.claim(now=when, limit=10, holder="test", lease=LEASE)
    found = nothing() if given is None else given
    store.findings.record(stored, replace(found, language=given_article.language), now=when + timedelta(minutes=1))
    return stored


def nothing(**fields: Any) -> Findings:
    """Findings of a matching article that tells of nothing but what is given."""
    empty: dict[str, Any] = dict.fromkeys(("quotes", "reports", "times", "events", "aid", "reactions"), ())
    return told(**empty | fields)


def weave(store: Store, *, now: datetime | None = None) -> None:
    """Put all that waits into the chronicle."""
    parts = cast(Any, None)
    services = Services(
        store=store,
        fetcher=parts,
        parser=parts,
        reader=parts,
        pace=parts,
        read_policy=parts,
        holder="weaver",
        clock=lambda: now or at(8),
        dice=lambda: 0.0,
    )
    while chronicle(services):
        pass


def stream(selection: Selection | None = None, *, since: datetime | None = None, **schedule: Any) -> Stream:
    return Stream(
        key="a stream",
        schedule=Schedule(**schedule),
        selection=selection or Selection(),
        since=since or at(-3),
    )


def facts(
    store: Store,
    start: datetime,
    end: datetime,
    *,
    told: frozenset[str] = frozenset(),
    of: Stream | None = None,
    **fields: Any,
) -> Facts:
    """What a stream that begins then is told about a period."""
    period = Period(start=start, end=end)
    given: dict[str, Any] = {"covers_from": start, "now": end + timedelta(minutes=5)}
    return store.facts.of(of or stream(since=start), period=period, told=told, **given | fields)


def keys(found: Facts) -> frozenset[str]:
    """Keys of all that the facts tell, as a digest keeps them."""
    return frozenset(
        (
            *(f"change:{change.key}" for change in found.changes),
            *(f"statement:{statement.id}" for statement in found.statements),
            *(f"story:{news.story.id}" for news in found.stories),
        )
    )


SUMMIT = on(at(20).date())


def meeting(status: str = "planned", **fields: Any) -> Any:
    given: dict[str, Any] = {"status": status, "when": SUMMIT}
    return event("The two will meet in Budapest.", **given | fields)


def one_of_each(n: int = 0) -> Findings:
    return nothing(
        events=(meeting(),),
        quotes=(quote(f"Number {n}: we shall send Tomahawk missiles", about=("Tomahawk",)),),
        aid=(step(step="considered", by=TRUMP),),
        reactions=(reaction(),),
    )


def add_rule(store: Store, name: str = "desk", **fields: Any) -> AlertRule:
    """An alert rule that looks at everything, made on Monday at eight."""
    given: dict[str, Any] = {
        "triggers": tuple(Trigger),
        "selection": Selection(),
        "channel": Channel.WEBHOOK,
        "target": "https://desk.example/hook",
        "now": at(0, 8),
    }
    return store.alerts.add(name, **given | fields)
