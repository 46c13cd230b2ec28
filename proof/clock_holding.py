"""Leases, claims, quarantine, pauses of hosts, sessions, on both databases, while the clock is set ahead and back."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from monitor.fetch.holds import LONGEST_HOLD, Holds
from monitor.records.accounts import Role
from monitor.records.feeds import FeedSpec
from monitor.store import Store
from monitor.store.people.entrance import IDLE, LONGEST
from proof.promise import Figure, Scene
from proof.safe_upgrades_grounds import grounds

WALKS = 400
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEASE, TTL = 5 * MINUTE, timedelta(seconds=30)
SWEPT_EVERY = 5 * MINUTE
BEGIN = datetime(2024, 2, 28, 20, tzinfo=UTC)


def holding(scene: Scene) -> Sequence[Figure]:
    """Seeded walks over each kind of right; what was wanted is reckoned from the true time beside them."""
    figures = []
    with grounds(scene.folder) as places:
        for place in places:
            url = place.new()
            with Store.open(url, create=True) as store:
                for name, walk, wanted in TRIALS:
                    wrong = [
                        f"walk {number}: {problem}"
                        for number in range(scene.of(WALKS))
                        for problem in walk(store, random.Random(number), number)
                    ]
                    figures.append(
                        Figure(
                            what=f"{place.name}: {name}, {scene.of(WALKS)} walks",
                            measured=f"{len(wrong)} problems" + (f"; {wrong[0]}" if wrong else ""),
                            wanted=wanted,
                            holds=not wrong,
                        )
                    )
                    scene.progress(len(figures), len(places) * len(TRIALS), name)
            place.drop(url)
    return figures


def _jump(dice: random.Random) -> timedelta:
    return dice.choice((2 * HOUR, -2 * HOUR, 3 * DAY, timedelta(seconds=-1)))


def _lease(store: Store, dice: random.Random, number: int) -> Iterator[str]:
    """One daemon lives on through a jump, another waits: never two at a time, and the first keeps it or knows."""
    name, now = f"right {number}", BEGIN + dice.random() * DAY
    store.leases.acquire(name, "first", now=now, ttl=TTL)
    now += _jump(dice)
    steps = [("first", dice.random()), ("second", dice.random())] * 3
    holders = Counter[str]()
    for who, wait in sorted(steps, key=lambda _: dice.random()):
        now += wait * TTL / 4
        kept = store.leases.renew(name, who, now=now, ttl=TTL) or store.leases.acquire(name, who, now=now, ttl=TTL)
        found = store.leases.holder(name)
        if kept != (found is not None and found.holder == who):
            yield f"{who} was told {kept}, and {found} has it"
        holders[who] += kept
    if not holders:
        yield "nobody has it"


def _claims(store: Store, dice: random.Random, number: int) -> Iterator[str]:
    """A holder dies with a feed while the clock is wrong; when it is right again others get it, and not before."""
    url = f"https://claimed-{number}.example/rss"
    now = BEGIN + dice.random() * DAY
    store.feeds.sync([FeedSpec(url=url)], now=now - DAY)
    ahead = _jump(dice)
    claimed = [feed.spec.url for feed in _all_due(store, now + ahead, "dies") if feed.spec.url == url]
    if ahead > -DAY and not claimed:
        yield f"not due with the clock {ahead}"
    for _ in range(4):
        now += SWEPT_EVERY
        store.upkeep.sweep(now=now)
        if url in {feed.spec.url for feed in _all_due(store, now, "lives")}:
            break
    else:
        yield f"claimed with the clock {ahead}, and nobody got it within 20 minutes"
    store.feeds.remove(url, purge=True)


def _all_due(store: Store, now: datetime, holder: str) -> tuple[Any, ...]:
    return store.feeds.claim_due(now=now, limit=1000, holder=holder, lease=LEASE)


def _quarantine(store: Store, dice: random.Random, number: int) -> Iterator[str]:
    """What is in quarantine stays there, wherever the clock goes."""
    url = f"https://shut-{number}.example/rss"
    store.feeds.sync([FeedSpec(url=url)], now=BEGIN)
    feed = store.feeds.by_url(url)
    assert feed is not None
    store.setbacks.quarantine("feed", feed.id, "it breaks things", now=BEGIN)
    now = BEGIN + dice.random() * DAY
    for _ in range(3):
        now += _jump(dice)
        store.upkeep.sweep(now=now)
        if url in {each.spec.url for each in _all_due(store, now, "lives")}:
            yield "it was let out"
    store.feeds.remove(url, purge=True)


def _polled_ahead(store: Store, dice: random.Random, number: int) -> Iterator[str]:
    """A feed polled while the clock was ahead is due soon after it is right, once."""
    url = f"https://ahead-{number}.example/rss"
    now = BEGIN + dice.random() * DAY
    store.feeds.sync([FeedSpec(url=url)], now=now - DAY)
    ahead = dice.uniform(0.2, 2) * HOUR
    interval = dice.uniform(5, 60) * MINUTE
    with store._database.write() as connection:
        stored = {"at": _bound(store, now + ahead), "next": _bound(store, now + ahead + interval), "url": url}
        connection.execute(text("UPDATE feeds SET last_polled_at = :at, next_poll_at = :next WHERE url = :url"), stored)
    store.upkeep.sweep(now=now + SWEPT_EVERY)
    due = url in {feed.spec.url for feed in _all_due(store, now + SWEPT_EVERY, "lives")}
    wanted = ahead > 15.5 * MINUTE or interval + ahead <= SWEPT_EVERY
    if wanted and not due:
        yield f"polled {ahead} ahead, it is not due"
    store.feeds.remove(url, purge=True)


def _bound(store: Store, moment: datetime) -> Any:
    return moment.replace(tzinfo=None) if store._database.dialect == "sqlite" else moment


def _holds(_: Store, dice: random.Random, number: int) -> Iterator[str]:
    """A host that asked for a pause has it, at the least as the clock shows it, and never for more than a day."""
    holds, host, now = Holds(), f"h{number}.example", BEGIN + dice.random() * DAY
    wait = dice.uniform(1, 2 * 86_400)
    holds.note(host, 429, wait, now)
    jump = _jump(dice)
    left = holds.left(host, now + jump)
    asked = min(timedelta(seconds=wait), LONGEST_HOLD) - jump
    least, most = max(0.0, min(asked, LONGEST_HOLD).total_seconds()), LONGEST_HOLD.total_seconds()
    if not least - 0.001 <= left <= most:
        yield f"asked for {wait:.0f} s, the clock set by {jump}: {left:.0f} s are left"


def _sessions(store: Store, dice: random.Random, number: int) -> Iterator[str]:
    """Nobody is signed out by two hours or three days; what is over by time is over."""
    name, now = f"reader{number}", BEGIN + dice.random() * DAY
    account = store.accounts.add(name, Role.READER, None, by="proof", now=now)
    secret, began = store.sessions.begin(account.id, now=now), now
    for _ in range(6):
        now += _jump(dice)
        store.sessions.prune(now=now)
        if store.sessions.holder(secret, now=now) is None:
            yield f"signed out {now - began} after it began"
            return
    last = now + IDLE + dice.choice((MINUTE, LONGEST))
    if store.sessions.holder(secret, now=max(last, began + IDLE + 20 * DAY)) is not None:
        yield "a session that nobody used goes on"


TRIALS: tuple[tuple[str, Callable[[Store, random.Random, int], Iterator[str]], str], ...] = (
    ("leases", _lease, "whoever is told that it has the right has it"),
    ("claims of the dead", _claims, "free within 20 minutes of right time"),
    ("quarantine", _quarantine, "never let out by the clock"),
    ("feeds polled ahead of time", _polled_ahead, "due after the next sweep"),
    ("pauses of hosts", _holds, "never shorter than asked by the clock, never over a day"),
    ("sessions", _sessions, "last through 2 h and 3 days, end when they are over"),
)
