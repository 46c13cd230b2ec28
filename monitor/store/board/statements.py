"""Reads of the statements: by speaker, subject and day, what was first said on a subject, and what came after it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, func, select, tuple_

from monitor.chronicle.changes import LOOKBACK
from monitor.chronicle.sides import LEADERS, fold
from monitor.records.board.statements import SaidOn, StatementLine, StatementsView, StatementView
from monitor.store.board import around, days, first_words, positions
from monitor.store.chronicle import statements as rows
from monitor.store.chronicle import tellers
from monitor.store.chronicle_tables import statement_subjects, statement_witnesses, statements
from monitor.store.details import name_key
from monitor.store.engine import Database

LIMIT = 50
MOST = 200
"""Statements of a page, and witnesses of a statement, at most."""
LOOKED = 2000
"""Statements that one page looks through for those that fit."""
DAYS = timedelta(days=30)
"""Days of the chart."""
SPEAKERS = 5
"""Speakers of the chart."""
_LATEST = 250
_NAMES = 30
_BESIDE = 20


class StatementsBoard:
    """What the pages of statements read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        *,
        now: datetime,
        speaker: str | None = None,
        about: str | None = None,
        kind: str | None = None,
        since: date | None = None,
        until: date | None = None,
        after: str | None = None,
        limit: int = LIMIT,
    ) -> StatementsView:
        """Statements by the day they were said, the latest first.

        ``speaker`` is a canonical name or a Wikidata id, ``about`` a canonical name, ``after`` the ``next`` of a page.
        Positions, shifts and days stand on the first page alone.
        Raises QueryError for an ``after`` that is none.
        """
        wanted = _Wanted(speaker=speaker, about=about, kind=kind)
        place = days.read(after)
        with self._database.read() as connection:
            found, following = wanted.page(connection, since, until, place, min(limit, MOST))
            speakers, subjects = _busiest(connection)
            view = StatementsView(
                now=now,
                statements=_lines(connection, found),
                next=following,
                speakers=speakers,
                subjects=subjects,
                nothing_yet=not found and connection.scalar(select(statements.c.id).limit(1)) is None,
            )
            if place is not None:
                return view
            held, reach = positions.held(connection, wanted.looked(since, until, None))
            return replace(
                view,
                positions=held,
                positions_since=reach,
                shifts=positions.shifts(connection, speaker=speaker, about=about),
                per_day=_per_day(connection, speaker or "", (until or now.date()), speakers),
            )

    def statement(self, statement_id: int, *, now: datetime) -> StatementView | None:
        """One statement; None where there is none of that number."""
        with self._database.read() as connection:
            row = connection.execute(select(statements).where(statements.c.id == statement_id)).first()
            carried = _carried_by(connection, statement_id)
            found = rows.of(connection, [statement_id], among=carried)
            if row is None or not found:
                return None
            (line,) = _lines(connection, [row])
            witnesses = found[0].witnesses
            return StatementView(
                now=now,
                statement=line,
                witnesses=witnesses,
                witnesses_left_out=max(0, row.articles - len({each.source.article_id for each in witnesses})),
                voices=around.voices((each.source, each.origin) for each in witnesses),
                replies=around.replies(connection, statement_id=statement_id),
                stories=around.stories_of(connection, carried),
                beside=_beside(connection, row),
            )


class _Wanted:
    """Which statements are asked for: the index that finds them in order, and what is looked at of each."""

    def __init__(self, *, speaker: str | None, about: str | None, kind: str | None) -> None:
        self.on: Column[Any] = statements.c.said_on
        self.id: Column[Any] = statements.c.id
        self.found: list[ColumnElement[bool]] = []
        self.checked: list[ColumnElement[bool]] = []
        if about:
            self.on, self.id = statement_subjects.c.said_on, statement_subjects.c.statement_id
            self.found.append(statement_subjects.c.name_key == name_key(about))
        if speaker:
            (self.checked if self.found else self.found).append(_is_by(speaker))
        if kind:
            self.checked.append(statements.c.kind == kind)

    def page(
        self, connection: Connection, since: date | None, until: date | None, after: tuple[date, int] | None, limit: int
    ) -> tuple[Sequence[Row[Any]], str | None]:
        """Rows of ``statements``, and the place of the page after them."""
        looked = self._looked(since, until, after).subquery()
        query = select(statements).join(looked, looked.c.id == statements.c.id).where(*self.checked)
        found = connection.execute(query.order_by(looked.c.on.desc(), looked.c.id.desc()).limit(limit + 1)).all()
        if len(found) > limit:
            last = found[limit - 1]
            return found[:limit], days.written(last.said_on, last.id)
        # Few were found: is that all, or did the look end before?
        count, on = connection.execute(select(func.count(), func.min(looked.c.on))).one()
        if count < LOOKED:
            return found, None
        end = connection.scalar(select(func.min(looked.c.id)).where(looked.c.on == on))
        return found, days.written(on, end or 0)

    def looked(self, since: date | None, until: date | None, after: tuple[date, int] | None) -> Select[Any]:
        """Ids (``id``) of the statements that are looked at and fit."""
        looked = self._looked(since, until, after).limit(positions.LOOKED).subquery()
        query = select(statements.c.id.label("id")).join(looked, looked.c.id == statements.c.id)
        return query.where(*self.checked)

    def _looked(self, since: date | None, until: date | None, after: tuple[date, int] | None) -> Select[Any]:
        query = select(self.on.label("on"), self.id.label("id")).where(*self.found)
        if since is not None:
            query = query.where(self.on >= since)
        if until is not None:
            query = query.where(self.on <= until)
        if after is not None:
            query = query.where(tuple_(self.on, self.id) < tuple_(*after))
        return query.order_by(self.on.desc(), self.id.desc()).limit(LOOKED)


def _is_by(speaker: str) -> ColumnElement[bool]:
    """Holds for statements of a name or a Wikidata id."""
    linked = speaker[:1] == "Q" and speaker[1:].isdecimal()
    return statements.c.speaker_id == speaker if linked else statements.c.speaker_key == name_key(speaker)


def lines(connection: Connection, ids: Sequence[int]) -> tuple[StatementLine, ...]:
    """Statements by their ids, in that order; one that is not there is left out."""
    found = {row.id: row for row in connection.execute(select(statements).where(statements.c.id.in_(ids)))}
    return _lines(connection, [found[id_] for id_ in ids if id_ in found])


def _lines(connection: Connection, found: Sequence[Row[Any]]) -> tuple[StatementLine, ...]:
    ids = [row.id for row in found]
    whose, first = statement_witnesses.c.statement_id, func.min(statement_witnesses.c.article_id).label("first")
    query = select(whose, first).where(whose.in_(ids), statement_witnesses.c.article_id.is_not(None)).group_by(whose)
    carried = {row.statement_id: row.first for row in connection.execute(query)}
    sources = tellers.of(connection, carried.values())
    fresh = first_words.of(connection, found)
    return tuple(_line(row, sources.get(carried.get(row.id, 0)), fresh.get(row.id, ())) for row in found)


def _line(row: Row[Any], told: tellers.Teller | None, first_on: tuple[str, ...]) -> StatementLine:
    return StatementLine(
        id=row.id,
        speaker=row.speaker,
        speaker_id=row.speaker_id,
        kind=row.kind,
        text=row.text,
        variants=tuple(row.variants),
        said_on=row.said_on,
        channel=row.channel,
        about=tuple(row.about),
        first_told=row.first_told,
        articles=row.articles,
        origins=row.origins,
        first_on=first_on,
        source=told[0] if told else None,
    )


def _busiest(connection: Connection) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who speaks most in the newest statements, and on what."""
    order = (statements.c.said_on.desc(), statements.c.id.desc())
    query = select(statements.c.speaker, statements.c.about).order_by(*order).limit(_LATEST)
    speakers, subjects = Counter[str](), Counter[str]()
    for speaker, about in connection.execute(query):
        speakers[speaker] += 1
        subjects.update(about)
    return _most(speakers), _most(subjects)


def _most(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda name: (-counts[name], name))[:_NAMES])


def _per_day(connection: Connection, speaker: str, until: date, speakers: Sequence[str]) -> tuple[SaidOn, ...]:
    """Statements by day of the speaker, or of the leaders among the busiest."""
    leaders = [name for name in speakers if fold(name) in LEADERS][:SPEAKERS]
    whose = _is_by(speaker) if speaker else statements.c.speaker_key.in_(sorted(map(name_key, leaders)))
    query = (
        select(statements.c.speaker_key, func.min(statements.c.speaker), statements.c.said_on, func.count())
        .where(whose, statements.c.said_on.between(until - DAYS, until))
        .group_by(statements.c.speaker_key, statements.c.said_on)
    )
    found = [SaidOn(speaker=name, day=day, count=count) for _, name, day, count in connection.execute(query)]
    return tuple(sorted(found, key=lambda each: (each.speaker, each.day)))


def _carried_by(connection: Connection, statement_id: int) -> Collection[int]:
    """The articles that carried it first."""
    ours = statement_witnesses.c.statement_id == statement_id
    query = select(statement_witnesses.c.article_id).where(ours, statement_witnesses.c.article_id.is_not(None))
    return set(connection.scalars(query.distinct().order_by(statement_witnesses.c.article_id).limit(MOST)))


def _beside(connection: Connection, row: Row[Any]) -> tuple[StatementLine, ...]:
    """What the speaker said on the same subjects, the latest first."""
    ours = (statements.c.speaker_key == row.speaker_key, statements.c.said_on <= row.said_on + LOOKBACK)
    order = (statements.c.said_on.desc(), statements.c.id.desc())
    looked = (
        select(statements.c.id, statements.c.said_on.label("on")).where(*ours).order_by(*order).limit(LOOKED).subquery()
    )
    # As a bare column SQLite would take its index, and walk through all that was said on the subject.
    about = func.coalesce(statement_subjects.c.name_key, "").in_(sorted(map(name_key, row.about)))
    query = (
        select(looked.c.id)
        .join(statement_subjects, statement_subjects.c.statement_id == looked.c.id)
        .where(about, looked.c.id != row.id)
        .group_by(looked.c.id, looked.c.on)
        .order_by(looked.c.on.desc(), looked.c.id.desc())
        .limit(_BESIDE)
    )
    return lines(connection, list(connection.scalars(query)) if row.about else [])
