"""How a text became another, in pieces that a person can read: paired by sentences, then compared by words. Pure.

White space alone is no difference. The pieces that are not ``removed``, in a row, are the new text; those that are not
``added`` are the old one, but for its white space.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from monitor.records.versions import Piece, PieceKind
from monitor.text import sentences, words

# Words with what precedes them; each mark on its own, so that a comma is no new word.
_TOKEN = re.compile(r"\s*(?:\w+(?:[.,’'\-]\w+)*|[^\w\s])|\s+\Z")
# Sentences that share less are two sentences, not one that was edited.
_ALIKE = 0.5
# Above these sizes an exact answer would take seconds: sentences are then not paired, words not compared.
_MOST_PAIRS = 40_000
_MOST_WORDS = 600
# An unchanged stretch of so few letters between two changes is read over: the changes become one.
_BRIDGE = 3
CONTEXT = 90
"""Characters of an unchanged stretch that are shown beside a change."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence or word with the white space before it."""

    text: str
    key: str


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """How ``old`` became ``new``."""
    before, after = _sentences(old), _sentences(new)
    found: list[Piece] = []
    for tag, a, b in _blocks(before, after):
        found += [Piece(kind=PieceKind.SAME, text=_text(b))] if tag == "equal" else _paired(a, b)
    return tuple(_joined(found))


def folded(parts: Sequence[Piece], *, context: int = CONTEXT) -> tuple[Piece, ...]:
    """``parts`` with long unchanged stretches folded but for ``context`` characters beside each change."""
    found: list[Piece] = []
    for place, part in enumerate(parts):
        head = context if place > 0 else 0
        tail = context if place < len(parts) - 1 else 0
        if part.kind is PieceKind.SAME and len(part.text) > 2 * context + head + tail:
            found += _fold(part.text, head, tail)
        else:
            found.append(part)
    return tuple(found)


def _fold(text: str, head: int, tail: int) -> Iterator[Piece]:
    """The ends of ``text`` around what is folded, cut between words."""
    start = max(text.rfind(" ", 0, head), text.rfind("\n", 0, head), 0) if head else 0
    after = [place for mark in " \n" if (place := text.find(mark, len(text) - tail)) >= 0] if tail else []
    end = min(after, default=len(text))
    for kind, part in (
        (PieceKind.SAME, text[:start]),
        (PieceKind.FOLDED, text[start:end]),
        (PieceKind.SAME, text[end:]),
    ):
        if part:
            yield Piece(kind=kind, text=part)


def _sentences(text: str) -> list[_Unit]:
    units, start = [], 0
    for _, end in sentences(text):
        units.append(_unit(text[start:end]))
        start = end
    return units + ([_unit(text[start:])] if text[start:] else [])


def _unit(text: str) -> _Unit:
    return _Unit(text, " ".join(text.split()))


def _words(units: Sequence[_Unit]) -> list[_Unit]:
    return [_Unit(found, found.strip()) for unit in units for found in _TOKEN.findall(unit.text)]


def _text(units: Sequence[_Unit]) -> str:
    return "".join(unit.text for unit in units)


def _blocks(a: Sequence[_Unit], b: Sequence[_Unit]) -> Iterator[tuple[str, Sequence[_Unit], Sequence[_Unit]]]:
    # In long texts what is there again and again (difflib's "popular") starts no match: that would take minutes.
    matcher = SequenceMatcher(None, [unit.key for unit in a], [unit.key for unit in b])
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        yield tag, a[start:end], b[other_start:other_end]


def _paired(a: Sequence[_Unit], b: Sequence[_Unit]) -> Iterator[Piece]:
    """The pieces of a stretch without an equal sentence: those that are alike are compared by words."""
    done, other_done = 0, 0
    for place, other in _pairs(a, b):
        yield from _replaced(_text(a[done:place]), _text(b[other_done:other]))
        yield from _compared([a[place]], [b[other]])
        done, other_done = place + 1, other + 1
    yield from _replaced(_text(a[done:]), _text(b[other_done:]))


def _pairs(a: Sequence[_Unit], b: Sequence[_Unit]) -> list[tuple[int, int]]:
    """Places of the sentences that were edited, in order in both: the pairing with the most words in common."""
    if len(a) * len(b) > _MOST_PAIRS:
        return []
    bags, others = ([Counter(words(unit.key)) for unit in units] for units in (a, b))
    # best[i][j]: the most that the sentences from i and j on can have in common.
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            alike = _alike(bags[i], others[j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], alike + best[i + 1][j + 1] if alike else 0.0)
    return list(_walk(best, bags, others))


def _walk(best: list[list[float]], a: Sequence[Counter[str]], b: Sequence[Counter[str]]) -> Iterator[tuple[int, int]]:
    i = j = 0
    while i < len(a) and j < len(b):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            yield i, j
            i, j = i + 1, j + 1


def _alike(a: Counter[str], b: Counter[str]) -> float:
    """How much two sentences share, 0 when too little to be one."""
    total = a.total() + b.total()
    share = 2 * (a & b).total() / total if total else 0.0
    return share if share >= _ALIKE else 0.0


def _compared(a: Sequence[_Unit], b: Sequence[_Unit]) -> Iterator[Piece]:
    """The pieces of one sentence that was edited."""
    old, new = _words(a), _words(b)
    if max(len(old), len(new)) > _MOST_WORDS:
        yield from _replaced(_text(a), _text(b))
        return
    blocks = list(_blocks(old, new))
    tags = ["", *(tag for tag, _, _ in blocks), ""]
    for place, (tag, before, after) in enumerate(blocks):
        between = tags[place] == tags[place + 2] == "replace"
        if tag == "equal" and not (between and sum(len(word.key) for word in after) <= _BRIDGE):
            yield Piece(kind=PieceKind.SAME, text=_text(after))
        else:
            yield from _replaced(_text(before), _text(after))


def _replaced(old: str, new: str) -> Iterator[Piece]:
    yield Piece(kind=PieceKind.REMOVED, text=old)
    yield Piece(kind=PieceKind.ADDED, text=new)


def _joined(parts: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbours of a kind in one piece; in a changed stretch all that was removed before all that was added."""
    for same, group in groupby((part for part in parts if part.text), key=lambda part: part.kind is PieceKind.SAME):
        stretch = list(group)
        removed, added = (
            "".join(part.text for part in stretch if part.kind is not kind)
            for kind in (PieceKind.ADDED, PieceKind.REMOVED)
        )
        if same or removed.split() == added.split():
            joined = [Piece(kind=PieceKind.SAME, text=added)]
        else:
            joined = [Piece(kind=PieceKind.REMOVED, text=removed), Piece(kind=PieceKind.ADDED, text=added)]
        yield from (part for part in joined if part.text)
