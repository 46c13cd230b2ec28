"""Poll the feeds that are due: claim, fetch, parse in a process that can be killed, decide, record in batches."""

from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import structlog

from monitor.errors import FetchError, ParseError
from monitor.jobs.services import Done, Services
from monitor.pipeline.polling import Pacing, feed_request, is_unchanged, late_update, outage_update, poll_update
from monitor.polling import NETWORK_KINDS
from monitor.polling.outage import WINDOW
from monitor.records.articles import FeedUpdate, PollOutcome
from monitor.records.feeds import Document, Feed, FetchResult, ParsedFeed
from monitor.text import body_digest
from monitor.urls import host

log = structlog.get_logger()
BATCH = 25
"""Polls written in one transaction: a commit costs as much as thirty of them."""
AHEAD = 40
"""Documents fetched and given to the parser while those before them are decided and written."""
PROBED_AFTER = timedelta(minutes=1)
"""How soon after an outage of our own the feeds that fell into it are asked again."""
BATCH_SECONDS = 2.0
"""The longest that a result waits for others before it is written."""


def poll(services: Services) -> Done:
    """Poll one round of due feeds."""
    sizes, now, began = services.sizes, services.clock(), services.ticks()
    limit = services.weather.at_most(min(sizes.feeds, services.room()), now=now)
    feeds = services.store.feeds.claim_due(now=now, limit=limit, holder=services.holder, lease=sizes.lease)
    if not feeds:
        return Done()
    if len(feeds) >= limit:
        services.spread("poll")
    requests = [feed_request(feed, max_bytes=sizes.max_feed_bytes, now=now) for feed in feeds]
    # The threads only wait for the parsers' processes, which work while the polls before are decided and written.
    with ThreadPoolExecutor(services.parser.workers, "parse") as parsing:
        poll_round = _Round(services, feeds, now, parsing)
        for result in services.fetcher.fetch(requests):
            poll_round.take(result)
            if services.stopping.is_set() or services.is_overdue(began):
                break
        poll_round.end()
    return Done(counts=dict(poll_round.counts))


_Parsing = tuple[Feed, Document, str | None, datetime, Future[ParsedFeed | ParseError]]
"""A document with the parser, the digest of its body, and when it came."""


class _Round:
    """One round's feeds and what has become of them."""

    def __init__(self, services: Services, feeds: Sequence[Feed], started: datetime, parsing: Executor) -> None:
        self._services = services
        self._parser = parsing
        self._parsing: deque[_Parsing] = deque()
        self._waiting = {str(feed.id): feed for feed in feeds}
        self._pacing = Pacing(
            policy=services.pace.policy(services.store, now=started),
            pushed=services.pushed(feeds, now=started),
        )
        self._ready: list[tuple[FeedUpdate, FetchResult | None]] = []
        self._suspect: list[tuple[Feed, FetchError]] = []
        self._written_at = services.ticks()
        self._hashes: dict[int, frozenset[str]] | None = None
        # Bound once: an unbound logger is put together anew for every line.
        self._log = log.bind()
        self.counts: Counter[str] = Counter()

    def take(self, result: FetchResult) -> None:
        """Decide about one answer. A failure of the network waits for the end: it may be ours."""
        feed, now = self._waiting.pop(result.key), self._services.clock()
        if isinstance(result, FetchError) and result.kind == "held":
            self._put_off(feed, "its host asked for a pause", result, seconds=result.retry_after or 0.0)
            return
        silent = isinstance(result, FetchError) and result.kind in NETWORK_KINDS
        self._services.weather.note(host(feed.spec.url), failed=silent, known_bad=feed.failures > 0, now=now)
        if isinstance(result, FetchError) and silent:
            self._suspect.append((feed, result))
            return
        body_hash = body_digest(result.body) if isinstance(result, Document) else None
        if isinstance(result, Document) and not is_unchanged(feed, result, body_hash=body_hash):
            parsed = self._parser.submit(self._services.parser.parse, result, now=now, known=self._known(feed))
            self._parsing.append((feed, result, body_hash, now, parsed))
        else:
            self._add(self._judged(feed, result, None, body_hash, now), result)
        self._settle(AHEAD)

    def end(self) -> None:
        """Write what is left: the failures, charged to their feeds or to nobody, and what there was no time for."""
        services = self._services
        self._settle(0)
        now = services.clock()
        before = services.weather.since
        outage = services.weather.is_outage(now=now)
        if before is not None and not outage:
            # Feeds that were charged before the outage was seen as one.
            services.store.feeds.probe(failing_since=before - WINDOW, at=now + PROBED_AFTER)
        if outage and self._suspect:
            log.warning("our_outage", feeds=len(self._suspect), detail="most hosts fail together; no feed is charged")
        for feed, error in self._suspect:
            if outage:
                again = now + services.weather.pause(services.dice(), now=now)
                self._add(outage_update(feed, error, now=services.clock(), at=again), error)
            else:
                self._add(self._judged(feed, error, None, None, services.clock()), error)
        if not services.stopping.is_set():
            for feed in list(self._waiting.values()):
                self._put_off(feed, "the feeds before it took all of the round's time", None, seconds=60.0)
        self._write()

    def _settle(self, ahead: int) -> None:
        """Decide about what has been parsed; wait for the parser while more than ``ahead`` documents are with it."""
        while self._parsing and (len(self._parsing) > ahead or self._parsing[0][-1].done()):
            feed, document, body_hash, now, parsed = self._parsing.popleft()
            self._add(self._judged(feed, document, parsed.result(), body_hash, now), document)

    def _judged(
        self,
        feed: Feed,
        result: FetchResult,
        parsed: ParsedFeed | ParseError | None,
        body_hash: str | None,
        now: datetime,
    ) -> FeedUpdate:
        jitter = self._services.dice()
        return poll_update(feed, result, parsed, self._pacing, now=now, jitter=jitter, body_hash=body_hash)

    def _known(self, feed: Feed) -> frozenset[str]:
        """The hashes of its last document. The first that asks reads those of all that may ask yet."""
        if not feed.last_success_at:
            return frozenset()
        if self._hashes is None:
            asked = [each.id for each in (feed, *self._waiting.values()) if each.last_success_at]
            self._hashes = self._services.store.feeds.hashes_of(asked)
        return self._hashes.get(feed.id, frozenset())

    def _put_off(self, feed: Feed, reason: str, result: FetchError | None, *, seconds: float) -> None:
        now, dice = self._services.clock(), self._services.dice()
        # Later than asked for, never sooner, and not all at once.
        at = now + timedelta(seconds=seconds + 30.0 * (1 + dice))
        update = late_update(feed, f"{reason}; it is asked at {at:%H:%M} UTC", now=now, at=at)
        self._add(update, result)

    def _add(self, update: FeedUpdate, result: FetchResult | None) -> None:
        self._ready.append((update, result))
        waited = self._services.ticks() - self._written_at
        if len(self._ready) >= BATCH or waited > BATCH_SECONDS:
            self._write()

    def _write(self) -> None:
        services = self._services
        self._written_at = services.ticks()
        ready, self._ready = self._ready, []
        if not ready:
            return
        outcomes = services.store.feeds.record_polls([update for update, _ in ready])
        # With each batch, for a round may be cut short; a pause that is known already costs nothing.
        held = services.fetcher.holds()
        services.store.hosts.hold(services.pace.new_holds(held))
        services.pace.holds_stored(held)
        by_feed = {outcome.feed.id: outcome for outcome in outcomes}
        for update, result in ready:
            outcome = by_feed.get(update.feed_id)
            if outcome is not None:
                _report(self._log, update, outcome, result)
                self.counts.update(_counted(update, outcome))
                if services.websub_callback and outcome.new_entry_ids and outcome.feed.hub:
                    services.store.subscriptions.missed(update.feed_id, now=update.polled_at)


def _counted(update: FeedUpdate, outcome: PollOutcome) -> dict[str, int]:
    return {
        f"polls_{outcome.outcome.replace(' ', '_')}": 1,
        "entries_new": len(outcome.new_entry_ids),
        "entries_changed": len(outcome.changed_entry_ids),
        "bytes": update.bytes_read,
        "gaps": outcome.gap,
    }


def _report(log: Any, update: FeedUpdate, outcome: PollOutcome, result: FetchResult | None) -> None:
    feed = outcome.feed
    facts = {"feed": feed.id, "url": feed.spec.url, "ms": round(update.elapsed * 1000)}
    if update.outcome == "failed":
        kind = result.kind if isinstance(result, FetchError) else "parse"
        log.warning("poll_failed", kind=kind, failures=feed.failures, error=update.error, **facts)
    elif update.outcome in {"outage", "put off"}:
        log.info("not_polled", outcome=update.outcome, reason=update.error, **facts)
    elif outcome.outcome == "new":
        log.info("polled", outcome="new", new=len(outcome.new_entry_ids), **facts)
    else:
        # Nine polls of ten bring nothing; the metrics count them.
        log.debug("polled", outcome=outcome.outcome, new=0, **facts)
    if outcome.gap:
        log.warning("entries_may_be_missed", detail="two polls have no entry in common", **facts)
    if feed.gone_at == update.polled_at:
        log.warning("feed_gone", detail="the server says that it is gone for good; it is not polled any more", **facts)
    if feed.moved_at == update.polled_at:
        log.warning("feed_moved", old=feed.moved_from, **facts)
    if not update.conditional and feed.last_success_at == update.polled_at:
        log.warning("validators_lie", detail="another feed under the same validator; from now on asked whole", **facts)
