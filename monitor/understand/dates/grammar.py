"""Expressions of time as patterns over kinds of words: which words of a text tell a time together. Pure.

A pattern is a regular expression whose letters are the names of ``words.LETTERS``; each reads a bounded number of
words. The first rule that fits at a place wins, so longer forms stand before what they contain.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.understand.dates.words import LETTERS, OTHER, Words

_PARTS = {
    "DAY": "(number|ordinal)",
    "JOIN": "(dash|to|until|and|or)",
    "YEAR": "(comma? year)",
    "EDGE": "(early (in|dash)?|bound of)",
    "SHIFT": "(last|next|this|same)",
    "AMOUNT": "(number|count|few|one|half)",
    "QUANTITY": "(half one | about{0,3} one? AMOUNT of? ((or|to|dash|and) one? AMOUNT)?)",
    "PERIOD": "(unit|weekend|quarter|half)",
}
_RULES = {
    "iso": "iso",
    "numeric": "numeric",
    "month_days": "(from|between)? (weekday comma?)? month DAY JOIN DAY YEAR? (?! month | dash? unit)",
    "days_month": "(from|between)? DAY JOIN the? DAY of? month YEAR?",
    "date": "weekday open (month DAY | DAY month) YEAR? close"
    "| (weekday comma?)? month the? DAY (?! dash unit) YEAR?"
    "| (weekday comma? the?)? DAY of? month YEAR?",
    "slice": "the? (ordinal|last) PERIOD (of|in) (month YEAR? | the? year | the? SHIFT? unit | month of? SHIFT unit)",
    "month": "EDGE? (last|next|this)? month ((comma|of)? year | of? SHIFT unit)?",
    "weekday_of_week": "((early|later) on?)? weekday part? of? the? SHIFT unit"
    "| SHIFT unit (on|possessive)? weekday part?",
    "count_from": "QUANTITY unit from (weekday | deictic | now | month DAY)",
    "weekday": "((early|later) on?)? (this? (last|next)|this)? weekday part?"
    "| deictic (on|from|to)? weekday",
    "deictic": "(early|later)? deictic part? | the unit (before|after) deictic",
    "ago": "QUANTITY? unit ago | one unit and one half ago",
    "stretch": "(within|over|in|from)? the? (last|next) QUANTITY unit",
    "part": "(early|later)? (last|this|same) part | the (last|next) part | the part before",
    "slice_of_unit": "(the? bound of|(early|later) (in|dash)?) (the|SHIFT) (last|next|this)? (unit|weekend|season)",
    "unit": "the? (this? (last|next)|this|same|recent) (unit|weekend)",
    "weekend": "(the|one) weekend | on weekend",
    "echo": "QUANTITY? unit (later|before|after) | the unit (before|after)",
    "in_count": "(in|within) QUANTITY? unit",
    "season": "EDGE? the? (last|next|this)? season (of? year | of? SHIFT unit)?",
    "quarter": "the? ordinal (quarter|half) (of|comma)? year",
    "decade": "EDGE? the? decade",
    "year": "EDGE? year",
    "day_of_month": "the ordinal (of (the|SHIFT) unit)?",
    "holiday": "holiday",
    "clock": "clock zone?",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words ``first`` up to ``after`` of a text, and the rule that they fit."""

    rule: str
    words: Words
    first: int
    after: int

    @property
    def kinds(self) -> str:
        """The letters of its words."""
        return self.words.kinds[self.first : self.after]

    def has(self, kind: str) -> bool:
        """Whether a word of that kind is in it."""
        return LETTERS[kind] in self.kinds

    def word(self, kind: str, *, last: bool = False) -> str:
        """Its first (or last) word of a kind, in small letters, without a full stop; empty when it has none."""
        at = self.kinds.rfind(LETTERS[kind]) if last else self.kinds.find(LETTERS[kind])
        return "" if at < 0 else self.words.words[self.first + at].rstrip(".")

    def before(self, back: int = 1) -> str:
        """The word before it, or the one before that; empty where the text begins."""
        at = self.first - back
        return self.words.words[at] if at >= 0 else ""

    def next_word(self, on: int = 0) -> str:
        """The word after it."""
        at = self.after + on
        return self.words.words[at] if at < len(self.words) else ""


def _compiled() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{_in_letters(pattern)})" for name, pattern in _RULES.items()))


def _in_letters(pattern: str) -> str:
    for part, meaning in reversed(_PARTS.items()):
        pattern = re.sub(rf"\b{part}\b", meaning, pattern)
    letters = re.sub(r"[a-z_]+", lambda name: re.escape(LETTERS[name.group()]), pattern)
    return re.sub(r"\((?!\?)", "(?:", letters.replace(" ", ""))


_GRAMMAR = _compiled()


# Stretches of words that could belong to a time, with at least one that does.
_ISLAND = re.compile(rf"[^{re.escape(OTHER)}]+")
_CORE = frozenset(LETTERS[kind] for kind in (
    "weekday", "month", "unit", "weekend", "season", "part", "deictic", "holiday", "year", "decade", "iso", "numeric",
    "clock", "ordinal",
))  # fmt: skip


def phrases(words: Words) -> Iterator[Phrase]:
    """Every place that fits a rule, from left to right, without overlap."""
    for island in _ISLAND.finditer(words.kinds):
        if _CORE.isdisjoint(island.group()):
            continue
        for hit in _GRAMMAR.finditer(words.kinds, *island.span()):
            yield Phrase(rule=str(hit.lastgroup), words=words, first=hit.start(), after=hit.end())
