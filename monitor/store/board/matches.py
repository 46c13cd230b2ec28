"""The matches page: matched articles that fit a filter, the newest match first."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, func, select, tuple_

from monitor.query import parse
from monitor.records.board.matches import Judged, MatchesView, MatchFilter, MatchRow, TopicMark
from monitor.store import naming
from monitor.store.account_tables import snoozes
from monitor.store.board import cursor, narrowing
from monitor.store.chronicle_tables import stories, story_members
from monitor.store.details import name_key
from monitor.store.engine import Database
from monitor.store.feedback_tables import labels
from monitor.store.selecting import found
from monitor.store.tables import articles, feeds, matches

PAGE = 40
_ENTITIES = 5
_found = matches.alias("found")


class MatchesBoard:
    """Lists of matched articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, asked: MatchFilter, *, person: str, now: datetime, after: str | None = None, limit: int = PAGE
    ) -> MatchesView:
        """The page behind ``after``. Raises QueryError for a search or a cursor that cannot be read."""
        with self._database.read() as connection:
            query = _newest(asked.topic)
            for condition in _conditions(connection, asked, person, now):
                query = query.where(condition)
            if after is not None:
                query = query.where(tuple_(_found.c.matched_at, _found.c.id) < tuple_(*cursor.read(after)))
            query = query.order_by(_found.c.matched_at.desc(), _found.c.id.desc()).limit(limit + 1)
            ids = connection.execute(query).all()
            more = ids[limit - 1] if len(ids) > limit else None
            newest = connection.scalar(select(func.max(matches.c.id))) or 0
            return MatchesView(
                asked=asked,
                rows=rows_of(connection, [row.article_id for row in ids[:limit]], person=person, now=now),
                next=None if more is None else cursor.written(more.matched_at, more.id),
                newest_match=newest,
                is_empty=newest == 0,
            )


def rows_of(
    connection: Connection, article_ids: Sequence[int], *, person: str, now: datetime, withdrawn: bool = False
) -> tuple[MatchRow, ...]:
    """Articles as the list shows them, in the order of the ids."""
    if not article_ids:
        return ()
    query = (
        select(articles, feeds.c.country, feeds.c.state_controlled, story_members.c.story_id)
        .add_columns(stories.c.outlets, stories.c.origins, stories.c.state_origins, snoozes.c.until)
        .outerjoin(feeds, feeds.c.id == articles.c.feed_id)
        .outerjoin(story_members, story_members.c.article_id == articles.c.id)
        .outerjoin(stories, stories.c.id == story_members.c.story_id)
        .outerjoin(
            snoozes,
            (snoozes.c.article_id == articles.c.id)
            & (snoozes.c.person_key == name_key(person))
            & (snoozes.c.until > now),
        )
        .where(articles.c.id.in_(article_ids))
    )
    rows = {row.id: row for row in connection.execute(query)}
    marks = _marks(connection, article_ids, withdrawn=withdrawn)
    names, said = naming.names(connection, set(article_ids)), judgements(connection, article_ids)
    return tuple(
        _row(rows[id_], marks[id_], names[id_], said[id_])
        for id_ in article_ids
        if id_ in rows and (marks[id_] or withdrawn)
    )


def judgements(connection: Connection, article_ids: Sequence[int]) -> defaultdict[int, tuple[Judged, ...]]:
    """What people say of each article, the latest first."""
    standing = (labels.c.article_id.in_(article_ids), labels.c.undone_at.is_(None))
    told: defaultdict[int, tuple[Judged, ...]] = defaultdict(tuple)
    for row in connection.execute(
        select(labels).where(*standing).order_by(labels.c.labelled_at.desc(), labels.c.id.desc())
    ):
        told[row.article_id] += (
            Judged(
                id=row.id,
                topic=row.topic,
                verdict=row.verdict,
                to_topic=row.to_topic,
                person=row.person,
                note=row.note,
                at=row.labelled_at,
            ),
        )
    return told


def _conditions(connection: Connection, asked: MatchFilter, person: str, now: datetime) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    query = parse(asked.search) if asked.search.strip() else None
    if query is not None:
        fits = found(query, connection.dialect.name, now=now)
        wanted.append(
            select(articles.c.id).where(articles.c.id == _found.c.article_id, fits).correlate(_found).exists()
        )
        if (few := narrowing.few(connection, query.root)) is not None:
            wanted.append(_found.c.article_id.in_(few))
    if asked.story is not None:
        theirs = select(story_members.c.article_id).where(story_members.c.story_id == asked.story)
        wanted.append(_found.c.article_id.in_(theirs.scalar_subquery()))
    if asked.minimum > 0:
        wanted.append(_scores(asked))
    if asked.judged != "any":
        wanted.append(_judged(asked.judged))
    if not asked.snoozed:
        mine = (snoozes.c.article_id == _found.c.article_id, snoozes.c.person_key == name_key(person))
        wanted.append(~select(snoozes.c.until).where(*mine, snoozes.c.until > now).exists())
    return wanted


def _newest(topic: str | None) -> Select[Any]:
    """Of every matched article its newest match: an article stands once in the list, whatever it matches."""
    later = matches.alias("later")
    newer = select(later.c.id).where(
        later.c.article_id == _found.c.article_id,
        tuple_(later.c.matched_at, later.c.id) > tuple_(_found.c.matched_at, _found.c.id),
        *_live(later, topic),
    )
    return select(_found.c.id, _found.c.article_id, _found.c.matched_at).where(*_live(_found, topic), ~newer.exists())


def _live(table: FromClause, topic: str | None) -> tuple[ColumnElement[bool], ...]:
    live = (table.c.withdrawn_at.is_(None),)
    return live if topic is None else (*live, table.c.topic == topic)


def _scores(asked: MatchFilter) -> ColumnElement[bool]:
    other = matches.alias("other")
    enough = (other.c.article_id == _found.c.article_id, other.c.score >= asked.minimum, *_live(other, asked.topic))
    return select(other.c.id).where(*enough).exists()


def _judged(wanted: str) -> ColumnElement[bool]:
    standing = (labels.c.article_id == _found.c.article_id, labels.c.undone_at.is_(None))
    if wanted == "no":
        return ~select(labels.c.id).where(*standing).exists()
    said = select(labels.c.article_id).where(labels.c.verdict == wanted, labels.c.undone_at.is_(None))
    return _found.c.article_id.in_(said)


def _marks(
    connection: Connection, article_ids: Sequence[int], *, withdrawn: bool
) -> defaultdict[int, tuple[tuple[TopicMark, datetime, bool], ...]]:
    query = select(matches).where(matches.c.article_id.in_(article_ids)).order_by(matches.c.score.desc(), matches.c.id)
    if not withdrawn:
        query = query.where(matches.c.withdrawn_at.is_(None))
    told: defaultdict[int, tuple[tuple[TopicMark, datetime, bool], ...]] = defaultdict(tuple)
    for row in connection.execute(query):
        mark = TopicMark(
            topic=row.topic,
            score=row.score,
            threshold=row.threshold,
            evidence=row.evidence,
            start=row.evidence_start,
            end=row.evidence_end,
            withdrawn=row.withdrawn_at is not None,
        )
        told[row.article_id] += ((mark, row.matched_at, row.backfill),)
    return told


def _row(
    row: Row[Any],
    marks: Sequence[tuple[TopicMark, datetime, bool]],
    names: tuple[str, ...],
    said: tuple[Judged, ...],
) -> MatchRow:
    return MatchRow(
        article_id=row.id,
        title=row.title,
        url=row.url,
        outlet=row.outlet,
        country=row.country or "",
        state_controlled=bool(row.state_controlled),
        language=row.language or "",
        published=row.published_at,
        seen=row.created_at,
        matched_at=max((at for _, at, _ in marks), default=row.created_at),
        backfill=bool(marks) and all(old for _, _, old in marks),
        marks=tuple(mark for mark, _, _ in marks),
        entities=names[:_ENTITIES],
        version=row.version,
        story_id=row.story_id,
        outlets=row.outlets or 1,
        origins=1 if row.origins is None else row.origins,
        state_origins=row.state_origins or 0,
        labels=said,
        snoozed_until=row.until,
        translated_by=row.translation or "",
    )
