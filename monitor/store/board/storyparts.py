"""What a story's articles tell of: events, statements, steps of aid, names, and how their texts changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Table, func, select

from monitor.differences import folded, pieces
from monitor.records.board.statements import StatementLine
from monitor.records.board.story import Edit, Edits, Named, StepLine
from monitor.records.board.timeline import EventLine
from monitor.records.chronicle import Source
from monitor.records.findings import AidStep
from monitor.store.board import statements as statement_lines
from monitor.store.board import timeline
from monitor.store.board.members import Found
from monitor.store.chronicle_tables import happening_reports, statement_witnesses
from monitor.store.detail_tables import aid_steps
from monitor.store.details import step_of
from monitor.store.name_tables import entities, mentions
from monitor.store.tables import article_versions, articles

LOOKED = 120
"""Articles whose findings are looked at, the newest."""
MOST = 20
"""Events, statements and steps at most: those of most articles."""
NAMES = 40
EDITS = 5
"""Edits that are shown, the newest."""
LONGEST = 20_000
"""Characters of a text that are compared."""


def events(connection: Connection, article_ids: Sequence[int]) -> tuple[EventLine, ...]:
    """Events that the articles tell of, those of most articles first."""
    return timeline.lines(connection, _most(connection, happening_reports, "happening_id", article_ids))


def statements(connection: Connection, article_ids: Sequence[int]) -> tuple[StatementLine, ...]:
    """Statements that the articles carry, those of most articles first."""
    return statement_lines.lines(connection, _most(connection, statement_witnesses, "statement_id", article_ids))


def _most(connection: Connection, table: Table, whole: str, article_ids: Sequence[int]) -> list[int]:
    id_, count = table.c[whole], func.count(table.c.article_id.distinct())
    query = select(id_).where(table.c.article_id.in_(article_ids[-LOOKED:])).group_by(id_)
    return list(connection.scalars(query.order_by(count.desc(), id_.desc()).limit(MOST)))


@dataclass(slots=True, kw_only=True)
class _Reported:
    """A step and the articles that report it; the first of them is cited."""

    step: AidStep
    source: Source
    articles: set[int]


def steps(connection: Connection, told: Sequence[Found]) -> tuple[StepLine, ...]:
    """Steps of aid decisions that the articles report, those of most articles first."""
    sources = {member.source.article_id: member.source for member, _ in told[-LOOKED:]}
    query = select(aid_steps).where(aid_steps.c.article_id.in_(list(sources)))
    reported: dict[tuple[str | None, ...], _Reported] = {}
    rows = sorted(
        connection.execute(query), key=lambda row: (sources[row.article_id].published, row.article_id, row.number)
    )
    for row in rows:
        key = (row.item_key, row.donor, row.recipient, row.step)
        first = _Reported(step=step_of(row), source=sources[row.article_id], articles=set())
        reported.setdefault(key, first).articles.add(row.article_id)
    most = sorted(reported.values(), key=lambda each: -len(each.articles))[:MOST]
    return tuple(_step(each) for each in most)


def _step(reported: _Reported) -> StepLine:
    step = reported.step
    return StepLine(
        item=step.item,
        donor=step.donor,
        recipient=step.recipient,
        step=step.step,
        firmness=step.firmness,
        by=step.by,
        articles=len(reported.articles),
        evidence=step.evidence.text,
        source=reported.source,
    )


def named(connection: Connection, article_ids: Sequence[int]) -> tuple[Named, ...]:
    """Whom and what the articles name, the most often named first."""
    count = func.count(mentions.c.article_id.distinct()).label("named_by")
    counted = (
        select(mentions.c.entity_id, count)
        .where(mentions.c.article_id.in_(article_ids[-LOOKED:]))
        .group_by(mentions.c.entity_id)
        .order_by(count.desc(), mentions.c.entity_id)
        .limit(NAMES)
        .subquery()
    )
    query = select(entities, counted.c.named_by).join(counted, counted.c.entity_id == entities.c.id)
    rows = connection.execute(query.order_by(counted.c.named_by.desc(), entities.c.name))
    return tuple(Named(name=row.name, type=row.type, id=row.kb_id, articles=row.named_by) for row in rows)


def edits(connection: Connection, told: Sequence[Found], article_id: int | None) -> Edits | None:
    """How an article of the story changed; None for one that is not among those told."""
    source = next((member.source for member, _ in told if member.source.article_id == article_id), None)
    if source is None:
        return None
    now = connection.execute(select(articles.c.title, articles.c.text).where(articles.c.id == article_id)).first()
    query = select(article_versions).where(article_versions.c.article_id == article_id)
    rows = connection.execute(query.order_by(article_versions.c.number.desc()).limit(EDITS + 1)).all()[::-1]
    first = connection.scalar(
        select(func.min(article_versions.c.number)).where(article_versions.c.article_id == article_id)
    )
    texts = [(row.title or "", row.text or "") for row in rows[:-1]] + ([(now.title, now.text)] if now else [])
    return Edits(
        source=source,
        edits=tuple(_edit(row, before, after) for row, before, after in zip(rows[1:], texts, texts[1:], strict=False))[
            ::-1
        ],
        edits_left_out=max(0, rows[0].number - (first or 1)) if rows else 0,
        shortened=any(len(text) > LONGEST for _, text in texts),
    )


def _edit(row: Row[tuple[object, ...]], before: tuple[str, str], after: tuple[str, str]) -> Edit:
    return Edit(
        number=row.number,
        seen_at=row.seen_at,
        title=pieces(before[0][:LONGEST], after[0][:LONGEST]),
        text=folded(pieces(before[1][:LONGEST], after[1][:LONGEST])),
    )
