"""How good are stories and duplicates? B-cubed and pair figures. Pure."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Precision, recall and their harmonic mean, each from 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean; 0 when both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def b_cubed(found: Sequence[Hashable], right: Sequence[Hashable]) -> Agreement:
    """Averaged over articles: which share of my story is mine, and of my right story is here (Bagga and Baldwin 1998).

    The two sequences give each article's story, in the same order.
    """
    if not found:
        return Agreement(precision=0.0, recall=0.0)
    both = Counter(zip(found, right, strict=True))
    ours, theirs = Counter(found), Counter(right)
    count = len(found)
    return Agreement(
        precision=sum(n * n / ours[mine] for (mine, _), n in both.items()) / count,
        recall=sum(n * n / theirs[other] for (_, other), n in both.items()) / count,
    )


def pairs(found: Sequence[Hashable], right: Sequence[Hashable]) -> Agreement:
    """Of the pairs that are together, which share should be; of those that should, which share is."""
    both = _pairs(Counter(zip(found, right, strict=True)))
    ours, theirs = _pairs(Counter(found)), _pairs(Counter(right))
    return Agreement(
        precision=both / ours if ours else float(not theirs), recall=both / theirs if theirs else float(not ours)
    )


def _pairs(sizes: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes.values())
