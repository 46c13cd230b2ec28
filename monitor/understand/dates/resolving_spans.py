"""Readings of counted units and of whiles to intervals. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from monitor.records.findings import When
from monitor.understand.dates.ground import AHEAD, APPROXIMATE, EXACT, Ground, interval, nearest, of_year
from monitor.understand.dates.intervals import DAY, LENGTHS, Days, around, month, part, shift, weekday, year
from monitor.understand.dates.reading import Reading

# What "a few" may be: at least two, at most so many of a unit.
_FEWEST, _MOST = 2, {"minute": 60, "hour": 24, "day": 7, "week": 5, "fortnight": 3, "month": 6, "year": 5, "decade": 5}

# More days than any month has.
_LONG = 31


def _unit(reading: Reading, ground: Ground) -> When | None:
    if ground.today is None:
        return None
    if reading.unit == "weekend":
        return interval(_weekend(reading, ground, ground.today))
    steps = reading.steps or 0
    # Told at a weekend, "this week" that will be is the coming one.
    steps += reading.unit == "week" and steps == 0 and ground.tense in AHEAD and ground.today.weekday() > 4
    return interval(around(ground.today, reading.unit, steps))


def _weekend(reading: Reading, ground: Ground, today: date) -> Days:
    this, gone, coming = (around(today, "weekend", steps) for steps in (0, -1, 1))
    if reading.steps == -1:
        return gone
    if reading.steps == 1:
        # From Wednesday on, the near one is "this weekend".
        return coming if today.weekday() > 1 else this
    if today >= this[0]:
        return this
    return this if ground.leans((today - gone[1]).days, (this[0] - today).days) else gone


def _spread(day: date, unit: str, *, finer: bool) -> Days:
    """Half a unit around a day: what "two weeks ago" may be; ``finer``, a quarter, as for two and a half."""
    if unit in {"day", "hour", "minute"}:
        return day, day
    near = (shift(day, 1, unit) - day) // (4 if finer else 2)
    return day - near, day + near


def _few(day: date, unit: str, sign: int, count: float = 0) -> Days:
    least = 0 if unit in {"hour", "minute"} else _FEWEST
    near = shift(day, sign * least, unit)
    far = shift(day, sign * max(_MOST[unit], count + 1), unit) if LENGTHS.get(unit, 1) else day + sign * DAY
    return (near, far) if sign > 0 else (far, near)


def _distance(reading: Reading, ground: Ground) -> When | None:
    if ground.today is None:
        return None
    start = ground.today + reading.day * DAY
    return _moved(weekday(start, reading.weekday, ahead=True) if reading.weekday >= 0 else start, reading)


def _moved(day: date, reading: Reading) -> When:
    unit, sign = reading.unit, 1 if reading.part == "after" else -1
    if reading.vague:
        return interval(_few(day, unit, sign, abs(reading.count)), APPROXIMATE)
    if unit in {"hour", "minute"}:
        moved = day + round(reading.count / 24 if unit == "hour" else 0) * DAY
        return interval((min(day, moved), max(day, moved)), APPROXIMATE)
    days = _spread(shift(day, reading.count, unit), unit, finer=reading.count % 1 != 0)
    return interval(days, EXACT if unit == "day" else APPROXIMATE)


def _stretch(reading: Reading, ground: Ground) -> When | None:
    """A while that ends or begins with the day of writing: the past two weeks, the coming days."""
    if ground.today is None:
        return None
    sign, unit = -1 if reading.part == "before" else 1, reading.unit
    if unit in {"hour", "minute"}:
        hours = reading.count if unit == "hour" else 1
        far = ground.today + sign * max(1, round(hours / 24)) * DAY
    else:
        count = max(_MOST[unit], reading.count + 1) if reading.vague else reading.count
        far = shift(ground.today, sign * count, unit)
    return interval((min(far, ground.today), max(far, ground.today)), APPROXIMATE)


def _ahead(reading: Reading, ground: Ground) -> When | None:
    """``in two weeks``: a time to come where the verbs say so, else how long something took."""
    within = bool(reading.part)
    if ground.today is None or not (ground.tense in AHEAD or (within and ground.tense == "present")):
        return None
    forward = replace(reading, part="after")
    return _stretch(forward, ground) if within else _moved(ground.today, forward)


def _echo(reading: Reading, ground: Ground) -> When | None:
    day = ground.near or (ground.today if reading.count <= 0 else None)
    if day is None:
        return None
    if reading.unit in {"hour", "minute"} or not (reading.count or reading.vague):
        return interval((day, day), APPROXIMATE if reading.count or reading.vague else EXACT)
    return replace(_moved(day, reading), certainty=APPROXIMATE)


def _echo_unit(reading: Reading, ground: Ground) -> When | None:
    steps = reading.steps or 0
    day = ground.near or (ground.today if steps < 0 else None)
    return None if day is None else interval(around(day, reading.unit, steps), APPROXIMATE)


def _slice(reading: Reading, ground: Ground) -> When | None:
    """A counted part of a longer unit: the first week of November, the third quarter of 2025."""
    whole = _whole(reading, ground)
    if whole is None:
        return None
    if reading.vague:
        return interval(part(whole, "start" if reading.count > 0 else "end"), APPROXIMATE)
    pieces = list(_pieces(whole, reading.unit))
    number = int(reading.count) - 1 if reading.count > 0 else -1
    return interval(pieces[number]) if number < len(pieces) else None


def _pieces(whole: Days, unit: str) -> Iterator[Days]:
    """The units that begin in an interval; weeks of a month count from its first day, the last to its last."""
    start, end = whole
    if unit == "half" and (end - start).days < _LONG:
        middle = start + (end - start) // 2
        yield from ((start, middle), (middle + DAY, end))
        return
    if unit == "weekend":
        start = weekday(start, 5, ahead=True)
    size = {"day": 1, "week": 7, "weekend": 7}.get(unit)
    while start <= end:
        following = start + timedelta(days=size) if size else shift(start, 1, unit)
        last = start + DAY if unit == "weekend" else following - DAY
        yield (end - 6 * DAY, end) if unit == "week" and following > end else (start, last)
        start = following


def _whole(reading: Reading, ground: Ground) -> Days | None:
    if reading.month:
        return of_year(reading, ground, lambda number: month(number, reading.month))
    if reading.year:
        return year(reading.year)
    if ground.today is None or reading.part not in {"week", "month", "year", "decade"}:
        return None
    return around(ground.today, reading.part, reading.steps or 0)


def _slice_of_unit(reading: Reading, ground: Ground) -> When | None:
    today = ground.near if reading.vague and ground.near else ground.today
    if today is None:
        return None
    days = around(today, reading.unit, reading.steps or 0)
    if reading.part == "before":
        return interval((days[0], max(days[0], min(days[1], today))), APPROXIMATE)
    if reading.part == "after":
        return interval((max(days[0], min(days[1], today)), days[1]), APPROXIMATE)
    found = part(days, reading.part)
    if reading.steps is None:
        options = [part(around(today, reading.unit, steps), reading.part) for steps in (-1, 0, 1)]
        found = nearest(options, ground, today, apart=(days[1] - days[0]).days // 3)
    return interval(found, APPROXIMATE)


RESOLVERS: dict[str, Callable[[Reading, Ground], When | None]] = {
    "unit": _unit,
    "distance": _distance,
    "stretch": _stretch,
    "ahead": _ahead,
    "echo": _echo,
    "echo_unit": _echo_unit,
    "slice": _slice,
    "slice_of_unit": _slice_of_unit,
}
"""Kinds of readings, and what resolves them."""
