"""Is what an article tells the event that others tell of? Pure.

Who takes part decides first, then the day, then the place. A report without a date speaks of days all the same: what
was held lies shortly before it was printed, what is planned lies ahead.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.chronicle.company import Company, company, other_principals
from monitor.chronicle.places import Nearness, nearness
from monitor.chronicle.settling import is_wide
from monitor.chronicle.sides import CountryOf, country, is_country, side
from monitor.chronicle.words import moved
from monitor.records.chronicle import EventReport, Happening
from monitor.records.findings import When

CONTACT = frozenset({"meeting", "visit", "talks_round"})
PROPOSAL = frozenset({"offer", "ceasefire"})
AHEAD = frozenset({"planned", "proposed", "postponed"})
FACT = frozenset({"held", "under_way"})
DAY = timedelta(days=1)
RECENT = timedelta(days=10)
"""An undated report of something held speaks of what happened in these days before it."""
REMEMBERED = timedelta(days=90)
"""Or, when it names the place, of what happened in these."""
SOON = timedelta(days=45)
"""An undated plan is for these days after it was told."""
TALKED_OF = timedelta(days=14)
"""Undated plans are the same while nobody is silent about them for longer."""
SLIP = timedelta(days=3)
"""Plans whose days lie no farther apart are one plan about which outlets disagree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What two sides are compared by: a report, or a happening as it stands."""

    status: str
    when: tuple[date, date] | None
    first: date
    last: date


def family(kind: str) -> str:
    """Types that writers use for one another: a visit is a meeting, an offered truce an offer."""
    if kind in CONTACT:
        return "meeting"
    return "offer" if kind in PROPOSAL else kind


def likeness(happening: Happening, report: EventReport, country_of: CountryOf = country) -> float:
    """How surely the report tells of the happening; 0 when it does not."""
    event = report.event
    if family(happening.type) != family(event.type) or _told_apart(happening, report):
        return 0.0
    who = company(happening.participants, event.participants, country_of)
    if who is Company.OTHERS or (family(event.type) == "offer" and not _same_giver(happening, report, country_of)):
        return 0.0
    where = nearness(happening.where, event.where, country_of)
    one, other = _of_happening(happening), _of_report(report)
    time = _time(one, other, where, who, happening, report)
    if not time or not _enough(who, time, where, happening, report, one, other):
        return 0.0
    place = {Nearness.SAME: 0.3, Nearness.AROUND: 0.1, Nearness.UNKNOWN: 0.0, Nearness.APART: -0.3}[where]
    return max(0.01, who / 3 + time + place + 0.2 * (happening.type == event.type) - _distance(one, other))


def _same_giver(happening: Happening, report: EventReport, country_of: CountryOf) -> bool:
    """Whether one side offers: participants stand in the order in which they are named, who offers first."""
    one, other = happening.reports[0].event.participants[:1], report.event.participants[:1]
    return bool(one and other) and (one == other or side(one[0], country_of) == side(other[0], country_of) != "")


def _told_apart(happening: Happening, report: EventReport) -> bool:
    """An article that tells of two events means two, unless it dates both alike."""
    own = _published(report)
    reports, place = happening.reports, bisect_left(happening.reports, own, key=_published)
    while place < len(reports) and _published(reports[place]) == own:
        one, two = reports[place].event, report.event
        if not _same_days(one.when, two.when) or (one.status in FACT) != (two.status in FACT):
            return True
        place += 1
    return False


def _published(report: EventReport) -> tuple[datetime, int]:
    """By which a happening's reports stand in order: those of one article side by side."""
    return report.source.published, report.source.article_id


def _same_days(one: When | None, two: When | None) -> bool:
    if one is None or two is None or is_wide(one.start, one.end) or is_wide(two.start, two.end):
        return False
    return one.start <= two.end and two.start <= one.end


def _enough(
    who: Company,
    time: float,
    where: Nearness,
    happening: Happening,
    report: EventReport,
    one: _Told,
    other: _Told,
) -> bool:
    """Whether company, day and place together say enough."""
    same_day = one.when is not None and one.when == other.when
    if where is Nearness.APART and not same_day:
        return _slipped(one, other) and who is Company.SAME
    if other_principals(happening.participants, report.event.participants):
        return same_day and where is Nearness.SAME
    states = [_only_states(names) for names in (happening.participants, report.event.participants)]
    if all(states) and (happening.type == "talks_round") != (report.event.type == "talks_round"):
        # A summit of two states is not the talks of their teams.
        return same_day or where is Nearness.SAME
    if who is not Company.ONE:
        return True
    if not happening.participants or not report.event.participants:
        return where is Nearness.SAME and time >= _SURE
    if report.event.type == "call":
        return False
    return time >= _SURE or where is Nearness.SAME


_SURE = 0.8


def _only_states(names: tuple[str, ...]) -> bool:
    return len(names) > 1 and all(map(is_country, names))


def _of_report(report: EventReport) -> _Told:
    event, day = report.event, report.source.published.date()
    when = None
    if event.when is not None and not is_wide(event.when.start, event.when.end):
        when = event.when.start, event.when.end
    return _Told(status=event.status, when=when, first=day, last=day)


def _of_happening(happening: Happening) -> _Told:
    return _Told(
        status=happening.status,
        when=happening.when,
        first=happening.first_told.date(),
        last=happening.last_told.date(),
    )


def _time(one: _Told, other: _Told, where: Nearness, who: Company, happening: Happening, report: EventReport) -> float:
    if one.when and other.when:
        return _both_dated(one, other, where, who, happening, report)
    if one.when:
        return _one_dated(one.when, one.status, other, where)
    if other.when:
        return max(
            (_one_dated(other.when, other.status, told, where) for told in _undated(happening)),
            default=0.0,
        )
    return _undated_both(one, other, where, happening.type)


def _undated(happening: Happening) -> set[_Told]:
    return {told for told in map(_of_report, happening.reports) if told.when is None}


def _both_dated(
    one: _Told, other: _Told, where: Nearness, who: Company, happening: Happening, report: EventReport
) -> float:
    if one.when is None or other.when is None:
        return 0.0
    gap = _gap(one.when, other.when)
    if gap <= timedelta(0):
        return 1.0 if one.when == other.when else 0.8
    together = who is Company.SAME or (who is Company.NEARLY and {one.status, other.status} <= FACT)
    if gap == DAY and together and family(happening.type) == "meeting":
        # Talks that go on overnight, or a day that is another one in the outlet's zone.
        return 0.4
    if not _still_open(one, other):
        return 0.0
    if gap <= SLIP:
        return 0.4
    renamed = moved(report.event.evidence.text) or any(moved(told.event.evidence.text) for told in happening.reports)
    return 0.3 if renamed or where is Nearness.SAME else 0.0


def _slipped(one: _Told, other: _Told) -> bool:
    if one.when is None or other.when is None:
        return False
    return _gap(one.when, other.when) <= SLIP and _still_open(one, other)


def _still_open(one: _Told, other: _Told) -> bool:
    """Whether a later word could move the day: both speak of a plan, the later one before the day or soon after."""
    if one.when is None or other.when is None or not {one.status, other.status} <= AHEAD | {"called_off"}:
        return False
    earlier, later = (one, other) if one.first <= other.first else (other, one)
    return earlier.when is not None and later.first <= earlier.when[1] + SLIP


def _one_dated(when: tuple[date, date], dated_status: str, undated: _Told, where: Nearness) -> float:
    """Whether an undated word, printed on ``undated.first``, can mean the days ``when``."""
    start, end = when
    printed = undated.first
    if undated.status == "held":
        if start > printed or (dated_status == "called_off" and start == end and end > printed):
            return 0.0
        age = printed - end
        return 0.6 if age <= RECENT else 0.4 * (where is Nearness.SAME and age <= REMEMBERED)
    if undated.status == "under_way":
        return 0.6 if start - DAY <= printed <= end + DAY else 0.0
    if end < printed:
        # A plan that outlived its day, which was wrong then or silently given up.
        outlived = {dated_status, undated.status} <= AHEAD and where is Nearness.SAME and printed - end <= SLIP
        return 0.3 if outlived else 0.0
    if start - printed > SOON:
        return 0.0
    if dated_status in FACT and undated.status == "proposed" and where is Nearness.UNKNOWN:
        # What somebody proposes without naming day or place need not be what then took place.
        return 0.3 if start - printed <= RECENT else 0.0
    return 0.6


def _undated_both(one: _Told, other: _Told, where: Nearness, kind: str) -> float:
    apart = max(other.first - one.last, one.first - other.last)
    facts = (one.status in FACT) + (other.status in FACT)
    if facts == 2:
        return 0.4 if apart <= SLIP or (where is Nearness.SAME and apart <= TALKED_OF) else 0.0
    if facts == 0:
        near = RECENT / 2 if family(kind) == "offer" else TALKED_OF
        return 0.4 if apart <= near else 0.0
    fact, plan = (one, other) if one.status in FACT else (other, one)
    if fact.last < plan.first:
        return 0.0
    if where is Nearness.SAME:
        return 0.4 if apart <= SOON else 0.0
    # A call follows its announcement within a day or two; whoever met "again" may have met anywhere.
    return 0.4 if kind == "call" and apart <= SLIP else 0.0


def _gap(one: tuple[date, date], other: tuple[date, date]) -> timedelta:
    return max(one[0] - other[1], other[0] - one[1])


def _distance(one: _Told, other: _Told) -> float:
    """So that among several the one told of last is meant."""
    return min(0.3, 0.01 * abs((other.first - one.last).days))
