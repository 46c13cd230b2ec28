"""Who says what of one field of an event, and what is to be believed. Pure.

Every origin has one voice. While an event lies ahead it is the origin's latest word, and words that nobody repeats grow
old, for plans change; but what several say, one alone does not change, unless its words are official or say that it
moved. Once the event took place it is what the origin says most often: a day does not move any more, and what later
articles mention in passing is told less carefully than the news was.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from monitor.chronicle.weighing import OFFICIAL, weight
from monitor.records.chronicle import EventChange, EventReport

Value = TypeVar("Value")
FRESH = timedelta(hours=24)
"""A word that is older than the newest one by more counts little while the event lies ahead."""
_STALE = 0.25
_SETTLING = 2
_FIRM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice(Generic[Value]):
    """A word of one origin; ``often`` is the weight of all its words that agree with it."""

    value: Value
    at: datetime
    weight: float
    often: float
    report: EventReport


class Ledger(Generic[Value]):
    """One field's words in the order of publication: what is believed, how that changed, who disagrees."""

    def __init__(
        self,
        field: str,
        *,
        agree: Callable[[Value, Value], bool],
        finer: Callable[[Value, Value], bool],
        shown: Callable[[Value], str],
    ) -> None:
        self.field = field
        self._agree, self._finer, self._shown = agree, finer, shown
        self._voices: dict[str, list[Voice[Value]]] = {}
        self._past: list[Value] = []
        self._open = True
        self.current: Value | None = None
        self.firm = False
        """Whether two origins at least said what was believed before the last turn."""
        self.since: datetime | None = None
        self.history: list[EventChange] = []

    def hear(
        self, report: EventReport, value: Value, *, open_still: bool, moved: bool, opening: bool, sure: float = 1.0
    ) -> bool:
        """Take a report in; True when what is believed becomes something else (not merely finer)."""
        self._open = open_still
        self._note(report, value, sure)
        if self.current is None:
            self._turn(value, report, quiet=opening)
            return False
        if self._agree(value, self.current):
            if self._finer(value, self.current):
                self._turn(value, report, quiet=False)
            return False
        if not moved and not self._outweighs(value, report):
            return False
        self._past.append(self.current)
        self.firm = self._holders(self.current, value) >= _FIRM
        self._turn(value, report, quiet=False)
        return True

    def contradictions(self) -> Iterator[EventChange]:
        """What is said against what is believed, at about the time it was believed, and nothing later settles."""
        if self.current is None or self.since is None:
            return
        told: list[Value] = []
        voices = sorted(self._each(), key=lambda voice: (voice.at, voice.report.source.article_id))
        believers = [voice for voice in voices if self._agree(voice.value, self.current)]
        for voice in voices:
            if self._stands_against(voice, believers) and not any(self._agree(voice.value, value) for value in told):
                told.append(voice.value)
                yield self._change(self.current, voice.value, voice.report)

    def _note(self, report: EventReport, value: Value, sure: float) -> None:
        """Put a word behind the origin's others; those it agrees with make it one that is said more often."""
        words = self._voices.setdefault(report.origin.key, [])
        force = weight(report) * sure
        same = [word for word in words if self._agree(word.value, value)]
        often = force + (same[-1].often if same else 0.0)
        words[:] = [word for word in words if not self._agree(word.value, value)]
        voice = Voice(value=value, at=report.source.published, weight=force, often=often, report=report)
        words.append(voice)

    def _each(self) -> Iterator[Voice[Value]]:
        """The one voice of each origin."""
        for words in self._voices.values():
            yield words[-1] if self._open else max(words, key=lambda word: (word.often, word.at))

    def _holders(self, old: Value, new: Value) -> int:
        """How many origins have said the old and cannot have meant the new."""
        return sum(
            any(self._agree(word.value, old) and not self._agree(word.value, new) for word in words)
            for words in self._voices.values()
        )

    def _outweighs(self, value: Value, report: EventReport) -> bool:
        if self.current is None:
            return True
        alone = self._holders(value, self.current) < _FIRM <= self._holders(self.current, value)
        if alone and weight(report) < OFFICIAL:
            return False
        at = report.source.published
        return self._support(value, at) > self._support(self.current, at)

    def _stands_against(self, voice: Voice[Value], believers: Sequence[Voice[Value]]) -> bool:
        if self.current is None or self.since is None or self._agree(voice.value, self.current):
            return False
        if any(self._agree(voice.value, value) for value in self._past) and voice.at <= self.since:
            return False
        if not any(abs(other.at - voice.at) <= 2 * FRESH for other in believers):
            return False
        later = [other.weight for other in believers if other.at > voice.at]
        return len(later) < _SETTLING and max(later, default=0.0) < OFFICIAL

    def _support(self, value: Value, newest: datetime) -> float:
        """The weight of those who say so; while the event lies ahead a quarter, of those who said so long before."""
        return sum(
            voice.weight * (_STALE if self._open and newest - voice.at > FRESH else 1.0)
            for voice in self._each()
            if self._agree(voice.value, value)
        )

    def _turn(self, value: Value, report: EventReport, *, quiet: bool) -> None:
        if not quiet:
            self.history.append(self._change(self.current, value, report))
        self.current, self.since = value, report.source.published

    def _change(self, before: Value | None, after: Value, report: EventReport) -> EventChange:
        shown = "" if before is None else self._shown(before)
        return EventChange(
            at=report.source.published, field=self.field, before=shown, after=self._shown(after), report=report
        )
