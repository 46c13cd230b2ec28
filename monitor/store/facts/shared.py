"""What does not hang on who is told: read once in a transaction, for however many streams it serves."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from monitor.chronicle import changes, ladder
from monitor.records.chronicle import Change, Rung
from monitor.store.chronicle import aid, statements
from monitor.store.details import name_key
from monitor.store.facts import heard

LATELY = timedelta(days=60)
"""Weapons of which nothing was told for so long are left out."""
HABIT = timedelta(days=45)
"""Days before a moment from which habits are learnt."""


class Shared:
    """One state of the chronicle."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._rungs: dict[str, tuple[Rung, ...]] = {}
        self._silences: dict[date, tuple[Change, ...]] = {}

    @cached_property
    def items(self) -> tuple[aid.Item, ...]:
        """Every weapon of the ladder."""
        return aid.items(self._connection)

    @cached_property
    def _newest(self) -> datetime:
        """When a weapon was last told of, or now: news of a replayed week, or of an archive, is news all the same."""
        told = [item.last_told for item in self.items if item.last_told is not None]
        return min(self._now, max(told, default=self._now))

    @cached_property
    def lately(self) -> frozenset[str]:
        """Keys of the weapons that were told of lately, or are about to be."""
        since = self._now - LATELY
        return frozenset(item.key for item in self.items if item.last_told is None or item.last_told >= since)

    @cached_property
    def subjects(self) -> frozenset[str]:
        """Words of what first words are news on."""
        return changes.subject_words((item.name for item in self.items), heard.places(self._connection, self._now))

    def alike(self, keys: Iterable[str]) -> set[str]:
        """``keys`` with those of the same weapons under other spellings."""
        return aid.spelled_alike(self.items, set(keys))

    def rungs(self, keys: Iterable[str]) -> tuple[Rung, ...]:
        """Where these weapons stand; those that only a back catalogue tells of are left out."""
        wanted = self.alike(keys)
        missing = wanted - self._rungs.keys()
        if missing:
            self._rungs |= dict.fromkeys(missing, ())
            told = aid.steps(self._connection, keys=missing, since=self._newest - aid.MEMORY)
            for rung in ladder.rungs(told):
                if not all(step.source.backfill for step in rung.history):
                    self._rungs[name_key(rung.item)] += (rung,)
        found = (rung for key in wanted for rung in self._rungs[key])
        return tuple(
            sorted(found, key=lambda rung: (-rung.since.timestamp(), rung.item, rung.donor or "", rung.recipient))
        )

    def silences(self, until: datetime) -> tuple[Change, ...]:
        """Who fell silent, as far as it shows on that day."""
        day = until.date()
        if day not in self._silences:
            tallies = statements.tallies(self._connection, (until - HABIT).date())
            self._silences[day] = changes.silences(tallies, until)
        return self._silences[day]
