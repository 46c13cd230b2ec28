"""Is the evidence the evidence? Take a sentence out, score the rest again, and compare with other sentences taken out.

The faithfulness test of rationales (DeYoung et al. 2020, "comprehensiveness"): what carries a decision must be missed
more than what stands beside it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.records.articles import Article
from monitor.records.findings import Findings
from monitor.text import sentences
from monitor.understand.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFigures:
    """Mean loss of score over ``n`` matches when a sentence is taken out of the document."""

    topic: str
    n: int
    without_evidence: float
    without_another: float
    """The same for a random other sentence of the document."""
    evidence_weighs_more: float
    """Share of matches whose evidence costs at least as much as the other sentence."""


def evidence_figures(reader: Reader, articles: Sequence[Article], *, seed: int = 13) -> list[EvidenceFigures]:
    """Check the evidence of every match among ``articles`` that has at least three sentences."""
    dice = random.Random(seed)  # noqa: S311 - a sample, not a secret
    cases: list[tuple[str, float, Article, Article]] = []
    for article, findings in zip(articles, reader.understand(articles), strict=True):
        cases += _cases(article, findings, dice)
    scored = [_scores(findings) for findings in reader.understand([part for case in cases for part in case[2:]])]
    rows = []
    for topic in dict.fromkeys(case[0] for case in cases):
        drops = [
            (score - scored[2 * at][topic], score - scored[2 * at + 1][topic])
            for at, (name, score, _, _) in enumerate(cases)
            if name == topic
        ]
        rows.append(_row(topic, drops))
    return rows


def _cases(article: Article, findings: Findings, dice: random.Random) -> list[tuple[str, float, Article, Article]]:
    """(topic, score, document without its evidence, document without another sentence) of each match."""
    bounds = list(sentences(article.document))
    found = []
    for topic in findings.topics:
        if topic.evidence is None or len(bounds) < 3:
            continue
        others = [span for span in bounds if span[1] <= topic.evidence.start or topic.evidence.end <= span[0]]
        if others:
            evidence = (topic.evidence.start, topic.evidence.end)
            found.append((topic.name, topic.score, without(article, evidence), without(article, dice.choice(others))))
    return found


def without(article: Article, span: tuple[int, int]) -> Article:
    """Return the article with a span of its document (title, blank line, text) taken out; it crosses no paragraph."""
    start, end = span
    gap = len(article.title) + 2
    if start < len(article.title):
        return replace(article, title=(article.title[:start] + article.title[end:]).strip())
    return replace(article, text=(article.text[: start - gap] + article.text[end - gap :]).strip())


def _scores(findings: Findings) -> dict[str, float]:
    return {topic.name: topic.score for topic in findings.topics}


def _row(topic: str, drops: Sequence[tuple[float, float]]) -> EvidenceFigures:
    return EvidenceFigures(
        topic=topic,
        n=len(drops),
        without_evidence=sum(drop for drop, _ in drops) / len(drops),
        without_another=sum(drop for _, drop in drops) / len(drops),
        evidence_weighs_more=sum(mine >= other for mine, other in drops) / len(drops),
    )
