"""The reads of the classifier page: a bounded sample of the newest analyses, the judgements, a candidate's scores."""

import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from monitor.records.board.classifier import (
    JudgedBin,
    NearArticle,
    ScoreBin,
    ScoresView,
    ThresholdLine,
    ThresholdView,
    TopicScores,
)
from monitor.records.feedback import Verdict
from monitor.records.findings import TOPICS
from monitor.store.engine import Database
from monitor.store.feedback.tables import labels
from monitor.store.tables import analyses, articles

SAMPLE = 1500
"""Newest analyses that are looked at."""
LABELS = 2000
"""Newest judgements that are looked at."""
BINS = 40
JUDGED_BINS = 10
STEPS = 20
"""Thresholds that are tried: every twentieth from 0.05 to 0.95."""
NEAR = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """The newest analysis of each article, all by the model of the newest one."""

    model: str
    thresholds: Mapping[str, float]
    articles: tuple[int, ...]
    scores: Mapping[str, tuple[float, ...]]
    """By topic, in the order of the articles."""
    oldest: datetime | None


class ClassifierBoard:
    """What the model says, and what people say of that."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def scores(self, *, topic: str = TOPICS[0], at: float | None = None) -> ScoresView:
        """How the newest scores lie, and what the threshold ``at`` (the one in use) would do to those of ``topic``."""
        with self._database.read() as connection:
            sample = _sample(connection)
            judged = _judged(connection)
            ours = [row for row in judged if row.model == sample.model]
            return ScoresView(
                model=sample.model,
                sampled=len(sample.articles),
                oldest=sample.oldest,
                topics=tuple(_topic(sample, name, ours) for name in TOPICS) if sample.articles else (),
                slider=_slider(connection, sample, topic, at) if sample.articles else None,
                judged_before=len(judged) - len(ours),
            )


def _sample(connection: Connection) -> _Sample:
    newest = (analyses.c.id.desc(),)
    last = connection.execute(select(analyses.c.model, analyses.c.thresholds).order_by(*newest).limit(1)).first()
    if last is None:
        return _Sample(model="", thresholds={}, articles=(), scores={}, oldest=None)
    scores = [analyses.c.scores[topic].as_float() for topic in TOPICS]
    query = select(analyses.c.id, analyses.c.article_id, analyses.c.model, *scores)
    rows: dict[int, Row[Any]] = {}
    for row in connection.execute(query.order_by(*newest).limit(SAMPLE)):
        if row.model == last.model:
            rows.setdefault(row.article_id, row)
    found = tuple(rows.values())
    return _Sample(
        model=last.model,
        thresholds={topic: float(last.thresholds.get(topic, 0.5)) for topic in TOPICS},
        articles=tuple(rows),
        scores={topic: tuple(row[3 + place] or 0.0 for row in found) for place, topic in enumerate(TOPICS)},
        oldest=connection.scalar(select(analyses.c.analysed_at).where(analyses.c.id == found[-1].id)),
    )


def _judged(connection: Connection) -> Sequence[Row[Any]]:
    query: Select[Any] = select(labels.c.topic, labels.c.verdict, labels.c.score, labels.c.model)
    standing = (labels.c.undone_at.is_(None), labels.c.score.is_not(None))
    return connection.execute(query.where(*standing).order_by(labels.c.id.desc()).limit(LABELS)).all()


def _topic(sample: _Sample, topic: str, judged: Iterable[Row[Any]]) -> TopicScores:
    counts = [0] * BINS
    for score in sample.scores[topic]:
        counts[_bin(score, BINS)] += 1
    return TopicScores(
        topic=topic,
        threshold=sample.thresholds[topic],
        bins=tuple(ScoreBin(start=place / BINS, count=count) for place, count in enumerate(counts)),
        judged=_judged_bins([row for row in judged if row.topic == topic]),
    )


def _judged_bins(judged: Iterable[Row[Any]]) -> tuple[JudgedBin, ...]:
    binned: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for row in judged:
        binned[_bin(row.score, JUDGED_BINS)].append((row.score, row.verdict == Verdict.KEEP.value))
    return tuple(
        JudgedBin(
            start=place / JUDGED_BINS,
            mean=round(sum(score for score, _ in rows) / len(rows), 4),
            kept=sum(kept for _, kept in rows),
            judged=len(rows),
        )
        for place, rows in sorted(binned.items())
    )


def _bin(score: float, bins: int) -> int:
    return max(0, min(bins - 1, int(score * bins)))


def _slider(connection: Connection, sample: _Sample, topic: str, at: float | None) -> ThresholdView:
    scores, threshold = sample.scores[topic], sample.thresholds[topic]
    looked = threshold if at is None else at
    nearest = heapq.nsmallest(
        NEAR, zip(scores, sample.articles, strict=True), key=lambda row: (abs(row[0] - looked), -row[1])
    )
    ranked = sorted(scores)
    return ThresholdView(
        topic=topic,
        threshold=threshold,
        at=looked,
        lines=tuple(_line(ranked, threshold, step / STEPS) for step in range(1, STEPS)),
        chosen=_line(ranked, threshold, looked),
        near=_near(connection, {article_id: score for score, article_id in nearest}, threshold, looked),
    )


def _line(ranked: Sequence[float], threshold: float, at: float) -> ThresholdLine:
    """``ranked`` are all scores, the lowest first."""
    now, then = bisect_left(ranked, threshold), bisect_left(ranked, at)
    return ThresholdLine(at=at, matches=len(ranked) - then, gained=max(0, now - then), lost=max(0, then - now))


def _near(connection: Connection, scores: Mapping[int, float], threshold: float, at: float) -> tuple[NearArticle, ...]:
    """Articles with their titles, in the order of ``scores``."""
    columns = (articles.c.id, articles.c.title, articles.c.outlet, articles.c.published_at)
    found = {row.id: row for row in connection.execute(select(*columns).where(articles.c.id.in_(scores)))}
    return tuple(
        NearArticle(
            article_id=id_,
            title=found[id_].title,
            outlet=found[id_].outlet,
            published=found[id_].published_at,
            score=score,
            matches=score >= threshold,
            would_match=score >= at,
        )
        for id_, score in scores.items()
        if id_ in found
    )
