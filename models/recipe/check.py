"""``python -m models.recipe.check``: whether the training examples are sound, varied and apart from what measures them.

Faults, for which it ends with 1: a line that does not parse, a wrong grade, an unknown style, an id that stands twice,
a broken entity mark, the same example twice, a near-duplicate (Jaccard index of runs of 5 words from 0.3 on, or 3 in 4
of the shorter's runs in the longer), wording of an evaluation set (``leaks.py`` says from where on), too few examples.
Everything else is told for a person to judge: odd marks, repeated wording, balance. ``models/data/frozen.jsonl`` and
``models/data/evaluation`` are what is measured on: examples are kept apart from them too.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from models.recipe.data import OWN
from models.recipe.diversity import Diversity, diversity
from models.recipe.examples import Example, Remark, read_articles, read_sentences, repeated_ids
from models.recipe.leaks import WHOLE, Leak, find_leaks
from models.recipe.marks import odd_marks
from models.recipe.outside import outside_documents
from models.recipe.shingles import Pair, inside, near, same

DEFAULT_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
NEAR_SIZE, NEAR_BAR, INSIDE_BAR = 5, 0.3, 0.75
# A run of 5 words is common news English; so many of them in one short text are not.
INSIDE_RUNS = 3
LEAST_ARTICLES, LEAST_SENTENCES = 3_000, 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Two examples of nearly the same words, by place, with the beginning of each.

    ``kind`` is "near" or "inside"; ``likeness`` is the Jaccard index or the share of the shorter.
    """

    kind: str
    first: str
    second: str
    likeness: float
    texts: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that was found. ``compared`` counts the documents of each set that examples were kept apart from."""

    faults: tuple[Remark, ...]
    notes: tuple[Remark, ...]
    near: tuple[Likeness, ...]
    leaks: tuple[Leak, ...]
    compared: dict[str, int]
    diversity: Diversity


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; 1 when there is a hard fault, else 0."""
    parser = argparse.ArgumentParser(prog="python -m models.recipe.check", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="folder with articles/, gold/, ner/ …; shared/data beside us if not given"
    )
    parser.add_argument("--own", type=Path, default=OWN, help="folder with articles/ and entities/ to check")
    parser.add_argument("--articles", type=int, default=LEAST_ARTICLES, help="fewer are a fault (default: %(default)s)")
    parser.add_argument("--sentences", type=int, default=LEAST_SENTENCES, help="the same for sentences (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    outside = options.data or DEFAULT_DATA
    if options.data and not outside.is_dir():
        parser.error(f"--data: {outside} is no folder. Leave it out to check the examples against themselves only.")
    least = options.articles, options.sentences
    report = examine(options.own, outside if outside.is_dir() else None, least)
    if options.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=1))
    else:
        from models.recipe.check_tables import show

        show(report)
    return 1 if report.faults else 0


def examine(own: Path, outside: Path | None, least: tuple[int, int] = (0, 0)) -> Report:
    """Check the examples below ``own`` against themselves and against the sets below ``outside``, if there are any.

    ``least`` is the number of articles and of sentences there must be.
    """
    articles, faults = _read_articles(own)
    sentences, broken = _read_sentences(own)
    examples = [*articles, *sentences]
    documents = list(outside_documents(own, outside))
    leaks = find_leaks(examples, documents)
    twice, short = _same(examples)
    likenesses = tuple(_near(examples))
    compared: dict[str, int] = {}
    for document in documents:
        compared[document.set] = compared.get(document.set, 0) + 1
    return Report(
        faults=(
            *_too_few("articles", len(articles), least[0]),
            *_too_few("entities", len(sentences), least[1]),
            *faults,
            *broken,
            *repeated_ids(examples),
            *twice,
            *_likenesses_as_faults(likenesses),
            *_leaks_as_faults(leaks),
        ),
        notes=(*short, *odd_marks(sentences)),
        near=likenesses,
        leaks=tuple(leaks),
        compared=compared,
        diversity=diversity(examples),
    )


def _read_articles(own: Path) -> tuple[list[Example], list[Remark]]:
    paths = sorted((own / "articles").glob("*.jsonl"))
    return _gathered(read_articles(path, f"articles/{path.name}") for path in paths)


def _read_sentences(own: Path) -> tuple[list[Example], list[Remark]]:
    paths = sorted((own / "entities").glob("*.txt"))
    return _gathered(read_sentences(path, f"entities/{path.name}") for path in paths)


def _gathered(parts: Iterable[tuple[list[Example], list[Remark]]]) -> tuple[list[Example], list[Remark]]:
    examples: list[Example] = []
    faults: list[Remark] = []
    for some, wrong in parts:
        examples += some
        faults += wrong
    return examples, faults


def _same(examples: Sequence[Example]) -> tuple[list[Remark], list[Remark]]:
    """Examples of the very same words: faults, and notes where the line is too short to be anybody's wording."""
    faults: list[Remark] = []
    notes: list[Remark] = []
    for group in same([example.words for example in examples]):
        first, *others = (examples[number] for number in group)
        for other in others:
            message = f"has the same words as {first.place}: {first.text[:60]!r}"
            remark = Remark(kind="duplicate", place=other.place, message=message)
            (faults if len(first.words) >= WHOLE else notes).append(remark)
    return faults, notes


def _near(examples: Sequence[Example]) -> Iterator[Likeness]:
    """Near-duplicates that are not the same: alike as a whole, or one with most of the other in it."""
    documents = [example.words for example in examples]
    for pair in near(documents, size=NEAR_SIZE, bar=NEAR_BAR):
        yield from _likeness("near", pair, examples)
    for pair in inside(documents, size=NEAR_SIZE, bar=INSIDE_BAR):
        if min(len(documents[pair.first]), len(documents[pair.second])) >= NEAR_SIZE + INSIDE_RUNS - 1:
            yield from _likeness("inside", pair, examples)


def _likeness(kind: str, pair: Pair, examples: Sequence[Example]) -> Iterator[Likeness]:
    first, second = examples[pair.first], examples[pair.second]
    if first.words != second.words:
        yield Likeness(
            kind=kind,
            first=first.place,
            second=second.place,
            likeness=round(pair.likeness, 3),
            texts=(first.text[:120], second.text[:120]),
        )


def _too_few(folder: str, number: int, least: int) -> Iterator[Remark]:
    if number < least:
        yield Remark(kind="count", place=folder, message=f"has {number} examples; there must be at least {least}")


def _likenesses_as_faults(likenesses: Iterable[Likeness]) -> Iterator[Remark]:
    """One fault a pair, however often it was found."""
    for first, second in dict.fromkeys((found.first, found.second) for found in likenesses):
        message = f"has nearly the words of {first}. Put it in other words, or leave it out."
        yield Remark(kind="near-duplicate", place=second, message=message)


def _leaks_as_faults(leaks: Iterable[Leak]) -> list[Remark]:
    return [
        Remark(
            kind="leak",
            place=leak.place,
            message=f"shares {leak.kind} with {leak.set} ({leak.document}): {leak.shared!r}. Put it in other words.",
        )
        for leak in leaks
        if leak.hard and not leak.trained
    ]


if __name__ == "__main__":
    sys.exit(main())
