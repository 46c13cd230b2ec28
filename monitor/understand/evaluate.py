"""How good the model is: topic, entity and gate figures on labelled material. Pure; the command line prints them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.records.findings import Entity, Span
from monitor.understand.annotated import UNKNOWN
from monitor.understand.entities import fold, link

GATES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
TITLES = frozenset({"the", "president", "mr", "us"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFigures:
    """Figures of one topic over ``n`` unambiguous documents, ``positive`` of them about it."""

    name: str
    n: int
    positive: int
    average_precision: float
    f1: float
    precision: float
    recall: float
    precision_at_recall_95: float
    calibration_error: float
    """Expected calibration error over ten equal bins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFigures:
    """What one setting of the gate costs: recall lost on matches, and the share of pages it still lets through."""

    gate: float
    recall: float
    fetched: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityFigures:
    """Document-level figures of one entity type."""

    type: str
    gold: int
    found: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An annotated entity: its name, type and the spans it has in the document."""

    name: str
    type: str
    spans: tuple[tuple[int, int], ...]


def topic_figures(name: str, grades: Sequence[int], scores: Sequence[float], flags: Sequence[bool]) -> TopicFigures:
    """Compare scores and decisions with grades 0, 1, 2; grade 1 is ambiguous and left out."""
    kept = [at for at, grade in enumerate(grades) if grade != 1]
    truth = np.array([grades[at] == 2 for at in kept], dtype=bool)
    given = np.array([scores[at] for at in kept], dtype=float)
    said = np.array([flags[at] for at in kept], dtype=bool)
    hits = int((truth & said).sum())
    precision, recall = hits / max(1, int(said.sum())), hits / max(1, int(truth.sum()))
    order = np.argsort(-given, kind="stable")
    found = np.cumsum(truth[order])
    at_rank = found / np.arange(1, len(order) + 1) if len(order) else found
    enough = found >= 0.95 * truth.sum()
    return TopicFigures(
        name=name,
        n=len(kept),
        positive=int(truth.sum()),
        average_precision=float((at_rank * truth[order]).sum() / max(1, truth.sum())),
        f1=_f1(precision, recall),
        precision=precision,
        recall=recall,
        precision_at_recall_95=float(at_rank[enough].max()) if enough.any() else 0.0,
        calibration_error=_calibration_error(truth, given),
    )


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _calibration_error(truth: npt.NDArray[np.bool_], given: npt.NDArray[np.float64], bins: int = 10) -> float:
    places = np.minimum((given * bins).astype(int), bins - 1)
    gaps = (
        abs(float(truth[places == place].mean()) - float(given[places == place].mean())) * int((places == place).sum())
        for place in range(bins)
        if (places == place).any()
    )
    return sum(gaps) / max(1, len(truth))


def gate_figures(grades: Sequence[int], scores: Sequence[float], gates: Sequence[float] = GATES) -> list[GateFigures]:
    """Say what each gate would cost; ``scores`` are those of title and summary alone."""
    matches = [score for grade, score in zip(grades, scores, strict=True) if grade == 2]
    return [
        GateFigures(
            gate=gate,
            recall=sum(score >= gate for score in matches) / max(1, len(matches)),
            fetched=sum(score >= gate for score in scores) / max(1, len(scores)),
        )
        for gate in gates
    ]


def entity_figures(gold: Sequence[Sequence[Named]], found: Sequence[Sequence[Entity]], kind: str) -> EntityFigures:
    """Count annotated entities of one type that were found: same name, or a mention over one of its spans."""
    hits = wanted = given = 0
    for names, entities in zip(gold, found, strict=True):
        left = [entity for entity in entities if entity.type == kind]
        given += len(left)
        for name in (name for name in names if name.type == kind):
            wanted += 1
            hit = next((entity for entity in left if _same(name, entity)), None)
            if hit is not None:
                left.remove(hit)
                hits += 1
    precision, recall = hits / max(1, given), hits / max(1, wanted)
    return EntityFigures(
        type=kind, gold=wanted, found=given, precision=precision, recall=recall, f1=_f1(precision, recall)
    )


def _same(name: Named, entity: Entity) -> bool:
    mine, theirs = _words(name.name), _words(entity.name)
    if mine and theirs and (mine <= theirs or theirs <= mine):
        return True
    return any(_over(mention, name.spans) for mention in entity.mentions)


def _over(mention: Span, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < mention.end and mention.start < end for start, end in spans)


def _words(name: str) -> set[str]:
    return set(fold(name).split()) - TITLES


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanFigures:
    """Figures of exact spans of one entity type (``all`` for the types together) over annotated sentences."""

    type: str
    gold: int
    found: int
    precision: float
    recall: float
    f1: float


def span_figures(
    gold: Sequence[Sequence[tuple[int, int, str]]], found: Sequence[Sequence[Entity]], kinds: Sequence[str]
) -> list[SpanFigures]:
    """Compare exact (start, end, type) spans, per type and micro-averaged; a gold type not in ``kinds`` is left out.

    A found mention over a gold span of unknown type ("?") counts neither for nor against.
    """
    counts = {kind: [0, 0, 0] for kind in kinds}
    for spans, entities in zip(gold, found, strict=True):
        unknown = [(start, end) for start, end, kind in spans if kind == UNKNOWN]
        wanted = {span for span in spans if span[2] in counts}
        given = {
            (mention.start, mention.end, entity.type)
            for entity in entities
            for mention in entity.mentions
            if entity.type in counts and not _over(mention, unknown)
        }
        for kind, sums in counts.items():
            sums[0] += sum(span[2] == kind for span in wanted & given)
            sums[1] += sum(span[2] == kind for span in wanted)
            sums[2] += sum(span[2] == kind for span in given)
    rows = [_span_row(kind, *sums) for kind, sums in counts.items()]
    return [*rows, _span_row("all", *(sum(column) for column in zip(*counts.values(), strict=True)))]


def _span_row(kind: str, hits: int, gold: int, found: int) -> SpanFigures:
    precision, recall = hits / max(1, found), hits / max(1, gold)
    return SpanFigures(type=kind, gold=gold, found=found, precision=precision, recall=recall, f1=_f1(precision, recall))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFigures:
    """How annotated entities whose names the knowledge base knows were linked, when they were found at all."""

    known: int
    found: int
    accuracy: float


def link_figures(gold: Sequence[Sequence[Named]], found: Sequence[Sequence[Entity]]) -> LinkFigures:
    """Follow every annotated name that the knowledge base has to the entity found over its spans."""
    known = seen = right = 0
    for names, entities in zip(gold, found, strict=True):
        for name in names:
            entry = link(name.name, name.type)
            if entry is None:
                continue
            known += 1
            over = [entity for entity in entities if any(_over(mention, name.spans) for mention in entity.mentions)]
            seen += bool(over)
            right += any(entity.name == entry.name for entity in over)
    return LinkFigures(known=known, found=seen, accuracy=right / max(1, seen))


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaponFigures:
    """How many of the weapon systems named in annotated aid steps were found, each counted once a document."""

    named: int
    recall: float


def weapon_figures(items: Sequence[Sequence[str]], found: Sequence[Sequence[Entity]]) -> WeaponFigures:
    """Look for each document's named systems ("Patriot air defence system", not "missiles") among its weapons."""
    named = hits = 0
    for steps, entities in zip(items, found, strict=True):
        words = [set(fold(entity.name).split()) for entity in entities if entity.type == "weapon"]
        for system in {system for step in steps if (system := _system(step))}:
            named += 1
            hits += any(set(system.split()) & other for other in words)
    return WeaponFigures(named=named, recall=hits / max(1, named))


def _system(item: str) -> str:
    """The words of an item that name a system: those with a capital or a digit, other than a missile's own class."""
    words = [word for word in item.split() if any(letter.isupper() or letter.isdigit() for letter in word)]
    return fold(" ".join(word for word in words if fold(word) not in {"missile", "missiles"}))
