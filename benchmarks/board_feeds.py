"""Invented feeds and a month of their polls."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from benchmarks.board_words import Words
from monitor.polling.rhythm import Rhythm
from monitor.store.keys import hashed

COUNTRIES = "US GB UA RU DE FR PL TR IN CN IT ES JP BR QA SA NO SE FI CZ RO HU CA AU KR EG ZA NG MX IL".split()
_KINDS = ("Post", "Courier", "Wire", "Herald", "Observer", "Gazette", "Tribune", "Dispatch")
_EVERY = timedelta(hours=1)
POLLED = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A feed as its articles know it."""

    feed_id: int
    name: str
    family: str
    state_controlled: bool
    host: str


def outlets(source: random.Random, words: Words, number: int) -> tuple[Outlet, ...]:
    """So many outlets, each with one feed; the first bring the most."""
    found: dict[str, Outlet] = {}
    while len(found) < number:
        name = f"{source.choice(words.heads).split()[0].title()}{source.choice('aeiou')}n {source.choice(_KINDS)}"
        feed_id = len(found) + 1
        found.setdefault(
            name,
            Outlet(
                feed_id=feed_id,
                name=name,
                family=f"House {source.randint(1, max(1, number * 2 // 3))}",
                state_controlled=source.random() < 0.08,
                host=f"{name.lower().replace(' ', '-')}.example",
            ),
        )
    return tuple(found.values())


def feed_rows(source: random.Random, found: tuple[Outlet, ...], until: datetime) -> Iterator[dict[str, Any]]:
    """Rows of ``feeds``: most are well, some fail, some bring nothing."""
    for outlet in found:
        health = source.choices(("ok", "failing", "stale"), (90, 6, 4))[0]
        url = f"https://{outlet.host}/feed.xml"
        since = until - timedelta(hours=source.randint(3, 200))
        yield {
            "id": outlet.feed_id,
            "url": url,
            "url_key": hashed(url),
            "title": outlet.name,
            "outlet": outlet.name,
            "family": outlet.family,
            "country": "RU" if outlet.state_controlled else source.choice(COUNTRIES),
            "state_controlled": outlet.state_controlled,
            "language": "en",
            "kind": "media",
            "homepage": f"https://{outlet.host}/",
            "active": True,
            "added_at": until - timedelta(days=401),
            "next_poll_at": until + timedelta(minutes=source.randint(1, 60)),
            "interval": source.choice((300.0, 900.0, 1800.0, 3600.0)),
            "failures": 7 if health == "failing" else 0,
            "last_polled_at": until - timedelta(minutes=source.randint(1, 50)),
            "last_success_at": since if health == "failing" else until - timedelta(minutes=30),
            "last_new_at": since if health != "ok" else until - timedelta(hours=1),
            "last_changed_at": until - timedelta(hours=1),
            "last_status": "failed" if health == "failing" else "new",
            "last_error": "the server answered HTTP 503" if health == "failing" else None,
            "failing_since": since if health == "failing" else None,
            "entries_seen": source.randint(100, 9000),
            "guids_repeat": False,
            "conditional": True,
            "moved_to": "",
            "moved_polls": 0,
            "moved_from": "",
            "rhythm": _rhythm(source, until),
            "pace": source.uniform(0.1, 2.0),
            "least": 0.0,
            "newest_at": until - timedelta(hours=1),
            "gaps": 0,
            "skip_hours": "",
            "skip_days": "",
            "hub": "",
            "topic": "",
            "notes": "",
        }


def _rhythm(source: random.Random, until: datetime) -> str:
    busy = source.uniform(0.2, 4)
    rhythm = Rhythm(
        hours=tuple(busy * source.uniform(0.2, 1) * (2 if 6 <= hour < 20 else 0.5) for hour in range(24)),
        hours_watched=(3600.0 * 20,) * 24,
        days=tuple(busy * source.uniform(1, 4) for _ in range(7)),
        days_watched=(86_400.0 * 3,) * 7,
        newest=until - timedelta(hours=1),
        watched_to=until,
    )
    return rhythm.as_text()


def poll_rows(source: random.Random, found: tuple[Outlet, ...], until: datetime) -> Iterator[dict[str, Any]]:
    """Rows of ``polls``: one an hour and feed, one in thirty failed."""
    for number in range(int(POLLED / _EVERY)):
        at = until - POLLED + number * _EVERY
        for outlet in found:
            outcome = source.choices(("unchanged", "new", "same", "failed"), (60, 25, 12, 3))[0]
            fresh = source.randint(1, 5) if outcome == "new" else 0
            yield {
                "feed_id": outlet.feed_id,
                "polled_at": at + timedelta(seconds=outlet.feed_id),
                "outcome": outcome,
                "http_status": {"unchanged": 304, "failed": 503}.get(outcome, 200),
                "bytes_read": 0 if outcome == "unchanged" else 40_000,
                "elapsed": source.uniform(0.05, 1.2),
                "error": "the server answered HTTP 503" if outcome == "failed" else None,
                "new_entries": fresh,
                "changed_entries": 0,
                "known_entries": 20 if outcome in {"new", "same"} else 0,
                "gap": False,
                "pushed": False,
            }
