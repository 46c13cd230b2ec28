"""A candidate beside the model in use: how far the two agree on the newest articles that both have read."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.records.board.classifier import ShadowView
from monitor.records.feedback import Disagreement, Shift
from monitor.records.findings import TOPICS
from monitor.store.engine import Database
from monitor.store.feedback.tables import shadow_scores
from monitor.store.tables import analyses, articles

SHADOWED = 500
"""Newest articles of each topic that are compared."""
DISAGREEMENTS = 20


class ShadowBoard:
    """Candidates on live articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beside(self, candidate: str) -> ShadowView | None:
        """How the candidate agrees with what was said live; None while both have read nothing in common."""
        with self._database.read() as connection:
            pairs = {topic: _pairs(connection, candidate, topic) for topic in TOPICS}
            if not any(pairs.values()):
                return None
            apart = sorted(
                ((topic, pair) for topic in TOPICS for pair in pairs[topic] if pair.match != _live(pair)),
                key=lambda found: (-abs(found[1].score - found[1].live), -found[1].article_id),
            )
            titles = _titles(connection, [pair.article_id for _, pair in apart[:DISAGREEMENTS]])
        return ShadowView(
            name=candidate,
            shifts=tuple(_shift(topic, pairs[topic]) for topic in TOPICS),
            disagreements=tuple(_disagreement(topic, pair, titles) for topic, pair in apart[:DISAGREEMENTS]),
            left_out=max(0, len(apart) - DISAGREEMENTS),
        )


def _pairs(connection: Connection, candidate: str, topic: str) -> Sequence[Row[Any]]:
    """(article_id, score, match, live, threshold) of the newest articles; of several analyses the last counts."""
    ours = (shadow_scores.c.candidate == candidate, shadow_scores.c.topic == topic)
    newest = select(shadow_scores.c.article_id, shadow_scores.c.score, shadow_scores.c.match).where(*ours)
    looked = newest.order_by(shadow_scores.c.article_id.desc()).limit(SHADOWED).subquery()
    query = (
        select(
            looked,
            analyses.c.scores[topic].as_float().label("live"),
            analyses.c.thresholds[topic].as_float().label("threshold"),
        )
        .join(analyses, analyses.c.article_id == looked.c.article_id)
        .order_by(looked.c.article_id.desc(), analyses.c.id)
    )
    found = {row.article_id: row for row in connection.execute(query)}
    return [row for row in found.values() if row.live is not None and row.threshold is not None]


def _live(pair: Row[Any]) -> bool:
    return bool(pair.live >= pair.threshold)


def _shift(topic: str, pairs: Sequence[Row[Any]]) -> Shift:
    moves = [pair.score - pair.live for pair in pairs]
    decided = [(_live(pair), bool(pair.match)) for pair in pairs]
    count = max(1, len(moves))
    return Shift(
        topic=topic,
        n=len(pairs),
        both=decided.count((True, True)),
        neither=decided.count((False, False)),
        only_live=decided.count((True, False)),
        only_candidate=decided.count((False, True)),
        mean=round(sum(moves) / count, 6),
        mean_absolute=round(sum(map(abs, moves)) / count, 6),
        largest=round(max(map(abs, moves), default=0.0), 6),
    )


def _titles(connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
    query = select(articles.c.id, articles.c.title).where(articles.c.id.in_(ids))
    return {id_: title for id_, title in connection.execute(query)}  # noqa: C416 -- rows are no pairs to the types


def _disagreement(topic: str, pair: Row[Any], titles: Mapping[int, str]) -> Disagreement:
    return Disagreement(
        article_id=str(pair.article_id),
        title=titles.get(pair.article_id, ""),
        topic=topic,
        live=pair.live,
        candidate=pair.score,
        candidate_matches=bool(pair.match),
    )
