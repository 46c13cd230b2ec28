"""Articles that wait for the chronicle, with everything that was found in them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, or_, select, update

from monitor.records.articles import Article, StoredArticle, Translation
from monitor.records.findings import Findings, Span, Topic
from monitor.records.weaving import Waiting
from monitor.store import claims, details, naming
from monitor.store.chronicle import tellers
from monitor.store.chronicle_tables import TORN
from monitor.store.tables import NOT_PENDING, analyses, articles, matches

_TEXT = (
    articles.c.text,
    articles.c.published_at,
    articles.c.language,
    articles.c.translated_title,
    articles.c.translated_text,
    articles.c.translation,
)
_WAITS = (articles.c.unwoven, NOT_PENDING)
# In the order of the index, or SQLite would read the whole table where its statistics are told.
_ANY = select(articles.c.id).where(*_WAITS).order_by(articles.c.fresh_at).limit(1)


def is_any(connection: Connection) -> bool:
    """Whether any article waits, claimed or not."""
    return connection.execute(_ANY).first() is not None


def is_torn(connection: Connection) -> bool:
    """Whether a deleted article has left a place behind."""
    return bool(connection.scalar(select(or_(*(exists().where(table.c.article_id.is_(None)) for table in TORN)))))


def claim(connection: Connection, *, now: datetime, limit: int, holder: str, lease: timedelta) -> tuple[Waiting, ...]:
    """Claim articles that wait, the oldest first, until ``now + lease``."""
    oldest = (articles.c.fresh_at, articles.c.id)
    ids = claims.claim(connection, articles, *_WAITS, order=oldest, now=now, limit=limit, holder=holder, lease=lease)
    return tuple(of(connection, ids))


def is_still_ours(connection: Connection, article_id: int, holder: str) -> bool:
    """Lock the article; False when it is gone, or when something else was found in it since it was claimed."""
    query = select(articles.c.claimed_by).where(articles.c.id == article_id, *_WAITS)
    return connection.scalar(query.with_for_update(key_share=True)) == holder


def done(connection: Connection, article_id: int) -> None:
    """Note that the chronicle has what the article says."""
    values = {"unwoven": False} | claims.FREE
    connection.execute(update(articles).where(articles.c.id == article_id).values(values))


def again(connection: Connection, article_ids: Sequence[int]) -> None:
    """Note that the chronicle has to look at the articles anew."""
    for ids in tellers.chunks(article_ids):
        connection.execute(update(articles).where(articles.c.id.in_(ids)).values(unwoven=True))


def of(connection: Connection, ids: Sequence[int]) -> Iterable[Waiting]:
    """The articles with what was found in them, in the order of their ids as given."""
    query = tellers.select_sources(*_TEXT).where(articles.c.id.in_(ids))
    found = {row.article_id: row for row in connection.execute(query)}
    matched = _matches(connection, ids)
    models = _analyses(connection, {row.analysis_id for live in matched.values() for row in live})
    known, named = details.of(connection, ids), naming.of(connection, ids)
    for id_ in ids:
        row, live = found[id_], matched[id_]
        analysis = models.get(live[0].analysis_id) if live else None
        yield Waiting(
            source=tellers.source(row, backfill=bool(live) and all(match.backfill for match in live)),
            article=_article(row, _translation(row)),
            findings=_findings(row, live, analysis, known[id_], named[id_]),
            withdrawn=not live,
        )


def _matches(connection: Connection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Each article's live matches."""
    found: dict[int, list[Row[Any]]] = {id_: [] for id_ in ids}
    live = (matches.c.article_id.in_(ids), matches.c.withdrawn_at.is_(None))
    for row in connection.execute(select(matches).where(*live).order_by(matches.c.topic)):
        found[row.article_id].append(row)
    return found


def _analyses(connection: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    query = select(analyses).where(analyses.c.id.in_(sorted(ids)))
    return {row.id: row for row in connection.execute(query)}


def _article(row: Row[Any], translation: Translation | None) -> Article:
    """The text that the spans count in: the translation where they do not lead back to the article's own words."""
    own = Article(
        id=str(row.article_id),
        title=row.title,
        text=row.text,
        url=row.url,
        published=row.published_at,
        source=row.outlet,
        language=row.language,
    )
    if translation is None or translation.leads_back:
        return own
    return StoredArticle(article_id=row.article_id, version_id=0, article=own, translation=translation).as_read


def _translation(row: Row[Any]) -> Translation | None:
    if row.translation is None:
        return None
    return Translation(title=row.translated_title, text=row.translated_text, by=row.translation)


def _findings(
    row: Row[Any],
    live: Sequence[Row[Any]],
    analysis: Row[Any] | None,
    found: details.Details,
    entities: tuple[Any, ...],
) -> Findings:
    return Findings(
        article_id=str(row.article_id),
        language=row.language,
        model=analysis.model if analysis else "",
        topics=tuple(_topic(match) for match in live),
        entities=entities,
        quotes=found.quotes,
        reports=found.reports,
        times=found.times,
        events=found.events,
        aid=found.aid,
        reactions=found.reactions,
        embedding=floats(analysis.embedding) if analysis else (),
        translation=_translation(row),
    )


def _topic(match: Row[Any]) -> Topic:
    evidence: Span | None = details.span_of(match.evidence_start, match.evidence_end, match.evidence)
    return Topic(name=match.topic, score=match.score, threshold=match.threshold, match=True, evidence=evidence)


def floats(stored: bytes) -> tuple[float, ...]:
    """What ``understood.half_floats`` has stored."""
    if not stored:
        return ()
    import numpy as np

    return tuple(np.frombuffer(stored, dtype="<f2").astype(float).tolist())
