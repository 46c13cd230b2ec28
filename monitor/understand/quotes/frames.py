"""Sentences as the writer's own words make them: a quotation of many sentences is one part of the frame around it."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from monitor.understand.marks import Marked
from monitor.understand.prose import Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One sentence of the frame with the numbers of the quoted pieces in it (``first`` to ``after``)."""

    start: int
    end: int
    paragraph: int
    first: int
    after: int


class Frames:
    """The frame sentences of one document."""

    def __init__(self, prose: Prose, pieces: tuple[Marked, ...]) -> None:
        self.document = prose.document
        self.pieces = pieces
        self._openings = [piece.outer_start for piece in pieces]
        self.found = tuple(_frames(prose, pieces))
        self._starts = [frame.start for frame in self.found]

    def number_at(self, place: int) -> int:
        """The number of the frame that holds ``place``."""
        return max(0, bisect_right(self._starts, place) - 1)

    def region_before(self, number: int) -> tuple[int, int]:
        """The frame's own words between a piece and what stands before it in its frame."""
        frame = self.found[self.number_at(self.pieces[number].outer_start)]
        start = self.pieces[number - 1].outer_end if number > frame.first else frame.start
        return start, self.pieces[number].outer_start

    def region_after(self, number: int) -> tuple[int, int]:
        """The frame's own words between a piece and what follows it in its frame."""
        frame = self.found[self.number_at(self.pieces[number].outer_start)]
        end = self.pieces[number + 1].outer_start if number + 1 < frame.after else frame.end
        return self.pieces[number].outer_end, max(end, self.pieces[number].outer_end)

    def blanked(self, start: int, end: int) -> str:
        """The document's ``start:end`` with quotations blanked out, so that places stay."""
        parts, at = list[str](), start
        for number in range(max(0, bisect_left(self._openings, start) - 1), len(self.pieces)):
            piece = self.pieces[number]
            if piece.outer_start >= end:
                break
            if piece.outer_end > at:
                parts += [
                    self.document[at : piece.outer_start],
                    " " * (min(end, piece.outer_end) - max(at, piece.outer_start)),
                ]
                at = min(end, piece.outer_end)
        return "".join([*parts, self.document[at:end]])

    def own_words(self, start: int, end: int) -> int:
        """How many words of ``start:end`` are the writer's own."""
        return len(self.blanked(start, end).split())


def _frames(prose: Prose, pieces: tuple[Marked, ...]) -> list[Frame]:
    starts = [piece.outer_start for piece in pieces]
    merged: list[tuple[int, int, int]] = []
    for sentence in prose.sentences:
        if merged and _cut_through(pieces, starts, merged[-1][1], sentence.start):
            merged[-1] = (merged[-1][0], sentence.end, merged[-1][2])
        else:
            merged.append((sentence.start, sentence.end, sentence.paragraph))
    return [
        Frame(
            start=start, end=end, paragraph=paragraph, first=bisect_left(starts, start), after=bisect_left(starts, end)
        )
        for start, end, paragraph in merged
    ]


def _cut_through(pieces: tuple[Marked, ...], starts: list[int], end: int, start: int) -> bool:
    """Whether the border between two sentences lies within quotation marks."""
    at = bisect_left(starts, start) - 1
    return at >= 0 and pieces[at].outer_start < end < pieces[at].outer_end and start < pieces[at].outer_end
