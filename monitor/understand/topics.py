"""Scores to matches: thresholds and the sentence that carries the decision. Pure."""

from collections.abc import Mapping, Sequence

from monitor.records.findings import Span, Topic
from monitor.text import sentences

Shares = Sequence[tuple[int, int, float]]
LONGEST_EVIDENCE = 600


def decide(
    document: str, scores: Mapping[str, float], shares: Mapping[str, Shares], thresholds: Mapping[str, float]
) -> tuple[Topic, ...]:
    """Turn scores into topics; a matching topic gets its evidence sentence."""
    found = []
    for name, score in scores.items():
        match = score >= thresholds[name]
        span = evidence(document, shares.get(name, ())) if match else None
        found.append(Topic(name=name, score=round(score, 6), threshold=thresholds[name], match=match, evidence=span))
    return tuple(found)


def evidence(document: str, shares: Shares) -> Span | None:
    """Return the sentence whose tokens add most to the score, or None without shares or sentences."""
    bounds = list(sentences(document))
    if not bounds or not shares:
        return None
    sums = [0.0] * len(bounds)
    at = 0
    for start, _, share in sorted(shares):
        while at + 1 < len(bounds) and start >= bounds[at + 1][0]:
            at += 1
        sums[at] += share
    start, end = bounds[max(range(len(bounds)), key=lambda number: (sums[number], -number))]
    end = min(end, start + LONGEST_EVIDENCE)
    return Span(start=start, end=end, text=document[start:end])
