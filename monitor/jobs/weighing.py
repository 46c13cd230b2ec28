"""Two models beside each other: decisions counted, whether one falls behind, where they part. Pure."""

from collections.abc import Mapping, Sequence

from monitor.records.articles import Article
from monitor.records.feedback import Disagreement, FrozenArticle, JudgedArticle, Shift, Tally
from monitor.records.findings import TOPICS, Findings, Topic

MATCH = "match"
AMBIGUOUS, ABOUT = 1, 2


def tallies(frozen: Sequence[FrozenArticle], found: Sequence[Findings]) -> tuple[Tally, ...]:
    """Count decisions against grades, per topic and for the match of either; grade 1 is ambiguous and left out."""
    rows = [
        (
            (*item.grades, max(item.grades)),
            (*(_by_name(findings)[topic].match for topic in TOPICS), findings.match),
        )
        for item, findings in zip(frozen, found, strict=True)
    ]
    return tuple(
        _tally(name, [(grades[at], flags[at]) for grades, flags in rows]) for at, name in enumerate((*TOPICS, MATCH))
    )


def _by_name(findings: Findings) -> dict[str, Topic]:
    return {topic.name: topic for topic in findings.topics}


def _tally(name: str, decisions: Sequence[tuple[int, bool]]) -> Tally:
    kept = [(grade == ABOUT, flag) for grade, flag in decisions if grade != AMBIGUOUS]
    return Tally(
        name=name,
        n=len(kept),
        about=sum(about for about, _ in kept),
        said=sum(flag for _, flag in kept),
        right=sum(about and flag for about, flag in kept),
    )


def falls(before: Sequence[Tally], after: Sequence[Tally]) -> tuple[str, ...]:
    """What gets worse from ``before`` to ``after``, one phrase each; empty when neither precision nor recall falls.

    Compared as whole numbers, so that a tie is a tie. A model that flags nothing has no precision to fall from or to;
    what it then misses shows as recall.
    """
    found = []
    for old, new in zip(before, after, strict=True):
        if old.name != new.name or (old.n, old.about) != (new.n, new.about):
            raise ValueError(f"tallies of different articles: {old} and {new}")
        if old.said and new.said and new.right * old.said < old.right * new.said:
            found.append(f"precision of {new.name} falls from {old.right} of {old.said} to {new.right} of {new.said}")
        if new.right < old.right:
            found.append(f"recall of {new.name} falls from {old.right} to {new.right} of {new.about}")
    return tuple(found)


def judgements(judged: Sequence[JudgedArticle]) -> int:
    """The number of judgements, one per article and topic."""
    return sum(len(item.grades) for item in judged)


def right(judged: Sequence[JudgedArticle], found: Sequence[Findings]) -> int:
    """How many judgements a model decides as the people did."""
    count = 0
    for item, findings in zip(judged, found, strict=True):
        topics = _by_name(findings)
        count += sum(topics[topic].match == (grade == ABOUT) for topic, grade in item.grades)
    return count


def shifts(live: Sequence[Findings], candidate: Sequence[Findings]) -> tuple[Shift, ...]:
    """Compare decisions and scores topic by topic."""
    found = []
    both = [(_by_name(old), _by_name(new)) for old, new in zip(live, candidate, strict=True)]
    for topic in TOPICS:
        pairs = [(old[topic], new[topic]) for old, new in both]
        moves = [new.score - old.score for old, new in pairs]
        count = max(1, len(moves))
        found.append(
            Shift(
                topic=topic,
                n=len(pairs),
                both=sum(old.match and new.match for old, new in pairs),
                neither=sum(not old.match and not new.match for old, new in pairs),
                only_live=sum(old.match and not new.match for old, new in pairs),
                only_candidate=sum(new.match and not old.match for old, new in pairs),
                mean=round(sum(moves) / count, 6),
                mean_absolute=round(sum(map(abs, moves)) / count, 6),
                largest=round(max(map(abs, moves), default=0.0), 6),
            )
        )
    return tuple(found)


def disagreements(
    articles: Sequence[Article],
    live: Sequence[Findings],
    candidate: Sequence[Findings],
    said: Mapping[tuple[str, str], int],
) -> tuple[Disagreement, ...]:
    """Where the two decide differently, the greatest difference of scores first.

    ``said`` gives people's grade by article id and topic.
    """
    found = [
        Disagreement(
            article_id=article.id,
            title=article.title,
            topic=old.name,
            live=old.score,
            candidate=new.score,
            candidate_matches=new.match,
            person=said.get((article.id, old.name)),
        )
        for article, before, after in zip(articles, live, candidate, strict=True)
        for old in before.topics
        for new in [_by_name(after)[old.name]]
        if old.match != new.match
    ]
    return tuple(sorted(found, key=lambda row: (-abs(row.candidate - row.live), row.article_id, row.topic)))
