"""The overview's reads. Each has an end, however much was matched: the newest count, and the view says since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock

from sqlalchemy import Connection, func, select

from monitor.records.board.overview import LeaderWords, Reach, Standing
from monitor.records.board.timeline import EventMark
from monitor.records.chronicle import Clash, Happening, Story
from monitor.records.telling.digests import DarkFeed, Facts
from monitor.records.telling.subscribers import Period, Stream
from monitor.store.board.matches import rows_of
from monitor.store.board.standing import Standings, Watched
from monitor.store.board.timeline import mark
from monitor.store.chronicle import answers, happenings, statements, storylines
from monitor.store.chronicle_tables import happening_changes, statement_witnesses, stories, story_members
from monitor.store.chronicle_tables import happenings as events
from monitor.store.engine import Database
from monitor.store.facts.counts import DAYS
from monitor.store.facts.scope import LIVE
from monitor.store.facts.store import Reading
from monitor.store.tables import matches

MOST_NEWS = 600
"""Matches that news is made of, the newest."""
KEPT = timedelta(minutes=1)
"""So long news is told again as it is, unless something was matched or woven in."""
MOST_KEPT = 8
OLD = timedelta(days=1)
"""Where the newest match is older than this, windows are counted back from it."""
MOST_HELD = 6
MOST_WORDS = 2
MOST_STORIES = 6
MOST_DISPUTED = 4
MOST_LATEST = 8
MOST_ANNOTATIONS = 12
TOLD_LATELY = timedelta(days=3)
DISPUTED_LATELY = timedelta(days=14)
_LOOKED = 400
"""Stories, events and reactions, the latest, that the top ones are chosen from."""
_TOOK_PLACE = ("held", "under_way", "called_off")
_NEWEST = (matches.c.matched_at.desc(), matches.c.id.desc())


_State = tuple[int, ...]
_Asked = tuple[str, datetime, int, tuple[DarkFeed, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    state: _State
    made_at: datetime
    facts: Facts


class OverviewBoard:
    """The state of the talks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._standings = Standings()
        self._facts: Mapping[_Asked, _Kept] = {}
        self._making = Lock()

    def reach(self, window: timedelta, *, now: datetime) -> Reach:
        """How far back a window goes: from now, or from the newest match where that is old, and never too far."""
        with self._database.read() as connection:
            newest = connection.scalar(select(matches.c.matched_at).where(*LIVE).order_by(*_NEWEST).limit(1))
            anchor = newest if newest is not None and newest < now - OLD else None
            since = (anchor or now) - window
            query = select(matches.c.matched_at).where(*LIVE, matches.c.matched_at >= since)
            last = connection.scalar(query.order_by(*_NEWEST).offset(MOST_NEWS).limit(1))
        # To the minute, so that those who ask within one are told the same.
        since = since.replace(second=0, microsecond=0)
        return Reach(since=since if last is None else last, anchor=anchor, is_cut=last is not None)

    def facts(self, stream: Stream, *, since: datetime, now: datetime, feeds: int, dark: tuple[DarkFeed, ...]) -> Facts:
        """What is new to this stream since then, at most ``KEPT`` old, and made once for all who ask at a time."""
        asked = (stream.key, since, feeds, dark)
        with self._making, self._database.read() as connection:
            state = _state(connection)
            kept = self._facts.get(asked)
            if kept is None or kept.state != state or abs(now - kept.made_at) >= KEPT:
                reading = Reading(connection, now, shared=Watched(connection, now, self._standings))
                period = Period(start=since, end=now)
                found = reading.of(stream, period=period, covers_from=since, feeds=feeds, dark=dark)
                kept = _Kept(state=state, made_at=now, facts=found)
                newest = list(self._facts.items())[1 - MOST_KEPT :]
                self._facts = {key: each for key, each in newest if key != asked} | {asked: kept}
            return kept.facts

    def standing(self, names: tuple[str, ...], *, person: str, now: datetime) -> Standing:
        """What holds whatever the window: what took place, the words of those named, stories, the latest matches."""
        with self._database.read() as connection:
            live = select(matches.c.id, matches.c.matched_at).where(matches.c.withdrawn_at.is_(None))
            newest = connection.execute(live.order_by(*_NEWEST).limit(1)).first()
            words = tuple(_words(connection, name) for name in names)
            return Standing(
                held=_held(connection, now),
                words=tuple(each for each in words if each.statements),
                disputed=() if newest is None else _disputed(connection, newest.matched_at),
                stories=_top(connection),
                latest=rows_of(connection, _latest(connection), person=person, now=now),
                annotations=_annotations(connection, now.date()),
                newest=None if newest is None else newest.matched_at,
                newest_match=connection.scalar(select(func.max(matches.c.id))) or 0,
            )


def _state(connection: Connection) -> _State:
    """What is another when anything was matched or woven in: one step into each index."""
    ids = (matches.c.id, story_members.c.id, happening_changes.c.id, statement_witnesses.c.id)
    return tuple(connection.execute(select(*(select(func.max(id_)).scalar_subquery() for id_ in ids))).one())


def _latest(connection: Connection) -> list[int]:
    live = (matches.c.withdrawn_at.is_(None),)
    query = select(matches.c.article_id).where(*live).order_by(*_NEWEST)
    return list(dict.fromkeys(connection.scalars(query.limit(MOST_LATEST * 2))))[:MOST_LATEST]


def _top(connection: Connection) -> tuple[Story, ...]:
    """Of the stories told lately those of the most origins: lately is counted back from the newest there is."""
    columns = (stories.c.id, stories.c.origins, stories.c.last_seen)
    query = select(*columns).where(stories.c.articles > 0).order_by(stories.c.last_seen.desc(), stories.c.id.desc())
    found = connection.execute(query.limit(_LOOKED)).all()
    lately = [row for row in found if row.last_seen >= found[0].last_seen - TOLD_LATELY]
    best = sorted(lately, key=lambda row: (-row.origins, -row.last_seen.timestamp(), -row.id))
    return storylines.of(connection, [row.id for row in best[:MOST_STORIES]])


def _held(connection: Connection, now: datetime) -> tuple[Happening, ...]:
    tomorrow = (now + timedelta(days=1)).date()
    found: list[int] = []
    for status in _TOOK_PLACE:
        anything = {"type_": None, "who": None, "since": None, "before": None}
        found += happenings.listed(connection, status=status, until=tomorrow, limit=MOST_HELD, **anything)
    held = happenings.of(connection, found)
    return tuple(sorted(held, key=_day, reverse=True)[:MOST_HELD])


def _day(happening: Happening) -> tuple[object, ...]:
    return (happening.when[0] if happening.when else happening.first_told.date(), happening.last_told)


def _words(connection: Connection, name: str) -> LeaderWords:
    any_ = {"about": None, "since": None, "until": None, "kind": None, "before": None}
    ids = statements.listed(connection, speaker=name, limit=MOST_WORDS, **any_)
    return LeaderWords(name=name, statements=statements.of(connection, ids))


def _disputed(connection: Connection, newest: datetime) -> tuple[Clash, ...]:
    found = answers.clashing(connection, since=newest - DISPUTED_LATELY, most=_LOOKED)
    return tuple(reversed(found[-MOST_DISPUTED:]))


def _annotations(connection: Connection, today: date) -> tuple[EventMark, ...]:
    """What took place or was called off in the days of the volume: what most origins tell of."""
    days = events.c.happens_on.between(today - timedelta(days=DAYS - 1), today)
    query = select(events).where(days, events.c.status.in_(_TOOK_PLACE))
    found = connection.execute(query.order_by(events.c.happens_on.desc(), events.c.id.desc()).limit(_LOOKED)).all()
    best = sorted(found, key=lambda row: (-row.origins, -row.happens_on.toordinal(), row.id))[:MOST_ANNOTATIONS]
    return tuple(map(mark, sorted(best, key=lambda row: (-row.happens_on.toordinal(), -row.origins, row.id))))
