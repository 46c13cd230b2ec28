"""Wording of the examples that also stands in material kept for measuring.

A text leaks when it shares with one document of an evaluation set
- two or more different runs of 8 words that are no stock phrase (an office's name, an alliance's), or
- one run of 12 words, stock phrase or not, or
- all its words, when there are at least 5, or
- a title (or a lone sentence) of at least 4 words that tell something, with a Jaccard index of those words of 0.75.
One shared run of 8 words, and a title from 0.6 on, are told but do not count: news English repeats itself.

What may be trained on (``articles/train.jsonl``) is compared alike and reported apart: it is no leak to have learnt
from it, but our examples are our own words, and a copied sentence is to be put in others.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from models.recipe.examples import Example
from models.recipe.outside import Outside
from models.recipe.shingles import Shingle, runs, shingles, words

SHORT, LONG = 8, 12
WHOLE = 5
TITLE_WORDS = 4
TITLE_NOTED, TITLE_LEAK = 0.6, 0.75

STOCK = tuple(
    tuple(phrase.split())
    for phrase in (
        "federal office for the protection of the constitution",
        "secretary of the national security and defence council",
        "the court of justice of the european union",
        "of the so called coalition of the willing",
        "to the nato prioritised ukraine requirements list",
        "the president of the united states of america",
        "the secretary general of the united nations",
    )
)
EMPTY_WORDS = frozenset(
    "the for and with from into are was has have had says say said after before over its his her their she they that "
    "this will would not".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """An example beside a document it shares wording with. ``hard`` when the bar above is reached."""

    place: str
    id: str
    set: str
    document: str
    trained: bool
    kind: str
    hard: bool
    shared: str


def find_leaks(examples: Sequence[Example], documents: Iterable[Outside]) -> list[Leak]:
    """Compare every example with every document; hard ones first, one entry per pair and kind."""
    wordings, titles = _Wordings(examples), _Titles(examples)
    found = [leak for document in documents for leak in (*wordings.shared(document), *titles.alike(document))]
    return sorted(found, key=lambda leak: (leak.trained, not leak.hard, leak.place, leak.set))


class _Wordings:
    """The examples by their runs of SHORT words. Hashes keep the index small; what they find is compared in full."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = examples
        self._holders: dict[int, list[int]] = defaultdict(list)
        self._whole: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, example in enumerate(examples):
            for run in set(runs(example.words, SHORT)):
                self._holders[hash(run)].append(number)
            if len(example.words) >= WHOLE:
                self._whole[example.words].append(number)

    def shared(self, document: Outside) -> Iterator[Leak]:
        held = {run for run in runs(document.words, SHORT) if hash(run) in self._holders}
        numbers = {number for run in held for number in self._holders[hash(run)]}
        for number in sorted(numbers.union(self._whole.get(document.words, ()))):
            leak = self._compare(self._examples[number], document)
            if leak:
                yield leak

    def _compare(self, example: Example, document: Outside) -> Leak | None:
        if example.words == document.words:
            return _leak(example, document, "whole text", hard=True, shared=" ".join(example.words[:LONG]))
        long = shingles(example.words, LONG) & shingles(document.words, LONG)
        short = set(runs(example.words, SHORT)) & set(runs(document.words, SHORT))
        telling = [run for run in short if not _stock(run)]
        if not long and not telling:
            return None
        longest = min(long or telling)
        return _leak(example, document, "wording", hard=bool(long) or len(telling) > 1, shared=" ".join(longest))


class _Titles:
    """The examples' titles by their words. Of a title TITLE_NOTED alike, one of the rarest words is shared."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._titles = [(example, _telling(example.title or _lone(example))) for example in examples]
        self._often = Counter(word for _, title in self._titles for word in title)
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, (_, title) in enumerate(self._titles):
            for word in title if len(title) >= TITLE_WORDS else ():
                self._holders[word].append(number)

    def alike(self, document: Outside) -> Iterator[Leak]:
        title = _telling(document.title or " ".join(document.words if len(document.words) <= 30 else ()))
        if len(title) < TITLE_WORDS:
            return
        rare = sorted(title, key=lambda word: (self._often[word], word))
        kept = rare[: len(title) - ceil(TITLE_NOTED * len(title)) + 1]
        for number in sorted({number for word in kept for number in self._holders.get(word, ())}):
            example, ours = self._titles[number]
            likeness = len(ours & title) / len(ours | title)
            if likeness >= TITLE_NOTED:
                shown = document.title or " ".join(document.words)
                yield _leak(example, document, f"title {likeness:.2f}", hard=likeness >= TITLE_LEAK, shared=shown)


def _leak(example: Example, document: Outside, kind: str, *, hard: bool, shared: str) -> Leak:
    return Leak(
        place=example.place,
        id=example.id,
        set=document.set,
        document=document.id,
        trained=document.trained,
        kind=kind,
        hard=hard,
        shared=shared,
    )


def _stock(run: Shingle) -> bool:
    """Whether all but two of its words are a stock phrase, or the run holds one whole."""
    text = f" {' '.join(run)} "
    return any(
        f" {' '.join(phrase[start : start + size])} " in text
        for phrase in STOCK
        for size in (min(len(phrase), len(run) - 2),)
        for start in range(len(phrase) - size + 1)
    )


def _telling(title: str) -> frozenset[str]:
    """Words that say what a title is about: no figures, no function words, no letters of a score sheet."""
    return frozenset(word for word in words(title) if len(word) > 2 and word.isalpha() and word not in EMPTY_WORDS)


def _lone(example: Example) -> str:
    """A sentence of the entity sets stands for itself; an article without a title has none."""
    return "" if example.grades else example.text
