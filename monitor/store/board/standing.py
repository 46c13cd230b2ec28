"""What the overview knows of the chronicle from one look to the next: where weapons stand, and who fell silent.

Both are made of months of reports, and change with few of those that come in.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from monitor.chronicle import ladder
from monitor.chronicle.sides import fold
from monitor.records.chronicle import Change, LadderStep, Rung
from monitor.store.board.ladder import Mark, newest_marks, newest_told
from monitor.store.chronicle import aid, tellers
from monitor.store.facts.shared import Shared

ITEMS = 30
"""Weapons at most: those of which something was told last."""
REPORTS = 200
"""Reports that a weapon's standing is made of, the newest."""
WATCHED = 20
"""Reports of each weapon that show whether something new was told."""
KEPT = timedelta(minutes=10)
"""So long what was made is believed although an older report may have been revised since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    marks: tuple[Mark, ...]
    made_at: datetime
    rungs: tuple[Rung, ...]


class Standings:
    """Where weapons stand, each settled anew when its newest reports changed. Usable from any thread."""

    def __init__(self) -> None:
        self._weapons: Mapping[str, _Standing] = {}
        self._silent: tuple[date, datetime, tuple[Change, ...]] | None = None

    def rungs(self, connection: Connection, items: Sequence[aid.Item], now: datetime) -> tuple[Rung, ...]:
        """All rungs of these weapons."""
        found = newest_marks(connection, [item.key for item in items], WATCHED)
        ours: defaultdict[str, list[str]] = defaultdict(list)
        for item in items:
            ours[fold(item.name)].append(item.key)
        made = {name: tuple(found[key] for key in sorted(keys) if key in found) for name, keys in ours.items()}
        kept = {
            name: standing
            for name, standing in self._weapons.items()
            if standing.marks == made.get(name) and abs(now - standing.made_at) < KEPT
        }
        missing = {name: keys for name, keys in ours.items() if name not in kept}
        settled = _settled(connection, missing)
        fresh = {name: _Standing(marks=made[name], made_at=now, rungs=settled[name]) for name in missing}
        # Nothing else is put in place of what is there: another thread may read it.
        self._weapons = settled_now = kept | fresh
        return tuple(rung for name in ours for rung in settled_now[name].rungs)

    def silences(
        self, make: Callable[[datetime], tuple[Change, ...]], until: datetime, now: datetime
    ) -> tuple[Change, ...]:
        """Who fell silent, as far as it shows on that day."""
        kept = self._silent
        if kept is None or kept[0] != until.date() or abs(now - kept[1]) >= KEPT:
            kept = self._silent = (until.date(), now, make(until))
        return kept[2]


class Watched(Shared):
    """What one view needs, taken from what is known as far as that still holds."""

    def __init__(self, connection: Connection, now: datetime, standings: Standings) -> None:
        super().__init__(connection, now)
        self._standings = standings
        self._settled: tuple[Rung, ...] | None = None

    def rungs(self, keys: Iterable[str]) -> tuple[Rung, ...]:
        """Where these weapons stand, as far as they are among those told of last."""
        wanted = {fold(item.name) for item in self.items if item.key in set(keys)}
        if self._settled is None:
            newest = sorted(self.items, key=lambda item: (item.last_told or self._now, item.key), reverse=True)[:ITEMS]
            self._settled = self._standings.rungs(self._connection, newest, self._now)
        found = (rung for rung in self._settled if fold(rung.item) in wanted)
        return tuple(
            sorted(found, key=lambda rung: (-rung.since.timestamp(), rung.item, rung.donor or "", rung.recipient))
        )

    def silences(self, until: datetime) -> tuple[Change, ...]:
        """Who fell silent."""
        return self._standings.silences(super().silences, until, self._now)


def _settled(connection: Connection, weapons: Mapping[str, Sequence[str]]) -> dict[str, tuple[Rung, ...]]:
    """The rungs of weapons by their folded names; ``weapons`` has the keys of all spellings of each."""
    steps: defaultdict[str, list[LadderStep]] = defaultdict(list)
    for _, step in newest_told(connection, [key for keys in weapons.values() for key in keys], REPORTS):
        steps[fold(step.step.item)].append(step)
    found = {name: ladder.rungs(steps[name]) for name in weapons}
    shown = {step.source.article_id for rungs in found.values() for rung in rungs for step in _steps(rung)}
    sources = tellers.of(connection, shown)
    return {
        name: tuple(
            _cited(rung, sources, is_cut=len(steps[name]) >= REPORTS)
            for rung in rungs
            if not all(step.source.backfill for step in rung.history)
        )
        for name, rungs in found.items()
    }


def _steps(rung: Rung) -> tuple[LadderStep, ...]:
    return (*rung.history, *rung.regressions)


def _cited(rung: Rung, sources: Mapping[int, tellers.Teller], *, is_cut: bool) -> Rung:
    """The rung with its sources in full. The first report of those looked at is no news where older ones are not."""

    def whole(step: LadderStep, *, is_old: bool) -> LadderStep:
        source, origin = sources.get(step.source.article_id, (step.source, step.origin))
        return replace(step, source=replace(source, backfill=True) if is_old else source, origin=origin)

    history = tuple(whole(step, is_old=is_cut and number == 0) for number, step in enumerate(rung.history))
    return replace(rung, history=history, regressions=tuple(whole(step, is_old=False) for step in rung.regressions))
