"""What a server did when it was asked for a feed: redirects, size, validators, how long an answer lasts. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitor.cli.feeds.lines import Line, Tone, days, doubtful, hours, size, span
from monitor.records.feeds import Document, FetchResult, NotModified, ParsedFeed

if TYPE_CHECKING:
    from monitor.polling import NextPoll

TAKEN_OVER_AFTER = 3
"""As in ``monitor.store.polling.feed_state.MOVED_AFTER``: this room does not load the store for a number."""
_LARGE = 1_000_000


def answer_lines(document: Document, again: FetchResult | None) -> Iterator[Line]:
    """Redirects, size and time, validators."""
    yield from _redirects(document)
    seconds = f"{document.elapsed:.2f} s"
    kind = document.content_type or "no Content-Type"
    coding = getattr(document, "coding", None)
    packed = "" if coding is None else f", compressed with {coding}" if coding else ", not compressed"
    yield Line(
        name="answer",
        text=f"{document.status}, {size(len(document.body))} in {seconds}{packed}, {kind}",
        facts={
            "status": document.status,
            "bytes": len(document.body),
            "seconds": round(document.elapsed, 3),
            "content_type": document.content_type,
        }
        | ({} if coding is None else {"compression": coding}),
    )
    yield _validators(document, again)


def _redirects(document: Document) -> Iterator[Line]:
    for status, target in document.redirects:
        lasting = "for good" if status in {301, 308} else "for now"
        yield Line(name="redirect", text=f"{status}, {lasting}, to {target}")
    facts: dict[str, object] = {
        "redirects": [list(hop) for hop in document.redirects],
        "permanent_url": document.permanent_url,
    }
    if document.permanent_url:
        yield doubtful(
            "moved",
            f"for good: the program takes the new address over after {TAKEN_OVER_AFTER} polls that lead there",
            f"it has moved to {document.permanent_url}",
            **facts,
        )
    elif document.redirects:
        yield Line(name="moved", text="for now: the address is kept, every poll goes the same way", facts=facts)


def _validators(document: Document, again: FetchResult | None) -> Line:
    names = [name for name, value in (("ETag", document.etag), ("Last-Modified", document.last_modified)) if value]
    facts: dict[str, object] = {"etag": document.etag, "last_modified": document.last_modified}
    if again is None:
        large = f"{size(len(document.body))} with every poll" if len(document.body) > _LARGE else ""
        return doubtful("validators", "none: every poll transfers the whole feed", large, validators_work=None, **facts)
    said = " and ".join(names)
    match again:
        case NotModified():
            return Line(
                name="validators",
                text=f"{said}, and they work: the second request got 304 and no body",
                tone=Tone.GOOD,
                facts=facts | {"validators_work": True},
            )
        case Document() if (again.etag, again.last_modified) != (document.etag, document.last_modified):
            text = f"{said}, which change from request to request: every poll transfers the whole feed"
        case Document():
            text = f"{said}, but they do not work: the second answer was whole again"
        case error:
            text = f"{said}, but the second request failed: {error}"
            return doubtful("validators", text, "it fails when asked twice", validators_work=None, **facts)
    large = f"validators do not work, {size(len(document.body))} with every poll" if len(document.body) > _LARGE else ""
    return doubtful("validators", text, large, validators_work=False, **facts)


def wish_line(document: Document, feed: ParsedFeed, following: "NextPoll", gap: float) -> Line:
    """What headers and feed ask for, and what becomes of it; ``gap`` is the wait in seconds that was decided."""
    wishes = []
    if document.fresh_for is not None:
        wishes.append(f"Cache-Control or Expires call it fresh for {span(document.fresh_for)}")
    if feed.ttl:
        wishes.append(f"the feed asks for {span(feed.ttl)} between polls")
    if feed.skip_hours:
        wishes.append(f"no polls at {hours(feed.skip_hours)} h UTC")
    if feed.skip_days:
        wishes.append(f"no polls on {days(feed.skip_days)}")
    made = {
        "publisher": f"so the next poll would wait {span(gap)}",
        "skipped hours": f"so the next poll would wait {span(gap)}",
    }.get(following.reason, "which changes nothing here" if wishes else "")
    return Line(
        name="wishes",
        text="; ".join((*wishes, made)) if wishes else "none: neither headers nor feed ask for a pause",
        facts={
            "fresh_for": document.fresh_for,
            "ttl": feed.ttl,
            "skip_hours": list(feed.skip_hours),
            "skip_days": list(feed.skip_days),
        },
    )
