"""Arithmetic with closed intervals of days. Weeks run from Monday to Sunday. Pure.

Dates beyond the calendar raise OverflowError or ValueError, which the caller turns into "not resolved".
"""

from datetime import date, timedelta

Days = tuple[date, date]
DAY = timedelta(days=1)
_WEEK = 7
_SEASON_MONTHS = (3, 6, 9, 12)
LENGTHS = {"minute": 0, "hour": 0, "day": 1, "week": 7, "fortnight": 14}
"""Days in a unit; months and longer ones count by the calendar."""
_MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120}


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, _month_length(year, month + 1)))


def shift(day: date, count: float, unit: str) -> date:
    """``day`` moved by ``count`` units, back when it is below zero."""
    if unit in LENGTHS:
        return day + timedelta(days=round(count * LENGTHS[unit]))
    return add_months(day, round(count * _MONTHS_IN[unit]))


def month(year: int, number: int) -> Days:
    """All days of a month."""
    return date(year, number, 1), date(year, number, _month_length(year, number))


def year(number: int) -> Days:
    """All days of a year."""
    return date(number, 1, 1), date(number, 12, 31)


def season(number: int, start_year: int) -> Days:
    """A season of the northern half, by whole months; winter begins in December of ``start_year``."""
    first = date(start_year, _SEASON_MONTHS[number], 1)
    return first, add_months(first, 3) - DAY


def around(day: date, unit: str, steps: int = 0) -> Days:
    """The calendar's unit that holds ``day``, or the one so many steps later."""
    match unit:
        case "week" | "fortnight":
            monday = day - timedelta(days=day.weekday()) + timedelta(days=_WEEK * steps)
            return monday, monday + timedelta(days=LENGTHS[unit] - 1)
        case "weekend":
            saturday = day + timedelta(days=5 - day.weekday() + _WEEK * steps)
            return saturday, saturday + DAY
        case "month" | "quarter" | "half" | "year" | "decade":
            return _period(day, _MONTHS_IN[unit], steps)
        case _:
            moved = day + steps * DAY
            return moved, moved


def _period(day: date, length: int, steps: int) -> Days:
    months = day.year * 12 + day.month - 1
    first = (months // length + steps) * length
    start = date(first // 12, first % 12 + 1, 1)
    return start, add_months(start, length) - DAY


def part(days: Days, which: str) -> Days:
    """A part of an interval. ``early``, ``mid``, ``late``: a third of it; its ``start`` and ``end``: a quarter.

    Of a week, ``early`` is Monday to Wednesday and ``late`` Thursday to Sunday, as the working week has it.
    """
    start, end = days
    length = (end - start).days + 1
    if length == _WEEK and which in {"early", "late"}:
        middle = start + 2 * DAY
        return (start, middle) if which == "early" else (middle + DAY, end)
    size = max(1 if length < _WEEK else 2, length // (4 if which in {"start", "end"} else 3)) * DAY
    if which in {"early", "start"}:
        return start, start + size - DAY
    if which in {"late", "end"}:
        return end - size + DAY, end
    return start + size, max(start + size, end - size)


def weekday(day: date, number: int, *, ahead: bool) -> date:
    """The nearest day of that weekday, ``day`` itself included: the next one when ``ahead``, else the last one."""
    if ahead:
        return day + timedelta(days=(number - day.weekday()) % _WEEK)
    return day - timedelta(days=(day.weekday() - number) % _WEEK)


def easter(number: int) -> date:
    """Easter Sunday of the western churches (the anonymous Gregorian computus; Meeus 1991, chapter 8)."""
    a, (b, c) = number % 19, divmod(number, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    last = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * last) // 451
    whole = h + last - 7 * m + 114
    return date(number, whole // 31, whole % 31 + 1)


def _month_length(year: int, number: int) -> int:
    following = date(year + number // 12, number % 12 + 1, 1) if (year, number) != (9999, 12) else None
    return 31 if following is None else (following - DAY).day
