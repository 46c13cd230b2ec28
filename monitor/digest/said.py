"""Who said what: the three presidents first, each thing once, what most independent origins carry first. Pure."""

from collections import defaultdict
from collections.abc import Sequence

from monitor.chronicle.sides import LEADERS, fold
from monitor.chronicle.wording import Likeness, alike, length
from monitor.digest.gathering import News
from monitor.digest.sections import Section, fit, independent, of_state
from monitor.records.chronicle import Statement, Witness
from monitor.records.telling.digests import SaidLine

MOST, MOST_OF_LEADER, MOST_OF_OTHERS = 14, 4, 2
_FIRST = ("donald trump", "vladimir putin", "volodymyr zelensky")
_MOST_ORIGINS = 6
_NAME, _MOST_SUBJECTS = 200, 10
_A_SENTENCE = 6
"""Words; what is shorter says little by itself."""


def said(statements: Sequence[Statement], news: Sequence[News]) -> Section[SaidLine]:
    """The weightiest statements of every speaker.

    What is left out is counted, and so counts as told; a leader's first words on something are kept for another day.
    """
    first = {each.statement.id: each for each in news if each.statement}
    voices: defaultdict[str, list[Statement]] = defaultdict(list)
    for each in statements:
        if each.witnesses:
            voices[fold(each.speaker)].append(each)
    shown: list[Statement] = []
    merged: set[int] = set()
    for speaker in sorted(voices, key=lambda speaker: _precedence(speaker, voices[speaker], set(first))):
        picked, same = _picked(voices[speaker], set(first), MOST_OF_LEADER if speaker in LEADERS else MOST_OF_OTHERS)
        picked = picked[: MOST - len(shown)]
        shown += picked
        merged |= {other.id for each in picked for other in same[each.id]}
    ids = {each.id for each in shown} | merged
    left = [each for each in statements if each.id not in ids]
    told = ids | {each.id for each in left if each.id not in first}
    keys = {f"statement:{id_}" for id_ in told}
    return Section(
        lines=tuple(map(_line, shown)),
        left=len(left),
        told=frozenset(keys.union(*(each.keys for id_, each in first.items() if id_ in ids))),
    )


def _precedence(speaker: str, statements: Sequence[Statement], first: set[int]) -> tuple[object, ...]:
    if speaker in _FIRST:
        return (0, _FIRST.index(speaker))
    return (1 if speaker in LEADERS else 2, -max(_weight(each, first) for each in statements), speaker)


def _picked(
    statements: Sequence[Statement], first: set[int], most: int
) -> tuple[list[Statement], dict[int, list[Statement]]]:
    """One speaker's weightiest statements, and for each of them the others that say the same."""
    kept: list[Statement] = []
    same: dict[int, list[Statement]] = {}
    for each in sorted(statements, key=lambda each: (-_weight(each, first), -each.said_on.toordinal(), each.id)):
        known = next((other for other in kept if _is_same(other, each)), None)
        if known is not None:
            same[known.id].append(each)
        elif len(kept) < most:
            kept.append(each)
            same[each.id] = []
    return kept, same


def _is_same(first: Statement, second: Statement) -> bool:
    reported = "reported" in {first.kind, second.kind}
    return alike(first.text, second.text, reported=reported) is not Likeness.OTHER


def _weight(statement: Statement, first: set[int]) -> float:
    """What most independent origins carry, in the speaker's own words, on something new."""
    origins = _origins(statement)
    return (
        min(origins, _MOST_ORIGINS)
        + 1.5 * (statement.kind == "direct")
        + 2.0 * (statement.id in first)
        + 1.0 * (length(statement.text) >= _A_SENTENCE)
        + 0.5 * bool(statement.about)
        - 4.0 * (origins == 0)
    )


def _origins(statement: Statement) -> int:
    return independent((each.source, each.origin) for each in statement.witnesses)


def _line(statement: Statement) -> SaidLine:
    witness, text = _witness(statement)
    return SaidLine(
        statement_id=statement.id,
        speaker=fit(statement.speaker.strip() or "Unnamed speaker", _NAME),
        text=fit(text),
        is_direct=statement.kind == "direct",
        said_on=statement.said_on,
        channel=statement.channel or witness.channel,
        about=tuple(fit(name, _NAME) for name in statement.about[:_MOST_SUBJECTS]),
        source=witness.source,
        outlets=len({each.source.outlet for each in statement.witnesses}),
        origins=_origins(statement),
    )


def _witness(statement: Statement) -> tuple[Witness, str]:
    """Whom to link to, and the words that stand there: the fullest, and of no state's outlet if there is one."""

    def rank(witness: Witness) -> tuple[object, ...]:
        state = of_state(witness.source, witness.origin)
        return (state, witness.span.text != statement.text, witness.source.published, witness.source.article_id)

    best = min(statement.witnesses, key=rank)
    whole = [each for each in statement.witnesses if each.span.text == statement.text]
    if best not in whole and whole:
        # The link must lead to the words that are shown.
        best = min(whole, key=rank)
    return best, statement.text if best in whole else best.span.text or statement.text
