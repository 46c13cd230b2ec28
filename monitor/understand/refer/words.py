"""The words of a document with their places: what phrases are found on. Pure."""

import re
from bisect import bisect_left
from typing import NamedTuple

from monitor.understand import lexicon
from monitor.understand.names import remembering

_WORD = re.compile(r"\w+(?:[-'’&.]\w+)*")
_APOSTROPHES = frozenset({"'", "’"})
_PLURAL_POSSESSIVES = frozenset({"' ", "’ "})
_CLOSE = frozenset({" ", "-", "/", "' ", "’ "})
_STOPS = frozenset({". ", "."})


class Word(NamedTuple):
    """One word; ``low`` is in small letters and without a possessive ending."""

    start: int
    end: int
    text: str
    low: str
    possessive: bool

    @property
    def capital(self) -> bool:
        """It begins with a capital letter."""
        return self.text[0].isupper()


class Words:
    """All words of one document, by number."""

    def __init__(self, document: str) -> None:
        self.document = document
        self.all = _read(document)
        self.lows = [word.low for word in self.all]
        self._starts = [word.start for word in self.all]

    def __len__(self) -> int:
        return len(self.all)

    def __getitem__(self, number: int) -> Word:
        return self.all[number]

    def number_from(self, place: int) -> int:
        """The number of the first word that starts at or behind ``place``."""
        return bisect_left(self._starts, place)

    def between(self, start: int, end: int) -> range:
        """The numbers of the words that start in ``start:end``."""
        return range(bisect_left(self._starts, start), bisect_left(self._starts, end))

    def gap(self, number: int) -> str:
        """What stands between word ``number`` and the next one."""
        return self.document[self.all[number].end : self.all[number + 1].start]

    def spaced(self, number: int) -> bool:
        """Whether nothing but a space stands between word ``number`` and the next one."""
        return number + 1 < len(self.all) and self.gap(number) == " "

    def close(self, number: int) -> bool:
        """Whether the next word may belong to one phrase with word ``number``: "U.S. envoy", "Ukraine's envoy"."""
        if number + 1 >= len(self.all):
            return False
        gap = self.gap(number)
        return gap in _CLOSE or (gap in _STOPS and _takes_stop(self.all[number].text))


def _takes_stop(text: str) -> bool:
    return len(text) <= 2 or "." in text or text in lexicon.ABBREVIATED


def _read(document: str) -> list[Word]:
    found = []
    for match in _WORD.finditer(document):
        start, end = match.span()
        text = match.group()
        low, possessive, plural = _lowered(text)
        if plural:
            possessive = document[end : end + 2] in _PLURAL_POSSESSIVES
        found.append(Word(start, end, text, low, possessive))
    return found


@remembering
def _lowered(text: str) -> tuple[str, bool, bool]:
    """In small letters without "'s"; whether that stood there; whether an apostrophe alone may follow."""
    low = text.lower()
    if low[-1] != "s":
        return low, False, False
    possessive = low[-2:-1] in _APOSTROPHES and len(low) > 2
    return (low[:-2], True, False) if possessive else (low, False, True)
