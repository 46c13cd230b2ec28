"""Reactions tied to what they answer: rows of ``answers`` to records and back."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, insert, select

from monitor.chronicle.answers import pairs
from monitor.records.chronicle import Answer, Clash
from monitor.store.chronicle import statements, tellers
from monitor.store.chronicle_tables import answers
from monitor.store.detail_tables import reactions
from monitor.store.details import name_key, reaction_key, reaction_of


def write(
    connection: Connection,
    article_id: int,
    found: Iterable[Answer],
    *,
    happening_ids: Mapping[int, int],
    statement_ids: Mapping[int, int],
) -> None:
    """Put an article's answers in place of those it had; the maps give the ids of what was new a moment ago."""
    connection.execute(delete(answers).where(answers.c.article_id == article_id))
    rows = [_values(answer, happening_ids, statement_ids) for answer in found]
    if rows:
        connection.execute(insert(answers), rows)


def _values(answer: Answer, happening_ids: Mapping[int, int], statement_ids: Mapping[int, int]) -> dict[str, Any]:
    item, donor, recipient = answer.rung or (None, None, None)
    return {
        "article_id": answer.source.article_id,
        "reaction_key": reaction_key(answer.reaction),
        "side": answer.side,
        "side_key": name_key(answer.side),
        "told_at": answer.source.published,
        "happening_id": _real(answer.happening_id, happening_ids),
        "statement_id": _real(answer.statement_id, statement_ids),
        "item": item,
        "donor": donor,
        "recipient": recipient,
    }


def _real(id_: int | None, ids: Mapping[int, int]) -> int | None:
    return None if id_ is None else ids.get(id_, id_)


def listed(connection: Connection, *, since: datetime | None, side: str | None, limit: int) -> tuple[Answer, ...]:
    """Answers, the latest told first."""
    query = _select()
    if since is not None:
        query = query.where(answers.c.told_at >= since)
    if side is not None:
        query = query.where(answers.c.side_key == name_key(side))
    return _answers(connection, query.order_by(answers.c.told_at.desc(), answers.c.id.desc()).limit(limit))


def clashing(connection: Connection, *, since: datetime | None, most: int) -> tuple[Clash, ...]:
    """Claim against denial among the latest ``most`` answers, where two of the three capitals disagree."""
    replied = listed(connection, since=since, side=None, limit=most)
    claims = statements.of(connection, (each.statement_id for each in replied if each.statement_id))
    return pairs(replied, claims)


def by_articles(connection: Connection, article_ids: Collection[int]) -> tuple[Answer, ...]:
    """All answers in these articles."""
    return tuple(
        answer
        for ids in tellers.chunks(article_ids)
        for answer in _answers(connection, _select().where(answers.c.article_id.in_(ids)).order_by(answers.c.id))
    )


def _select() -> Select[Any]:
    row_of = and_(reactions.c.article_id == answers.c.article_id, reactions.c.key == answers.c.reaction_key)
    named = (column.label(f"answer_{column.name}") for column in answers.c)
    return select(reactions, *named).join(answers, row_of)


def _answers(connection: Connection, query: Select[Any]) -> tuple[Answer, ...]:
    rows = connection.execute(query).all()
    told_by = tellers.of(connection, {row.article_id for row in rows})
    return tuple(_answer(row, told_by[row.article_id]) for row in rows if row.article_id in told_by)


def _answer(row: Row[Any], told_by: tellers.Teller) -> Answer:
    source, origin = told_by
    rung = (row.answer_item, row.answer_donor, row.answer_recipient)
    return Answer(
        source=source,
        origin=origin,
        reaction=reaction_of(row),
        side=row.answer_side,
        happening_id=row.answer_happening_id,
        statement_id=row.answer_statement_id,
        rung=None if row.answer_item is None else rung,
    )
