"""Readings of days, months and years to intervals. Pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from monitor.records.findings import When
from monitor.understand.dates.ground import AHEAD, APPROXIMATE, EXACT, Ground, interval, nearest, of_year, parted
from monitor.understand.dates.intervals import DAY, Days, around, easter, month, season, weekday, year
from monitor.understand.dates.reading import Reading

_WEEK = timedelta(days=7)


def _date(reading: Reading, ground: Ground) -> When | None:
    def days(number: int) -> Days:
        return date(number, reading.month, reading.day), date(number, reading.month, reading.last_day or reading.day)

    found = of_year(reading, ground, days)
    return interval(found) if found else None


def _numeric(reading: Reading, ground: Ground) -> When | None:
    # Read as day and month; where the month leads, they change places.
    first, second = reading.month, reading.day
    return _date(replace(reading, month=second, day=first) if ground.month_first else reading, ground)


def _month(reading: Reading, ground: Ground) -> When | None:
    def days(number: int) -> Days:
        return month(number, reading.month)

    if reading.steps is not None and not reading.unit and ground.today is not None:
        found: Days | None = _stepped_month(reading, ground.today)
    else:
        found = of_year(reading, ground, days)
    return parted(found, reading.part)


def _stepped_month(reading: Reading, today: date) -> Days:
    """Last, this, next August: never the month of writing, unless it is "this"."""
    if reading.steps == 0:
        return month(today.year, reading.month)
    if reading.steps == -1:
        return month(today.year - (reading.month >= today.month), reading.month)
    return month(today.year + (reading.month <= today.month), reading.month)


def _year(reading: Reading, _: Ground) -> When | None:
    return parted(year(reading.year), reading.part)


def _decade(reading: Reading, _: Ground) -> When | None:
    return parted((date(reading.year, 1, 1), date(reading.year + 9, 12, 31)), reading.part)


def _season(reading: Reading, ground: Ground) -> When | None:
    def days(number: int) -> Days:
        return season(reading.month, number)

    today = ground.today
    if reading.year or reading.unit or today is None or reading.steps is None:
        found = of_year(reading, ground, days)
    elif reading.steps == 0:
        found = days(today.year - (reading.month == 3 and today.month < 3))
    else:
        options = [days(number) for number in range(today.year - 2, today.year + 2)]
        gone, coming = [one for one in options if one[1] < today], [one for one in options if one[0] > today]
        found = gone[-1] if reading.steps < 0 else coming[0]
    shown = parted(found, reading.part)
    return replace(shown, certainty=APPROXIMATE) if shown else None


def _weekday(reading: Reading, ground: Ground) -> When | None:
    today, number = ground.today, reading.weekday
    if today is None:
        return None
    if reading.steps is None:
        back, ahead = weekday(today, number, ahead=False), weekday(today, number, ahead=True)
        day = ahead if ground.leans((today - back).days, (ahead - today).days) else back
    elif reading.strict:
        day = weekday(today + reading.steps * DAY, number, ahead=reading.steps > 0)
    elif reading.steps == 0:
        day = around(today, "week")[0] + number * DAY
        day += _WEEK * ((ground.tense in AHEAD and day < today) - (ground.tense == "past" and day > today))
    else:
        return _stepped_weekday(reading.steps, number, today)
    return interval((day, day))


def _stepped_weekday(steps: int, number: int, today: date) -> When:
    """Last and next Friday: never yesterday or tomorrow, which have names of their own, nor a bare weekday's day."""
    if steps < 0:
        day = weekday(today - 2 * DAY, number, ahead=False)
        return interval((day, day))
    day = around(today, "week", 1)[0] + number * DAY
    day = day if (day - today).days > 1 else day + _WEEK
    # Some mean the coming one by it.
    return interval((day, day), EXACT if (day - today).days < 7 else APPROXIMATE)


def _weekday_of_week(reading: Reading, ground: Ground) -> When | None:
    from_day = ground.near if reading.vague and ground.near else ground.today
    if from_day is None:
        return None
    day = around(from_day, "week", reading.steps or 0)[0] + reading.weekday * DAY
    return interval((day, day))


def _day(reading: Reading, ground: Ground) -> When | None:
    if ground.today is None:
        return None
    day = ground.today + int(reading.count) * DAY
    return interval((day, day))


def _overnight(_: Reading, ground: Ground) -> When | None:
    if ground.today is None:
        return None
    return interval((ground.today - DAY, ground.today + (ground.tense in AHEAD) * DAY), APPROXIMATE)


def _day_of_month(reading: Reading, ground: Ground) -> When | None:
    today = ground.today
    if today is None:
        return None
    if reading.steps is not None:
        day = around(today, "month", reading.steps)[0].replace(day=reading.day)
        return interval((day, day))
    firsts = [around(today, "month", steps)[0] for steps in (-1, 0, 1)]
    days = [first.replace(day=reading.day) for first in firsts if _holds(first, reading.day)]
    return interval(nearest([(day, day) for day in days], ground, today))


def _holds(first: date, day: int) -> bool:
    return day <= month(first.year, first.month)[1].day


def _christmas(reading: Reading, ground: Ground) -> When | None:
    def days(number: int) -> Days:
        return date(number, 12, 25 + reading.day), date(number, 12, 24 if reading.day else 26)

    found = of_year(reading, ground, days)
    return interval(found, EXACT if reading.day else APPROXIMATE) if found else None


def _easter(reading: Reading, ground: Ground) -> When | None:
    def days(number: int) -> Days:
        sunday = easter(number)
        return sunday - 2 * DAY, sunday + DAY

    found = of_year(reading, ground, days)
    return interval(found, APPROXIMATE) if found else None


def _thanksgiving(reading: Reading, ground: Ground) -> When | None:
    def days(number: int) -> Days:
        day = weekday(date(number, 11, 1), 3, ahead=True) + timedelta(days=21)
        return day, day

    found = of_year(reading, ground, days)
    return interval(found) if found else None


def _clock(_: Reading, ground: Ground) -> When | None:
    day = ground.near or ground.today
    return None if day is None else interval((day, day), APPROXIMATE)


RESOLVERS: dict[str, Callable[[Reading, Ground], When | None]] = {
    "date": _date,
    "numeric": _numeric,
    "month": _month,
    "year": _year,
    "decade": _decade,
    "season": _season,
    "weekday": _weekday,
    "weekday_of_week": _weekday_of_week,
    "day": _day,
    "overnight": _overnight,
    "day_of_month": _day_of_month,
    "christmas": _christmas,
    "easter": _easter,
    "thanksgiving": _thanksgiving,
    "clock": _clock,
}
"""Kinds of readings, and what resolves them."""
