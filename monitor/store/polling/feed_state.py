"""A feed's own state after a poll: what it says about validators, redirects, failures and its last document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from monitor.records.articles import FeedUpdate
from monitor.store import claims
from monitor.store.keys import hashed
from monitor.store.tables import feeds

REVIVED_AFTER = timedelta(days=1)
"""A feed that failed for so long is as good as new: what it then brings is a back catalogue and no news."""
MOVED_AFTER = 3
"""Polls in a row that a permanent redirect must lead to a feed before its address is taken over: elsewhere a
maintenance page has overwritten a feed's address (Vienna#1546)."""
WITH_BODY = frozenset({"new", "same"})
_NO_CHARGE = frozenset({"outage", "put off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one document did to a feed's entries."""

    new: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    known: int = 0
    gap: bool = False
    guids_repeat: bool = False
    newest: datetime | None = None


def is_backfill(poll: FeedUpdate, feed: Mapping[str, Any]) -> bool:
    """Whether what the poll brought is the back catalogue of a new or revived feed."""
    last = feed["last_success_at"]
    return last is None or (feed["failing_since"] is not None and poll.polled_at - last >= REVIVED_AFTER)


def outcome(poll: FeedUpdate, change: Change) -> str:
    """Only the store knows whether a body held anything new."""
    if poll.outcome not in WITH_BODY:
        return poll.outcome
    return "new" if change.new or change.changed else "same"


def feed_values(connection: Connection, poll: FeedUpdate, feed: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The feed's state after the poll. Until it is written, the same poll may be done again."""
    values: dict[str, Any] = {
        "next_poll_at": poll.next_poll_at,
        "interval": poll.interval,
        "last_polled_at": poll.polled_at,
        "last_status": outcome(poll, change),
        "last_error": poll.error,
    } | claims.FREE
    if poll.outcome in _NO_CHARGE:
        return values
    if poll.outcome == "failed":
        values |= {"failures": feed["failures"] + 1, "failing_since": feed["failing_since"] or poll.polled_at}
        return values | ({"gone_at": poll.polled_at} if poll.gone else {})
    values |= {"failures": 0, "failing_since": None, "gone_at": None, "last_success_at": poll.polled_at}
    values |= {"rhythm": poll.rhythm or feed["rhythm"], "pace": poll.pace, "least": poll.least}
    values |= {"conditional": poll.conditional and feed["conditional"]}
    values |= _validators(poll, feed) | _moved(connection, poll, feed)
    if poll.whole:
        values["whole_at"] = poll.polled_at
    if poll.outcome in WITH_BODY:
        values |= _from_document(poll, feed, change)
    return values


def _validators(poll: FeedUpdate, feed: Mapping[str, Any]) -> dict[str, Any]:
    if poll.pushed:
        return {}
    if poll.asked and poll.asked != feed["url"]:
        # A person has given it another address meanwhile: these are the old one's.
        return {}
    said = {"etag": poll.etag, "last_modified": poll.last_modified, "body_hash": poll.body_hash}
    if poll.outcome in WITH_BODY:
        return said
    return {name: feed[name] if value is None else value for name, value in said.items()}


def _from_document(poll: FeedUpdate, feed: Mapping[str, Any], change: Change) -> dict[str, Any]:
    values: dict[str, Any] = {
        "entries_seen": feed["entries_seen"] + len(change.new),
        "guids_repeat": change.guids_repeat,
        "title": feed["title"] or poll.title or "",
    }
    if change.new:
        if not is_backfill(poll, feed):
            values["last_new_at"] = poll.polled_at
        values["newest_at"] = max(filter(None, (feed["newest_at"], change.newest)), default=None)
    if poll.pushed:
        return values
    if change.gap:
        values |= {"gap_at": poll.polled_at, "gaps": feed["gaps"] + 1}
    if poll.body_hash != feed["body_hash"]:
        values["last_changed_at"] = poll.polled_at
    return values | {
        "wish": poll.wish,
        "skip_hours": ",".join(map(str, poll.skip_hours)),
        "skip_days": ",".join(map(str, poll.skip_days)),
        "hub": poll.hub,
        "topic": poll.topic,
        "notes": "\n".join(poll.notes),
    }


def _moved(connection: Connection, poll: FeedUpdate, feed: Mapping[str, Any]) -> dict[str, Any]:
    """Count permanent redirects; take the address over when they have led to one feed often enough."""
    if poll.pushed:
        return {}
    if not poll.moved_to:
        return {"moved_to": "", "moved_polls": 0}
    times = feed["moved_polls"] + 1 if poll.moved_to == feed["moved_to"] else 1
    key = hashed(poll.moved_to.strip())
    if times < MOVED_AFTER or connection.scalar(select(feeds.c.id).where(feeds.c.url_key == key)) is not None:
        return {"moved_to": poll.moved_to, "moved_polls": times}
    taken = {
        "url": poll.moved_to,
        "url_key": key,
        "moved_to": "",
        "moved_polls": 0,
        "moved_from": feed["url"],
        "moved_from_key": feed["url_key"],
        "moved_at": poll.polled_at,
    }
    # At once, so that another feed of the batch that moved to the same place sees it.
    connection.execute(update(feeds).where(feeds.c.id == poll.feed_id).values(taken))
    return taken
