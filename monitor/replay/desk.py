"""The newsroom's answers: what a path gives at a moment, with the manners and bad manners of each outlet."""

import gzip
import json
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from monitor.replay import feeds, pages
from monitor.replay.week import Entry, Outlet, Week
from monitor.text import digest

RETRY_AFTER = 5
"""Real seconds that an outlet with the quirk ``rate_limited`` asks for."""
TRUTH_PATH = "/_truth.json"
_REFUSED_EVERY = 4
_BROKEN_EVERY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer; ``silent`` means that none is ever given."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str]
    silent: bool = False


class Desk:
    """Answers for all outlets. ``bases`` maps an outlet's id to where its server is, without a slash at the end."""

    def __init__(self, week: Week, bases: Mapping[str, str]) -> None:
        self._week = week
        self._bases = bases
        self._outlets = {outlet.id: outlet for outlet in week.outlets}
        self._entries = {f"/{entry.outlet}/news/{entry.slug}.html": entry for entry in week.entries}
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def answer(self, path: str, headers: Mapping[str, str], now: datetime) -> Answer:
        """What a GET of ``path`` (with its query, if any) gets; names of ``headers`` are in lower case."""
        path = path.partition("?")[0].partition("#")[0]
        outlet = self._outlets.get(path.split("/")[1])
        if outlet is None:
            return self._own_page(path, now)
        if "rate_limited" in outlet.quirks and self._count(outlet.id) % _REFUSED_EVERY == 0:
            return _text(429, "Too many requests.\n", {"Retry-After": str(RETRY_AFTER)})
        found = self._outlet_page(outlet, path, headers, now)
        if "gzip" in outlet.quirks and found.body and "gzip" in headers.get("accept-encoding", ""):
            packed = {**found.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            return replace(found, body=gzip.compress(found.body, mtime=0), headers=packed)
        return found

    def _own_page(self, path: str, now: datetime) -> Answer:
        if path == "/":
            listed = ((outlet, self._bases[outlet.id]) for outlet in self._week.outlets)
            return _document(pages.list_page(listed, now), "text/html; charset=utf-8")
        if path == TRUTH_PATH:
            return _document(self._truth(now), "application/json")
        if path == pages.PICTURE_PATH:
            return _document(pages.PICTURE, "image/svg+xml")
        return _text(404, "Nothing here.\n")

    def _outlet_page(self, outlet: Outlet, path: str, headers: Mapping[str, str], now: datetime) -> Answer:
        base = self._bases[outlet.id]
        name = path.removeprefix(f"/{outlet.id}/")
        entry = self._entries.get(path)
        if entry is not None and entry.at <= now:
            return self._article(outlet, entry, headers, now)
        if name == feeds.FEED_NAMES[outlet.format]:
            return self._feed(outlet, headers, now)
        if "moved" in outlet.quirks and name == feeds.MOVED_FROM:
            return _text(301, "Moved.\n", {"Location": feeds.feed_url(base, outlet)})
        if path == f"/{outlet.id}/":
            place = pages.Place(outlet=outlet, base=base, earlier=self._week.published(outlet.id, now))
            return _document(pages.home_page(place, now), f"text/html; charset={outlet.encoding}")
        return _text(404, "No such page.\n")

    def _feed(self, outlet: Outlet, headers: Mapping[str, str], now: datetime) -> Answer:
        published = self._week.published(outlet.id, now)
        body = feeds.feed_document(outlet, published, base=self._bases[outlet.id], now=now)
        kind = f"{feeds.CONTENT_TYPES[outlet.format]}; charset={outlet.encoding}"
        whole = _conditional(outlet, body, kind, feeds.last_change(published[: feeds.NEWEST], now), headers)
        if "broken_xml" not in outlet.quirks or whole.status != 200:
            return whole
        times, broken = divmod(self._count(f"{outlet.id} feed"), _BROKEN_EVERY)
        # What is broken goes out without validators: a client that kept them would never be given the whole again.
        return whole if broken else _document(_damaged(body, cut=times % 2 == 1), kind)

    def _article(self, outlet: Outlet, entry: Entry, headers: Mapping[str, str], now: datetime) -> Answer:
        base, kind = self._bases[outlet.id], f"text/html; charset={outlet.encoding}"
        if "timeout" in entry.flags:
            return Answer(status=0, headers={}, silent=True)
        if "consent_wall" in entry.flags:
            return _document(pages.consent_page(outlet, base), kind)
        earlier = tuple(other for other in self._week.published(outlet.id, entry.at) if other is not entry)
        body = pages.article_page(entry, pages.Place(outlet=outlet, base=base, earlier=earlier), now)
        return _conditional(outlet, body, kind, entry.version(now).at, headers)

    def _truth(self, now: datetime) -> bytes:
        """What each entry truly is, for tests and summaries."""
        rows = [
            {
                "url": feeds.article_url(self._bases[entry.outlet], entry),
                "id": entry.id,
                "outlet": entry.outlet,
                "at": entry.at.isoformat(),
                "published": entry.at <= now,
                "kind": entry.kind,
                "story": entry.story,
                "copy_of": entry.copy_of,
                "talks": entry.talks,
                "missile_aid": entry.missile_aid,
                "flags": sorted(entry.flags),
            }
            for entry in self._week.entries
        ]
        return json.dumps({"now": now.isoformat(), "entries": rows}).encode()

    def _count(self, name: str) -> int:
        with self._lock:
            self._asked[name] += 1
            return self._asked[name]


def _document(body: bytes, content_type: str) -> Answer:
    return Answer(body=body, headers={"Content-Type": content_type})


def _text(status: int, text: str, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(
        status=status, body=text.encode(), headers={"Content-Type": "text/plain; charset=utf-8", **(headers or {})}
    )


def _conditional(
    outlet: Outlet, body: bytes, content_type: str, changed: datetime, headers: Mapping[str, str]
) -> Answer:
    """The document with the validators that the outlet gives, or 304 to a client that has it (RFC 9110, 13.1)."""
    validators = _validators(outlet, body, changed)
    if _is_known(validators, changed, headers):
        return Answer(status=304, headers=validators)
    return Answer(body=body, headers={"Content-Type": content_type, **validators})


def _validators(outlet: Outlet, body: bytes, changed: datetime) -> dict[str, str]:
    """Both, unless the outlet has a habit of its own."""
    validators = {"ETag": f'"{digest(body)}"', "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True)}
    if "no_validators" in outlet.quirks:
        return {}
    if "etag" in outlet.quirks:
        del validators["Last-Modified"]
    if "last_modified" in outlet.quirks:
        del validators["ETag"]
    return validators


def _is_known(validators: Mapping[str, str], changed: datetime, headers: Mapping[str, str]) -> bool:
    if "ETag" not in validators or "if-none-match" not in headers:
        return "Last-Modified" in validators and _is_since(changed, headers.get("if-modified-since", ""))
    known = {tag.strip().removeprefix("W/") for tag in headers["if-none-match"].split(",")}
    return bool(known & {validators["ETag"], "*"})


def _is_since(changed: datetime, header: str) -> bool:
    try:
        since = parsedate_to_datetime(header)
    except ValueError:
        return False
    return since.tzinfo is not None and changed.replace(microsecond=0) <= since


def _damaged(body: bytes, *, cut: bool) -> bytes:
    """A feed that a careless program wrote: cut off in the middle, or with an ampersand that is none."""
    return body[: len(body) // 2] if cut else body.replace(b"</title>", b" & more</title>", 1)
