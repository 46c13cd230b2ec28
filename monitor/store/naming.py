"""Which entities an article names, and where: rows of ``entities`` and ``mentions``."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select

from monitor.records.findings import Entity, Span
from monitor.store.keys import entity_key
from monitor.store.tables import entities, mentions
from monitor.store.upsert import upsert


def make(connection: Connection, found: Sequence[Entity]) -> None:
    """Make the entities that are missing, of several articles together and in one order: see ``record``."""
    if found:
        _entity_ids(connection, found)


def record(connection: Connection, article_id: int, found: Sequence[Entity], *, anew: bool = True) -> None:
    """Put an article's entities in place of those that an earlier analysis found (``anew``: there may be some)."""
    if anew:
        connection.execute(delete(mentions).where(mentions.c.article_id == article_id))
    if not found:
        return
    ids = _entity_ids(connection, found)
    values = {
        (ids[entity.type, entity_key(entity)], span.start, span.end): span.text
        for entity in found
        for span in entity.mentions
    }
    if values:
        connection.execute(
            insert(mentions),
            [
                {
                    "article_id": article_id,
                    "entity_id": entity_id,
                    "start_offset": start,
                    "end_offset": end,
                    "text": text,
                }
                for (entity_id, start, end), text in values.items()
            ],
        )


def _entity_ids(connection: Connection, found: Sequence[Entity]) -> dict[tuple[str, str], int]:
    """Ids of the entities, made where missing; in one order, so that two workers do not deadlock."""
    wanted = {(entity.type, entity_key(entity)): entity for entity in found}
    ids = _known_entities(connection, wanted)
    missing = sorted(set(wanted) - set(ids))
    if missing:
        values = [
            {"type": type_, "key": key, "kb_id": wanted[type_, key].id, "name": wanted[type_, key].name}
            for type_, key in missing
        ]
        connection.execute(upsert(connection, entities).on_conflict_do_nothing(), values)
        ids = _known_entities(connection, wanted)
    return ids


def _known_entities(connection: Connection, wanted: dict[tuple[str, str], Entity]) -> dict[tuple[str, str], int]:
    query = select(entities.c.type, entities.c.key, entities.c.id).where(entities.c.key.in_([key for _, key in wanted]))
    return {(type_, key): entity_id for type_, key, entity_id in connection.execute(query)}


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
