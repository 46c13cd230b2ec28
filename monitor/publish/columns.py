"""What tables hold: a literal list of columns for each kind of thing, alike in CSV, JSON lines and Parquet. Pure.

A column's type is the same in every row: ``text``, ``integer``, ``number``, ``flag``, ``day``, ``time`` (UTC) or
``list`` of texts; any value may be missing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.chronicle import phrases
from monitor.records.chronicle import Happening, Statement, Story, Witness
from monitor.records.telling.publishing import Mark, PublishedItem


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type, and how a record fills it."""

    name: str
    type: str
    value: Callable[[Any], object]


_MATCHES = (
    Column("matched_at", "time", lambda row: row[1].matched_at),
    Column("topic", "text", lambda row: row[1].topic),
    Column("score", "number", lambda row: row[1].score),
    Column("threshold", "number", lambda row: row[1].threshold),
    Column("published", "time", lambda row: row[0].published),
    Column("outlet", "text", lambda row: row[0].outlet),
    Column("country", "text", lambda row: row[0].country or None),
    Column("state_controlled", "flag", lambda row: row[0].state_controlled),
    Column("language", "text", lambda row: row[0].language or None),
    Column("title", "text", lambda row: row[0].title),
    Column("evidence", "text", lambda row: row[1].evidence),
    Column("entities", "list", lambda row: row[0].entities),
    Column("authors", "list", lambda row: row[0].authors),
    Column("story_id", "integer", lambda row: row[0].story_id),
    Column("story", "text", lambda row: row[0].story or None),
    Column("article_id", "integer", lambda row: row[0].article_id),
    Column("id", "text", lambda row: row[0].id),
    Column("url", "text", lambda row: row[0].url),
)


def _story(field: str) -> Callable[[tuple[Story, str]], object]:
    return lambda row: getattr(row[0], field)


_STORIES = (
    Column("story_id", "integer", _story("id")),
    Column("title", "text", _story("title")),
    Column("first_seen", "time", _story("first_seen")),
    Column("last_seen", "time", _story("last_seen")),
    Column("topics", "list", _story("topics")),
    Column("articles", "integer", _story("articles")),
    Column("outlets", "integer", _story("outlets")),
    Column("origins", "integer", _story("origins")),
    Column("state_origins", "integer", _story("state_origins")),
    Column("evidence", "text", _story("evidence")),
    Column("outlet", "text", _story("outlet")),
    Column("id", "text", lambda row: row[1]),
    Column("url", "text", _story("url")),
)


def _told_first(statement: Statement) -> Witness:
    return min(statement.witnesses, key=lambda witness: (witness.source.published, witness.source.article_id))


_STATEMENTS = (
    Column("statement_id", "integer", lambda said: said.id),
    Column("said_on", "day", lambda said: said.said_on),
    Column("speaker", "text", lambda said: said.speaker),
    Column("speaker_id", "text", lambda said: said.speaker_id),
    Column("kind", "text", lambda said: said.kind),
    Column("text", "text", lambda said: said.text),
    Column("channel", "text", lambda said: said.channel),
    Column("about", "list", lambda said: said.about),
    Column("variants", "list", lambda said: said.variants),
    Column("first_told", "time", lambda said: _told_first(said).source.published),
    Column("articles", "integer", lambda said: len({witness.source.article_id for witness in said.witnesses})),
    Column("outlets", "integer", lambda said: len({witness.source.outlet for witness in said.witnesses})),
    Column("origins", "integer", lambda said: said.origins),
    Column("outlet", "text", lambda said: _told_first(said).source.outlet),
    Column("url", "text", lambda said: _told_first(said).source.url),
)


def _report(field: Callable[[Any], object]) -> Callable[[Happening], object]:
    return lambda event: field(event.reports[-1]) if event.reports else None


_EVENTS = (
    Column("event_id", "integer", lambda event: event.id),
    Column("what", "text", phrases.title),
    Column("type", "text", lambda event: event.type),
    Column("status", "text", lambda event: event.status),
    Column("first_day", "day", lambda event: event.when[0] if event.when else None),
    Column("last_day", "day", lambda event: event.when[1] if event.when else None),
    Column("certainty", "text", lambda event: event.certainty or None),
    Column("participants", "list", lambda event: event.participants),
    Column("place", "text", lambda event: event.where),
    Column("first_told", "time", lambda event: event.first_told),
    Column("last_told", "time", lambda event: event.last_told),
    Column("steps", "integer", lambda event: len(event.history)),
    Column("contradicted", "flag", lambda event: bool(event.contradictions)),
    Column("reports", "integer", lambda event: len(event.reports)),
    Column("origins", "integer", lambda event: len({report.origin.key for report in event.reports})),
    Column("evidence", "text", _report(lambda report: report.event.evidence.text)),
    Column("outlet", "text", _report(lambda report: report.source.outlet)),
    Column("url", "text", _report(lambda report: report.source.url)),
)

_LADDER = (
    Column("published", "time", lambda told: told.source.published),
    Column("item", "text", lambda told: told.step.item),
    Column("donor", "text", lambda told: told.step.donor),
    Column("recipient", "text", lambda told: told.step.recipient),
    Column("step", "text", lambda told: told.step.step),
    Column("manner", "text", lambda told: told.step.manner or None),
    Column("firmness", "text", lambda told: told.step.firmness),
    Column("said_by", "text", lambda told: told.step.by),
    Column("evidence", "text", lambda told: told.step.evidence.text),
    Column("outlet", "text", lambda told: told.source.outlet),
    Column("origin", "text", lambda told: told.origin.key),
    Column("state_controlled", "flag", lambda told: told.origin.state_controlled),
    Column("article_id", "integer", lambda told: told.source.article_id),
    Column("url", "text", lambda told: told.source.url),
)

TABLES: Mapping[str, tuple[Column, ...]] = {
    "matches": _MATCHES,
    "stories": _STORIES,
    "statements": _STATEMENTS,
    "events": _EVENTS,
    "ladder": _LADDER,
}


def rows(what: str, records: Iterable[Any], *, topics: Collection[str] = ()) -> Iterator[tuple[object, ...]]:
    """The rows of the table ``what``, each with a value for every column.

    An article has a row for each topic that it matches, or for those of ``topics`` alone.
    """
    columns = TABLES[what]
    for record in records:
        for part in _parts(record, topics) if what == "matches" else (record,):
            yield tuple(column.value(part) for column in columns)


def _parts(item: PublishedItem, topics: Collection[str]) -> Iterator[tuple[PublishedItem, Mark]]:
    return ((item, mark) for mark in item.marks if not topics or mark.topic in topics)
