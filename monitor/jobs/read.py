"""From new entries to articles: the gate on title and summary, then the page of what it lets through."""

from collections import Counter
from collections.abc import Collection

import structlog

from monitor.jobs.robots import keep_robots
from monitor.jobs.services import Done, Services
from monitor.pipeline.reading import not_screened, put_off, screened, short_document, unread_reason
from monitor.pipeline.reading import read as read_entry
from monitor.records.articles import Article, Entry, EntryState, ReadResult, ScreenResult
from monitor.records.feeds import FetchRequest, FetchResult
from monitor.records.findings import Unread
from monitor.urls import is_web

log = structlog.get_logger()
ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"


def screen(services: Services) -> Done:
    """Put one round of new entries to the gate."""
    sizes, now = services.sizes, services.clock()
    entries = services.store.entries.claim(
        EntryState.NEW, now=now, limit=sizes.screen, holder=services.holder, lease=sizes.lease
    )
    if len(entries) >= sizes.screen:
        services.spread("screen")
    results: list[ScreenResult] = []
    asked: list[Article] = []
    for entry in entries:
        short = short_document(entry)
        reason = unread_reason(entry, short, services.read_policy, now=now)
        if reason is None:
            asked.append(short)
        else:
            results.append(not_screened(short, reason))
    left = 0
    for short, answer in zip(asked, services.reader.screen(asked), strict=True):
        if isinstance(answer, Unread) and answer.later:
            left += 1
        else:
            results.append(screened(short, answer, services.read_policy))
    if results:
        services.store.entries.record_screen(results, now=services.clock())
    if left:
        services.store.entries.release(services.holder, state=EntryState.NEW)
    return Done(counts=dict(Counter(f"screened_{result.state.value}" for result in results)))


def read(services: Services) -> Done:
    """Fetch and extract one round of pages; each is written as it comes."""
    sizes, started = services.sizes, services.clock()
    entries = services.store.entries.claim(
        EntryState.TO_READ, now=started, limit=sizes.pages, holder=services.holder, lease=sizes.lease
    )
    if len(entries) >= sizes.pages:
        services.spread("read")
    counts: Counter[str] = Counter()
    waiting = {str(entry.id): entry for entry in entries}
    for entry in entries:
        if not is_web(entry.url):
            counts.update(_record(services, waiting.pop(str(entry.id)), None))
    requests = [
        FetchRequest(key=key, url=entry.url, accept=ACCEPT, max_bytes=sizes.max_page_bytes)
        for key, entry in waiting.items()
    ]
    for result in services.fetcher.fetch(requests, robots=True):
        counts.update(_record(services, waiting.pop(result.key), result))
        if services.stopping.is_set():
            break
        if services.clock() - started > sizes.patience:
            counts.update(_put_off(services, waiting.values()))
            break
    if requests:
        keep_robots(services)
    return Done(counts=dict(counts))


def _put_off(services: Services, entries: Collection[Entry]) -> Counter[str]:
    now = services.clock()
    services.store.entries.record_read([put_off(entry, services.read_policy, now=now) for entry in entries], now=now)
    log.info("reading_put_off", entries=[entry.id for entry in entries])
    return Counter({"read_put_off": len(entries)})


def _record(services: Services, entry: Entry, page: FetchResult | None) -> Counter[str]:
    now = services.clock()
    result: ReadResult = read_entry(entry, page, services.read_policy, now=now)
    services.store.entries.record_read([result], now=now)
    outcome = result.text_source or ("again" if result.retry_at else "failed")
    log.info("read", entry=entry.id, url=entry.url, outcome=outcome, reason=result.reason)
    return Counter({f"read_{outcome.replace(' ', '_')}": 1})
