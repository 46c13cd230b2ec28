"""A document's words in place: one pass, so that everything else is a look-up. Pure."""

import re
from bisect import bisect_left
from typing import NamedTuple

_WORD = re.compile(r"[UE]\.[SKNU]\.(?:A\.)?(?:-[^\W_]+)*|[^\W_]+(?:-[^\W_]+)*")


class Word(NamedTuple):
    """One word; hyphens stay inside, possessives do not."""

    start: int
    end: int
    text: str
    small: str


class Words:
    """All words of a document in order, as four lists of one length: objects would cost more than all else."""

    def __init__(self, document: str) -> None:
        spans = [found.span() for found in _WORD.finditer(document)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        self.texts = [document[start:end] for start, end in spans]
        self.smalls = [text.lower() for text in self.texts]
        self.capitals = [number for number, text in enumerate(self.texts) if text[0].isupper()]
        """The numbers of the words that begin with a capital."""

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, number: int) -> Word:
        return Word(self.starts[number], self.ends[number], self.texts[number], self.smalls[number])

    def before(self, place: int, count: int) -> list[Word]:
        """The ``count`` words before ``place``, in order of text."""
        at = bisect_left(self.starts, place)
        return [self[number] for number in range(max(0, at - count), at)]

    def after(self, place: int, count: int) -> list[Word]:
        """The ``count`` words from ``place`` on."""
        at = bisect_left(self.starts, place)
        return [self[number] for number in range(at, min(at + count, len(self)))]
