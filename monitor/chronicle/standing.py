"""How far an event is: statuses as reports tell them in turn, and when one gives way to another. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.chronicle.ledger import FRESH
from monitor.chronicle.weighing import ENOUGH, OFFICIAL, weight
from monitor.chronicle.words import moved
from monitor.records.chronicle import EventChange, EventReport
from monitor.records.findings import When

_DAY = timedelta(days=1)
_AHEAD = frozenset({"proposed", "planned", "postponed"})
_AGAIN = 1.5
"""What it takes to bring back a plan that was called off or that was said to be held."""
_FORWARD = {
    "proposed": {"planned", "postponed", "under_way", "held", "called_off"},
    "planned": {"postponed", "under_way", "held", "called_off"},
    "postponed": {"under_way", "held", "called_off"},
    "under_way": {"held", "called_off"},
}
_AGAINST = {
    "held": {"called_off"},
    "under_way": {"called_off"},
    "planned": {"called_off"},
    "proposed": {"called_off"},
    "postponed": {"called_off"},
    "called_off": {"held", "under_way", "planned", "postponed"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voice:
    status: str
    at: datetime
    weight: float
    report: EventReport


def told_status(report: EventReport) -> str | None:
    """The status a report tells; None when its own date takes it back ("had been due on Monday", told on Friday)."""
    event, day = report.event, report.source.published.date()
    if event.status in {"held", "under_way"} and event.when is not None and event.when.start > day + _DAY:
        return "planned"
    if event.status == "planned" and event.when is not None and event.when.end < day - _DAY:
        return None
    if event.status in {"called_off", "planned"} and moved(event.evidence.text):
        return "postponed"
    return event.status


class Standing:
    """The status of one event while its reports are read."""

    def __init__(self) -> None:
        self.current: str | None = None
        self.since: datetime | None = None
        self.history: list[EventChange] = []
        self._voices: dict[str, _Voice] = {}

    @property
    def ahead(self) -> bool:
        """Whether the event still lies ahead, so that its day and place may change."""
        return self.current is None or self.current in _AHEAD

    def hear(self, report: EventReport, when: When | None = None) -> None:
        """Take the next report in; ``when`` are the days on which the event is believed to take place."""
        status = told_status(report)
        if status in {"held", "under_way"} and self._comes_too_early(report, status, when):
            return
        if status is None:
            if self.current is None:
                self._turn(report.event.status, report)
            return
        self._voices[report.origin.key] = _Voice(
            status=status, at=report.source.published, weight=weight(report), report=report
        )
        if self.current is None or (status != self.current and self._gives_way(status, report)):
            self._turn(status, report)

    def postpone(self, report: EventReport) -> None:
        """The event's day was moved back."""
        if self.ahead and self.current != "postponed":
            self._turn("postponed", report)

    def contradictions(self) -> Iterator[EventChange]:
        """Origins that say it was called off where others say it was not, and the other way round."""
        if self.current is None:
            return
        seen: set[str] = set()
        for voice in sorted(self._voices.values(), key=lambda voice: (voice.at, voice.report.source.article_id)):
            if voice.status in _AGAINST.get(self.current, ()) and voice.status not in seen and self._stands(voice):
                seen.add(voice.status)
                yield self._change(self.current, voice.status, voice.report)

    def _gives_way(self, status: str, report: EventReport) -> bool:
        current = self.current or ""
        if status in _FORWARD.get(current, ()):
            return self._support(status) >= ENOUGH
        if current == "called_off" and status != "proposed":
            later = self._support(status, after=self.since)
            return later >= _AGAIN or (later > 0 and later >= self._support(current))
        if current in {"held", "under_way"} and status == "called_off":
            return self._support(status) > self._support(current)
        if current == "held" and status in _AHEAD:
            when = report.event.when
            later = self._support(status, after=self.since)
            ahead = when is None or when.start > report.source.published.date()
            return ahead and later >= _AGAIN and later > self._support(current)
        return False

    def _comes_too_early(self, report: EventReport, status: str, when: When | None) -> bool:
        """Before its day nothing undated took place: it tells of another event, or of what would be.

        Within a week in which it may take place, one origin's word for it is not enough.
        """
        told = report.source.published.date()
        if when is None or report.event.when is not None or not self.ahead or when.end <= told:
            return False
        others = [key for key, voice in self._voices.items() if voice.status == status and key != report.origin.key]
        return when.start > told or not (others or when.start == when.end)

    def _stands(self, voice: _Voice) -> bool:
        """Whether the voice spoke at about the time of what is believed, and nobody settled it later."""
        believers = [other for other in self._voices.values() if other.status == self.current]
        if voice.status in _AHEAD and self.since is not None and voice.at <= self.since:
            return False
        if self.current in _AHEAD and self.since is not None and voice.at < self.since:
            return False
        if not any(abs(other.at - voice.at) <= 2 * FRESH for other in believers):
            return False
        later = [other.weight for other in believers if other.at > voice.at]
        return len(later) <= 1 and max(later, default=0.0) < OFFICIAL

    def _support(self, status: str, after: datetime | None = None) -> float:
        return sum(
            voice.weight
            for voice in self._voices.values()
            if voice.status == status and (after is None or voice.at > after)
        )

    def _turn(self, status: str, report: EventReport) -> None:
        self.history.append(self._change(self.current or "", status, report))
        self.current, self.since = status, report.source.published

    def _change(self, before: str, after: str, report: EventReport) -> EventChange:
        return EventChange(at=report.source.published, field="status", before=before, after=after, report=report)
