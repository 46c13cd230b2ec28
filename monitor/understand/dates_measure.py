"""How well dates are found: the days of annotated events, and answers to "when?". Pure; the tests ask it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.records.findings import TimeMention, When
from monitor.understand import dates
from monitor.understand.prose import Prose

_TENSES = {"held": "past", "planned": "future"}
_YEAR_AND_MONTH, _WHOLE = 7, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedEvent:
    """An annotated event with its days: where its evidence stands, and its status."""

    start: int
    end: int
    status: str
    days: tuple[date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One annotated answer to "when?": the words that coders marked, and the day they stand for."""

    text: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DateFigures:
    """Of ``gold`` intervals, ``found`` got any, ``right`` one that shares a day with them, ``same`` the very same."""

    gold: int
    found: int
    right: int
    same: int

    @property
    def share(self) -> float:
        """The share that is right, of all that should have been found."""
        return self.right / self.gold if self.gold else 0.0


def days_of(when: str | None) -> tuple[date, date] | None:
    """An annotated date, month or interval ("2025-08-15", "2025-08", "2025-08-11/2025-08-17") as closed days."""
    first, _, last = (when or "").partition("/")
    try:
        return _day(first, last=False), _day(last or first, last=True)
    except ValueError:
        return None


def event_figures(documents: Iterable[tuple[Prose, Sequence[DatedEvent]]]) -> DateFigures:
    """How often the clause of an event gives its days."""
    pairs: list[tuple[tuple[date, date], When | None]] = []
    for prose, events in documents:
        times = dates.find(prose)
        for event in events:
            mention = dates.of(times, event.start, event.end, prose, tense=_TENSES.get(event.status, ""))
            pairs.append((event.days, mention.when if mention else None))
    return figures(pairs)


def answer_figures(documents: Iterable[tuple[Prose, Sequence[Answer]]]) -> DateFigures:
    """How often a marked answer, where the document says it first, is a time and holds the day it stands for."""
    pairs: list[tuple[tuple[date, date], When | None]] = []
    for prose, answers in documents:
        times = dates.find(prose)
        for answer in answers:
            place = prose.document.find(answer.text)
            if place >= 0:
                pairs.append(((answer.day, answer.day), _within(times, place, place + len(answer.text))))
    return figures(pairs)


def figures(pairs: Iterable[tuple[tuple[date, date], When | None]]) -> DateFigures:
    """Figures of annotated days, each with what was found for it."""
    gold = found = right = same = 0
    for (start, end), when in pairs:
        gold += 1
        if when is not None:
            found += 1
            right += when.start <= end and start <= when.end
            same += (when.start, when.end) == (start, end)
    return DateFigures(gold=gold, found=found, right=right, same=same)


def _within(times: Sequence[TimeMention], start: int, end: int) -> When | None:
    """The narrowest time that shares characters with ``start:end``."""
    shared = [time.when for time in times if time.start < end and start < time.end and time.when is not None]
    return min(shared, key=lambda when: when.end - when.start, default=None)


def _day(text: str, *, last: bool) -> date:
    if len(text) == _YEAR_AND_MONTH:
        # Annotators' months end on a day that every month has.
        return date.fromisoformat(f"{text}-{'28' if last else '01'}")
    return date.fromisoformat(text[:_WHOLE])
