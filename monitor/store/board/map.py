"""The reads of the map: places that matched articles name, and events with a place, in some days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from monitor.records.board.map import EventAt, PlaceNamed, WhereaboutsTold
from monitor.store.chronicle.happenings import LONGEST
from monitor.store.chronicle_tables import happenings
from monitor.store.engine import Database
from monitor.store.name_tables import entities, mentions
from monitor.store.tables import matches

LOOKED = 800
"""Matched articles that places are counted in, the newest."""
FIRST, LAST = date(1970, 1, 1), date(2200, 1, 1)
"""Days between which anything is looked for."""
PLACES = 300
EVENTS = 150
LOOKED_EVENTS = 2000
"""Events that are looked through for those with a place."""


class MapBoard:
    """What is told of places."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, *, since: date, until: date) -> WhereaboutsTold:
        """Places in articles that matched from ``since`` to ``until``, and events that take place in these days."""
        since, until = max(since, FIRST), min(until, LAST)
        with self._database.read() as connection:
            ids = connection.scalars(_newest(since, until).limit(LOOKED + 1)).all()
            found = connection.execute(_events(since, until)).all()
            return WhereaboutsTold(
                since=since,
                until=until,
                places=_places(connection, _newest(since, until).limit(LOOKED)) if ids else (),
                events=tuple(map(_event, found[:EVENTS])),
                looked_at=len(set(ids[:LOOKED])),
                more_articles=len(ids) > LOOKED,
                more_events=len(found) > EVENTS,
                newest_match=connection.scalar(_newest_match()),
                last_event=connection.scalar(select(func.max(happenings.c.happens_on))),
            )


def _newest(since: date, until: date) -> Select[Any]:
    start, end = (datetime.combine(day, time.min, UTC) for day in (since, until + timedelta(days=1)))
    ours = (matches.c.withdrawn_at.is_(None), matches.c.matched_at >= start, matches.c.matched_at < end)
    order = (matches.c.matched_at.desc(), matches.c.id.desc())
    return select(matches.c.article_id).where(*ours).order_by(*order)


def _newest_match() -> Select[Any]:
    order = (matches.c.matched_at.desc(), matches.c.id.desc())
    return select(matches.c.matched_at).where(matches.c.withdrawn_at.is_(None)).order_by(*order).limit(1)


def _places(connection: Connection, newest: Select[Any]) -> tuple[PlaceNamed, ...]:
    looked = newest.subquery()
    pairs = select(mentions.c.entity_id, mentions.c.article_id).distinct()
    counted = pairs.join(looked, looked.c.article_id == mentions.c.article_id).subquery()
    number = func.count()
    # Not the plain column: by its index SQLite would read every place there is, not the few hundred that are named.
    is_place = func.lower(entities.c.type) == "place"
    query = (
        select(entities.c.id, entities.c.name, entities.c.kb_id, number)
        .join(counted, counted.c.entity_id == entities.c.id)
        .where(is_place)
        .group_by(entities.c.id, entities.c.name, entities.c.kb_id)
        .order_by(number.desc(), entities.c.name, entities.c.id)
        .limit(PLACES)
    )
    return tuple(
        PlaceNamed(id=id_, name=name, wikidata=kb_id, articles=count)
        for id_, name, kb_id, count in connection.execute(query)
    )


def _events(since: date, until: date) -> Select[Any]:
    order = (happenings.c.happens_on.desc(), happenings.c.id.desc())
    begun = happenings.c.happens_on.between(since - LONGEST, until)
    looked = select(happenings.c.id).where(begun).order_by(*order).limit(LOOKED_EVENTS).subquery()
    ours = (happenings.c.ends_on >= since, happenings.c.place.is_not(None), happenings.c.place != "")
    query = select(happenings).join(looked, looked.c.id == happenings.c.id).where(*ours)
    return query.order_by(*order).limit(EVENTS + 1)


def _event(row: Row[Any]) -> EventAt:
    return EventAt(
        id=row.id,
        type=row.type,
        status=row.status,
        participants=tuple(row.participants),
        place=row.place,
        when_from=row.when_from,
        when_to=row.when_to,
        happens_on=row.happens_on,
        origins=row.origins,
    )
