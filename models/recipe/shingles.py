"""Words, shingles and how alike two texts are. Pure.

A shingle is a run of so many words in a row. Likeness is the Jaccard index of two texts' sets of shingles, found
exactly through an inverted index: the example sets are small enough to need no sketch such as MinHash.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

WORD = re.compile(r"[^\W_]+")
Shingle = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two documents by their numbers, ``first`` below ``second``, and how alike they are, up to 1."""

    first: int
    second: int
    likeness: float


def words(text: str) -> list[str]:
    """Lower-case words without punctuation: what two spellings of the same sentence share."""
    return WORD.findall(text.casefold())


def runs(document: Sequence[str], size: int) -> Iterator[Shingle]:
    """Yield every run of ``size`` words, in order; none when the text is shorter."""
    return (tuple(document[at : at + size]) for at in range(len(document) - size + 1))


def shingles(document: Sequence[str], size: int) -> frozenset[Shingle]:
    """Return the set of runs; a shorter text is one shingle of its own, an empty one has none."""
    if not document:
        return frozenset()
    return frozenset(runs(document, size)) or frozenset([tuple(document)])


def same(documents: Sequence[Sequence[str]]) -> list[tuple[int, ...]]:
    """Return the groups of documents with the same words in the same order."""
    groups = defaultdict(list)
    for number, document in enumerate(documents):
        if document:
            groups[tuple(document)].append(number)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def near(documents: Sequence[Sequence[str]], *, size: int, bar: float) -> list[Pair]:
    """Return the pairs whose shingles' Jaccard index reaches ``bar``, likest first."""
    sets = [shingles(document, size) for document in documents]
    return _reaching(bar, sets, lambda both, first, second: both / (first + second - both))


def inside(documents: Sequence[Sequence[str]], *, size: int, bar: float) -> list[Pair]:
    """Return the pairs of which the longer holds a share of the shorter's runs that reaches ``bar``, largest first.

    A text shorter than a run is left out: it is too little to say that it was taken.
    """
    sets = [frozenset(runs(document, size)) for document in documents]
    return _reaching(bar, sets, lambda both, first, second: both / min(first, second))


def _reaching(bar: float, sets: Sequence[frozenset[Shingle]], likeness: Callable[[int, int, int], float]) -> list[Pair]:
    """Pairs by the likeness of (shared, first's, second's numbers of shingles)."""
    holders = defaultdict(list)
    for number, held in enumerate(sets):
        for shingle in held:
            holders[shingle].append(number)
    shared = Counter(pair for numbers in holders.values() if len(numbers) > 1 for pair in combinations(numbers, 2))
    found = [
        Pair(first=first, second=second, likeness=likeness(both, len(sets[first]), len(sets[second])))
        for (first, second), both in shared.items()
    ]
    return sorted((pair for pair in found if pair.likeness >= bar), key=lambda pair: (-pair.likeness, pair.first))
