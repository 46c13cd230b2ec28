"""From the reports of one event to what they say together, with its history and what contradicts it. Pure.

Everything is derived from the reports in the order of their publication, so the order in which articles arrive does
not matter, and taking one out is settling the rest.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from monitor.chronicle.ledger import Ledger
from monitor.chronicle.naming import Naming
from monitor.chronicle.places import Nearness, finer, nearness
from monitor.chronicle.standing import Standing, told_status
from monitor.chronicle.words import moved
from monitor.records.chronicle import EventChange, EventReport, Happening
from monitor.records.findings import When

WIDEST = timedelta(days=31)
_ORDER = {"status": 0, "when": 1, "where": 2}


def ordered(reports: Sequence[EventReport]) -> tuple[EventReport, ...]:
    """The reports by publication; the same ones always in the same order, each once."""
    return tuple(sorted(dict.fromkeys(reports), key=_order))


def settle(reports: Sequence[EventReport], *, id: int) -> Happening:  # noqa: A002 - the record's own word
    """What ``reports`` (one at least) say together."""
    return _heard(ordered(reports)).happening(id)


def settle_in(happening: Happening, report: EventReport) -> Happening:
    """The happening with one more report, which it does not have yet.

    Most reports are the newest of their event: then what was heard before is still known, and only this one is heard.
    """
    told = happening.reports
    reading = _READINGS.taken(told) if _order(told[-1]) <= _order(report) else None
    if reading is None:
        reading = _heard(ordered((*told, report)))
    else:
        reading.hear(report)
    settled = reading.happening(happening.id)
    _READINGS.keep(settled.reports, reading)
    return settled


def _heard(told: Iterable[EventReport]) -> "_Reading":
    reading = _Reading()
    for report in told:
        reading.hear(report)
    return reading


class _Reading:
    """What reports say together while they are heard in their order."""

    def __init__(self) -> None:
        self._told: list[EventReport] = []
        self._standing, self._days, self._places = Standing(), _days(), _places()
        self._company = Naming()
        self._types: defaultdict[str, set[str]] = defaultdict(set)

    def hear(self, report: EventReport) -> None:
        """Take the next report in."""
        event, opening = report.event, not self._told
        standing, days, places = self._standing, self._days, self._places
        standing.hear(report, days.current)
        if event.where and event.type != "call" and told_status(report) is not None:
            places.hear(report, event.where, open_still=standing.ahead, moved=False, opening=opening)
        # A word that has another place than the one believed may have another event's day as well.
        if nearness(event.where, places.current) is not Nearness.APART:
            _hear_day(report, days, standing, opening=opening)
        self._told.append(report)
        self._company.hear(event.participants, report.origin.key)
        self._types[event.type].add(report.origin.key)

    def happening(self, id: int) -> Happening:  # noqa: A002 - the record's own word
        """What was heard so far."""
        told, standing, days, places = tuple(self._told), self._standing, self._days, self._places
        when = days.current
        return Happening(
            id=id,
            # The type that most origins use, the first one told among equals.
            type=max(self._types, key=lambda kind: len(self._types[kind])),
            participants=self._company.names(),
            when=None if when is None else (when.start, when.end),
            certainty="" if when is None else when.certainty,
            where=places.current,
            status=standing.current or told[-1].event.status,
            first_told=told[0].source.published,
            last_told=told[-1].source.published,
            reports=told,
            history=_in_order((*standing.history, *days.history, *places.history)),
            contradictions=_in_order((*standing.contradictions(), *days.contradictions(), *places.contradictions())),
        )


class _Readings:
    """The latest readings, each good for the very reports that it heard; whoever takes one goes on with it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[int, tuple[tuple[EventReport, ...], _Reading]] = OrderedDict()

    def taken(self, told: tuple[EventReport, ...]) -> "_Reading | None":
        """Whoever heard these reports, and no others."""
        held = self._kept.pop(id(told), None)
        # The reports are held with their reading, so nothing else can have got their id.
        return held[1] if held is not None and held[0] is told else None

    def keep(self, told: tuple[EventReport, ...], reading: "_Reading") -> None:
        """Hold a reading for the next report; the longest unused goes first."""
        self._kept[id(told)] = told, reading
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


_READINGS = _Readings(most=256)


def _hear_day(report: EventReport, days: Ledger[When], standing: Standing, *, opening: bool) -> None:
    when = report.event.when
    if when is None or is_wide(when.start, when.end):
        return
    before = days.current
    told_moved = moved(report.event.evidence.text)
    turned = days.hear(report, when, open_still=standing.ahead, moved=told_moved, opening=opening, sure=_sure(report))
    # One outlet's wrong day that others put right is no delay.
    later = before is not None and when.start > before.end
    if turned and later and (told_moved or (days.firm and when.certainty == "exact")):
        standing.postpone(report)


def _sure(report: EventReport) -> float:
    """How far to trust a day: half where it is a guess, or where a plan may have got the day on which it was told."""
    when, printed = report.event.when, report.source.published.date()
    if when is None or when.certainty != "exact":
        return 0.5
    return 0.5 if report.event.status in {"planned", "proposed"} and when.start == when.end == printed else 1.0


def is_wide(start: date, end: date) -> bool:
    """Whether the days say too little to tell events apart: "this year"."""
    return end - start > WIDEST


def shown_days(start: date, end: date) -> str:
    """A day, or the first and the last of several, as ISO dates."""
    return start.isoformat() if start == end else f"{start.isoformat()}/{end.isoformat()}"


def _days() -> Ledger[When]:
    return Ledger(
        "when",
        agree=lambda one, other: one.start <= other.end and other.start <= one.end,
        finer=_finer_days,
        shown=lambda when: shown_days(when.start, when.end),
    )


def _finer_days(new: When, old: When) -> bool:
    inside = old.start <= new.start and new.end <= old.end and (new.start, new.end) != (old.start, old.end)
    return inside and (new.certainty == "exact" or old.certainty != "exact")


def _places() -> Ledger[str]:
    return Ledger(
        "where",
        agree=lambda one, other: nearness(one, other) is not Nearness.APART,
        finer=finer,
        shown=lambda place: place,
    )


def _in_order(changes: Sequence[EventChange]) -> tuple[EventChange, ...]:
    return tuple(sorted(changes, key=lambda change: (change.at, _order(change.report), _ORDER[change.field])))


def _order(report: EventReport) -> tuple[object, ...]:
    event = report.event
    days = ("", "") if event.when is None else (event.when.start.isoformat(), event.when.end.isoformat())
    return (
        report.source.published,
        report.source.article_id,
        event.evidence.start,
        event.evidence.end,
        event.type,
        event.status,
        event.participants,
        days,
        event.where or "",
        report.origin.key,
    )
