"""Reads of the timeline: events by their days, and one event with its history, reports, stories and replies."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, func, select, tuple_

from monitor.records.board.timeline import (
    EventLine,
    EventMark,
    EventTurn,
    EventView,
    TimelineView,
)
from monitor.records.chronicle import EventChange
from monitor.store.board import around, days
from monitor.store.chronicle import happenings as rows
from monitor.store.chronicle import tellers
from monitor.store.chronicle_tables import (
    happening_changes,
    happening_names,
    happening_reports,
    happenings,
    story_members,
)
from monitor.store.detail_tables import article_events
from monitor.store.details import name_key
from monitor.store.engine import Database

LIMIT = 50
MOST = 200
"""Events of a page, and reports of an event, at most."""
MARKS = 150
"""Events of the chart at most before now, and as many after it: those that are the nearest."""
BACK, AHEAD = timedelta(days=30), timedelta(days=60)
"""Days that the chart shows, where no others are asked for."""
LOOKED = 2000
"""Events that one page looks through for those that fit."""
_LATEST = 300
_NAMES = 30


class TimelineBoard:
    """What the timeline reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        *,
        now: datetime,
        who: str | None = None,
        type: str | None = None,  # noqa: A002 - the record's own word
        status: str | None = None,
        since: date | None = None,
        until: date | None = None,
        after: str | None = None,
        limit: int = LIMIT,
    ) -> TimelineView:
        """Events by their days, the latest first. ``who`` is a canonical name; ``after`` the ``next`` of a page.

        Raises QueryError for an ``after`` that is none.
        """
        wanted = _Wanted(who=who, type_=type, status=status)
        day = now.date()
        first, last = since or (until or day) - BACK, until or max(since or day, day) + AHEAD
        with self._database.read() as connection:
            found, following = wanted.page(connection, since, until, days.read(after), min(limit, MOST))
            past, older = wanted.page(connection, first, min(last, day), None, MARKS)
            ahead = wanted.ahead(connection, max(first, day + timedelta(days=1)), last, MARKS)
            return TimelineView(
                now=now,
                events=_lines(connection, found),
                next=following,
                marks=tuple(map(mark, (*ahead[::-1], *past))),
                marks_from=first,
                marks_left_out=older is not None or len(ahead) == MARKS,
                names=_names(connection),
                nothing_yet=not found and connection.scalar(select(happenings.c.id).limit(1)) is None,
            )

    def event(self, happening_id: int, *, now: datetime) -> EventView | None:
        """One event; None where there is none of that number."""
        with self._database.read() as connection:
            row = connection.execute(select(happenings).where(happenings.c.id == happening_id)).first()
            if row is None:
                return None
            article_ids = _reported_by(connection, happening_id)
            named = select(happening_changes.c.article_id).where(happening_changes.c.happening_id == happening_id)
            among = {*article_ids, *connection.scalars(named)}
            (whole,) = rows.of(connection, [happening_id], among=among)
            (line,) = _lines(connection, [row])
            reports = tuple(reversed(whole.reports))
            return EventView(
                now=now,
                event=line,
                history=tuple(map(_turn, whole.history)),
                contradictions=tuple(map(_turn, whole.contradictions)),
                reports=reports,
                reports_left_out=max(0, row.articles - len({report.source.article_id for report in reports})),
                voices=around.voices((report.source, report.origin) for report in reports),
                stories=around.stories_of(connection, article_ids),
                replies=around.replies(connection, happening_id=happening_id),
            )


class _Wanted:
    """Which events are asked for: the index that finds them in order, and what is looked at of each."""

    def __init__(self, *, who: str | None, type_: str | None, status: str | None) -> None:
        self.on: Column[Any] = happenings.c.happens_on
        self.id: Column[Any] = happenings.c.id
        self.found: list[ColumnElement[bool]] = []
        self.checked: list[ColumnElement[bool]] = []
        if who:
            self.on, self.id = happening_names.c.happens_on, happening_names.c.happening_id
            self.found.append(happening_names.c.name_key == name_key(who))
        for column, value in ((happenings.c.status, status), (happenings.c.type, type_)):
            if value:
                (self.checked if self.found else self.found).append(column == value)

    def page(
        self, connection: Connection, since: date | None, until: date | None, after: tuple[date, int] | None, limit: int
    ) -> tuple[Sequence[Row[Any]], str | None]:
        """Rows of ``happenings``, and the place of the page after them."""
        looked = self._looked(since, until, after).subquery()
        checked = [*self.checked, *([happenings.c.ends_on >= since] if since else [])]
        query = select(happenings).join(looked, looked.c.id == happenings.c.id).where(*checked)
        order = (looked.c.on.desc(), looked.c.id.desc())
        found = connection.execute(query.order_by(*order).limit(limit + 1)).all()
        if len(found) > limit:
            last = found[limit - 1]
            return found[:limit], days.written(last.happens_on, last.id)
        # Few were found: is that all, or did the look end before?
        count, on = connection.execute(select(func.count(), func.min(looked.c.on))).one()
        if count < LOOKED:
            return found, None
        end = connection.scalar(select(func.min(looked.c.id)).where(looked.c.on == on))
        return found, days.written(on, end or 0)

    def ahead(self, connection: Connection, first: date, last: date, limit: int) -> Sequence[Row[Any]]:
        """Rows of ``happenings`` that begin in these days, the nearest first."""
        ours = select(self.on.label("on"), self.id.label("id")).where(*self.found, self.on.between(first, last))
        looked = ours.order_by(self.on, self.id).limit(LOOKED).subquery()
        query = select(happenings).join(looked, looked.c.id == happenings.c.id).where(*self.checked)
        return connection.execute(query.order_by(looked.c.on, looked.c.id).limit(limit)).all()

    def _looked(self, since: date | None, until: date | None, after: tuple[date, int] | None) -> Select[Any]:
        query = select(self.on.label("on"), self.id.label("id")).where(*self.found)
        if since is not None:
            query = query.where(self.on >= since - rows.LONGEST)
        if until is not None:
            query = query.where(self.on <= until)
        if after is not None:
            query = query.where(tuple_(self.on, self.id) < tuple_(*after))
        return query.order_by(self.on.desc(), self.id.desc()).limit(LOOKED)


def lines(connection: Connection, ids: Sequence[int]) -> tuple[EventLine, ...]:
    """Events by their ids, in that order; one that is not there is left out."""
    found = {row.id: row for row in connection.execute(select(happenings).where(happenings.c.id.in_(ids)))}
    return _lines(connection, [found[id_] for id_ in ids if id_ in found])


def _lines(connection: Connection, found: Sequence[Row[Any]]) -> tuple[EventLine, ...]:
    """A line each, with the report that made the event what it is now."""
    turns: Counter[int] = Counter()
    disputed: set[int] = set()
    last: dict[int, tuple[int, str]] = {}
    columns = ("happening_id", "kind", "article_id", "event_key")
    query = select(*(happening_changes.c[name] for name in columns))
    query = query.where(happening_changes.c.happening_id.in_([row.id for row in found]))
    for id_, kind, article_id, key in connection.execute(query.order_by(happening_changes.c.number)):
        if kind == rows.HISTORY:
            turns[id_] += 1
            last[id_] = article_id, key
        else:
            disputed.add(id_)
    sentences = _sentences(connection, last.values())
    sources = tellers.of(connection, {article_id for article_id, _ in last.values()})
    return tuple(
        _line(row, turns[row.id] - 1, row.id in disputed, last.get(row.id), sentences, sources) for row in found
    )


def _sentences(connection: Connection, keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    wanted = set(keys)
    columns = (article_events.c.article_id, article_events.c.key, article_events.c.text)
    query = select(*columns).where(article_events.c.article_id.in_({article_id for article_id, _ in wanted}))
    return {
        (article_id, key): text for article_id, key, text in connection.execute(query) if (article_id, key) in wanted
    }


def _line(
    row: Row[Any],
    turns: int,
    disputed: bool,
    key: tuple[int, str] | None,
    sentences: Mapping[tuple[int, str], str],
    sources: Mapping[int, tellers.Teller],
) -> EventLine:
    told = sources.get(key[0]) if key else None
    return EventLine(
        id=row.id,
        type=row.type,
        status=row.status,
        participants=tuple(row.participants),
        when_from=row.when_from,
        when_to=row.when_to,
        certainty=row.certainty,
        where=row.place,
        happens_on=row.happens_on,
        first_told=row.first_told,
        last_told=row.last_told,
        articles=row.articles,
        origins=row.origins,
        turns=max(turns, 0),
        disputed=disputed,
        evidence=sentences.get(key, "") if key and told else "",
        source=told[0] if told else None,
    )


def mark(row: Row[Any]) -> EventMark:
    """A row of ``happenings`` as charts draw it."""
    return EventMark(
        id=row.id,
        type=row.type,
        status=row.status,
        participants=tuple(row.participants),
        when_from=row.when_from,
        when_to=row.when_to,
        certainty=row.certainty,
        where=row.place,
        happens_on=row.happens_on,
        origins=row.origins,
    )


def _names(connection: Connection) -> tuple[str, ...]:
    """Who takes part in the latest events."""
    order = (happenings.c.happens_on.desc(), happenings.c.id.desc())
    latest = select(happenings.c.id).order_by(*order).limit(_LATEST).subquery()
    query = (
        select(happening_names.c.name)
        .join(latest, latest.c.id == happening_names.c.happening_id)
        .group_by(happening_names.c.name)
        .order_by(func.count().desc(), happening_names.c.name)
        .limit(_NAMES)
    )
    return tuple(connection.scalars(query))


def _reported_by(connection: Connection, happening_id: int) -> list[int]:
    """The articles that reported it last."""
    query = (
        select(happening_reports.c.article_id)
        .join(story_members, story_members.c.article_id == happening_reports.c.article_id)
        .where(happening_reports.c.happening_id == happening_id)
        .order_by(story_members.c.published_at.desc(), story_members.c.article_id.desc())
        .limit(MOST)
    )
    return list(dict.fromkeys(connection.scalars(query)))


def _turn(change: EventChange) -> EventTurn:
    return EventTurn(
        at=change.at,
        field=change.field,
        before=change.before,
        after=change.after,
        evidence=change.report.event.evidence.text,
        source=change.report.source,
    )
