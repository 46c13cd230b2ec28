"""From the reports of one event to what they say together, with its history and what contradicts it. Pure.

Everything is derived from the reports in the order of their publication, so the order in which articles arrive does
not matter, and taking one out is settling the rest.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from monitor.chronicle.ledger import Ledger
from monitor.chronicle.places import Nearness, finer, nearness
from monitor.chronicle.sides import country, fold, is_country
from monitor.chronicle.standing import Standing, told_status
from monitor.chronicle.words import moved
from monitor.records.chronicle import EventChange, EventReport, Happening
from monitor.records.findings import When

WIDEST = timedelta(days=31)
_FEWEST = 0.25
"""Of the origins, those that must name a participant; two always stay."""
_ORDER = {"status": 0, "when": 1, "where": 2}


def ordered(reports: Sequence[EventReport]) -> tuple[EventReport, ...]:
    """The reports by publication; the same ones always in the same order, each once."""
    return tuple(sorted(dict.fromkeys(reports), key=_order))


def settle(reports: Sequence[EventReport], *, id: int) -> Happening:  # noqa: A002 - the record's own word
    """What ``reports`` (one at least) say together."""
    told = ordered(reports)
    standing, days, places = Standing(), _days(), _places()
    for number, report in enumerate(told):
        standing.hear(report, days.current)
        if report.event.where and report.event.type != "call" and told_status(report) is not None:
            places.hear(report, report.event.where, open_still=standing.ahead, moved=False, opening=number == 0)
        # A word that has another place than the one believed may have another event's day as well.
        if nearness(report.event.where, places.current) is not Nearness.APART:
            _hear_day(report, days, standing, opening=number == 0)
    when = days.current
    return Happening(
        id=id,
        type=_most_told(told),
        participants=_participants(told),
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


def _most_told(reports: Sequence[EventReport]) -> str:
    """The type that most origins use, the first one told among equals."""
    voices: dict[str, set[str]] = defaultdict(set)
    for report in reports:
        voices[report.event.type].add(report.origin.key)
    return max(voices, key=lambda kind: len(voices[kind]))


def _participants(reports: Sequence[EventReport]) -> tuple[str, ...]:
    """Who takes part, by how many origins say so; a country goes when somebody who stands for it is named as often."""
    voices: dict[str, set[str]] = defaultdict(set)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for report in reports:
        for name in report.event.participants:
            voices[fold(name)].add(report.origin.key)
            spellings[fold(name)][name] += 1
    origins = len({report.origin.key for report in reports})
    ranked = sorted(voices, key=lambda name: -len(voices[name]))
    kept = [name for place, name in enumerate(ranked) if place <= 1 or len(voices[name]) >= _FEWEST * origins]
    standing = {code for name in kept if not is_country(name) and (code := country(name))}
    alone = [name for name in kept if not (is_country(name) and country(name) in standing)]
    return tuple(max(spellings[name], key=lambda spelling: spellings[name][spelling]) for name in alone)
