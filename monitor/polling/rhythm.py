"""What is learnt about when a feed publishes: by hour of the day and by weekday, old news counting less and less.

Sixty-two numbers a feed, whatever it brings. Pure.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby

HOURS, DAYS = 24, 7
HOUR, DAY = 3600.0, 86_400.0
# The first number of the text; what begins otherwise is learnt anew.
VERSION = 1
# Half of what was learnt is forgotten in two weeks: a weekday is seen twice in that time, a new season gets through.
HALF_LIFE = 14 * DAY
# A first poll brings a back catalogue; what is older says nothing about now.
CATALOGUE = timedelta(days=10)
# The catalogue stands for at least so long, or a feed that stamps its own crawl would look like a flood.
LEAST_SPAN = 3 * HOUR
# At first sight a moment that more items share than this is the crawl's, not theirs.
SHARED_STAMP = 3
# After a longer pause items may have fallen out of the feed unseen: only the time that its items cover counts.
LONGEST_GAP = DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Items seen and seconds watched, by hour of the day (UTC) and by weekday (Monday 0); empty when unknown."""

    hours: tuple[float, ...] = ()
    hours_watched: tuple[float, ...] = ()
    days: tuple[float, ...] = ()
    days_watched: tuple[float, ...] = ()
    newest: datetime | None = None
    """The time of the newest item that counted; what is not newer never counts again."""
    watched_to: datetime | None = None
    """Until when the feed has been watched: the latest poll."""

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return self.watched_to is not None

    @property
    def items(self) -> float:
        """Items seen, old ones counting less."""
        return math.fsum(self.hours)

    @property
    def watched(self) -> float:
        """Seconds watched, old ones counting less."""
        return math.fsum(self.hours_watched)

    def as_text(self) -> str:
        """Return compact JSON of about 500 characters; empty for an empty rhythm."""
        if self.watched_to is None:
            return ""
        numbers = [
            [float(f"{number:.6g}") for number in row]
            for row in (self.hours, self.hours_watched, self.days, self.days_watched)
        ]
        times = [self.newest.timestamp() if self.newest else None, self.watched_to.timestamp()]
        return json.dumps([VERSION, *numbers, *times], separators=(",", ":"))


EMPTY = Rhythm()


@lru_cache(maxsize=4096)
def from_text(text: str | None) -> Rhythm:
    """Read what ``as_text`` wrote. A damaged text gives an empty rhythm: it is learnt again within days."""
    try:
        version, *rows, newest, watched_to = json.loads(text or "")
        hours, hours_watched, days, days_watched = (
            _numbers(row, length) for row, length in zip(rows, (HOURS, HOURS, DAYS, DAYS), strict=True)
        )
        if version != VERSION:
            return EMPTY
        return Rhythm(
            hours=hours,
            hours_watched=hours_watched,
            days=days,
            days_watched=days_watched,
            newest=None if newest is None else datetime.fromtimestamp(newest, UTC),
            watched_to=datetime.fromtimestamp(watched_to, UTC),
        )
    except (ValueError, TypeError, OverflowError, OSError, RecursionError):
        return EMPTY


def _numbers(row: Sequence[float], length: int) -> tuple[float, ...]:
    numbers = tuple(float(number) for number in row)
    if len(numbers) != length or not all(0 <= number < 1e12 for number in numbers):
        raise ValueError("not the numbers of a rhythm")
    return numbers


def learn(rhythm: Rhythm, times: Iterable[datetime], *, now: datetime) -> Rhythm:
    """Count what a poll at ``now`` brought: ``times`` are when its items were published, or first seen.

    Dates in the future count as now. Dates not newer than the newest that counted do not count: edits, re-polls.
    """
    found = sorted(min(time, now) for time in times)
    if rhythm.watched_to is None or rhythm.watched_to < now - CATALOGUE:
        return _first_sight(rhythm, found, now)
    fresh = [time for time in found if rhythm.newest is None or time > rhythm.newest]
    fresh = [time for time in fresh if time > now - CATALOGUE]
    since = rhythm.watched_to
    if fresh and (now - since).total_seconds() > LONGEST_GAP:
        since = max(since, fresh[0])
    return _counted(_decayed(rhythm, now), fresh, since, now)


def _first_sight(rhythm: Rhythm, found: Sequence[datetime], now: datetime) -> Rhythm:
    """Learn from the dates of a back catalogue. Its oldest item only opens the time that the others fall into."""
    plausible = [
        time
        for time, same in ((time, list(group)) for time, group in groupby(found))
        if time > now - CATALOGUE and len(same) <= SHARED_STAMP
        for _ in same
    ]
    start = now
    if plausible:
        start = min(plausible[0], now - timedelta(seconds=LEAST_SPAN))
    blank = Rhythm(hours=(0.0,) * HOURS, hours_watched=(0.0,) * HOURS, days=(0.0,) * DAYS, days_watched=(0.0,) * DAYS)
    known = _decayed(rhythm, now) if rhythm else blank
    seen = [time for time in plausible if rhythm.newest is None or time > rhythm.newest]
    latest = max((time for time in (*found, rhythm.newest) if time is not None), default=None)
    return replace(_counted(known, seen[1:], start, now), newest=latest)


def _decayed(rhythm: Rhythm, now: datetime) -> Rhythm:
    assert rhythm.watched_to is not None
    left = 0.5 ** (max(0.0, (now - rhythm.watched_to).total_seconds()) / HALF_LIFE)
    return replace(
        rhythm,
        hours=tuple(number * left for number in rhythm.hours),
        hours_watched=tuple(number * left for number in rhythm.hours_watched),
        days=tuple(number * left for number in rhythm.days),
        days_watched=tuple(number * left for number in rhythm.days_watched),
    )


def _counted(rhythm: Rhythm, fresh: Sequence[datetime], since: datetime, now: datetime) -> Rhythm:
    """Add items and the time watched for them. Items of one moment count as their square root: a batch is one act."""
    hours, days = list(rhythm.hours), list(rhythm.days)
    for time, same in groupby(fresh):
        weight = math.sqrt(sum(1 for _ in same))
        hours[time.hour] += weight
        days[time.weekday()] += weight
    hours_watched, days_watched = list(rhythm.hours_watched), list(rhythm.days_watched)
    moment = since
    while moment < now:
        until = min(now, moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
        seconds = (until - moment).total_seconds()
        hours_watched[moment.hour] += seconds
        days_watched[moment.weekday()] += seconds
        moment = until
    watched_to = max(now, rhythm.watched_to or now)
    return Rhythm(
        hours=tuple(hours),
        hours_watched=tuple(hours_watched),
        days=tuple(days),
        days_watched=tuple(days_watched),
        newest=fresh[-1] if fresh else rhythm.newest,
        watched_to=watched_to,
    )
