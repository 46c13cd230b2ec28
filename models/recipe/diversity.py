"""How varied the examples are: lengths, repeated wording, balance of grades, styles and clauses. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from models.recipe.examples import Example
from models.recipe.shingles import runs
from monitor.records.findings import TOPICS

OPENING = 4
PHRASE = 6
TOP = 12
# The share of distinct n-grams falls with the length of what is counted: so many words of each file compare fairly.
BUDGET = 20_000
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFigures:
    """One file: number of examples and words, words per example at QUANTILES, distinct 1-, 2-, 3-gram ratios."""

    file: str
    items: int
    words: int
    lengths: tuple[int, ...]
    distinct: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """One style or file: how many examples have each grade, per topic, and how many are about neither."""

    name: str
    items: int
    grades: dict[str, tuple[int, int, int]]
    neither: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversity:
    """Everything counted. Openings and phrases are ``(words, examples that have them)``, most frequent first."""

    files: tuple[FileFigures, ...]
    by_file: tuple[Balance, ...]
    by_style: tuple[Balance, ...]
    clauses: dict[str, int]
    openings: tuple[tuple[str, int], ...]
    phrases: tuple[tuple[str, int], ...]


def diversity(examples: Sequence[Example]) -> Diversity:
    """Count over all examples; what needs grades counts the articles only."""
    files: dict[str, list[Example]] = {}
    for example in examples:
        files.setdefault(example.file, []).append(example)
    articles = [example for example in examples if example.grades]
    return Diversity(
        files=tuple(_figures(file, held) for file, held in files.items()),
        by_file=_balances(articles, lambda example: example.file),
        by_style=_balances(articles, lambda example: example.style),
        clauses=dict(Counter(example.clause for example in articles).most_common()),
        openings=tuple(_openings(articles)),
        phrases=tuple(_phrases(example.words for example in examples)),
    )


def distinct(documents: Iterable[Sequence[str]], size: int, budget: int = BUDGET) -> float:
    """Share of different n-grams among the n-grams of the first ``budget`` words; 1.0 when there are none."""
    grams: list[tuple[str, ...]] = []
    left = budget
    for document in documents:
        part = document[:left]
        grams += runs(part, size)
        left -= len(part)
        if left <= 0:
            break
    return len(set(grams)) / len(grams) if grams else 1.0


def quantiles(values: Iterable[int], at: Sequence[float] = QUANTILES) -> tuple[int, ...]:
    """Return the nearest values at the given quantiles."""
    ordered = sorted(values)
    return tuple(ordered[round(share * (len(ordered) - 1))] for share in at) if ordered else ()


def _figures(file: str, held: Sequence[Example]) -> FileFigures:
    return FileFigures(
        file=file,
        items=len(held),
        words=sum(len(example.words) for example in held),
        lengths=quantiles(len(example.words) for example in held),
        distinct=tuple(distinct([example.words for example in held], size) for size in (1, 2, 3)),
    )


def _balances(articles: Sequence[Example], key: Callable[[Example], str]) -> tuple[Balance, ...]:
    groups: dict[str, list[Example]] = {}
    for article in articles:
        groups.setdefault(key(article), []).append(article)
    return tuple(_balance(name, groups[name]) for name in sorted(groups))


def _balance(name: str, held: Sequence[Example]) -> Balance:
    counts = [Counter(article.grades[at] for article in held) for at in range(len(TOPICS))]
    return Balance(
        name=name,
        items=len(held),
        grades={topic: (count[0], count[1], count[2]) for topic, count in zip(TOPICS, counts, strict=True)},
        neither=sum(not any(article.grades) for article in held),
    )


def _openings(articles: Sequence[Example]) -> list[tuple[str, int]]:
    """First words of the text; entity sentences are left out, for tables of results begin alike by their nature."""
    starts = Counter(
        " ".join(start) for article in articles for start in islice(runs(article.text.casefold().split(), OPENING), 1)
    )
    return [(start, number) for start, number in starts.most_common(TOP) if number > 1]


def _phrases(documents: Iterable[Sequence[str]]) -> list[tuple[str, int]]:
    held = Counter(phrase for document in documents for phrase in set(runs(document, PHRASE)))
    return [(" ".join(phrase), number) for phrase, number in held.most_common(TOP) if number > 1]
