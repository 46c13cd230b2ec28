"""Quotation marks: which words of a document stand between them. Pure, one pass, and patient with careless marks.

A paragraph is one line. Marks are paired within it, by their shape and by what stands beside them, because feeds mix
straight and curly marks, turn curly ones round, and forget every tenth one. Only the outermost pair counts.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DOUBLE = re.compile(r"[\"“”„‟«»〝〞＂]|``|''")
_SINGLE = re.compile(r"['‘’‚‛‹›]")
_LINE = re.compile(r"[^\n]+")
_OPENING_SHAPES = frozenset(("“", "„", "‟", "«", "``", "〝", "‘", "‚", "‛", "‹"))
_CLOSING_SHAPES = frozenset(("”", "»", "''", "〞", "›"))
_BEFORE_OPENING = frozenset(" \t([{—–-:;,/…")
# Words that begin with an apostrophe, and what is left of a possessive that a feed tore off its noun.
_ELISION = re.compile(
    r".(?:(?:em|n|til|tis|twas|twill|cause|bout|cos|round|s|t|re|ve|ll|d|m)\b|\d\ds\b)", re.IGNORECASE
)
_FURTHEST_SINGLE = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Words in quotation marks. ``start:end`` lies between the marks, ``outer_start:outer_end`` includes them."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    single: bool = False
    closed: bool = True
    goes_on: bool = False
    """No closing mark, because the next paragraph opens with a mark again: the custom for long quotations."""


def marked(document: str) -> tuple[Marked, ...]:
    """Everything in quotation marks, in order and without overlap; what nobody closes runs to its line's end."""
    lines = [found.span() for found in _LINE.finditer(document)]
    found: list[Marked] = []
    for number, (start, end) in enumerate(lines):
        following = document[lines[number + 1][0] : lines[number + 1][1]] if number + 1 < len(lines) else ""
        found += _in_line(document, start, end, _opens_line(following))
    return tuple(found)


class Within:
    """Asks of a place whether it stands in quotation marks."""

    def __init__(self, pieces: Sequence[Marked]) -> None:
        self.pieces = tuple(pieces)
        self._starts = [piece.outer_start for piece in self.pieces]

    def piece_at(self, place: int) -> Marked | None:
        """The piece whose marks or words hold ``place``."""
        at = bisect_right(self._starts, place) - 1
        return self.pieces[at] if at >= 0 and place < self.pieces[at].outer_end else None

    def last_before(self, place: int) -> Marked | None:
        """The last piece that begins before ``place``."""
        number = self.number_from(place)
        return self.pieces[number - 1] if number else None

    def number_from(self, place: int) -> int:
        """How many pieces begin before ``place``."""
        return bisect_right(self._starts, place - 1)

    def __contains__(self, place: int) -> bool:
        return self.piece_at(place) is not None


def _opens_line(line: str) -> bool:
    line = line.lstrip()
    return bool(line) and (_DOUBLE.match(line) is not None)


def _in_line(document: str, start: int, end: int, line_after_opens: bool) -> Iterator[Marked]:
    pairs, left_open = _double_pairs(document, start, end)
    if left_open is not None:
        opened, width = left_open
        inner = opened + width
        pairs.append(_piece(document, opened, inner, end, end, closed=False, goes_on=line_after_opens))
    yield from _with_singles(document, start, end, pairs)


def _double_pairs(document: str, start: int, end: int) -> tuple[list[Marked], tuple[int, int] | None]:
    """Pairs of double marks in a line, and the place and width of a last one that nothing closes."""
    pairs: list[Marked] = []
    opened: tuple[int, int] | None = None
    for mark in _DOUBLE.finditer(document, start, end):
        role = _role(document, mark, start, end, is_open=opened is not None)
        if role == "open":
            # One that was open before has lost its closing mark: nobody knows where its words end.
            opened = (mark.start(), mark.end() - mark.start())
        elif role == "close" and opened is not None:
            pairs.append(_piece(document, opened[0], sum(opened), mark.start(), mark.end()))
            opened = None
    return pairs, opened


def _role(document: str, mark: re.Match[str], start: int, end: int, *, is_open: bool) -> str:
    before = document[mark.start() - 1] if mark.start() > start else " "
    after = document[mark.end()] if mark.end() < end else " "
    left_free, right_free = before in _BEFORE_OPENING or before in "'‘’“\"", not _is_word(after)
    shape = mark.group()
    if is_open:
        opens_anew = before in " \t(" and not after.isspace() and (not right_free) and shape not in _CLOSING_SHAPES
        return "open" if opens_anew else "close"
    if shape in _CLOSING_SHAPES:
        return "open" if left_free and not right_free and before != "-" else "stray"
    if shape in _OPENING_SHAPES:
        return "open" if left_free or not after.isspace() else "stray"
    return "open" if left_free and not after.isspace() else "stray"


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "$£€[(…'‘’“.#@*"


def _piece(
    document: str,
    opened: int,
    inner: int,
    inner_end: int,
    closed_at: int,
    *,
    closed: bool = True,
    goes_on: bool = False,
) -> Marked:
    start, end = inner, inner_end
    while start < end and document[start].isspace():
        start += 1
    while end > start and document[end - 1].isspace():
        end -= 1
    return Marked(start=start, end=end, outer_start=opened, outer_end=closed_at, closed=closed, goes_on=goes_on)


def _with_singles(document: str, start: int, end: int, doubles: list[Marked]) -> Iterator[Marked]:
    """Double pairs and, between or around them, single ones; the outer pair swallows the inner."""
    free_from, number = start, 0
    for opening, closing in _single_pairs(document, start, end):
        while number < len(doubles) and doubles[number].outer_end <= opening:
            if doubles[number].outer_start >= free_from:
                yield doubles[number]
                free_from = doubles[number].outer_end
            number += 1
        inside = number < len(doubles) and doubles[number].outer_start < opening
        cuts = any(piece.outer_start <= closing < piece.outer_end for piece in doubles[number : number + 8])
        if opening < free_from or inside or cuts:
            continue
        single = _piece(document, opening, opening + 1, closing, closing + 1)
        yield Marked(start=single.start, end=single.end, outer_start=opening, outer_end=closing + 1, single=True)
        free_from = closing + 1
    for piece in doubles[number:]:
        if piece.outer_start >= free_from:
            yield piece


def _single_pairs(document: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Opening and closing places of single marks in a line; apostrophes are told from them by their neighbours."""
    opened = likely = None
    for mark in _SINGLE.finditer(document, start, end):
        place = mark.start()
        before = document[place - 1] if place > start else " "
        after = document[place + 1] if place + 1 < end else " "
        if (before in _BEFORE_OPENING or before in '"“”') and _is_word(after):
            if _may_open(document, place):
                if opened is not None and likely is not None:
                    yield opened, likely
                opened, likely = place, None
            continue
        if opened is None or after.isalnum() or before.isspace():
            continue
        if place - opened > _FURTHEST_SINGLE:
            opened = likely = None
        elif _surely_closes(document, place, before, after, end):
            yield opened, place
            opened = likely = None
        else:
            likely = place if likely is None or mark.group() == "’" else likely
    if opened is not None and likely is not None:
        yield opened, likely


def _may_open(document: str, place: int) -> bool:
    return document[place] != "›" and _ELISION.match(document, place) is None


def _surely_closes(document: str, place: int, before: str, after: str, end: int) -> bool:
    """False where it may as well be the possessive of a plural: ``the officials' demand``."""
    if before not in "sS" or not after.isspace():
        return True
    following = document[place + 1 : min(place + 3, end)].strip()[:1]
    return not following.isalnum()
