"""The matches page: matched articles that fit a filter, the newest match first."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from monitor.query import parse
from monitor.query.nodes import And, Node, joined
from monitor.records.board.matches import Judged, MatchesView, MatchFilter, MatchRow, TopicMark
from monitor.store import naming
from monitor.store.board import facets, narrowing, walks
from monitor.store.chronicle_tables import stories, story_members
from monitor.store.details import name_key
from monitor.store.engine import Database
from monitor.store.feedback.tables import labels
from monitor.store.people.tables import snoozes
from monitor.store.searching import full_text
from monitor.store.searching.selecting import holds
from monitor.store.tables import articles, entries, feeds, matches

PAGE = 40
_ENTITIES = 5
SOUGHT = 300
"""Articles that are looked up one by one among the hits of words."""
_other = matches.alias("other")
Found: TypeAlias = tuple[list[int], str | None]
Look: TypeAlias = Callable[[walks.Walk, Node | None], Found]


class MatchesBoard:
    """Lists of matched articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, asked: MatchFilter, *, person: str, now: datetime, after: str | None = None, limit: int = PAGE
    ) -> MatchesView:
        """The page behind ``after``. Raises QueryError for a search or a cursor that cannot be read.

        A short page need not be the last: what is rare is looked for bit by bit.
        """
        root = parse(asked.search).root if asked.search.strip() else None
        with self._database.read() as connection:
            walk = walks.chosen(root, asked.topic, connection.dialect.name, now=now)

            def look(walk: walks.Walk, left: Node | None) -> Found:
                conditions = _conditions(connection, asked, left, walk.article, person, now)
                if asked.order == "score":
                    return walk.look(connection, conditions, after=None, limit=walks.LOOKED)
                counted = facets.LOOKED if after is None else 0
                return walk.look(connection, conditions, after=after, limit=limit, most=counted)

            found = _by_hits(connection, asked, root, walk, look)
            newest, next_ = found or look(_narrowed(connection, asked, root, walk), root)
            if asked.order == "score":
                ids, next_ = walks.surest(connection, newest, asked.topic, after=after, limit=limit)
            else:
                ids = newest[:limit]
            newest_match = connection.scalar(select(func.max(matches.c.id))) or 0
            return MatchesView(
                asked=asked,
                rows=rows_of(connection, ids, person=person, now=now),
                next=next_,
                newest_match=newest_match,
                is_empty=newest_match == 0,
                facets=facets.of(connection, newest[: facets.LOOKED]) if after is None else None,
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
    undated = _undated(connection, [id_ for id_, row in rows.items() if row.published_at is None])
    return tuple(
        _row(rows[id_], marks[id_], names[id_], said[id_], undated.get(id_, "given"))
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


def _conditions(
    connection: Connection,
    asked: MatchFilter,
    root: Node | None,
    article: ColumnElement[int],
    person: str,
    now: datetime,
) -> list[ColumnElement[bool]]:
    """What must hold for an article of the list, beside what the walk along it answers."""
    wanted: list[ColumnElement[bool]] = []
    if root is not None:
        wanted += _searched(connection, root, article, now)
    if asked.story is not None:
        of_story = (story_members.c.article_id == article, story_members.c.story_id == asked.story)
        wanted.append(walks.one_by_one(select(story_members.c.id).where(*of_story)))
    if asked.minimum > 0:
        score = (_other.c.article_id == article, _other.c.score >= asked.minimum, *walks.live(_other, asked.topic))
        wanted.append(walks.one_by_one(select(_other.c.id).where(*score)))
    if asked.judged != "any":
        wanted.append(_judged(asked.judged, article))
    if not asked.snoozed:
        mine = (snoozes.c.article_id == article, snoozes.c.person_key == name_key(person))
        wanted.append(~walks.one_by_one(select(snoozes.c.until).where(*mine, snoozes.c.until > now)))
    return wanted


def _searched(
    connection: Connection, root: Node, article: ColumnElement[int], now: datetime
) -> list[ColumnElement[bool]]:
    rest, dialect = _rest(root, connection.dialect.name), connection.dialect.name
    if not rest:
        return []
    return [walks.one_by_one(select(articles.c.id).where(articles.c.id == article, holds(rest, dialect, now=now)))]


def _rest(root: Node, dialect: str) -> tuple[Node, ...]:
    """What a walk along hits of words leaves open; all of a search that no such walk answers."""
    words, rest = full_text.parted(root)
    return (root,) if words is None or dialect != "sqlite" else rest


def _by_hits(
    connection: Connection, asked: MatchFilter, root: Node | None, walk: walks.Walk, look: Look
) -> Found | None:
    """What a look along the hits of rare words finds, in one query; None for nothing: perhaps the hits had no end."""
    is_all = asked.story is None and asked.judged in {"any", "no"}
    hits = narrowing.hits(connection, root) if is_all else None
    if root is None or hits is None:
        return None
    left = None if full_text.anywhere(root) == root else root
    found = look(walks.within(walk, hits, narrowing.HITS), left)
    return found if found[0] else None


def _narrowed(connection: Connection, asked: MatchFilter, root: Node | None, walk: walks.Walk) -> walks.Walk:
    few = _few(connection, asked, root)
    if few is None or (len(few) > SOUGHT and len(walk.order) == 1):
        return walk
    return walks.among(walk, few, connection.dialect.name)


def _few(connection: Connection, asked: MatchFilter, root: Node | None) -> Sequence[int] | None:
    """The articles that the narrowest of what is asked for leaves; None where nothing is narrow."""
    rest = () if root is None else _rest(root, connection.dialect.name)
    found = [narrowing.few(connection, joined(And, list(rest)))] if rest else []
    if asked.story is not None:
        members = select(story_members.c.article_id).where(story_members.c.story_id == asked.story)
        found.append(_at_most(connection, members.where(story_members.c.article_id.is_not(None))))
    if asked.judged not in {"any", "no"}:
        said = (labels.c.verdict == asked.judged, labels.c.undone_at.is_(None))
        found.append(_at_most(connection, select(labels.c.article_id).where(*said).distinct()))
    return min((ids for ids in found if ids is not None), key=len, default=None)


def _at_most(connection: Connection, query: Select[Any]) -> Sequence[int] | None:
    ids: Sequence[int] = connection.scalars(query.limit(narrowing.FEW + 1)).all()
    return ids if len(ids) <= narrowing.FEW else None


def _judged(wanted: str, article: ColumnElement[int]) -> ColumnElement[bool]:
    standing = (labels.c.article_id == article, labels.c.undone_at.is_(None))
    if wanted == "no":
        return ~walks.one_by_one(select(labels.c.id).where(*standing))
    return walks.one_by_one(select(labels.c.id).where(*standing, labels.c.verdict == wanted))


def _undated(connection: Connection, article_ids: Sequence[int]) -> dict[int, str]:
    """Why these articles have no date, as the feed that brought them first says."""
    query = select(entries.c.article_id, entries.c.date_quality).where(entries.c.article_id.in_(article_ids))
    rows = connection.execute(query.order_by(entries.c.id.desc())) if article_ids else ()
    return {article_id: quality for article_id, quality in rows}  # noqa: C416 - rows are no pairs to the type checker


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
    date_quality: str,
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
        date_quality=date_quality,
        translated_by=row.translation or "",
    )
