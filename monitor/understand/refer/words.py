"""The words of a document with their places: what phrases are found on. Pure."""

import re
from bisect import bisect_left
from typing import NamedTuple

from monitor.understand import lexicon
from monitor.understand.names import LONGEST_REMEMBERED, REMEMBERED

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
    """All words of one document, by number: lists of one length, for objects would cost more than all else."""

    def __init__(self, document: str) -> None:
        self.document = document
        spans = [match.span() for match in _WORD.finditer(document)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        self.texts = [document[start:end] for start, end in spans]
        told = [_LOWERED[text] for text in self.texts]
        self.lows = [low for low, _, _ in told]
        """In small letters, without a possessive ending."""
        self.possessives = [
            document[end : end + 2] in _PLURAL_POSSESSIVES if plural else possessive
            for end, (_, possessive, plural) in zip(self.ends, told, strict=True)
        ]

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, number: int) -> Word:
        return Word(
            self.starts[number], self.ends[number], self.texts[number], self.lows[number], self.possessives[number]
        )

    def number_from(self, place: int) -> int:
        """The number of the first word that starts at or behind ``place``."""
        return bisect_left(self.starts, place)

    def between(self, start: int, end: int) -> range:
        """The numbers of the words that start in ``start:end``."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))

    def is_capital(self, number: int) -> bool:
        """Whether word ``number`` begins with a capital letter."""
        return self.texts[number][0].isupper()

    def gap(self, number: int) -> str:
        """What stands between word ``number`` and the next one."""
        return self.document[self.ends[number] : self.starts[number + 1]]

    def spaced(self, number: int) -> bool:
        """Whether nothing but a space stands between word ``number`` and the next one."""
        return number + 1 < len(self.starts) and self.gap(number) == " "

    def close(self, number: int) -> bool:
        """Whether the next word may belong to one phrase with word ``number``: "U.S. envoy", "Ukraine's envoy"."""
        if number + 1 >= len(self.starts):
            return False
        gap = self.document[self.ends[number] : self.starts[number + 1]]
        return gap in _CLOSE or (gap in _STOPS and _takes_stop(self.texts[number]))


def _takes_stop(text: str) -> bool:
    return len(text) <= 2 or "." in text or text in lexicon.ABBREVIATED


class _Lowered(dict[str, tuple[str, bool, bool]]):
    """Words in small letters without "'s"; whether that stood there; whether an apostrophe alone may follow.

    A dictionary that fills itself: most words of a text have been seen, and a look-up costs a fifth of a call.
    """

    def __missing__(self, text: str) -> tuple[str, bool, bool]:
        told = _lowered(text)
        if len(text) <= LONGEST_REMEMBERED:
            if len(self) >= REMEMBERED:
                self.clear()
            self[text] = told
        return told


_LOWERED = _Lowered()


def _lowered(text: str) -> tuple[str, bool, bool]:
    low = text.lower()
    if low[-1] != "s":
        return low, False, False
    possessive = low[-2:-1] in _APOSTROPHES and len(low) > 2
    return (low[:-2], True, False) if possessive else (low, False, True)
