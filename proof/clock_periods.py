"""Where periods of digests end, against another reckoning: by segments of constant offset from UTC."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from monitor.digest import periods
from monitor.records.telling.subscribers import Cadence, Period, Schedule
from proof.promise import Figure, Scene

CASES = 20_000
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
BEGIN = datetime(1972, 1, 20, tzinfo=UTC)
NO_PLACES = frozenset({"localtime", "posixrules", "Factory"})
ODD = (
    *("Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "Pacific/Chatham", "Europe/Kyiv"),
    *(
        "Africa/Casablanca",
        "Antarctica/Troll",
        "America/New_York",
        "Asia/Tehran",
        "Pacific/Kwajalein",
        "Asia/Pyongyang",
    ),
    *("Africa/Monrovia", "America/Caracas", "Pacific/Kiritimati", "Europe/Dublin", "America/Nuuk", "Asia/Gaza"),
)
LEAP_DAYS = tuple(date(year, 2, 29) for year in range(1972, 2036, 4))
LEAP_SECONDS = (date(1999, 1, 1), date(2006, 1, 1), date(2012, 7, 1), date(2015, 7, 1), date(2017, 1, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of time in which a zone's clocks are by ``offset`` ahead of UTC."""

    start: datetime
    end: datetime
    offset: timedelta


def compared(scene: Scene) -> Sequence[Figure]:
    """Seeded cases, most of them near something odd; every zone there is takes its turn."""
    dice = random.Random(20261127)
    zones = sorted(available_timezones() - NO_PLACES)
    wrong: list[str] = []
    cases, edges = scene.of(CASES), 0
    for number in range(cases):
        zone = dice.choice(ODD) if number % 2 else zones[number // 2 % len(zones)]
        now = _moment(dice, zone)
        schedule = Schedule(
            cadence=dice.choice(tuple(Cadence)), zone=zone, hour=dice.randrange(24), weekday=dice.randrange(7)
        )
        wanted, crossed = the_latest(schedule, now)
        edges += crossed
        wrong += [f"{schedule} at {now}: {problem}" for problem in _problems(schedule, now, wanted)]
        if number % 500 == 0:
            scene.progress(number, cases, "cases")
    return [
        Figure(
            what=f"{cases:,} cases of zone, cadence, hour and moment in {len(zones)} zones; "
            f"in {edges:,} the clocks change within the period",
            measured=f"{len(wrong)} differ" + (f"; {wrong[0]}" if wrong else ""),
            wanted="none; periods before and after join on, and missed ones are counted right",
            holds=not wrong,
        )
    ]


def _problems(schedule: Schedule, now: datetime, wanted: Period) -> Iterator[str]:
    found = periods.latest(schedule, now=now)
    if found != wanted:
        yield f"{found} and not {wanted}"
        return
    before, _ = the_latest(schedule, wanted.start)
    if (earlier := periods.before(schedule, found)) != before:
        yield f"before it {earlier} and not {before}"
    ends = [end for end in the_ends(schedule, wanted.start - 8 * DAY, wanted.start) if end >= wanted.start - 8 * DAY]
    last = ends[0]
    if (missed := periods.missed(schedule, last, found)) != len(ends) - 1:
        yield f"{missed} missed since {last} and not {len(ends) - 1}"


def _moment(dice: random.Random, zone: str) -> datetime:
    """Any moment since 1972, or one near a leap day, a leap second or a change of the zone's clocks."""
    kind = dice.randrange(4)
    if kind == 0:
        near = datetime.combine(dice.choice((*LEAP_DAYS, *LEAP_SECONDS)), time(), UTC)
    elif kind < 3 and (change := a_change(dice, zone)):
        near = change
    else:
        near = BEGIN + dice.random() * 65 * 365 * DAY
    spread = dice.choice((2 * SECOND, HOUR, 3 * HOUR, 2 * DAY))
    return (near + dice.uniform(-1, 1) * spread).replace(microsecond=dice.choice((0, 0, 1, 999_999)))


def a_change(dice: random.Random, zone: str) -> datetime | None:
    """The moment of a change of the zone's clocks, in some year."""
    begin = datetime(dice.randrange(1973, 2036), 1, 1, tzinfo=UTC)
    found = [segment.start for segment in _segments(zone, begin, begin + 366 * DAY)][1:]
    return dice.choice(found) if found else None


def _segments(zone: str, first: datetime, last: datetime) -> list[Segment]:
    """The segments from ``first`` to ``last``: looked for in steps of six hours, then by halves down to the second."""
    place, found = ZoneInfo(zone), list[Segment]()
    start, at = first, first
    while at < last:
        following = min(at + 6 * HOUR, last)
        if _offset(place, at) != _offset(place, following):
            low, high = at, following
            while high - low > SECOND:
                middle = low + (high - low) // 2
                low, high = (middle, high) if _offset(place, middle) == _offset(place, at) else (low, middle)
            # Clocks change on whole seconds of UTC.
            change = high.replace(microsecond=0)
            found.append(Segment(start=start, end=change, offset=_offset(place, at)))
            start = change
        at = following
    return [*found, Segment(start=start, end=last, offset=_offset(place, start))]


def _offset(place: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(place).utcoffset()
    assert offset is not None
    return offset


def the_latest(schedule: Schedule, now: datetime) -> tuple[Period, bool]:
    """The period that ended last, and whether the clocks change in it."""
    reach = 18 * DAY if schedule.cadence is Cadence.WEEKLY else 8 * DAY
    start, end = the_ends(schedule, now - reach, now)[-2:]
    return Period(start=start, end=end), len(_segments(schedule.zone, start, end + SECOND)) > 1


def the_ends(schedule: Schedule, first: datetime, last: datetime) -> list[datetime]:
    """Ends of periods up to ``last``, from about ``first`` on."""
    segments = _segments(schedule.zone, first - 3 * DAY, last + 3 * DAY)
    if schedule.cadence is Cadence.HOURLY:
        return sorted(end for segment in segments for end in _hours(segment) if first <= end <= last)
    ends = set()
    day = (first - 2 * DAY).date()
    while day <= (last + 2 * DAY).date():
        if _counts(schedule, day) and (end := _shown(segments, datetime.combine(day, time(schedule.hour)))):
            ends.add(end)
        day += DAY
    return sorted(end for end in ends if first <= end <= last)


def _counts(schedule: Schedule, day: date) -> bool:
    match schedule.cadence:
        case Cadence.WEEKLY:
            return day.isoweekday() - 1 == schedule.weekday
        case Cadence.WEEKDAYS:
            return day.isoweekday() <= 5
        case _:
            return True


def _shown(segments: Sequence[Segment], wall: datetime) -> datetime | None:
    """The first moment at which the clocks show ``wall`` or more: where each segment comes to it, or its start."""
    reached = [max(segment.start, wall.replace(tzinfo=UTC) - segment.offset) for segment in segments]
    if reached[0] == segments[0].start:
        # It was shown before the first segment that is known.
        return None
    return min((end for end, segment in zip(reached, segments, strict=True) if end < segment.end), default=None)


def _hours(segment: Segment) -> Iterator[datetime]:
    """The moments in a segment at which the clocks show a full hour."""
    shown = (segment.start + segment.offset).replace(tzinfo=None)
    full = shown.replace(minute=0, second=0, microsecond=0)
    while (moment := full.replace(tzinfo=UTC) - segment.offset) < segment.end:
        if moment >= segment.start:
            yield moment
        full += HOUR
