"""Which cues of a clause govern an item, outermost first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.understand.aid.clauses import Clause, Placed
from monitor.understand.aid.item import Item
from monitor.understand.aid.lexicon import Kind

_JOINING = frozenset(("and", "then", "or"))
# Verbs that say of their subject what others say of their object, and what comes before such verbs.
_LEADING = frozenset((Kind.MAYBE, Kind.WILL, Kind.WOULD, Kind.PLAN, Kind.NOT))
# What tells of a whole sentence: "denied that Tomahawks were sent".
_TELLING = frozenset((Kind.DENY, Kind.WARN, Kind.PROMISE, Kind.WANT))
_HAVE = frozenset("have has had been were was are is be being".split())
_WORDS_TO_NO = 2
_NOMINAL = frozenset(("noun", "plain"))
# These speak of what stands before them: "missiles on the way", not "on the way home he spoke of missiles".
_OF_SUBJECTS = frozenset(("on the way", "on its way", "on their way", "en route"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The governing cues; ``passive`` where they stand behind the item and speak of it as their subject."""

    cues: tuple[Placed, ...]
    passive: bool = False


def governing(document: str, clause: Clause, item: Item, items: Sequence[Item]) -> Chain:
    """The chain that leads to the item: from the left, or from the right where the item is the subject."""
    left = _restarted(
        [cue for cue in clause.cues if cue.end <= item.start and cue.text not in _OF_SUBJECTS], item, items
    )
    right = [cue for cue in clause.cues if cue.start >= item.end]
    if (
        right
        and right[0].cue.form in _NOMINAL
        and right[0].cue.kind not in _LEADING
        and document[item.end : right[0].start].strip(" -'’s") == ""
    ):
        # "the Tomahawk request": the noun belongs to the item.
        left.append(right.pop(0))
    none = len(left) == 1 and left[0].text == "no" and document.count(" ", left[0].end, item.start) <= _WORDS_TO_NO
    if none or all(cue.cue.form in _NOMINAL and cue.cue.kind not in _LEADING for cue in left):
        behind = passive(right)
        if none and behind:
            return Chain(cues=(*left, *behind), passive=True)  # "No Tomahawks were sent."
        if behind:
            return Chain(cues=(*behind, *left), passive=True)
    elif all(cue.cue.kind in _TELLING for cue in left):
        return Chain(cues=(*left, *passive(right)))
    return Chain(cues=tuple(left))


def _restarted(cues: list[Placed], item: Item, items: Sequence[Item]) -> list[Placed]:
    """Drop what governs an earlier part of the clause: "refused Taurus and promised Patriots"."""
    kept: list[Placed] = []
    for cue in cues:
        finite = cue.cue.form in {"past", "third", "plain"} and cue.cue.kind is not Kind.HOLD
        if (kept and finite and (cue.before in _JOINING or (cue.before == "also" and cue.cue.form != "plain"))) or (
            kept
            and cue.cue.form in {"past", "third", "ing"}
            and cue.cue.kind is not Kind.HOLD
            and _named_between(kept[-1].end, cue.start, item, items)
        ):
            kept = []
        kept.append(cue)
    return kept


def _named_between(start: int, end: int, item: Item, items: Sequence[Item]) -> bool:
    return any(start <= other.start and other.end <= end for other in items if other.named and other is not item)


def passive(cues: Sequence[Placed]) -> list[Placed]:
    """The cues behind a subject up to the first that settles what is done with it; none where they speak of others."""
    taken: list[Placed] = []
    if (
        len(cues) > 1
        and cues[0].cue.form == "past"
        and cues[0].before not in _HAVE
        and any(cue.before in _HAVE for cue in cues[1:])
    ):
        cues = cues[1:]  # "The Patriots promised in May have arrived."
    for cue in cues:
        kind, form = cue.cue.kind, cue.cue.form
        taken.append(cue)
        if kind is Kind.ARRIVE or (kind is Kind.STOP and form == "noun"):
            return taken
        if kind in _LEADING:
            continue
        if kind in {Kind.USE, Kind.GET} and cue.before not in _HAVE:
            return []  # Air defence "shot down" what it did; it was not shot down.
        if (
            form == "past"
            or (kind in {Kind.WEIGH, Kind.PROMISE} and form == "plain")
            or (form == "ing" and cue.before in {"being", "is", "are"})
        ):
            return taken
        return []
    return []
