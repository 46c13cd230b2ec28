"""How a feed is, in one word and one sentence, from its own record alone. Pure.

A feed that answers 200 may have stopped all the same (mediacloud/web-search#287): the age of its newest item is held
against its own rhythm, and for a group the oldest clock counts, not the newest.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from monitor.polling.expectation import longest_silence
from monitor.polling.rhythm import DAY, EMPTY, HALF_LIFE, HOUR, Rhythm

# A silence that chance brings once in so many times is news about the feed.
ODDS = 1000.0
# Items come in bursts, so silences are longer than those of independent items.
BURSTS = 2.0
# Of the time watched, when nearly all of it was the silence.
LEAST_KEPT = 0.05
LEAST_SILENCE, LONGEST_SILENCE = 12 * HOUR, 60 * DAY
# A body is frozen when it stays the same for so many of the longest plausible silences.
FROZEN_SILENCES, LEAST_FROZEN = 3.0, 3 * DAY
# A poll that is due is made within moments; one that is not made for so long, or for an interval, is not under way.
LEAST_OVERDUE = 15 * 60.0
NOT_ASKED = frozenset({"outage", "put off"})
"""Outcomes of polls in which nobody asked the feed's server, or our own network was down."""
EMPTIED = "it holds no entries any more"
"""The note on a document without entries, of a feed that has had some."""


class FeedState(StrEnum):
    """In one word, from the worst to the best."""

    GONE = "gone"
    FAILING = "failing"
    UNREACHED = "unreached"
    """It was not asked when it was due: nothing is known of it, and that is not its fault."""
    FROZEN = "frozen"
    """It answers, but for far too long with the same body."""
    STALE = "stale"
    """Its newest item is older than its rhythm explains."""
    PARTIAL = "partial"
    """Its document is broken, but something could be read."""
    MOVED = "moved"
    NEW = "new"
    """Never polled."""
    OK = "ok"


STATES = tuple(FeedState)
_LASTING = frozenset({FeedState.GONE, FeedState.FAILING, FeedState.UNREACHED})
"""Only what is heard of the feed changes these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What is known of a feed's polls and content; all times aware UTC."""

    name: str = ""
    """How a person knows it; only for sentences about groups."""
    active: bool = True
    added_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    failing_since: datetime | None = None
    last_error: str = ""
    last_outcome: str = ""
    """What became of the last poll."""
    next_poll_at: datetime | None = None
    interval: float = 0.0
    """Seconds between two polls."""
    newest_at: datetime | None = None
    """Publication time of the newest item, or when it was first seen."""
    last_changed_at: datetime | None = None
    """When the body was last another than the time before."""
    rhythm: Rhythm = EMPTY
    notes: tuple[str, ...] = ()
    """What was broken in the last document although something could be read."""
    moved_to: str = ""
    moved_at: datetime | None = None
    """When the new address was taken over; None while the redirect is only watched."""
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """The verdict: a word, a sentence for people, and since when it holds."""

    state: FeedState
    detail: str
    since: datetime | None = None


def judge(facts: FeedFacts, *, now: datetime) -> FeedHealth:
    """Return how the feed is; the worst that is true of it."""
    return (
        _gone(facts)
        or _failing(facts)
        or _unreached(facts, now)
        or _new(facts)
        or _emptied(facts)
        or _frozen(facts, now)
        or _stale(facts, now)
        or _partial(facts)
        or _moved(facts)
        or FeedHealth(state=FeedState.OK, detail=_newest(facts, now), since=facts.last_success_at)
    )


def holds_until(facts: FeedFacts, *, now: datetime) -> datetime | None:
    """Until when ``judge`` gives the same state while nobody hears anything of the feed; None for good.

    It may be the same for longer: a silence that no rhythm finds long is not held against this one.
    """
    state = judge(facts, now=now).state
    if state in _LASTING:
        return None
    turns = [_missed_at(facts)]
    if state not in (FeedState.NEW, FeedState.FROZEN):
        turns += [_frozen_at(facts, now), *([] if state == FeedState.STALE else [_stale_at(facts, now)])]
    return min((turn for turn in turns if turn is not None and turn >= now), default=None)


# Half a millisecond for each feed, and the same until the next poll: a page judges them all.
@lru_cache(maxsize=4096)
def plausible_silence(rhythm: Rhythm, since: datetime) -> float:
    """Seconds without an item after ``since`` that its rhythm still explains; the longest when nothing is known."""
    if not rhythm:
        return LONGEST_SILENCE
    rhythm = _before(rhythm, since)
    found = longest_silence(rhythm, since=since, odds=ODDS, limit=LONGEST_SILENCE)
    return min(LONGEST_SILENCE, max(LEAST_SILENCE, BURSTS * found))


def _before(rhythm: Rhythm, since: datetime) -> Rhythm:
    """The rhythm as it was at ``since``: the silence that is judged must not lower the rate it is judged by.

    Taken out hour by hour: spread over all hours, the silent ones would look the emptier the longer it lasts.
    """
    watched_to = rhythm.watched_to
    if watched_to is None or not rhythm.watched:
        return rhythm
    hours, days = list(rhythm.hours_watched), list(rhythm.days_watched)
    moment = max(since, watched_to - timedelta(seconds=LONGEST_SILENCE))
    while moment < watched_to:
        until = min(watched_to, moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
        forgotten = 0.5 ** ((watched_to - until).total_seconds() / HALF_LIFE)
        counted = (until - moment).total_seconds() * forgotten
        hours[moment.hour] -= counted
        days[moment.weekday()] -= counted
        moment = until
    return replace(
        rhythm, hours_watched=_left(hours, rhythm.hours_watched), days_watched=_left(days, rhythm.days_watched)
    )


def _left(without: Iterable[float], whole: Iterable[float]) -> tuple[float, ...]:
    return tuple(max(LEAST_KEPT * all_, rest) for rest, all_ in zip(without, whole, strict=True))


def _gone(facts: FeedFacts) -> FeedHealth | None:
    if facts.gone_at is not None:
        detail = f"the server said on {_day(facts.gone_at)} that it is gone for good (410); it is not polled any more"
        return FeedHealth(
            state=FeedState.GONE, detail=f"{detail}. Look for its successor, or remove it", since=facts.gone_at
        )
    if not facts.active:
        return FeedHealth(state=FeedState.GONE, detail="removed by hand; it is not polled any more")
    return None


def _failing(facts: FeedFacts) -> FeedHealth | None:
    if facts.failing_since is None:
        return None
    again = f"; next try {_minute(facts.next_poll_at)}" if facts.next_poll_at else ""
    why = facts.last_error.rstrip(".") or "no reason was kept"
    return FeedHealth(
        state=FeedState.FAILING, detail=f"since {_minute(facts.failing_since)}: {why}{again}", since=facts.failing_since
    )


def _unreached(facts: FeedFacts, now: datetime) -> FeedHealth | None:
    if facts.last_outcome in NOT_ASKED:
        why = facts.last_error.rstrip(".") or "no reason was kept"
        since = facts.last_success_at or facts.added_at
        return FeedHealth(state=FeedState.UNREACHED, detail=f"not asked when it was due: {why}", since=since)
    missed = _missed_at(facts)
    if missed is None or facts.next_poll_at is None or now <= missed:
        return None
    detail = f"its poll has been due since {_minute(facts.next_poll_at)} and was not made. Does the daemon run"
    return FeedHealth(
        state=FeedState.UNREACHED,
        detail=f"{detail}? If so, `monitor jobs list` shows whether the feed is in quarantine",
        since=facts.next_poll_at,
    )


def _missed_at(facts: FeedFacts) -> datetime | None:
    """When a poll that is due is late beyond doubt."""
    if facts.next_poll_at is None:
        return None
    return facts.next_poll_at + timedelta(seconds=max(LEAST_OVERDUE, facts.interval))


def _new(facts: FeedFacts) -> FeedHealth | None:
    if facts.last_polled_at is not None:
        return None
    due = f"; first poll {_minute(facts.next_poll_at)}" if facts.next_poll_at else ""
    return FeedHealth(state=FeedState.NEW, detail=f"never polled{due}", since=facts.added_at)


def _emptied(facts: FeedFacts) -> FeedHealth | None:
    if EMPTIED not in facts.notes:
        return None
    # Its rhythm need not be waited for: news that is taken back is no silence.
    return FeedHealth(
        state=FeedState.STALE,
        detail=f"it answers, but {EMPTIED}. Open it, and its site, to see",
        since=facts.last_changed_at,
    )


def _frozen(facts: FeedFacts, now: datetime) -> FeedHealth | None:
    at = _frozen_at(facts, now)
    if at is None or facts.last_changed_at is None or now <= at:
        return None
    detail = f"it answers, but with the same content since {_day(facts.last_changed_at)}"
    return FeedHealth(
        state=FeedState.FROZEN, detail=f"{detail}. Open it, and its site, to see", since=facts.last_changed_at
    )


def _frozen_at(facts: FeedFacts, now: datetime) -> datetime | None:
    """When the same content is too old; until no rhythm explains it, the moment from which that must be looked at."""
    changed = facts.last_changed_at
    if changed is None:
        return None
    if now - changed <= timedelta(seconds=LEAST_FROZEN):
        return changed + timedelta(seconds=LEAST_FROZEN)
    silence = plausible_silence(facts.rhythm, changed)
    return changed + timedelta(seconds=min(LONGEST_SILENCE, max(LEAST_FROZEN, FROZEN_SILENCES * silence)))


def _stale(facts: FeedFacts, now: datetime) -> FeedHealth | None:
    newest, at = facts.newest_at or facts.added_at, _stale_at(facts, now)
    if newest is None or at is None or now <= at:
        return None
    limit = at - newest
    what = "its newest item is" if facts.newest_at else "it has brought nothing since it was added,"
    detail = f"{what} {_span(now - newest)} old" if facts.newest_at else f"{what} {_span(now - newest)} ago"
    return FeedHealth(
        state=FeedState.STALE, detail=f"{detail}; its rhythm explains at most {_span(limit)}", since=newest + limit
    )


def _stale_at(facts: FeedFacts, now: datetime) -> datetime | None:
    """When a silence is too long; while no rhythm finds it long, the moment from which that must be looked at."""
    newest = facts.newest_at or facts.added_at
    if newest is None:
        return None
    if now - newest <= timedelta(seconds=LEAST_SILENCE):
        return newest + timedelta(seconds=LEAST_SILENCE)
    return newest + timedelta(seconds=plausible_silence(facts.rhythm, newest))


def _partial(facts: FeedFacts) -> FeedHealth | None:
    if not facts.notes:
        return None
    return FeedHealth(
        state=FeedState.PARTIAL, detail=f"readable, with faults: {'; '.join(facts.notes)}", since=facts.last_success_at
    )


def _moved(facts: FeedFacts) -> FeedHealth | None:
    if not facts.moved_to:
        return None
    if facts.moved_at is None:
        return FeedHealth(
            state=FeedState.MOVED, detail=f"redirects for good to {facts.moved_to}; watched before it is believed"
        )
    return FeedHealth(
        state=FeedState.MOVED, detail=f"moved to {facts.moved_to} on {_day(facts.moved_at)}", since=facts.moved_at
    )


def _newest(facts: FeedFacts, now: datetime) -> str:
    return f"newest item {_span(now - facts.newest_at)} old" if facts.newest_at else "no items yet"


def _span(length: timedelta) -> str:
    """Return a length as people say it: minutes, then hours, then days."""
    minutes = max(0, round(length.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
