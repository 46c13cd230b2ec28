"""Reactions tied to what they answer, over articles: a warning to its weapon, a denial to the claim it denies. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from monitor.chronicle.alike import family
from monitor.chronicle.company import Company, company
from monitor.chronicle.sides import SIDES, CountryOf, country, fold, side
from monitor.chronicle.wording import Likeness, alike
from monitor.records.chronicle import Answer, Clash, Happening, Rung, Statement, Told
from monitor.records.findings import Reaction, Span

AGAINST = frozenset({"denial", "rejection", "doubt"})
FOR = frozenset({"confirmation", "welcome"})
LATE = timedelta(days=14)
"""A reaction answers what was told of in these days before it."""
_AFTER = timedelta(days=2)
_CLAIM = "claim:"
CAPITALS = frozenset(SIDES.values())
# Words that say of what kind a weapon is, not which one.
_KINDS = frozenset("missile missiles system systems launcher launchers air defence defense cruise weapons".split())


def tie(
    told: Told,
    happenings: Sequence[Happening],
    statements: Sequence[Statement],
    rungs: Sequence[Rung],
    *,
    country_of: CountryOf = country,
) -> tuple[Answer, ...]:
    """One article's reactions with what they answer among what is near; unknown targets stay open."""
    return tuple(
        Answer(
            source=told.source,
            origin=told.origin,
            reaction=reaction,
            side=side(reaction.by, country_of),
            happening_id=_happening(reaction, told, happenings, country_of),
            statement_id=_statement(reaction, told, statements),
            rung=_rung(reaction, rungs),
        )
        for reaction in told.findings.reactions
    )


def pairs(
    answers: Sequence[Answer], statements: Sequence[Statement], *, country_of: CountryOf = country
) -> tuple[Clash, ...]:
    """Claim against denial where two of the three capitals disagree, the oldest denial first; each clash once."""
    claims = {statement.id: statement for statement in statements}
    ordered = sorted(answers, key=_order)
    confirmations: defaultdict[tuple[object, ...], list[Answer]] = defaultdict(list)
    for answer in ordered:
        if answer.reaction.kind in FOR and answer.side in CAPITALS:
            confirmations[target(answer)].append(answer)
    found: dict[tuple[object, ...], Clash] = {}
    for answer in ordered:
        if answer.reaction.kind in AGAINST and answer.side in CAPITALS:
            confirmed = _with_confirmation(answer, confirmations.get(target(answer), ()))
            for clash in (_with_claim(answer, claims, country_of), confirmed):
                if clash is not None:
                    found.setdefault((clash.about, clash.claim_side, clash.denial_side), clash)
    return tuple(found.values())


def named_by(item: str) -> frozenset[str]:
    """The words that name a weapon or place; all of them where they say of what kind it is alone ("air defence")."""
    every = frozenset(fold(item).split())
    return every - _KINDS or every


def target(answer: Answer) -> tuple[object, ...]:
    """What an answer answers, for comparison: the rung, the event, the statement, or the words that name it."""
    if answer.rung is not None:
        return ("rung", *answer.rung)
    if answer.happening_id is not None:
        return ("event", answer.happening_id)
    if answer.statement_id is not None:
        return ("statement", answer.statement_id)
    return ("words", fold(answer.reaction.about))


def _happening(reaction: Reaction, told: Told, happenings: Sequence[Happening], country_of: CountryOf) -> int | None:
    """The event at the place the reaction points to in its article; else the one that its words name."""
    for happening in happenings:
        for report in happening.reports:
            if report.source.article_id == told.source.article_id and _touch(reaction.answers, report.event.evidence):
                return happening.id
    kind, mark, names = reaction.about.partition(": ")
    if not mark or kind == "claim":
        return None
    who = tuple(name for name in names.split(", ") if name)
    at = told.source.published
    fitting = [
        happening
        for happening in happenings
        if family(happening.type) == family(kind)
        and company(happening.participants, who, country_of) >= Company.NEARLY
        and at - happening.first_told >= -_AFTER
        and at - happening.last_told <= LATE
    ]
    return min(fitting, key=lambda happening: (abs(happening.last_told - at), happening.id)).id if fitting else None


def _statement(reaction: Reaction, told: Told, statements: Sequence[Statement]) -> int | None:
    """The statement at the place the reaction points to, by somebody else; else that speaker's claim in like words."""
    others = [statement for statement in statements if fold(statement.speaker) != fold(reaction.by)]
    for statement in others:
        for witness in statement.witnesses:
            if witness.source.article_id == told.source.article_id and _touch(reaction.answers, witness.span):
                return statement.id
    if not reaction.about.startswith(_CLAIM):
        return None
    claimant = fold(reaction.about.removeprefix(_CLAIM))
    words = reaction.answers.text if reaction.answers else reaction.evidence.text
    for statement in _latest(others, told):
        if fold(statement.speaker) == claimant and alike(statement.text, words, reported=True) is not Likeness.OTHER:
            return statement.id
    return None


def _latest(statements: Iterable[Statement], told: Told) -> list[Statement]:
    today = told.source.published.date()
    near = [statement for statement in statements if timedelta(0) <= today - statement.said_on <= LATE]
    return sorted(near, key=lambda statement: (today - statement.said_on, statement.id))


def _rung(reaction: Reaction, rungs: Sequence[Rung]) -> tuple[str, str | None, str] | None:
    """The rung of the weapon that the reaction is about; the one that moved last where several donors give it."""
    about = set(fold(reaction.about).split())
    fitting = [rung for rung in rungs if named_by(rung.item) and named_by(rung.item) <= about]
    if not fitting:
        return None
    rung = max(fitting, key=lambda rung: (len(named_by(rung.item)), rung.since, rung.item, rung.donor or ""))
    return rung.item, rung.donor, rung.recipient


def _touch(one: Span | None, other: Span) -> bool:
    return one is not None and one.start < other.end and other.start < one.end


def _with_claim(answer: Answer, claims: dict[int, Statement], country_of: CountryOf) -> Clash | None:
    claim = None if answer.statement_id is None else claims.get(answer.statement_id)
    if claim is None:
        return None
    claimed = side(claim.speaker, country_of)
    if claimed not in CAPITALS or claimed == answer.side:
        return None
    return Clash(about=claim.text, claim_side=claimed, denial_side=answer.side, denial=answer, claim=claim)


def _with_confirmation(answer: Answer, confirmations: Iterable[Answer]) -> Clash | None:
    """The first of another capital's words for what this one speaks against, told of within two weeks of it."""
    for other in confirmations:
        if other.side != answer.side and abs(other.source.published - answer.source.published) <= LATE:
            return Clash(
                about=answer.reaction.about,
                claim_side=other.side,
                denial_side=answer.side,
                denial=answer,
                confirmation=other,
            )
    return None


def _order(answer: Answer) -> tuple[object, ...]:
    evidence = answer.reaction.evidence
    return (answer.source.published, answer.source.article_id, evidence.start, answer.reaction.kind, answer.reaction.by)
