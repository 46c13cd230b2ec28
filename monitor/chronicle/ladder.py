"""The aid ladder: where each weapon from one donor to one recipient stands, from all reported steps. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from monitor.chronicle.climbing import climb
from monitor.chronicle.sides import country, fold
from monitor.records.chronicle import LadderStep, Rung

NEAR = timedelta(days=30)
"""A step that names no donor is the step of the only donor who is named for that weapon in these days around it."""

_Key = tuple[str, str, str]


def rungs(steps: Sequence[LadderStep]) -> tuple[Rung, ...]:
    """Every rung that ``steps`` reach, the one that moved last first; the order of ``steps`` does not matter."""
    told = sorted(dict.fromkeys(steps), key=_order)
    groups: defaultdict[_Key, list[LadderStep]] = defaultdict(list)
    for same in _by_weapon(told).values():
        for step in _with_donors(same):
            groups[_key(step)].append(step)
    found = [rung for group in groups.values() if (rung := climb(group)) is not None]
    return tuple(sorted(found, key=lambda rung: (-rung.since.timestamp(), rung.item, rung.donor or "", rung.recipient)))


def _by_weapon(steps: Iterable[LadderStep]) -> dict[tuple[str, str], list[LadderStep]]:
    found: defaultdict[tuple[str, str], list[LadderStep]] = defaultdict(list)
    for step in steps:
        found[fold(step.step.item), fold(step.step.recipient)].append(step)
    return found


def _with_donors(steps: Sequence[LadderStep]) -> list[LadderStep]:
    """One weapon's steps, the oldest first; those without a donor get the one that others leave no doubt about."""
    named = [(step.source.published, step.step.donor, _donor(step.step.donor)) for step in steps if step.step.donor]
    near: Counter[str] = Counter()
    first = end = 0
    found = []
    for step in steps:
        if step.step.donor is None:
            at = step.source.published
            while end < len(named) and named[end][0] <= at + NEAR:
                near[named[end][2]] += 1
                end += 1
            while first < end and named[first][0] < at - NEAR:
                near[named[first][2]] -= 1
                first += 1
            near = +near
            if len(near) == 1:
                step = replace(step, step=replace(step.step, donor=named[end - 1][1]))
        found.append(step)
    return found


def _key(step: LadderStep) -> _Key:
    return fold(step.step.item), _donor(step.step.donor), fold(step.step.recipient)


def _donor(donor: str | None) -> str:
    """A country's names, its capital and its leaders are one donor."""
    return "" if donor is None else country(donor) or fold(donor)


def _order(step: LadderStep) -> tuple[object, ...]:
    told = step.step
    return (
        step.source.published,
        step.source.article_id,
        told.evidence.start,
        told.evidence.end,
        told.item,
        told.donor or "",
        told.recipient,
        told.step,
        told.firmness,
        told.manner,
        told.by or "",
        step.origin.key,
    )
