"""Past or future? What the verbs around an expression of time say. Pure.

The nearest verb to the left governs a time ("said on Monday", "will meet on Friday"); a time that opens its clause, or
describes a noun, is governed by the verb that follows ("On Friday, he will", "Friday's summit was").
"""

from bisect import bisect_left
from datetime import date
from functools import cached_property

from monitor.records.findings import When
from monitor.understand.dates.verbs import (
    ARTICLES,
    FUTURE,
    LEADS,
    LIKELY,
    OPEN,
    PAST,
    PLANNING,
    PRESENT,
    ahead,
    infinitive,
    may_be_verb,
    verb,
    was,
)
from monitor.understand.dates.words import LETTERS, Words

# What may stand between a time and the words that govern it: "on", "by the", "as early as".
_LEADING = frozenset(LETTERS[kind] for kind in ("on", "in", "at", "by", "until", "the", "early", "from"))
_EVENTS = frozenset(
    "talks meeting meetings summit call calls visit trip negotiations round session conference vote deadline election "
    "elections".split()
)
_BEHIND = frozenset({"after", "following", "since", "follows", "followed"})
_STOPS = frozenset("!?;:\n")
# So far a governing verb may stand from its time, in words.
_REACH = 24
_SIGNS = _BEHIND | _STOPS | LEADS | PLANNING | {"before", "until", "ahead"}


def ordered(when: When | None, verbs: str, today: date | None) -> str:
    """A mention's tense: by the order of its days and the day of writing; by the verbs where that is among them."""
    if when is None or today is None or when.start <= today <= when.end:
        return {OPEN: PRESENT, LIKELY: FUTURE}.get(verbs, verbs)
    return PAST if when.end < today else FUTURE


class Tenses:
    """The tenses at places of one sentence; its words are looked at once, however many times it tells."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def at(self, first: int, after: int) -> str:
        """What the sentence's verbs say of the time at words ``first`` to ``after``."""
        words, start = self._words, first
        while start and (words.kinds[start - 1] in _LEADING or words.words[start - 1] == "as"):
            start -= 1
        told = _cue(words, start)
        if told is not None:
            return told
        if start == 0 or words.words[start - 1] in {",", "and", "but"} or _describes(words, first, after):
            return self._right(after) or self._left(start) or OPEN
        told = self._left(start)
        return (self._right(after) if told is None else told) or OPEN

    @cached_property
    def _verbs(self) -> dict[int, str | None]:
        """Words that say something of the tense, by their places; None for those that only lead or stop."""
        words, found = self._words, dict[int, str | None]()
        for place, word in enumerate(words.words):
            told = verb(words, place) if may_be_verb(word) else None
            if told is not None or word in _SIGNS or (word == "to" and infinitive(words, place)):
                found[place] = told
        return found

    @cached_property
    def _places(self) -> list[int]:
        return list(self._verbs)

    def _left(self, start: int) -> str | None:
        """The tense of the nearest verb before a time."""
        words, toward, before = self._words, False, False
        last = bisect_left(self._places, start)
        for place in self._places[bisect_left(self._places, start - _REACH) : last][::-1]:
            word = words.words[place]
            if word in _STOPS:
                break
            if word in _BEHIND and place < start - 1:
                return PAST
            if word in {"before", "until"} or (word == "ahead" and words.words[place + 1 : place + 2] == ["of"]):
                # "Spoke before Friday" tells no more than that; "will not come before Friday" does.
                before = True
            elif infinitive(words, place):
                toward = True
            elif not (place and infinitive(words, place - 1)):
                told = _governing(words, place, self._verbs[place], toward=toward)
                if told is not None:
                    return OPEN if before and told != FUTURE else told
        return OPEN if before else LIKELY if toward else None

    def _right(self, after: int) -> str | None:
        """The tense of the nearest verb after a time."""
        first = bisect_left(self._places, after)
        for place in self._places[first : bisect_left(self._places, after + _REACH)]:
            word, told = self._words.words[place], self._verbs[place]
            if word in _STOPS:
                return None
            if infinitive(self._words, place):
                return FUTURE
            if told is not None:
                return OPEN if word in {"was", "were"} and ahead(self._words, place) else told
        return None


def _cue(words: Words, start: int) -> str | None:
    """What the words right before a time settle: since; planned for."""
    word = words.words[start - 1] if start else ""
    if word == "since":
        return PAST
    if word in {"upcoming", "forthcoming"}:
        return FUTURE
    if word in {"for", "to"} and start > 1 and words.words[start - 2] in LEADS:
        return OPEN if was(words, start - 2) else FUTURE
    return None


def _describes(words: Words, first: int, after: int) -> bool:
    """Whether the time describes what follows: Friday's summit, the Monday talks."""
    before, following = words.words[first - 1 : first], words.words[after : after + 1]
    possessive = words.kinds[after : after + 1] == LETTERS["possessive"]
    return possessive or not ARTICLES.isdisjoint(before) or not _EVENTS.isdisjoint(following)


def _governing(words: Words, place: int, told: str | None, *, toward: bool) -> str | None:
    """What the verb at ``place`` says of a time after it, with an infinitive between (``toward``) or without."""
    word = words.words[place]
    leads = word in LEADS
    if (toward and leads and not word.endswith("ed")) or word in PLANNING:
        return OPEN if was(words, place) else LIKELY
    if told is None or not toward:
        return told
    if word in {"was", "were"} or (leads and told == PAST):
        # "Agreed to meet on Friday": the agreement or the meeting.
        return OPEN
    # "Flew to meet" is past, "has to meet" is not.
    return FUTURE if leads or word in {"is", "are", "has", "have"} else told
