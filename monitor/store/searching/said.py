"""Articles that carry what somebody said, or what was said about something.

An article's own quotations tell at once. Statements, which many articles carry, tell more: what an article leaves out
that shortens them stands in the others.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select

from monitor.query.nodes import Name, Statement
from monitor.store.chronicle_tables import statement_subjects, statement_witnesses, statements
from monitor.store.detail_tables import quotes
from monitor.store.name_tables import entities
from monitor.store.searching import loosely
from monitor.store.tables import articles


def said(wanted: Statement, dialect: str) -> ColumnElement[bool]:
    """Holds for articles with one quotation, reported or direct, that is all of what is wanted."""
    own = (
        select(quotes.c.id)
        .where(quotes.c.article_id == articles.c.id, *_own(wanted, dialect))
        .correlate(articles)
        .exists()
    )
    woven = (
        select(statement_witnesses.c.id)
        .join(statements, statements.c.id == statement_witnesses.c.statement_id)
        .where(statement_witnesses.c.article_id == articles.c.id, *_woven(wanted, dialect))
        .correlate(articles)
        .exists()
    )
    return or_(own, woven)


def named(column: ColumnElement[Any], name: Name, dialect: str) -> ColumnElement[bool]:
    """Whether the column holds that name; for a Wikidata id, the name of the entity that has it."""
    if name.is_id:
        return column.in_(select(entities.c.name).where(entities.c.kb_id == name.text).correlate(None))
    compare = loosely.equals if name.is_whole else loosely.has_word
    return compare(column, name.text, dialect)


def _own(wanted: Statement, dialect: str) -> Iterator[ColumnElement[bool]]:
    if wanted.speaker is not None:
        yield _speaker(quotes.c.speaker, quotes.c.speaker_id, wanted.speaker, dialect)
    for name in wanted.about:
        each = func.json_each if dialect == "sqlite" else func.json_array_elements_text
        subject = each(quotes.c.about).table_valued("value", name="subject")
        about = named(subject.c.value, name, dialect)
        yield select(literal(1)).select_from(subject).where(about).correlate(quotes).exists()


def _woven(wanted: Statement, dialect: str) -> Iterator[ColumnElement[bool]]:
    if wanted.speaker is not None:
        yield _speaker(statements.c.speaker, statements.c.speaker_id, wanted.speaker, dialect)
    for name in wanted.about:
        subject = statement_subjects
        about = (subject.c.statement_id == statements.c.id, named(subject.c.name, name, dialect))
        yield select(subject.c.id).where(*about).correlate(statements).exists()


def _speaker(column: ColumnElement[Any], id_: ColumnElement[Any], name: Name, dialect: str) -> ColumnElement[bool]:
    return id_ == name.text if name.is_id else named(column, name, dialect)
