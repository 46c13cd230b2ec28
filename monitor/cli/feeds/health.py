"""Feeds judged: how each is, in one word and one sentence."""

from datetime import datetime
from typing import TYPE_CHECKING

from monitor.pipeline.polling import health_facts
from monitor.polling import FeedHealth, FeedState, judge

if TYPE_CHECKING:
    from monitor.records.feeds import Feed

COLOURS = {
    FeedState.OK: "green",
    FeedState.NEW: None,
    FeedState.MOVED: "cyan",
    FeedState.PARTIAL: "yellow",
    FeedState.STALE: "yellow",
    FeedState.FROZEN: "yellow",
    FeedState.UNREACHED: "yellow",
    FeedState.FAILING: "red",
    FeedState.GONE: "red",
}
MEANINGS = {
    FeedState.GONE: "the server said 410, or a person removed it: not polled any more",
    FeedState.FAILING: "the last polls failed: asked again, less and less often",
    FeedState.UNREACHED: "not asked when it was due: our own network, its host's pause, or no daemon",
    FeedState.FROZEN: "answers, but with the same content for far too long",
    FeedState.STALE: "answers, but brings nothing new although it should",
    FeedState.PARTIAL: "its document is damaged; what can be read is taken",
    FeedState.MOVED: "has moved, or redirects for good",
    FeedState.NEW: "not polled yet",
    FeedState.OK: "",
}


def judged(feed: "Feed", *, now: datetime) -> FeedHealth:
    """How the feed is."""
    return judge(health_facts(feed), now=now)
