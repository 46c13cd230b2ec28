"""From a feed that is due to what one poll found out: what to ask for, what the answer means, when to ask again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.errors import FetchError, ParseError
from monitor.polling import (
    EMPTIED,
    FeedFacts,
    PollFacts,
    PollPolicy,
    Rhythm,
    from_text,
    learn,
    least_interval,
    next_poll,
    pace,
)
from monitor.records.articles import FeedUpdate
from monitor.records.feeds import Document, Feed, FeedEntry, FetchRequest, FetchResult, NotModified, ParsedFeed
from monitor.text import body_digest
from monitor.websub.protocol import offered

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, */*;q=0.5"
)
WHOLE_AFTER = timedelta(days=1)
"""A server that has said "not modified" for so long is asked for the whole feed once, to see whether it can be
believed; once a day is what unconditional requests are bearable at (rachelbythebay)."""
SILENCE_COUNTED_AFTER = timedelta(hours=3)
MOVE_TOLD = timedelta(days=7)
AHEAD = timedelta(hours=1)
"""A date further in the future is a mistake, not a clock that is a little fast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """What the polls of one round have in common."""

    policy: PollPolicy
    """With the scale at which all feeds together keep to the budget."""
    pushed: frozenset[int] = frozenset()
    """Feeds whose hub tells us: a slow poll is only the backup."""


def feed_request(feed: Feed, *, max_bytes: int, now: datetime) -> FetchRequest:
    """The request for a feed that is due, with its validators unless they are not to be believed."""
    conditional = feed.conditional and not asks_whole(feed, now)
    return FetchRequest(
        key=str(feed.id),
        url=feed.spec.url,
        etag=feed.etag if conditional else None,
        last_modified=feed.last_modified if conditional else None,
        accept=ACCEPT,
        max_bytes=max_bytes,
    )


def asks_whole(feed: Feed, now: datetime) -> bool:
    """Whether the feed's validators are left out this once."""
    if not (feed.etag or feed.last_modified):
        return False
    last = max(filter(None, (feed.whole_at, feed.last_changed_at)), default=None)
    return last is not None and now - last >= WHOLE_AFTER


def is_unchanged(feed: Feed, result: FetchResult, *, body_hash: str | None = None) -> bool:
    """Tell whether there is nothing to parse: a 304, or a body we have seen (some servers know no validators).

    ``body_hash`` is the digest of the body, from who has it already: it costs as much as a tenth of the parsing.
    """
    if isinstance(result, NotModified):
        return True
    if not isinstance(result, Document) or result.status != 200:
        return False
    return (body_hash or body_digest(result.body)) == feed.body_hash


def poll_update(
    feed: Feed,
    result: FetchResult,
    parsed: ParsedFeed | ParseError | None,
    pacing: Pacing,
    *,
    now: datetime,
    jitter: float,
    body_hash: str | None = None,
) -> FeedUpdate:
    """What one poll found out. ``parsed`` is None when nothing was parsed; ``body_hash`` as for ``is_unchanged``."""
    if isinstance(result, NotModified) and not (feed.conditional and (feed.etag or feed.last_modified)):
        result = _unasked(feed, result)
    if isinstance(result, FetchError) or isinstance(parsed, ParseError):
        return _failed(feed, result, parsed, pacing, now=now, jitter=jitter)
    entries = dated(parsed.entries, now) if parsed else ()
    rhythm = learnt(feed, entries, now)
    facts = PollFacts(
        interval=feed.interval or pacing.policy.start,
        new_entries=len(entries),
        rhythm=rhythm,
        ttl=parsed.ttl if parsed else feed.wish,
        fresh_for=result.fresh_for,
        skip_hours=parsed.skip_hours if parsed else feed.skip_hours,
        skip_days=parsed.skip_days if parsed else feed.skip_days,
        pushed=feed.id in pacing.pushed,
    )
    following = next_poll(facts, pacing.policy, now=now, jitter=jitter)
    document = result if isinstance(result, Document) else None
    seen = (body_hash or body_digest(document.body)) if document else feed.body_hash
    return FeedUpdate(
        feed_id=feed.id,
        polled_at=now,
        next_poll_at=following.at,
        interval=following.interval,
        outcome="unchanged" if parsed is None else "new" if entries else "same",
        etag=result.etag or (None if document else feed.etag),
        last_modified=result.last_modified or (None if document else feed.last_modified),
        body_hash=seen,
        http_status=document.status if document else 304,
        bytes_read=len(document.body) if document else 0,
        elapsed=result.elapsed,
        asked=feed.spec.url,
        rhythm=rhythm.as_text(),
        pace=pace(rhythm),
        least=least_interval(facts, pacing.policy),
        moved_to=result.permanent_url or "",
        conditional=not (document and entries and _lies(feed, document, seen)),
        whole=asks_whole(feed, now),
        **_of_document(parsed, entries, document, feed),
    )


def _unasked(feed: Feed, result: NotModified) -> FetchError:
    """A 304 to a request without validators says nothing (RFC 9110 15.4.5), and is no feed."""
    message = f"{feed.spec.url}: the server says that nothing has changed, without having been asked that."
    return FetchError(
        f"{message} It will be asked again.",
        key=result.key,
        url=result.url,
        kind="protocol",
        status=304,
        elapsed=result.elapsed,
    )


def _of_document(
    parsed: ParsedFeed | None, entries: tuple[FeedEntry, ...], document: Document | None, feed: Feed
) -> dict[str, Any]:
    if parsed is None or document is None:
        return {}
    hub, topic = offered(document, parsed)
    return {
        "entries": entries,
        "hashes": parsed.hashes,
        "guids_repeat": parsed.guids_repeat,
        "title": parsed.title or None,
        "wish": parsed.ttl,
        "skip_hours": parsed.skip_hours,
        "skip_days": parsed.skip_days,
        # A feed that stops naming its hub, perhaps for one answer, keeps what it has.
        "hub": hub or feed.hub,
        "topic": topic or feed.topic,
        "notes": (*parsed.notes, EMPTIED) if _is_emptied(parsed, feed) else parsed.notes,
    }


def _is_emptied(parsed: ParsedFeed, feed: Feed) -> bool:
    return not parsed.hashes and (feed.newest_at or feed.last_new_at) is not None


def push_update(feed: Feed, document: Document, parsed: ParsedFeed, *, now: datetime) -> FeedUpdate:
    """What a hub brought: entries, and nothing about the server, whose next poll stays when it was."""
    entries = dated(parsed.entries, now)
    rhythm = learnt(feed, entries, now)
    return FeedUpdate(
        feed_id=feed.id,
        polled_at=now,
        next_poll_at=feed.next_poll_at,
        interval=feed.interval,
        outcome="new" if entries else "same",
        entries=entries,
        hashes=parsed.hashes,
        guids_repeat=parsed.guids_repeat,
        title=parsed.title or None,
        http_status=None,
        bytes_read=len(document.body),
        rhythm=rhythm.as_text(),
        pace=pace(rhythm),
        least=feed.least,
        pushed=True,
    )


def outage_update(feed: Feed, error: FetchError, *, now: datetime, at: datetime) -> FeedUpdate:
    """What is left of a poll when our own network is down: no feed is charged, and it is asked again soon."""
    return _uncharged(feed, "outage", str(error), now=now, at=at)


def late_update(feed: Feed, reason: str, *, now: datetime, at: datetime) -> FeedUpdate:
    """What is left of a poll that was not made: the host asked for a pause, or the round's time was up."""
    return _uncharged(feed, "put off", f"{feed.spec.url}: {reason}", now=now, at=at)


def _uncharged(feed: Feed, outcome: str, reason: str, *, now: datetime, at: datetime) -> FeedUpdate:
    return FeedUpdate(
        feed_id=feed.id,
        polled_at=now,
        next_poll_at=at,
        interval=feed.interval,
        outcome=outcome,
        error=reason,
        rhythm=feed.rhythm,
    )


def health_facts(feed: Feed) -> FeedFacts:
    """What the judge of a feed's health looks at. A move is told for a while after it was made."""
    polled = feed.last_polled_at or feed.added_at
    moved = feed.moved_at is not None and polled - feed.moved_at < MOVE_TOLD
    return FeedFacts(
        name=feed.spec.title or feed.spec.outlet or feed.spec.url,
        active=feed.active,
        added_at=feed.added_at,
        last_polled_at=feed.last_polled_at,
        last_success_at=feed.last_success_at,
        failing_since=feed.failing_since,
        last_error=feed.last_error or "",
        last_outcome=feed.last_status,
        next_poll_at=feed.next_poll_at,
        interval=feed.interval,
        # A feed that brings what was not there before is alive, whatever dates it writes: an archive, a replayed week.
        newest_at=max(filter(None, (feed.newest_at, feed.last_new_at)), default=None),
        last_changed_at=feed.last_changed_at,
        rhythm=from_text(feed.rhythm),
        notes=feed.notes,
        moved_to=feed.moved_to or (feed.spec.url if moved else ""),
        moved_at=None if feed.moved_to else feed.moved_at,
        gone_at=feed.gone_at,
    )


def learnt(feed: Feed, entries: Iterable[FeedEntry], now: datetime) -> Rhythm:
    """The feed's rhythm with what the entries say; those without a date count as published when they were seen."""
    rhythm = from_text(feed.rhythm)
    times = [entry.published or now for entry in entries]
    if not times and rhythm.watched_to is not None and now - rhythm.watched_to < SILENCE_COUNTED_AFTER:
        # A quarter of an hour without news teaches nothing that the next hours will not teach as well.
        return rhythm
    return learn(rhythm, times, now=now)


def dated(entries: tuple[FeedEntry, ...], now: datetime) -> tuple[FeedEntry, ...]:
    """Entries with the quality of their dates; one in the future becomes the time it was seen, and is marked so.

    A date that cannot be read stays empty: as "now" it would make an old story new with every poll (worldmonitor#517).
    """
    return tuple(_dated(entry, now) for entry in entries)


def _dated(entry: FeedEntry, now: datetime) -> FeedEntry:
    if entry.published is None:
        return replace(entry, date_quality="unreadable" if entry.published_raw else "missing")
    if entry.published > now + AHEAD:
        return replace(entry, published=now, date_quality="future")
    return entry


def _lies(feed: Feed, document: Document, body_hash: str | None) -> bool:
    """Whether the server gives another body the same validator: its "not modified" is then worth nothing."""
    if document.etag or feed.etag:
        same = document.etag == feed.etag
    else:
        same = document.last_modified is not None and document.last_modified == feed.last_modified
    return same and feed.conditional and body_hash != feed.body_hash


def _failed(
    feed: Feed,
    result: FetchResult,
    parsed: ParsedFeed | ParseError | None,
    pacing: Pacing,
    *,
    now: datetime,
    jitter: float,
) -> FeedUpdate:
    error = parsed if isinstance(parsed, ParseError) else result
    fetched = error if isinstance(error, FetchError) else None
    following = next_poll(
        PollFacts(
            interval=feed.interval or pacing.policy.start,
            failed=True,
            failures=feed.failures + 1,
            rhythm=from_text(feed.rhythm),
            retry_after=fetched.retry_after if fetched else None,
        ),
        pacing.policy,
        now=now,
        jitter=jitter,
    )
    # A broken body must not be remembered as seen, or its repair would go unread while the validators still match.
    return FeedUpdate(
        feed_id=feed.id,
        polled_at=now,
        next_poll_at=following.at,
        interval=following.interval,
        outcome="failed",
        http_status=fetched.status if fetched else getattr(result, "status", None),
        bytes_read=len(result.body) if isinstance(result, Document) else 0,
        elapsed=result.elapsed,
        error=str(error),
        rhythm=feed.rhythm,
        gone=bool(fetched and fetched.status == 410),
    )
