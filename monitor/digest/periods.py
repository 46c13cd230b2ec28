"""Which stretch of time a digest answers for. Pure.

A period ends when the clock on the recipient's wall shows the hour. Where that hour is skipped, it ends at the first
instant after the gap; where it comes twice, at the first. So periods follow each other without gap or overlap, whatever
the zone does: they are an hour longer or shorter, and where a zone skipped a whole day, that day's ends where the
next begins.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from monitor.digest.house_style import MONTHS, WEEKDAYS
from monitor.digest.zones import first_instant, named, offsets
from monitor.errors import ConfigError
from monitor.records.telling.subscribers import Cadence, Period, Schedule, Selection
from monitor.text import digest as hashed

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# Back so far there are at least two ends, even where a zone left out a day.
_REACH = {
    Cadence.HOURLY: 4 * _HOUR,
    Cadence.DAILY: 4 * _DAY,
    Cadence.WEEKDAYS: 7 * _DAY,
    Cadence.WEEKLY: 17 * _DAY,
}
_SATURDAY = 5


def check(schedule: Schedule) -> None:
    """Raises ConfigError when the schedule has a zone, an hour or a weekday that does not exist."""
    if not 0 <= schedule.hour <= 23:
        raise ConfigError(f"{schedule.hour} is no hour of the day. Give one from 0 (midnight) to 23.")
    if not 0 <= schedule.weekday <= 6:
        raise ConfigError(f"{schedule.weekday} is no day of the week. Give one from 0 (Monday) to 6 (Sunday).")
    named(schedule.zone)


def latest(schedule: Schedule, *, now: datetime) -> Period:
    """The last period that has ended. Raises ConfigError for a schedule that cannot be."""
    check(schedule)
    start, end = _ends(schedule, now - _REACH[schedule.cadence], now)[-2:]
    return Period(start=start, end=end)


def before(schedule: Schedule, period: Period) -> Period:
    """The period that ends where ``period`` starts. Raises ConfigError for a schedule that cannot be."""
    check(schedule)
    ends = _ends(schedule, period.start - _REACH[schedule.cadence], period.start)
    return Period(start=max(end for end in ends if end < period.start), end=period.start)


def missed(schedule: Schedule, last_end: datetime, period: Period) -> int:
    """How many whole periods lie between ``last_end`` and the start of ``period``.

    Raises ConfigError for a schedule that cannot be.
    """
    check(schedule)
    return max(0, len(_ends(schedule, last_end, period.start)) - 1)


def stream_key(schedule: Schedule, selection: Selection) -> str:
    """The same for all who get the same digest: what their schedules and selections come down to."""
    when: dict[str, object] = {"cadence": schedule.cadence.value, "zone": schedule.zone}
    if schedule.cadence is not Cadence.HOURLY:
        when["hour"] = schedule.hour
    if schedule.cadence is Cadence.WEEKLY:
        when["weekday"] = schedule.weekday
    which = {
        "topics": sorted(set(selection.topics)),
        "search": " ".join(selection.search.split()),
        "languages": sorted(set(selection.languages)),
    }
    # In ASCII, so that it does not hang on what a version of Unicode calls printable.
    return hashed(json.dumps(when | which, sort_keys=True).encode())


def in_words(period: Period, zone: str) -> str:
    """A period on the wall there: "06:00–06:00 Europe/Kyiv, Thu 16 – Fri 17 Oct 2025".

    Raises ConfigError for a zone that does not exist.
    """
    place = named(zone)
    start, end = period.start.astimezone(place), period.end.astimezone(place)
    days = _day(end.date(), year=True)
    if start.date() != end.date():
        days = f"{_since(start.date(), end.date())} – {days}"
    # Only an hour that is skipped or comes twice needs it: "03:00 (UTC+3)–03:00 (UTC+2)".
    shifted = start.date() == end.date() and start.utcoffset() != end.utcoffset()
    return f"{_clock(start, shifted)}–{_clock(end, shifted)} {zone}, {days}"


def _clock(moment: datetime, shifted: bool) -> str:
    if not shifted:
        return f"{moment:%H:%M}"
    offset = f"{moment:%z}"
    minutes = f":{offset[3:5]}" if offset[3:5] != "00" else ""
    return f"{moment:%H:%M} (UTC{offset[0]}{int(offset[1:3])}{minutes})"


def _since(first: date, last: date) -> str:
    """The first day, with as much of it as the last one does not say."""
    if first.year != last.year:
        return _day(first, year=True)
    return _day(first) if first.month != last.month else f"{WEEKDAYS[first.weekday()]} {first.day}"


def _day(day: date, *, year: bool = False) -> str:
    told = f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    return f"{told} {day.year}" if year else told


def _ends(schedule: Schedule, first: datetime, last: datetime) -> list[datetime]:
    """Where periods end from ``first`` to ``last`` (both included), in order."""
    found = _full_hours if schedule.cadence is Cadence.HOURLY else _days
    return sorted({end for end in found(schedule, first, last) if first <= end <= last})


def _full_hours(schedule: Schedule, first: datetime, last: datetime) -> Iterator[datetime]:
    """Every instant at which a clock there shows a full hour, with some beyond ``first`` and ``last``."""
    zone = named(schedule.zone)
    for offset in offsets(zone, first, last):
        local = (first.astimezone(UTC) + offset).replace(minute=0, second=0, microsecond=0)
        for hour in range((last - first) // _HOUR + 2):
            end = local - offset + hour * _HOUR
            if end.astimezone(zone).utcoffset() == offset:
                yield end


def _days(schedule: Schedule, first: datetime, last: datetime) -> Iterator[datetime]:
    """The hour of every day on which periods end, with some beyond ``first`` and ``last``."""
    zone = named(schedule.zone)
    day, until = first.astimezone(zone).date() - _DAY, last.astimezone(zone).date() + _DAY
    while day <= until:
        if _is_end(schedule, day):
            yield first_instant(datetime.combine(day, time(schedule.hour)), zone)
        day += _DAY


def _is_end(schedule: Schedule, day: date) -> bool:
    if schedule.cadence is Cadence.WEEKLY:
        return day.weekday() == schedule.weekday
    return schedule.cadence is Cadence.DAILY or day.weekday() < _SATURDAY
