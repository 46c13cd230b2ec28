"""What an expression of time says, before anybody knows which day it is, and how its words are picked. Pure."""

from dataclasses import dataclass

from monitor.understand.dates.grammar import Phrase
from monitor.understand.dates.words import COUNT_OF, LETTERS, ORDINAL_OF, UNIT_OF


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An expression's meaning; ``kind`` says how it is resolved, and what of the rest counts."""

    kind: str
    year: int = 0
    month: int = 0
    day: int = 0
    last_day: int = 0
    """Of a range within a month."""
    weekday: int = -1
    unit: str = ""
    count: float = 0
    """How many units; negative ones lie before."""
    vague: bool = False
    """An amount nobody counted: a few, several, days."""
    steps: int | None = None
    """-1 for last, 0 for this, 1 for next; None when it does not say."""
    strict: bool = False
    """Never the present day: past Friday, coming Friday."""
    part: str = ""
    """``early``, ``mid``, ``late``, ``start``, ``end``; ``before`` or ``after`` the present moment."""


_BOUNDS = {"beginning": "start", "start": "start", "turn": "start", "end": "end", "close": "end", "middle": "mid"}
_STEPS = {"last": -1, "past": -1, "previous": -1, "preceding": -1, "this": 0, "current": 0}
ECHOING = frozenset({"previous", "preceding", "following", "same", "that"})


def number(word: str) -> int:
    """The number that a word names; 0 when it names none."""
    digits = word.rstrip("stndrh")
    if digits.isdecimal() and len(digits) <= 4:
        return int(digits)
    return COUNT_OF.get(word) or ORDINAL_OF.get(word) or 0


def days_in(phrase: Phrase) -> list[int]:
    """Days of a month among its words."""
    found = [
        number(phrase.words.words[phrase.first + at])
        for at, kind in enumerate(phrase.kinds)
        if kind in (LETTERS["number"], LETTERS["ordinal"])
    ]
    return [day for day in found if 1 <= day <= 31]


def year_in(phrase: Phrase) -> int:
    """The year among its words, or 0."""
    return number(phrase.word("year"))


def edge_of(phrase: Phrase) -> str:
    """Which part of something longer it means; empty for the whole."""
    word = phrase.word("bound")
    return _BOUNDS[word] if word else phrase.word("early")


def steps_of(phrase: Phrase) -> int | None:
    """-1 for last, 0 for this, 1 for next; None when it does not say."""
    if phrase.has("next"):
        return 1
    return _STEPS.get(phrase.word("last") or phrase.word("this"))


def counted_unit(phrase: Phrase) -> str:
    """The unit after an amount, in the singular: of a year and a half, the year."""
    return UNIT_OF.get(phrase.word("unit"), "")


def unit_of(phrase: Phrase) -> str:
    """The unit that it counts in, in the singular."""
    for kind in ("weekend", "quarter", "half"):
        if phrase.has(kind):
            return kind
    return counted_unit(phrase)


def at_end(phrase: Phrase) -> bool:
    """Whether no word follows, only a mark or nothing."""
    following = phrase.next_word()
    return not following or not following[0].isalnum()
