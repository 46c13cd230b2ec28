"""Articles that were understood: all that was found about a round of them, with one statement for each table.

A statement through SQLAlchemy costs more than the row it is about, so the articles share the statements, and those are
built once.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, exists, false, func, literal_column, null, select, true, update

from monitor.records.articles import EntryState
from monitor.records.findings import Findings, Topic
from monitor.store import details, naming, renewals, revisits, rows
from monitor.store.chronicle_tables import story_members
from monitor.store.keys import reason_group, verdict
from monitor.store.reanalysis_tables import renewals as marks
from monitor.store.tables import analyses, article_versions, articles, entries, matches
from monitor.store.upsert import upsert_for

_THESE = articles.c.id.in_(bindparam("articles", expanding=True))
# The order in which ``reading`` locks them too, so that no two wait for each other.
_LOCK = select(articles.c.id).where(_THESE).order_by(articles.c.url_key).with_for_update(key_share=True)
_brought = exists().where(entries.c.article_id == articles.c.id)
_KNOWN = (
    select(
        *(articles.c[name] for name in ("id", "created_at", "revisit_at", "revisits", "version")),
        article_versions.c.id.label("version_id"),
        marks.c.reanalysis_id,
        marks.c.version.label("marked_version"),
        # What was never read has nothing to be taken back: no matches, names or details of an earlier text.
        exists().where(analyses.c.article_id == articles.c.id).label("was_read"),
        exists().where(story_members.c.article_id == articles.c.id).label("is_woven"),
        # Only the back catalogues of new or revived feeds have brought it.
        (_brought & ~_brought.where(~entries.c.backfill)).label("is_backfill"),
    )
    .join(
        article_versions,
        (article_versions.c.article_id == articles.c.id) & (article_versions.c.number == articles.c.version),
    )
    .outerjoin(marks, marks.c.article_id == articles.c.id)
    .where(_THESE)
)
_LIVE = select(matches.c.article_id, matches.c.topic, matches.c.id).where(
    matches.c.article_id.in_(bindparam("articles", expanding=True)), matches.c.withdrawn_at.is_(None)
)
_WITHDRAWN = (
    update(matches)
    .where(matches.c.id == bindparam("match"))
    .values(withdrawn_at=bindparam("at"), updated_at=bindparam("at"))
)
_FREE = {"claimed_by": null(), "claimed_until": null()}
_ENDS = (EntryState.TO_ANALYSE, EntryState.MATCHED, EntryState.UNMATCHED)
_ENTRY_ENDED = (
    update(entries)
    .where(
        entries.c.article_id == bindparam("article"),
        entries.c.state.in_([literal_column(f"'{state.value}'") for state in _ENDS]),
    )
    .values(_FREE)
)
_told = bindparam("told", type_=articles.c.language.type)
_ARTICLE_ENDED = (
    update(articles)
    .where(articles.c.id == bindparam("article"))
    .values({"pending": false(), "language": func.coalesce(_told, articles.c.language)} | _FREE)
)
_RENEWED = ("language", "scores", "thresholds", "embedding", "analysed_at")
_FOUND = ("analysis_id", "score", "threshold", "evidence", "evidence_start", "evidence_end", "updated_at")
# A match that was withdrawn and comes back is as new as one that was never there; one that stands stays what it was.
_NO_NEWS = {"backfill": case((matches.c.withdrawn_at.is_not(None), true()), else_=matches.c.backfill)}

Understood = Sequence[tuple[Row[Any], Findings]]
"""Articles as ``lock`` knows them, each with what was found."""


@cache
def _new_analysis(dialect: str) -> Any:
    statement = upsert_for(dialect, analyses)
    renewed = {name: statement.excluded[name] for name in _RENEWED}
    statement = statement.on_conflict_do_update(index_elements=["version_id", "model"], set_=renewed)
    return statement.returning(analyses.c.article_id, analyses.c.id)


@cache
def _new_match(dialect: str, *, is_news: bool) -> Any:
    statement = upsert_for(dialect, matches)
    found = {name: statement.excluded[name] for name in _FOUND} | {"withdrawn_at": null()}
    return statement.on_conflict_do_update(
        index_elements=["article_id", "topic"], set_=found if is_news else found | _NO_NEWS
    )


def lock(connection: Connection, versions: Mapping[int, int]) -> dict[int, Row[Any]]:
    """Lock the articles, in one order, and tell what is known of them.

    Those are left out that are gone or have a newer version, which waits for its own turn.
    """
    ids = connection.scalars(_LOCK, {"articles": list(versions)}).all()
    # Asked only now: a look that began before the locks were had would not see what another has written meanwhile.
    known: Any = connection.execute(_KNOWN, {"articles": ids}) if ids else ()
    return {row.id: row for row in known if row.version_id == versions[row.id]}


def record(connection: Connection, found: Understood, now: datetime) -> None:
    """Write what was found about articles that are locked; no article comes twice."""
    read_before = [article.id for article, _ in found if article.was_read]
    live = _live(connection, read_before)
    renewed = renewals.settle(connection, [article for article, _ in found])
    analysis_ids = _record_analyses(connection, found, now)
    _withdraw(connection, found, live, now)
    _record_matches(connection, found, analysis_ids, renewed, now)
    naming.record(connection, {article.id: findings.entities for article, findings in found}, anew=read_before)
    told = [(article.id, analysis_ids[article.id], findings) for article, findings in found]
    details.record(connection, told, anew=read_before)
    _end(connection, found, renewed, now)
    _count(connection, found, renewed, live)


def half_floats(vector: Sequence[float]) -> bytes:
    """``vector`` as little-endian float16: what ``numpy.frombuffer(..., '<f2')`` reads."""
    if not vector:
        return b""
    import numpy as np

    return np.asarray(array("f", vector), dtype="<f2").tobytes()


def _live(connection: Connection, article_ids: Sequence[int]) -> defaultdict[int, dict[str, int]]:
    """Ids of the matches that stand, by article and topic."""
    live: defaultdict[int, dict[str, int]] = defaultdict(dict)
    if article_ids:
        for article_id, topic, match_id in connection.execute(_LIVE, {"articles": article_ids}):
            live[article_id][topic] = match_id
    return live


def _record_analyses(connection: Connection, found: Understood, now: datetime) -> dict[int, int]:
    values = [
        {
            "article_id": article.id,
            "version_id": article.version_id,
            "model": findings.model,
            "language": findings.language,
            "scores": {topic.name: round(topic.score, 6) for topic in findings.topics},
            "thresholds": {topic.name: topic.threshold for topic in findings.topics},
            "embedding": half_floats(findings.embedding),
            "analysed_at": now,
        }
        for article, findings in found
    ]
    made = connection.execute(_new_analysis(connection.dialect.name), values)
    return {row.article_id: row.id for row in made}


def _matched(findings: Findings) -> list[str]:
    return [topic.name for topic in findings.topics if topic.match]


def _withdraw(connection: Connection, found: Understood, live: Mapping[int, Mapping[str, int]], now: datetime) -> None:
    """One row per article and topic for ever: a later text that no longer matches withdraws it."""
    gone = [
        {"match": match_id, "at": now}
        for article, findings in found
        for topic, match_id in live.get(article.id, {}).items()
        if topic not in _matched(findings)
    ]
    if gone:
        connection.execute(_WITHDRAWN, gone)


def _record_matches(
    connection: Connection,
    found: Understood,
    analysis_ids: Mapping[int, int],
    renewed: Collection[int],
    now: datetime,
) -> None:
    for is_news in (True, False):
        values = [
            _match(article, analysis_ids[article.id], topic, now, is_news=is_news)
            for article, findings in found
            for topic in findings.topics
            if topic.match and (article.id not in renewed) is is_news
        ]
        if values:
            connection.execute(_new_match(connection.dialect.name, is_news=is_news), values)


def _match(article: Row[Any], analysis_id: int, topic: Topic, now: datetime, *, is_news: bool) -> dict[str, Any]:
    return {
        "article_id": article.id,
        "topic": topic.name,
        "analysis_id": analysis_id,
        "score": topic.score,
        "threshold": topic.threshold,
        "evidence": topic.evidence.text if topic.evidence else "",
        "evidence_start": topic.evidence.start if topic.evidence else None,
        "evidence_end": topic.evidence.end if topic.evidence else None,
        "matched_at": now if is_news else article.created_at,
        "updated_at": now,
        "backfill": article.is_backfill or not is_news,
    }


def _end(connection: Connection, found: Understood, renewed: Collection[int], now: datetime) -> None:
    connection.execute(_ENTRY_ENDED, [_entry(article, findings, now) for article, findings in found])
    ended = [_article(article, findings, now, is_news=article.id not in renewed) for article, findings in found]
    connection.execute(_ARTICLE_ENDED, ended)


def _entry(article: Row[Any], findings: Findings, now: datetime) -> dict[str, Any]:
    state, reason = verdict(findings.topics)
    return {
        "article": article.id,
        "state": state.value,
        "state_at": now,
        "reason": reason,
        "reason_group": reason_group(reason),
    }


def _article(article: Row[Any], findings: Findings, now: datetime, *, is_news: bool) -> dict[str, Any]:
    # Pages of long ago are not asked for again because another model has read them.
    is_due = findings.match and is_news
    return {
        "article": article.id,
        "told": findings.language or None,
        # What matches goes into the chronicle; what is in it and matches no more comes out.
        "unwoven": findings.match or article.is_woven,
        "revisit_at": revisits.next_visit(article, now) if is_due else article.revisit_at,
    } | rows.translation_values(findings.translation)


def _count(
    connection: Connection, found: Understood, renewed: Mapping[int, int], live: Mapping[int, Mapping[str, int]]
) -> None:
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for article, findings in found:
        if article.id in renewed:
            before, after = set(live.get(article.id, ())), set(_matched(findings))
            come = Counter(analysed=1, matched=len(after - before), withdrawn=len(before - after))
            counts[renewed[article.id]] += come
    for reanalysis_id in sorted(counts):
        renewals.count(connection, reanalysis_id, **counts[reanalysis_id])
