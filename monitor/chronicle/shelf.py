"""Statements by the stems of their words, so that a wording is compared only with those that share enough. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from monitor.chronicle.wording import CONTENT, read
from monitor.records.chronicle import Statement

_ENOUGH = 0.4
"""Of the shorter's stems, those that like wordings share at the very least."""
MOST = 50
"""Statements that a wording is compared with, those that share most: the others are told apart without a look."""


class Shelf:
    """Places of statements in a list, found by a wording."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._by_stem: defaultdict[str, set[int]] = defaultdict(set)
        self._by_row: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
        self._fewest: dict[int, int] = {}
        for place, statement in enumerate(statements):
            for wording in (statement.text, *statement.variants):
                self.add(place, wording)

    def add(self, place: int, wording: str) -> None:
        """Note that the statement at ``place`` has this wording too."""
        taken = read(wording)
        self._by_row[taken.row].add(place)
        self._fewest[place] = min(self._fewest.get(place, len(taken.stems)), len(taken.stems))
        for stem in taken.stems:
            self._by_stem[stem].add(place)

    def near(self, wording: str) -> tuple[int, ...]:
        """Places of what may be the same statement, in order."""
        taken = read(wording)
        stems = len(taken.stems)
        shared = Counter(place for stem in taken.stems for place in self._by_stem.get(stem, ()))
        enough = [
            (-count, place)
            for place, count in shared.items()
            # Few words may mean something, as in "stop where they are".
            if count >= min(CONTENT, stems, self._fewest[place]) and count >= _ENOUGH * min(stems, self._fewest[place])
        ]
        best = [place for _, place in sorted(enough)[:MOST]]
        return tuple(sorted({*best, *sorted(self._by_row.get(taken.row, ()))[:MOST]}))
