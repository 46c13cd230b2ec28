"""The overview's reads: all in one transaction, so that its parts tell of one moment."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from monitor.records.board.matches import MatchRow
from monitor.records.board.overview import LeaderWords
from monitor.records.chronicle import Happening, Story
from monitor.records.telling.digests import DarkFeed, Facts
from monitor.records.telling.subscribers import Period, Stream
from monitor.store.board.matches import rows_of
from monitor.store.chronicle import happenings, statements, storylines
from monitor.store.engine import Database
from monitor.store.facts.store import Reading
from monitor.store.tables import matches

MOST_HELD = 6
MOST_WORDS = 2
MOST_STORIES = 6
MOST_LATEST = 8
TOOK_PLACE = ("held", "under way", "called off")


class OverviewBoard:
    """The state of the talks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def facts(self, stream: Stream, *, since: datetime, now: datetime, feeds: int, dark: tuple[DarkFeed, ...]) -> Facts:
        """What is new to this stream since then."""
        period = Period(start=since, end=now)
        with self._database.read() as connection:
            return Reading(connection, now).of(stream, period=period, covers_from=since, feeds=feeds, dark=dark)

    def standing(
        self, leaders: tuple[str, ...], *, person: str, now: datetime
    ) -> tuple[
        tuple[Happening, ...], tuple[LeaderWords, ...], tuple[Story, ...], tuple[MatchRow, ...], datetime | None, int
    ]:
        """What holds whatever the window: (held events, leaders' words, stories, latest matches, newest, its id)."""
        with self._database.read() as connection:
            newest = connection.execute(
                select(matches.c.id, matches.c.matched_at)
                .order_by(matches.c.matched_at.desc(), matches.c.id.desc())
                .limit(1)
            ).first()
            last_id = connection.scalar(select(func.max(matches.c.id))) or 0
            words = tuple(_words(connection, name) for name in leaders)
            return (
                _held(connection, now),
                tuple(each for each in words if each.statements),
                storylines.listed(connection, since=None, topic=None, limit=MOST_STORIES, before=None),
                rows_of(connection, _latest(connection), person=person, now=now),
                None if newest is None else newest.matched_at,
                last_id,
            )


def _latest(connection: Connection) -> list[int]:
    live = (matches.c.withdrawn_at.is_(None),)
    query = select(matches.c.article_id).where(*live).order_by(matches.c.matched_at.desc(), matches.c.id.desc())
    return list(dict.fromkeys(connection.scalars(query.limit(MOST_LATEST * 2))))[:MOST_LATEST]


def _held(connection: Connection, now: datetime) -> tuple[Happening, ...]:
    tomorrow = (now + timedelta(days=1)).date()
    found: list[int] = []
    for status in TOOK_PLACE:
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
