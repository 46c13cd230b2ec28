"""What was said, with everybody who reports it: rows of ``statements`` and their parts, to records and back."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, tuple_, update

from monitor.records.chronicle import Statement, Tally, Witness
from monitor.records.findings import Span
from monitor.store.chronicle import parts, tellers
from monitor.store.chronicle_tables import statement_subjects, statement_witnesses, statements, story_members
from monitor.store.details import name_key
from monitor.store.tables import articles

HABIT = 8
"""Days with words that make a habit (``chronicle.silence``)."""

_INSERT = insert(statements).returning(statements.c.id)
_SUBJECTS = parts.Parts(statement_subjects, "statement_id")
_WITNESSES = parts.Parts(statement_witnesses, "statement_id")
_WIKIDATA = re.compile(r"Q\d+")


def near(
    connection: Connection, article_id: int, speakers: Iterable[str], days: tuple[date, date] | None
) -> tuple[int, ...]:
    """Ids of what the article itself carries, and of what the ``speakers`` (names, Wikidata ids) said on these days."""
    ids = set(told_by(connection, [article_id]))
    wanted = set(speakers)
    linked = sorted(speaker for speaker in wanted if _WIKIDATA.fullmatch(speaker))
    named = sorted({name_key(speaker) for speaker in wanted})
    if wanted and days is not None:
        # Two queries: each has an index that ends with the day.
        for whose in (statements.c.speaker_key.in_(named), statements.c.speaker_id.in_(linked)):
            ids |= set(connection.scalars(select(statements.c.id).where(whose, statements.c.said_on.between(*days))))
    return tuple(sorted(ids))


def told_by(connection: Connection, article_ids: Sequence[int]) -> list[int]:
    """Ids of what any of the articles carries."""
    query = select(statement_witnesses.c.statement_id).where(statement_witnesses.c.article_id.in_(article_ids))
    return list(connection.scalars(query.distinct().order_by(statement_witnesses.c.statement_id)))


def write(connection: Connection, changed: Sequence[Statement]) -> dict[int, int]:
    """Put whole statements in place of what their rows say; the id of each by the one it came with."""
    values = {statement.id: _values(statement) for statement in changed}
    ids = {id_: id_ if id_ > 0 else connection.execute(_INSERT, row).scalar_one() for id_, row in values.items()}
    fresh = {ids[id_] for id_ in ids if id_ < 1}
    known = [{"row": id_} | row for id_, row in values.items() if id_ > 0]
    if known:
        connection.execute(update(statements).where(statements.c.id == bindparam("row")), known)
    _SUBJECTS.put(connection, {ids[each.id]: _subjects(each) for each in changed}, fresh=fresh)
    _WITNESSES.put(connection, {ids[each.id]: _carried(each) for each in changed}, fresh=fresh)
    return ids


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Delete statements that nobody carries any more."""
    if ids:
        connection.execute(delete(statements).where(statements.c.id.in_(ids)))


def mend(connection: Connection, limit: int) -> int:
    """Take out witnesses whose articles were deleted, and statements that have no other; the statements looked at."""
    gone = statement_witnesses.c.article_id.is_(None)
    ids = list(connection.scalars(select(statement_witnesses.c.statement_id).where(gone).distinct().limit(limit)))
    if ids:
        connection.execute(delete(statement_witnesses).where(gone, statement_witnesses.c.statement_id.in_(ids)))
        still = select(statement_witnesses.c.statement_id).where(statement_witnesses.c.statement_id.in_(ids))
        connection.execute(delete(statements).where(statements.c.id.in_(ids), statements.c.id.not_in(still)))
        write(connection, of(connection, ids))
    return len(ids)


def _values(statement: Statement) -> dict[str, Any]:
    sources = [witness.source for witness in statement.witnesses]
    return {
        "speaker": statement.speaker,
        "speaker_key": name_key(statement.speaker),
        "speaker_id": statement.speaker_id,
        "kind": statement.kind,
        "text": statement.text,
        "said_on": statement.said_on,
        "channel": statement.channel,
        "about": list(statement.about),
        "variants": list(statement.variants),
        "first_told": min(source.published for source in sources),
        "articles": len({source.article_id for source in sources}),
        "origins": statement.origins,
    }


def _subjects(statement: Statement) -> list[parts.Values]:
    named = {name_key(name): name for name in statement.about}
    return [{"name_key": key, "name": name, "said_on": statement.said_on} for key, name in named.items()]


def _carried(statement: Statement) -> list[parts.Values]:
    return [
        {
            "article_id": witness.source.article_id,
            "start_offset": witness.span.start,
            "end_offset": witness.span.end,
            "text": witness.span.text,
            "channel": witness.channel,
        }
        for witness in statement.witnesses
    ]


def of(connection: Connection, ids: Iterable[int], *, among: Collection[int] | None = None) -> tuple[Statement, ...]:
    """Whole statements by their ids, in that order; one that is not there is left out.

    With ``among`` (articles) only with the witnesses among them, and without those that have none there.
    """
    wanted = list(dict.fromkeys(ids))
    rows: dict[int, Row[Any]] = {}
    witnesses: defaultdict[int, list[Witness]] = defaultdict(list)
    for chunk in tellers.chunks(wanted):
        rows |= {row.id: row for row in connection.execute(select(statements).where(statements.c.id.in_(chunk)))}
        for statement_id, witness in _witnesses(connection, chunk, among):
            witnesses[statement_id].append(witness)
    return tuple(_statement(rows[id_], witnesses[id_]) for id_ in wanted if witnesses[id_])


def _witnesses(
    connection: Connection, ids: Sequence[int], among: Collection[int] | None
) -> Iterable[tuple[int, Witness]]:
    query = select(statement_witnesses).where(
        statement_witnesses.c.statement_id.in_(ids), statement_witnesses.c.article_id.is_not(None)
    )
    found = tellers.among(connection, query, statement_witnesses.c.article_id, among)
    told_by = tellers.of(connection, {row.article_id for row in found})
    known = [row for row in found if row.article_id in told_by]
    for row in sorted(known, key=lambda row: (told_by[row.article_id][0].published, row.article_id, row.start_offset)):
        yield row.statement_id, _witness(row, told_by[row.article_id])


def _witness(row: Row[Any], told_by: tellers.Teller) -> Witness:
    source, origin = told_by
    span = Span(start=row.start_offset, end=row.end_offset, text=row.text)
    return Witness(source=source, origin=origin, span=span, channel=row.channel)


def _statement(row: Row[Any], witnesses: Sequence[Witness]) -> Statement:
    return Statement(
        id=row.id,
        speaker=row.speaker,
        speaker_id=row.speaker_id,
        kind=row.kind,
        text=row.text,
        said_on=row.said_on,
        channel=row.channel,
        about=tuple(row.about),
        witnesses=tuple(witnesses),
        variants=tuple(row.variants),
    )


def listed(
    connection: Connection,
    *,
    speaker: str | None,
    about: str | None,
    since: date | None,
    until: date | None,
    kind: str | None,
    limit: int,
    before: int | None,
) -> list[int]:
    """Ids of statements by the day they were said, the latest first. ``speaker`` is a name or a Wikidata id."""
    on, id_ = statements.c.said_on, statements.c.id
    query = select(id_)
    if about is not None:
        subject = (statement_subjects.c.name_key == name_key(about), statement_subjects.c.statement_id == id_)
        query = query.where(*subject)
        on = statement_subjects.c.said_on
    if speaker is not None:
        linked = _WIKIDATA.fullmatch(speaker) is not None
        query = query.where(
            statements.c.speaker_id == speaker if linked else statements.c.speaker_key == name_key(speaker)
        )
    if since is not None:
        query = query.where(on >= since)
    if until is not None:
        query = query.where(on <= until)
    if kind is not None:
        query = query.where(statements.c.kind == kind)
    if before is not None:
        last = statements.alias("last")
        place = select(last.c.said_on).where(last.c.id == before).scalar_subquery()
        query = query.where(tuple_(on, id_) < tuple_(place, before))
    return list(connection.scalars(query.order_by(on.desc(), id_.desc()).limit(limit)))


def first_told(connection: Connection, since: datetime) -> tuple[Statement, ...]:
    """What was first told of since then, each with the first of its witnesses alone."""
    fresh = statements.c.first_told >= since
    rows = {row.id: row for row in connection.execute(select(statements).where(fresh))}
    query = (
        tellers.select_tellers()
        .add_columns(*(column for column in statement_witnesses.c if column.name not in {"id", "article_id"}))
        .join(statement_witnesses, statement_witnesses.c.article_id == articles.c.id)
        .join(statements, statements.c.id == statement_witnesses.c.statement_id)
        .where(fresh, story_members.c.published_at == statements.c.first_told)
        .order_by(statements.c.id, statement_witnesses.c.id)
    )
    first: dict[int, Witness] = {}
    for row in connection.execute(query):
        first.setdefault(row.statement_id, _witness(row, tellers.teller(row)))
    return tuple(_statement(rows[id_], [witness]) for id_, witness in first.items() if id_ in rows)


def tallies(connection: Connection, since: date) -> tuple[Tally, ...]:
    """How many statements each speaker made on each subject, by day, where they did so on ``HABIT`` days at least.

    One without names counts all statements of each day: what tells silence from our own absence.
    """
    day, count = statements.c.said_on, func.count()
    # As bare columns SQLite would take an index that they are in, and walk through every statement or subject.
    pair = (func.coalesce(statements.c.speaker_key, ""), func.coalesce(statement_subjects.c.name_key, ""))
    about = statement_subjects.c.statement_id == func.coalesce(statements.c.id, 0)
    said = select(*pair).join_from(statements, statement_subjects, about).where(day >= since).group_by(*pair)
    often = {tuple(row) for row in connection.execute(said.having(func.count(day.distinct()) >= HABIT))}
    names = (func.min(statements.c.speaker), func.min(statement_subjects.c.name))
    by_day = (
        select(*pair, *names, day, count)
        .join_from(statements, statement_subjects, about)
        .where(day >= since, statements.c.speaker_key.in_(sorted({speaker for speaker, _ in often})))
        .group_by(*pair, day)
        .order_by(day)
    )
    found = [
        Tally(name=name, subject=subject, day=at, count=number)
        for speaker_key, name_key_, name, subject, at, number in (connection.execute(by_day) if often else ())
        if (speaker_key, name_key_) in often
    ]
    every = select(day, count).where(day >= since).group_by(day).order_by(day)
    return (*found, *(Tally(name="", subject="", day=at, count=number) for at, number in connection.execute(every)))
