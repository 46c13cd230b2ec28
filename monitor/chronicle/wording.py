"""Are two wordings one statement? Outlets shorten, and translate in their own words. Pure.

Sets of stems and runs of words, no edit distance: where rapidfuzz finds paraphrases, it takes "we will send" and "we
will not send" for the same as well.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from monitor.text import words

_STOP = frozenset(
    "a about after again all also am an and any are as at be because been before being but by can could did do does "
    "don for from had has have he her here him his how i if in into is it its itself just like ll me more most my "
    "myself of on only or our out over own re s said say says she should so some such t than that the their them then "
    "there these they this those through to too up us ve very was we were what when where which while who whom whose "
    "why will with would you your".split()
)
_NOT = frozenset("not no never nothing none nobody neither nor cannot without t".split())
_STEM = 5
_LONGEST = 400
"""Words that are looked at: an utterance is longer only where quotation marks went astray."""
CONTENT = 2
"""A shortened quotation has at least so many words that mean something, all in a row."""
_CUT = 4
"""Or so many words in a row, whatever they mean."""
_RUN, _COVERED = 4, 0.6
"""Runs of so many words that both have make up so much of the shorter."""
_LIKE, _SHARED = 0.6, 4
"""Of the shorter's stems so many are shared, and at least so many in number."""
_LIKE_REPORTED = 0.75
_WHOLE = 0.7
"""Wordings whose lengths differ more cannot be compared by what only one of them denies."""
_FAR_CUT = 8
"""Words in a row that make a quotation the same after days."""


class Likeness(IntEnum):
    """How two wordings relate."""

    OTHER = 0
    PARAPHRASE = 1
    CUT = 2
    SAME = 3


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording, taken apart."""

    row: tuple[str, ...]
    spaced: str
    stems: frozenset[str]
    numbers: frozenset[str]
    denies: bool


@lru_cache(maxsize=4_096)
def read(text: str) -> Wording:
    """``text`` taken apart."""
    row = tuple(words(text.replace("’", "'"))[:_LONGEST])
    return Wording(
        row=row,
        spaced=f" {' '.join(row)} ",
        stems=frozenset(_stem(word) for word in row if word not in _STOP and word not in _NOT),
        numbers=frozenset(word for word in row if word[0].isdigit()),
        denies=not _NOT.isdisjoint(row),
    )


def _stem(word: str) -> str:
    return word.rstrip("s")[:_STEM] if word.isalpha() else word


def length(text: str) -> int:
    """How many words it has."""
    return len(read(text).row)


def alike(first: str, second: str, *, reported: bool = False) -> Likeness:
    """How two wordings relate; with ``reported`` one of them is in a writer's words, and more must be the same."""
    shorter, longer = sorted((read(first), read(second)), key=lambda wording: len(wording.row))
    if shorter.row == longer.row:
        return Likeness.SAME if shorter.row else Likeness.OTHER
    if (len(shorter.stems) >= CONTENT or len(shorter.row) >= _CUT) and shorter.spaced in longer.spaced:
        return Likeness.CUT
    if _against(shorter, longer):
        return Likeness.OTHER
    if _covered(shorter, longer) >= _COVERED:
        return Likeness.PARAPHRASE
    shared = len(shorter.stems & longer.stems)
    fewest = min(len(shorter.stems), len(longer.stems))
    if shared < _SHARED or shared < (_LIKE_REPORTED if reported else _LIKE) * fewest:
        return Likeness.OTHER
    return Likeness.PARAPHRASE


def close_enough(first: str, second: str, *, apart: int, reported: bool = False) -> float:
    """How surely two wordings of one speaker, told ``apart`` days from each other, are one statement; 0 if not."""
    likeness = alike(first, second, reported=reported)
    fewest = min(length(first), length(second))
    if reported and likeness is Likeness.CUT and min(len(read(first).stems), len(read(second).stems)) <= CONTENT:
        # Two words in somebody's mouth may stand in any writer's sentence.
        return 0.0
    if likeness is Likeness.OTHER or (apart > 1 and (likeness is Likeness.PARAPHRASE or fewest < _FAR_CUT)):
        return 0.0
    return likeness + fewest / (fewest + 20) - 0.01 * apart


def _covered(shorter: Wording, longer: Wording) -> float:
    """How much of the shorter stands in runs that the longer has as well."""
    runs = {longer.row[place : place + _RUN] for place in range(len(longer.row) - _RUN + 1)}
    covered: set[int] = set()
    for place in range(len(shorter.row) - _RUN + 1):
        if shorter.row[place : place + _RUN] in runs:
            covered.update(range(place, place + _RUN))
    return len(covered) / max(1, len(shorter.row))


def _against(shorter: Wording, longer: Wording) -> bool:
    """Whether one denies what the other says, or gives other numbers."""
    if len(shorter.row) >= _WHOLE * len(longer.row) and shorter.denies != longer.denies:
        return True
    return bool(shorter.numbers and longer.numbers) and not (
        shorter.numbers <= longer.numbers or longer.numbers <= shorter.numbers
    )
