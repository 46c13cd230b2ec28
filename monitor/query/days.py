"""The forms of a date in a search, and which times they mean. Days are UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta

from monitor.query.nodes import Ago, Dates, DaysAgo, Moment

_AGO = re.compile(r"([1-9]\d{0,3})([hdw])", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NAMED = {"today": DaysAgo(0), "yesterday": DaysAgo(1)}
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_YEARS = range(1900, 2201)
_FORMS = "Write date:2025-10-16, date:2025-10-01..2025-10-20, date:2025-10-01.. or date:7d"
_ONE_DAY = timedelta(days=1)


def dates(value: str) -> Dates:
    """``2025-10-16``, ``2025-10-01..``, ``..2025-10-20``, ``2025-10-01..2025-10-20``, ``7d``, ``yesterday``.

    Raises ValueError saying what is wrong.
    """
    first, dots, last = value.partition("..")
    if not dots:
        moment = _moment(value)
        return Dates(moment, None if isinstance(moment, Ago) else moment)
    if not (first or last):
        raise ValueError(f"both ends are open. {_FORMS}")
    found = Dates(_moment(first) if first else None, _moment(last) if last else None)
    if isinstance(found.first, date) and isinstance(found.last, date) and found.first > found.last:
        raise ValueError(f"{first} lies behind {last}. Put the earlier day first.")
    return found


def bounds(found: Dates, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The times meant, ``first <= t < last``; None where it is open."""
    first = None if found.first is None else _start(found.first, now)
    if found.last is None:
        return first, None
    last = _start(found.last, now)
    return first, last if isinstance(found.last, Ago) else last + _ONE_DAY


def _start(moment: Moment, now: datetime) -> datetime:
    match moment:
        case Ago():
            return now - timedelta(**{_UNITS[moment.unit]: moment.amount})
        case DaysAgo():
            return _midnight(now.astimezone(UTC).date() - _ONE_DAY * moment.days)
        case date():
            return _midnight(moment)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _moment(text: str) -> Moment:
    if (named := _NAMED.get(text.casefold())) is not None:
        return named
    if ago := _AGO.fullmatch(text.casefold()):
        return Ago(int(ago[1]), ago[2])
    if not _DAY.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no date. {_FORMS}")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"the calendar has no {text}. {_FORMS}") from None
    if day.year not in _YEARS:
        raise ValueError(f"no news is from {day.year}. {_FORMS}")
    return day
