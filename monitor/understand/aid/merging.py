"""Candidates to the few steps that are told: one for each item, donor and step, the surest first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.records.findings import AidStep, Span
from monitor.understand.aid.actors import UKRAINE
from monitor.understand.aid.decided import Decided
from monitor.understand.aid.item import DEFENCE, JETS, PACKAGE, STRIKE, Item

MOST, MOST_GIVERS = 4, 8
LEAST_WEIGHT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One reading of one item in one clause."""

    item: Item
    donors: tuple[str | None, ...]
    decided: Decided
    by: str | None
    evidence: Span
    weight: float
    title: bool


def kept(candidates: Sequence[Candidate]) -> tuple[AidStep, ...]:
    """The most important readings, without repetitions, in order of place."""
    best: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in candidates:
        if candidate.weight >= LEAST_WEIGHT:
            best.setdefault((candidate.item.name, candidate.decided.step), []).append(candidate)
    chosen = [one for group in best.values() for one in _by_donor(group)]
    chosen = _without_general(_without_jets(chosen))
    chosen.sort(key=lambda one: (-one.weight, one.evidence.start))
    return tuple(_step(one) for one in sorted(_foremost(chosen), key=lambda one: one.evidence.start))


def _foremost(chosen: Sequence[Candidate]) -> list[Candidate]:
    """The first four; several givers named in one breath count as one, and are all told or none."""
    told = dict.fromkeys((one.item.name, one.decided.step, one.evidence.start) for one in chosen[:MOST_GIVERS])
    first = set(list(told)[:MOST])
    return [one for one in chosen[:MOST_GIVERS] if (one.item.name, one.decided.step, one.evidence.start) in first]


def _by_donor(group: Sequence[Candidate]) -> list[Candidate]:
    """The best reading for each donor; who is not named is who is named elsewhere."""
    donors = [donor for one in group for donor in one.donors if donor]
    found: dict[str | None, Candidate] = {}
    for one in group:
        for place, donor in enumerate(one.donors):
            giver = donor or (donors[0] if donors else None)
            weight = one.weight * 0.85**place
            if giver not in found or weight > found[giver].weight:
                found[giver] = replace(one, donors=(giver,), weight=weight)
    return list(found.values())


def _without_general(chosen: Sequence[Candidate]) -> list[Candidate]:
    """General words give way to a named system of the same family, and packages to anything, with the same step."""
    named = {(one.item.family, one.decided.step) for one in chosen if one.item.name not in {STRIKE, DEFENCE, PACKAGE}}
    contents = {one.decided.step for one in chosen if one.item.family != PACKAGE}
    return [one for one in chosen if _stays(one, named, contents)]


def _stays(one: Candidate, named: set[tuple[str, str]], contents: set[str]) -> bool:
    if one.item.name == PACKAGE:
        # Arms in general are the subject where the title says so; elsewhere only what calls itself a package.
        return one.decided.step not in contents and (one.title or "package" in one.evidence.text.casefold())
    if one.item.name not in {STRIKE, DEFENCE} or (one.item.family, one.decided.step) not in named:
        return True
    return one.title and one.item.name == DEFENCE


def _without_jets(chosen: Sequence[Candidate]) -> list[Candidate]:
    return (
        list(chosen)
        if any(one.item.family not in {JETS, PACKAGE} for one in chosen)
        else [one for one in chosen if one.item.family != JETS]
    )


def _step(one: Candidate) -> AidStep:
    return AidStep(
        item=one.item.name,
        donor=one.donors[0],
        recipient=UKRAINE,
        step=one.decided.step,
        evidence=one.evidence,
        manner=one.decided.manner,
        by=one.by,
        firmness=one.decided.firmness,
    )
