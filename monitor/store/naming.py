"""Which entities an article names, and where: rows of ``entities`` and ``mentions``."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from monitor.records.findings import Entity, Span
from monitor.store.keys import entity_key
from monitor.store.name_tables import entities, mentions
from monitor.store.upsert import upsert_for

_NEW = insert(mentions)
_GONE = delete(mentions).where(mentions.c.article_id.in_(bindparam("articles", expanding=True)))
_KNOWN = select(entities.c.type, entities.c.key, entities.c.id).where(
    entities.c.key.in_(bindparam("keys", expanding=True))
)


@cache
def _new_entity(dialect: str) -> Any:
    return upsert_for(dialect, entities).on_conflict_do_nothing()


def record(connection: Connection, found: Mapping[int, Sequence[Entity]], *, anew: Sequence[int]) -> None:
    """Write the entities of articles; in those that were read before (``anew``) in place of the earlier ones."""
    if anew:
        connection.execute(_GONE, {"articles": anew})
    keyed = [
        (article_id, (entity.type, entity_key(entity)), entity)
        for article_id, named in found.items()
        for entity in named
    ]
    if not keyed:
        return
    ids = _entity_ids(connection, {key: entity for _, key, entity in keyed})
    values = {
        (article_id, ids[key], span.start, span.end): span.text
        for article_id, key, entity in keyed
        for span in entity.mentions
    }
    if values:
        connection.execute(
            _NEW,
            [
                {
                    "article_id": article_id,
                    "entity_id": entity_id,
                    "start_offset": start,
                    "end_offset": end,
                    "text": text,
                }
                for (article_id, entity_id, start, end), text in values.items()
            ],
        )


def _entity_ids(connection: Connection, wanted: Mapping[tuple[str, str], Entity]) -> dict[tuple[str, str], int]:
    """Ids of the entities, made where missing; in one order, so that two workers do not deadlock."""
    ids = _known_entities(connection, wanted)
    missing = sorted(set(wanted) - set(ids))
    if missing:
        values = [
            {"type": type_, "key": key, "kb_id": wanted[type_, key].id, "name": wanted[type_, key].name}
            for type_, key in missing
        ]
        connection.execute(_new_entity(connection.dialect.name), values)
        ids |= _known_entities(connection, missing)
    return ids


def _known_entities(connection: Connection, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    keys = list(dict.fromkeys(key for _, key in wanted))
    return {(type_, key): entity_id for type_, key, entity_id in connection.execute(_KNOWN, {"keys": keys})}


def names(connection: Connection, article_ids: set[int]) -> defaultdict[int, tuple[str, ...]]:
    """Names of each article's entities, the most mentioned first."""
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    query = (
        select(mentions.c.article_id, entities.c.name)
        .join(entities, entities.c.id == mentions.c.entity_id)
        .where(mentions.c.article_id.in_(article_ids))
        .group_by(mentions.c.article_id, entities.c.id, entities.c.name)
        .order_by(mentions.c.article_id, func.count().desc(), entities.c.name)
    )
    for article_id, name in connection.execute(query):
        found[article_id] += (name,)
    return found


def of(connection: Connection, article_ids: Sequence[int]) -> defaultdict[int, tuple[Entity, ...]]:
    """Each article's entities with their mentions, in the order in which they are first named."""
    query = (
        select(mentions, entities.c.name, entities.c.type, entities.c.kb_id)
        .join(entities, entities.c.id == mentions.c.entity_id)
        .where(mentions.c.article_id.in_(article_ids))
        .order_by(mentions.c.article_id, mentions.c.start_offset, mentions.c.end_offset, mentions.c.entity_id)
    )
    spans: defaultdict[tuple[int, str, str, str | None], list[Span]] = defaultdict(list)
    for row in connection.execute(query):
        span = Span(start=row.start_offset, end=row.end_offset, text=row.text)
        spans[row.article_id, row.name, row.type, row.kb_id].append(span)
    found: defaultdict[int, tuple[Entity, ...]] = defaultdict(tuple)
    for (article_id, name, type_, kb_id), places in spans.items():
        found[article_id] += (Entity(name=name, type=type_, id=kb_id, mentions=tuple(places)),)
    return found
