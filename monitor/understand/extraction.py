"""From an article whose names are known to all that it tells: quotes, times, events, aid steps, reactions. Pure.

English only; it costs a few milliseconds beside the encoder's pass, so the running program asks for matches alone.
"""

from dataclasses import replace

from monitor.records.articles import Article
from monitor.records.findings import Findings
from monitor.understand import aid, dates, events, quotes, reactions
from monitor.understand.prose import Prose
from monitor.understand.refer import Referents

TALKS, MISSILE_AID = "talks", "missile_aid"


def extracted(article: Article, findings: Findings) -> Findings:
    """``findings`` with everything that the article's words tell; ``article`` is as the model read it, in English."""
    prose = Prose(article, findings.entities)
    referents = Referents(prose)
    said, reported = quotes.find(prose, referents)
    times = dates.find(prose)
    happened = events.find(prose, times, referents, talks=_score(findings, TALKS))
    steps = aid.find(prose, said, reported, missile_aid=_score(findings, MISSILE_AID))
    return replace(
        findings,
        quotes=said,
        reports=reported,
        times=times,
        events=happened,
        aid=steps,
        reactions=reactions.find(prose, said, reported, happened, steps, referents),
    )


def extracted_from_matches(article: Article, findings: Findings) -> Findings:
    """The same for an article that matches; any other stays as it is."""
    return extracted(article, findings) if findings.match else findings


def _score(findings: Findings, name: str) -> float:
    return next((topic.score for topic in findings.topics if topic.name == name), 1.0)
