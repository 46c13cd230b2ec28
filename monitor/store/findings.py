"""What was found: claimed articles, what ``understood`` writes of them, and the matches."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, select, tuple_

from monitor.records.articles import EntryState, StoredArticle
from monitor.records.findings import Findings, Match
from monitor.store import claims, naming, renewals, rows, understood, unread
from monitor.store.engine import Database
from monitor.store.tables import articles, entries, feeds, matches


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
        versions = {stored.article_id: stored.version_id for stored, _ in found}
        with self._database.write() as connection:
            known = understood.lock(connection, versions)
            current = {stored.article_id: findings for stored, findings in found if stored.article_id in known}
            if current:
                ordered = [(known[article_id], current[article_id]) for article_id in sorted(current)]
                understood.record(connection, ordered, now)

    def skip(self, stored: StoredArticle, reason: str, *, now: datetime) -> None:
        """End the way of an article that cannot be understood, with the reason on its entries."""
        with self._database.write() as connection:
            known = understood.lock(connection, {stored.article_id: stored.version_id})
            renewed = renewals.settle(connection, known.values())
            for article in known.values():
                stands = article.id in renewed and renewals.was_understood(connection, article.version_id)
                unread.record(connection, article.id, reason, now, forget=not stands)
                if article.id in renewed:
                    renewals.count(connection, renewed[article.id], unread=1)

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


def _entry_ids(connection: Connection, article_ids: Sequence[int]) -> defaultdict[int, tuple[int, ...]]:
    found: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
    query = select(entries.c.article_id, entries.c.id).where(
        entries.c.article_id.in_(article_ids), entries.c.state == EntryState.TO_ANALYSE.value
    )
    for article_id, entry_id in connection.execute(query.order_by(entries.c.id)):
        found[article_id] += (entry_id,)
    return found


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
