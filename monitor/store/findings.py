"""What was found: claimed articles, their analyses, matches, entities and mentions, and what ``details`` writes."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, select, true, tuple_, update

from monitor.records.articles import EntryState, StoredArticle
from monitor.records.findings import DayCount, Findings, Match, Topic
from monitor.store import claims, details, naming, renewals, revisits, rows, unread
from monitor.store.chronicle_tables import story_members
from monitor.store.engine import Database
from monitor.store.keys import reason_group, verdict
from monitor.store.tables import analyses, articles, entries, feeds, matches
from monitor.store.upsert import upsert

# A match that was withdrawn and comes back is as new as one that was never there; one that stands stays what it was.
_NO_NEWS: dict[str, Any] = {"backfill": case((matches.c.withdrawn_at.is_not(None), true()), else_=matches.c.backfill)}
# What was never read has nothing to be taken back: no matches, names or details of an earlier text.
_WAS_READ = select(analyses.c.id).where(analyses.c.article_id == articles.c.id).exists().label("was_read")
_CURRENT = (
    rows.select_articles()
    .add_columns(_WAS_READ)
    .where(articles.c.id == bindparam("article"))
    .with_for_update(of=articles, key_share=True)
)
_ANALYSED = (EntryState.TO_ANALYSE.value, EntryState.MATCHED.value, EntryState.UNMATCHED.value)


class FindingsStore:
    """Analyses and matches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, *, now: datetime, limit: int, holder: str, lease: timedelta) -> tuple[StoredArticle, ...]:
        """Claim articles that wait for the model, the freshest first, until ``now + lease``.

        Those that were read before and wait to be read again come when nothing else does, never in one round with it.
        """
        freshest = (articles.c.fresh_at.desc(), articles.c.id.desc())
        with self._database.write() as connection:
            pending = partial(
                claims.claim,
                connection,
                articles,
                articles.c.pending,
                order=freshest,
                now=now,
                limit=limit,
                holder=holder,
                lease=lease,
            )
            fresh = pending(~renewals.is_renewal())
            ids = fresh or pending(renewals.is_renewal())
            found = connection.execute(rows.select_articles().where(articles.c.id.in_(ids)).order_by(*freshest))
            waiting = _entry_ids(connection, ids)
            return tuple(replace(rows.stored_article(row, waiting[row.id]), again=not fresh) for row in found)

    def record(self, stored: StoredArticle, findings: Findings, *, now: datetime) -> None:
        """Write everything found about one version of an article, and move its entries to their end.

        A second time changes nothing. What was found about a version that is no longer the current one is dropped:
        the current one waits for its own turn. An article that matches, or matches no more, waits for the chronicle.
        What a text that was read before matches only now is told to nobody: it counts from when we had the text.
        """
        self.record_all([(stored, findings)], now=now)

    def record_all(self, found: Sequence[tuple[StoredArticle, Findings]], *, now: datetime) -> None:
        """``record`` for several articles, all of them or none: one commit, and no two writers wait for each other."""
        ordered = sorted(found, key=lambda pair: pair[0].article_id)
        with self._database.write() as connection:
            current = [(_current(connection, stored), stored, findings) for stored, findings in ordered]
            naming.make(connection, [entity for row, _, findings in current if row for entity in findings.entities])
            for article, stored, findings in current:
                if article is not None:
                    _record(connection, article, stored, findings, now)

    def skip(self, stored: StoredArticle, reason: str, *, now: datetime) -> None:
        """End the way of an article that cannot be understood, with the reason on its entries."""
        with self._database.write() as connection:
            article = _current(connection, stored)
            if article is None:
                return
            renewal = renewals.settle(connection, article)
            stands = renewal is not None and renewals.was_understood(connection, article.version_id)
            unread.record(connection, article.id, reason, now, forget=not stands)
            if renewal is not None:
                renewals.unread(connection, renewal)

    def release(self, holder: str) -> int:
        """Give back the articles that ``holder`` has claimed; their number."""
        with self._database.write() as connection:
            return claims.release(connection, articles, holder)

    def matches(
        self,
        *,
        topic: str | None = None,
        since: datetime | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> tuple[Match, ...]:
        """Matches, the newest first. ``before`` is the id of the last match of the page before."""
        query = select_matches().limit(limit)
        if topic is not None:
            query = query.where(matches.c.topic == topic)
        if since is not None:
            query = query.where(matches.c.matched_at >= since)
        if before is not None:
            last = matches.alias("last")
            place = select(last.c.matched_at).where(last.c.id == before).scalar_subquery()
            query = query.where(tuple_(matches.c.matched_at, matches.c.id) < tuple_(place, before))
        with self._database.read() as connection:
            found = connection.execute(query).all()
            names = naming.names(connection, {row.article_id for row in found})
            return tuple(match_of(row, names[row.article_id]) for row in found)

    def last_matches(self, n: int) -> tuple[Match, ...]:
        """The ``n`` newest matches of any topic."""
        return self.matches(limit=n)

    def counts_by_day(self, *, since: datetime) -> tuple[DayCount, ...]:
        """Matches per topic and day (UTC), the oldest day first."""
        day = func.date(matches.c.matched_at)
        query = (
            select(day, matches.c.topic, func.count())
            .where(matches.c.matched_at >= since, matches.c.withdrawn_at.is_(None))
            .group_by(day, matches.c.topic)
            .order_by(day, matches.c.topic)
        )
        with self._database.read() as connection:
            return tuple(
                DayCount(day=date.fromisoformat(str(at)), topic=topic, count=count)
                for at, topic, count in connection.execute(query)
            )


def _record(
    connection: Connection, article: Row[Any], stored: StoredArticle, findings: Findings, now: datetime
) -> None:
    renewal = renewals.settle(connection, article)
    analysis_id = _record_analysis(connection, stored, findings, now)
    is_news = renewal is None
    _record_matches(connection, article, analysis_id, findings.topics, now, is_news=is_news)
    naming.record(connection, article.id, findings.entities, anew=article.was_read)
    details.record(connection, article.id, analysis_id, findings, anew=article.was_read)
    _end(connection, article, findings, now, is_news=is_news)
    if renewal is not None:
        renewals.understood(connection, renewal, [topic.name for topic in findings.topics if topic.match])


def _current(connection: Connection, stored: StoredArticle) -> Row[Any] | None:
    """Lock the article's row; None when it is gone or has a newer version, which waits for its own turn."""
    row = connection.execute(_CURRENT, {"article": stored.article_id}).first()
    return row if row is not None and row.version_id == stored.version_id else None


def _entry_ids(connection: Connection, article_ids: Sequence[int]) -> defaultdict[int, tuple[int, ...]]:
    found: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
    query = select(entries.c.article_id, entries.c.id).where(
        entries.c.article_id.in_(article_ids), entries.c.state == EntryState.TO_ANALYSE.value
    )
    for article_id, entry_id in connection.execute(query.order_by(entries.c.id)):
        found[article_id] += (entry_id,)
    return found


def _record_analysis(connection: Connection, stored: StoredArticle, findings: Findings, now: datetime) -> int:
    values = {
        "article_id": stored.article_id,
        "version_id": stored.version_id,
        "model": findings.model,
        "language": findings.language,
        "scores": {topic.name: round(topic.score, 6) for topic in findings.topics},
        "thresholds": {topic.name: topic.threshold for topic in findings.topics},
        "embedding": half_floats(findings.embedding),
        "analysed_at": now,
    }
    renewed = {name: values[name] for name in ("language", "scores", "thresholds", "embedding", "analysed_at")}
    statement = upsert(connection, analyses).values(values)
    statement = statement.on_conflict_do_update(index_elements=["version_id", "model"], set_=renewed)
    analysis_id: int = connection.execute(statement.returning(analyses.c.id)).scalar_one()
    return analysis_id


def half_floats(vector: Sequence[float]) -> bytes:
    """``vector`` as little-endian float16: what ``numpy.frombuffer(..., '<f2')`` reads."""
    if not vector:
        return b""
    import numpy as np

    return np.asarray(array("f", vector), dtype="<f2").tobytes()


def _record_matches(
    connection: Connection,
    article: Row[Any],
    analysis_id: int,
    topics: Sequence[Topic],
    now: datetime,
    *,
    is_news: bool,
) -> None:
    """One row per article and topic for ever: later texts update it, and withdraw it when they no longer match."""
    matched = [topic for topic in topics if topic.match]
    new: dict[str, Any] = {"matched_at": article.created_at, "backfill": True}
    again = _NO_NEWS
    if is_news:
        new = {"matched_at": now, "backfill": bool(matched) and _is_backfill(connection, article.id)}
        again = {}
    if article.was_read:
        gone = (
            matches.c.article_id == article.id,
            matches.c.topic.not_in([topic.name for topic in matched]),
            matches.c.withdrawn_at.is_(None),
        )
        connection.execute(update(matches).where(*gone).values(withdrawn_at=now, updated_at=now))
    for topic in matched:
        found = {
            "analysis_id": analysis_id,
            "score": topic.score,
            "threshold": topic.threshold,
            "evidence": topic.evidence.text if topic.evidence else "",
            "evidence_start": topic.evidence.start if topic.evidence else None,
            "evidence_end": topic.evidence.end if topic.evidence else None,
            "updated_at": now,
            "withdrawn_at": None,
        }
        values = {"article_id": article.id, "topic": topic.name} | new | found
        statement = upsert(connection, matches).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["article_id", "topic"], set_=found | again))


def _is_backfill(connection: Connection, article_id: int) -> bool:
    """Whether only the back catalogues of new or revived feeds have brought the article."""
    ours = select(entries.c.backfill).where(entries.c.article_id == article_id)
    brought = connection.scalars(ours).all()
    return bool(brought) and all(brought)


def _end(connection: Connection, article: Row[Any], findings: Findings, now: datetime, *, is_news: bool) -> None:
    article_id = article.id
    state, reason = verdict(findings.topics)
    ours = (entries.c.article_id == article_id, entries.c.state.in_(_ANALYSED))
    values = {"state": state.value, "state_at": now, "reason": reason, "reason_group": reason_group(reason)}
    connection.execute(update(entries).where(*ours).values(values | claims.FREE))
    language = {"language": findings.language} if findings.language else {}
    done: dict[str, Any] = {"pending": False, "unwoven": _is_for_the_chronicle(connection, article, findings)}
    done |= language | rows.translation_values(findings.translation) | claims.FREE
    connection.execute(update(articles).where(articles.c.id == article_id).values(done))
    # Pages of long ago are not asked for again because another model has read them.
    if state is EntryState.MATCHED and is_news:
        revisits.plan(connection, article_id, now)


def _is_for_the_chronicle(connection: Connection, article: Row[Any], findings: Findings) -> bool:
    """What matches goes into the chronicle; what is in it and matches no more comes out."""
    if findings.match or not article.was_read:
        return findings.match
    member = select(story_members.c.id).where(story_members.c.article_id == article.id)
    return connection.execute(member).first() is not None


def select_matches() -> Any:
    """What lists show: never the text."""
    shown = (
        articles.c.title,
        articles.c.url,
        articles.c.outlet,
        articles.c.published_at,
        articles.c.language,
        articles.c.translation,
        feeds.c.country,
        feeds.c.state_controlled,
    )
    return (
        select(matches, *shown)
        .join(articles, articles.c.id == matches.c.article_id)
        .outerjoin(feeds, feeds.c.id == articles.c.feed_id)
        .where(matches.c.withdrawn_at.is_(None))
        .order_by(matches.c.matched_at.desc(), matches.c.id.desc())
    )


def match_of(row: Any, names: tuple[str, ...]) -> Match:
    """A row of ``select_matches``, with the names of its article's entities."""
    return Match(
        id=row.id,
        article_id=row.article_id,
        topic=row.topic,
        score=row.score,
        threshold=row.threshold,
        evidence=row.evidence,
        title=row.title,
        url=row.url,
        outlet=row.outlet,
        country=row.country or "",
        state_controlled=bool(row.state_controlled),
        published=row.published_at,
        matched_at=row.matched_at,
        entities=names,
        language=row.language,
        translation=row.translation,
    )
