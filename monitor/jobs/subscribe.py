"""Ask hubs for pushes, again before a lease ends, and tell those whose feeds are gone: one round of what is due."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import structlog

from monitor.errors import FetchError
from monitor.jobs.services import Done, Services
from monitor.records.feeds import Document, FetchRequest, FetchResult, NotModified
from monitor.records.subscriptions import Subscription, SubscriptionState
from monitor.websub import protocol, timing

log = structlog.get_logger()
# A hub answers with an empty body or a line about what was wrong.
MAX_ANSWER_BYTES = 65_536


def subscribe(services: Services, *, callback: str) -> Done:
    """Ask the hubs that are due. ``callback`` is the public address of our callback server; without one, nothing.

    What each hub is asked is written down before it is asked. So a process that dies on the way, or a hub that says yes
    and never confirms, leaves a request that is made again later.
    """
    if not callback:
        return Done()
    now, sizes, subscriptions = services.clock(), services.sizes, services.store.subscriptions
    tidied = subscriptions.tidy(now=now)
    subscriptions.wanted(now=now, move_after=timing.MOVE_AFTER)
    due = subscriptions.due(now=now, limit=sizes.feeds, holder=services.holder, lease=sizes.lease)
    if not due:
        return Done(counts={"subscriptions_tidied": tidied})
    asked_at = services.clock()
    subscriptions.requested({row.id: _again_at(services, row, asked_at) for row in due}, now=asked_at)
    counts = _ask(services, due, callback, asked_at)
    counts["subscriptions_tidied"] = tidied
    return Done(counts=dict(counts))


def _again_at(services: Services, row: Subscription, now: datetime, error: FetchError | None = None) -> datetime | None:
    """When to repeat the request being made; None when this is the last try to end a subscription."""
    failures = row.failures + 1
    if row.state is SubscriptionState.ENDED and failures >= timing.UNSUBSCRIBE_TRIES:
        return None
    return timing.ask_again_at(failures, now=now, jitter=services.dice(), error=error)


def _ask(services: Services, due: Sequence[Subscription], callback: str, asked_at: datetime) -> Counter[str]:
    waiting = {str(row.id): row for row in due}
    requests = [
        FetchRequest(
            key=key,
            url=row.hub,
            form=protocol.request_form(row, callback),
            max_bytes=MAX_ANSWER_BYTES,
        )
        for key, row in waiting.items()
    ]
    counts: Counter[str] = Counter()
    began = services.ticks()
    for result in services.fetcher.fetch(requests):
        row = waiting[result.key]
        counts[_record(services, row, result, asked_at)] += 1
        # What is left over was noted as asked, and will be.
        if services.stopping.is_set() or services.is_overdue(began):
            break
    return counts


def _record(services: Services, row: Subscription, result: FetchResult, asked_at: datetime) -> str:
    ending = row.state is SubscriptionState.ENDED
    facts = {"feed": row.feed_id, "hub": row.hub, "mode": "unsubscribe" if ending else "subscribe"}
    error = _refusal(result)
    if error is None:
        log.info("websub_asked", **facts)
        return "unsubscriptions_asked" if ending else "subscriptions_asked"
    again = _again_at(services, row, services.clock(), error)
    services.store.subscriptions.failed(row.id, asked_at=asked_at, error=str(error), ask_again_at=again)
    log.warning("websub_not_asked", error=str(error), failures=row.failures + 1, again=again, **facts)
    return "subscriptions_failed"


def _refusal(result: FetchResult) -> FetchError | None:
    """Why the hub did not accept the request, or None when it did; that it confirms it is another matter."""
    match result:
        case Document():
            return None
        case NotModified():
            message = f"{result.url}: the hub answered 304 to a request that it should accept. It will be asked again."
            return FetchError(message, key=result.key, url=result.url, kind="status", status=304)
        case FetchError():
            return None if timing.is_accepted(result) else result
