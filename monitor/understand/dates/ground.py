"""From where an expression is seen: the day of writing, what the verbs say, what was told before. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from monitor.records.findings import When
from monitor.understand.dates.intervals import Days, part
from monitor.understand.dates.reading import Reading

EXACT, APPROXIMATE = "exact", "approximate"

AHEAD = frozenset({"future", "likely"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """From where an expression is seen."""

    today: date | None
    """The day of writing, by the outlet's clock; None when nobody knows."""
    tense: str = ""
    """What the verbs say: ``past``, ``future``, ``present`` or nothing."""
    near: date | None = None
    """The day that was told of before."""
    year: int = 0
    """The year that the sentence has named."""
    month_first: bool = False
    """Whether 10/11 is the eleventh of October."""

    def leans(self, back: int, ahead: int) -> bool:
        """Whether the later of two readings is meant: ``back`` and ``ahead`` are their distances in days."""
        if self.tense in {"past", "future"}:
            return self.tense == "future"
        return ahead < back + {"present": 4, "likely": 4}.get(self.tense, 0)


def nearest(candidates: list[Days], ground: Ground, today: date, apart: int = 200) -> Days:
    """The one meant among several: by the verbs where two are about as far away, else the nearest."""
    far = {days: max((days[0] - today).days, (today - days[1]).days, 0) for days in candidates}
    best = min(candidates, key=lambda days: far[days])
    right = [days for days in candidates if _agrees(days, ground.tense, today)]
    if not right:
        return best
    told = min(right, key=lambda days: far[days])
    # Verbs say less than distance does: nobody leaves out the year of a day that is ten months away.
    return told if far[told] <= far[best] + apart else best


def _agrees(days: Days, tense: str, today: date) -> bool:
    if tense == "past":
        return days[0] <= today
    return days[1] >= today if tense in AHEAD else True


def _years(ground: Ground, today: date) -> range:
    return range(ground.year, ground.year + 1) if ground.year else range(today.year - 1, today.year + 2)


def _valid(days: Callable[[int], Days], years: range) -> list[Days]:
    found = []
    for number in years:
        try:
            found.append(days(number))
        except ValueError:
            continue  # The twenty-ninth of February, in most years.
    return found


def of_year(reading: Reading, ground: Ground, days: Callable[[int], Days]) -> Days | None:
    """The days of a year that the reading names, or the sentence, or that verbs and distance choose."""
    if reading.year:
        return days(reading.year)
    if reading.unit and ground.today and reading.steps is not None:
        return days(ground.today.year + reading.steps)
    if ground.today is None:
        return days(ground.year) if ground.year else None
    found = _valid(days, _years(ground, ground.today))
    return nearest(found, ground, ground.today) if found else None


def interval(days: Days, certainty: str = EXACT) -> When:
    """Days as a record."""
    return When(start=days[0], end=days[1], certainty=certainty)


def parted(days: Days | None, which: str) -> When | None:
    """Days, or the part of them that is meant, whose bounds are a guess."""
    if days is None:
        return None
    return interval(part(days, which), APPROXIMATE) if which else interval(days)
