"""Poll the feeds that are due: claim, fetch, parse in a process that can be killed, decide, record."""

from collections import Counter

import structlog

from monitor.errors import FetchError, ParseError
from monitor.jobs.services import Done, Services
from monitor.pipeline import is_unchanged, poll_update
from monitor.records.articles import FeedUpdate
from monitor.records.feeds import Document, Feed, FetchRequest, FetchResult, ParsedFeed

log = structlog.get_logger()
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, */*;q=0.5"
)


def poll(services: Services) -> Done:
    """Poll one round of due feeds."""
    sizes, started = services.sizes, services.clock()
    feeds = services.store.feeds.claim_due(now=started, limit=sizes.feeds, holder=services.holder, lease=sizes.lease)
    waiting = {str(feed.id): feed for feed in feeds}
    counts: Counter[str] = Counter()
    for result in services.fetcher.fetch([_request(feed, sizes.max_feed_bytes) for feed in feeds]):
        feed = waiting.pop(result.key)
        counts.update(_record(services, feed, result))
        if services.stopping.is_set():
            break
        if services.clock() - started > sizes.patience:
            for late in waiting.values():
                counts.update(_record(services, late, _out_of_time(late)))
            break
    return Done(counts=dict(counts))


def _out_of_time(feed: Feed) -> FetchError:
    """What is left when a round's time is up waits behind a host that hangs: as a rule its own."""
    message = f"{feed.spec.url}: not asked, the feeds before it took all of the round's time. It will be tried again."
    return FetchError(message, key=str(feed.id), url=feed.spec.url, kind="timeout")


def _request(feed: Feed, max_bytes: int) -> FetchRequest:
    return FetchRequest(
        key=str(feed.id),
        url=feed.spec.url,
        etag=feed.etag,
        last_modified=feed.last_modified,
        accept=ACCEPT,
        max_bytes=max_bytes,
    )


def _record(services: Services, feed: Feed, result: FetchResult) -> Counter[str]:
    now = services.clock()
    parsed: ParsedFeed | ParseError | None = None
    if isinstance(result, Document) and not is_unchanged(feed, result):
        parsed = services.parser.parse(result, now=now)
    known = services.store.feeds.known(feed.id, parsed.entries) if isinstance(parsed, ParsedFeed) else 0
    update = poll_update(feed, result, parsed, known, services.poll_policy, now=now, jitter=services.dice())
    outcome = services.store.feeds.record_poll(update)
    _report(feed, update, result, len(outcome.new_entry_ids))
    return Counter(
        {
            f"polls_{update.outcome}": 1,
            "entries_new": len(outcome.new_entry_ids),
            "entries_changed": len(outcome.changed_entry_ids),
            "bytes": update.bytes_read,
        }
    )


def _report(feed: Feed, update: FeedUpdate, result: FetchResult, new: int) -> None:
    facts = {"feed": feed.id, "url": feed.spec.url, "ms": round(update.elapsed * 1000)}
    if update.outcome == "failed":
        kind = result.kind if isinstance(result, FetchError) else "parse"
        log.warning("poll_failed", kind=kind, failures=feed.failures + 1, error=update.error, **facts)
    else:
        log.info("polled", outcome=update.outcome, new=new, **facts)
