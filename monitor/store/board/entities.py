"""The reads of the entity pages: counts over the newest matched articles, so that each has an end."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, select

from monitor.records.board.entities import EntitiesView, EntityView, Named, NamedOn, Tie
from monitor.records.chronicle import Happening, Statement
from monitor.store.board.matches import rows_of
from monitor.store.chronicle import happenings, statements
from monitor.store.columns import row_id
from monitor.store.engine import Database
from monitor.store.name_tables import entities, mentions
from monitor.store.tables import articles, matches

LOOKED = 1500
"""Matched articles that the list is counted in, the newest."""
NAMED_IN = 1000
"""Articles of one entity that its days are counted in."""
BESIDE = 200
"""Of these, the newest in which company is looked for."""
LISTED = 200
COMPANY = 14
SAID = 5
SHOWN = 10


class EntitiesBoard:
    """Who and what is named."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, *, type_: str | None = None, name: str = "") -> EntitiesView:
        """Who and what the newest matched articles name, of one type or with a part of the name."""
        newest = (
            select(matches.c.article_id, matches.c.matched_at)
            .where(matches.c.withdrawn_at.is_(None))
            .order_by(matches.c.matched_at.desc(), matches.c.id.desc())
            .limit(LOOKED)
        )
        with self._database.read() as connection:
            found = connection.execute(newest).all()
            ids = {row.article_id for row in found}
            counts = _counted(connection, ids)
            named = _named(connection, [key for key, _ in counts.most_common()], counts)
        wanted = [
            each for each in named if type_ in {None, each.type} and name.casefold().strip() in each.name.casefold()
        ]
        since = min((row.matched_at for row in found), default=None)
        return EntitiesView(entities=tuple(wanted[:LISTED]), looked_at=len(ids), since=since)

    def entity(self, entity_id: int, *, person: str, now: datetime) -> EntityView | None:
        """One of them; None where there is none with that number."""
        with self._database.read() as connection:
            row = connection.execute(select(entities).where(entities.c.id == row_id(entity_id))).first()
            if row is None:
                return None
            ids = _naming(connection, row.id)
            told = ids[:NAMED_IN]
            company, ties = _company(connection, row.id, row.name, told[:BESIDE])
            return EntityView(
                entity=Named(id=row.id, name=row.name, type=row.type, wikidata=row.kb_id, articles=len(told)),
                days=_days(connection, told),
                more=len(ids) > NAMED_IN,
                company=company,
                ties=ties,
                said=_said(connection, speaker=row.kb_id or row.name) if row.type == "person" else (),
                about=_said(connection, about=row.name),
                happenings=_happenings(connection, row.name),
                matches=rows_of(connection, told[:SHOWN], person=person, now=now),
            )


def _naming(connection: Connection, entity_id: int) -> Sequence[int]:
    """Ids of matched articles that name it, the newest first, one more than are looked at."""
    # A join: SQLite takes twice as long to ask for each mention whether a match exists.
    query = select(mentions.c.article_id).join(matches, matches.c.article_id == mentions.c.article_id)
    query = query.where(mentions.c.entity_id == entity_id, matches.c.withdrawn_at.is_(None)).distinct()
    return connection.scalars(query.order_by(mentions.c.article_id.desc()).limit(NAMED_IN + 1)).all()


def _counted(connection: Connection, ids: set[int]) -> Counter[int]:
    """In how many of the articles each entity is named."""
    pairs = select(mentions.c.entity_id, mentions.c.article_id).where(mentions.c.article_id.in_(ids)).distinct()
    return Counter(entity_id for entity_id, _ in connection.execute(pairs))


def _named(connection: Connection, ids: Sequence[int], counts: Counter[int]) -> tuple[Named, ...]:
    rows: dict[int, Any] = {}
    for start in range(0, len(ids), 500):
        for row in connection.execute(select(entities).where(entities.c.id.in_(ids[start : start + 500]))):
            rows[row.id] = row
    named = [
        Named(id=id_, name=rows[id_].name, type=rows[id_].type, wikidata=rows[id_].kb_id, articles=counts[id_])
        for id_ in ids
        if id_ in rows
    ]
    return tuple(sorted(named, key=lambda each: (-each.articles, each.name)))


def _days(connection: Connection, ids: Sequence[int]) -> tuple[NamedOn, ...]:
    times = connection.scalars(select(articles.c.fresh_at).where(articles.c.id.in_(ids)))
    counted = Counter(at.date() for at in times)
    return tuple(NamedOn(day=day, articles=counted[day]) for day in sorted(counted))


def _company(
    connection: Connection, entity_id: int, name: str, ids: Sequence[int]
) -> tuple[tuple[Named, ...], tuple[Tie, ...]]:
    """Who is named in the same articles, and how often each two of them are."""
    pairs = select(mentions.c.article_id, mentions.c.entity_id).where(mentions.c.article_id.in_(ids)).distinct()
    together: defaultdict[int, set[int]] = defaultdict(set)
    for article_id, other in connection.execute(pairs):
        together[article_id].add(other)
    counts = Counter(other for named in together.values() for other in named if other != entity_id)
    most = [other for other, _ in counts.most_common(COMPANY)]
    company = _named(connection, most, counts)
    names = {each.id: each.name for each in company} | {entity_id: name}
    ties = Counter(pair for named in together.values() for pair in combinations(sorted(named & names.keys()), 2))
    return company, tuple(
        Tie(one=names[one], other=names[other], articles=count) for (one, other), count in ties.most_common()
    )


def _said(connection: Connection, *, speaker: str | None = None, about: str | None = None) -> tuple[Statement, ...]:
    anything: dict[str, Any] = {"since": None, "until": None, "kind": None, "before": None}
    ids = statements.listed(connection, speaker=speaker, about=about, limit=SAID, **anything)
    return statements.of(connection, ids)


def _happenings(connection: Connection, name: str) -> tuple[Happening, ...]:
    anything: dict[str, Any] = {"since": None, "until": None, "status": None, "type_": None, "before": None}
    return happenings.of(connection, happenings.listed(connection, who=name, limit=SAID, **anything))
