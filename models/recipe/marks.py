"""Entity marks that are well formed and yet look odd: notes for a person, never faults. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from models.recipe.data import MARKUP
from models.recipe.examples import Example, Remark

# A surface of so many words, marked so often, that stands unmarked elsewhere was most likely forgotten there.
LONG = 2
OFTEN = 2
EDGES = frozenset(",;:!?\"'“”‘’()-–—")


def odd_marks(sentences: Sequence[Example]) -> list[Remark]:
    """Return the notes on all marked sentences, sorted by kind."""
    types: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for mark in MARKUP.finditer(sentence.raw):
            types[mark[1]][mark[2]] += 1
    notes = [note for sentence in sentences for note in (*_shape(sentence), *_type(sentence, types))]
    notes += _forgotten(sentences, types)
    return sorted(notes, key=lambda note: note.kind)


def _shape(sentence: Example) -> Iterator[Remark]:
    line = sentence.raw
    small_print = sentence.text.islower()
    for mark in MARKUP.finditer(line):
        surface = mark[1]
        if surface.islower() and not small_print:
            yield Remark(kind="lower case", place=sentence.place, message=mark[0])
        if surface.startswith("the ") or {surface[0], surface[-1]} & EDGES:
            yield Remark(kind="edge", place=sentence.place, message=mark[0])
        before, after = line[: mark.start()][-1:], line[mark.end() :][:1]
        if before.isalnum() or after.isalnum():
            yield Remark(kind="inside a word", place=sentence.place, message=f"{before}{mark[0]}{after}")


def _type(sentence: Example, types: dict[str, Counter[str]]) -> Iterator[Remark]:
    """A surface that is usually of another type: right for "Chelsea", wrong for most."""
    for mark in MARKUP.finditer(sentence.raw):
        (usual, often), *_ = types[mark[1]].most_common(1)
        here = types[mark[1]][mark[2]]
        if mark[2] != usual and here < often:
            yield Remark(kind="other type", place=sentence.place, message=f"{mark[0]}, {often} times {usual}")


def _forgotten(sentences: Sequence[Example], types: dict[str, Counter[str]]) -> Iterator[Remark]:
    known = {tuple(surface.split()) for surface, held in types.items() if sum(held.values()) >= OFTEN}
    sizes = sorted({len(surface) for surface in known if len(surface) >= LONG})
    for sentence in sentences:
        # A mark becomes a stop, so that no surface is found across one.
        rest = [word.strip(".,;:!?\"'()") for word in MARKUP.sub(" | ", sentence.raw).split()]
        for size in sizes:
            for at in range(len(rest) - size + 1):
                if tuple(rest[at : at + size]) in known:
                    surface = " ".join(rest[at : at + size])
                    yield Remark(kind="unmarked", place=sentence.place, message=f"{surface!r} is marked elsewhere")
