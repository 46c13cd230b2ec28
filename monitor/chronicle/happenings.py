"""Events over articles: which reports tell of one event, and what they say of it together. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from monitor.chronicle.alike import RECENT, SOON, likeness
from monitor.chronicle.settling import settle, settle_in
from monitor.chronicle.sides import CountryOf, country
from monitor.records.chronicle import EventReport, Happening

_DAY = timedelta(days=1)


def weave(
    near: Sequence[Happening], reports: Sequence[EventReport], *, country_of: CountryOf = country
) -> tuple[Happening, ...]:
    """Put one article's reports into the happenings near them; every one that is new (id 0) or changed, whole.

    Reports that are woven already change nothing.
    """
    pool = list(near)
    articles = {report.source.article_id for report in reports}
    known = {report for happening in pool for report in happening.reports if report.source.article_id in articles}
    changed: set[int] = set()
    for report in sorted(dict.fromkeys(reports), key=_surest):
        if report in known:
            continue
        place = _best(pool, report, country_of)
        if place is None:
            place = len(pool)
            pool.append(settle((report,), id=0))
        else:
            pool[place] = settle_in(pool[place], report)
        changed.add(place)
    return tuple(pool[place] for place in sorted(changed))


def settled(reports: Sequence[EventReport], *, id: int) -> Happening:  # noqa: A002 - the record's own word
    """What ``reports`` (one at least) say of one event together, in whatever order they came."""
    return settle(reports, id=id)


def without(happening: Happening, article_id: int) -> Happening | None:
    """The happening without what that article tells; None when nobody else tells of it."""
    left = tuple(report for report in happening.reports if report.source.article_id != article_id)
    return settle(left, id=happening.id) if left else None


def window(report: EventReport) -> tuple[datetime, datetime]:
    """A happening may be near the report when it was told of between these moments (first_told to last_told)."""
    earliest, latest = report.source.published - SOON, report.source.published + SOON
    if report.event.when is not None:
        start, end = report.event.when.start, report.event.when.end
        earliest = min(earliest, datetime.combine(start, time.min, UTC) - RECENT)
        latest = max(latest, datetime.combine(end, time.min, UTC) + RECENT + _DAY)
    return earliest, latest


def _best(pool: Sequence[Happening], report: EventReport, country_of: CountryOf) -> int | None:
    """The place of the happening that the report tells of most surely, the older one among equals."""
    found = [(likeness(happening, report, country_of), -place) for place, happening in enumerate(pool)]
    score, place = max(found, default=(0.0, 0))
    return -place if score > 0 else None


def _surest(report: EventReport) -> tuple[object, ...]:
    """Dated reports with many participants first: what says little then finds what says more."""
    event = report.event
    return (event.when is None, -len(event.participants), event.evidence.start, event.type, event.status)
