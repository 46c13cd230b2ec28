"""The timeline as a calendar (RFC 5545), to subscribe to or to import. Pure.

An event keeps its UID and counts its steps in SEQUENCE, so that a calendar takes over what changed: a plan that was
called off is struck out there, one that got another day moves.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from monitor.chronicle import phrases
from monitor.publish import clean
from monitor.records.chronicle import EventReport, Happening

WIDEST = timedelta(days=14)
"""Days known only as so long a stretch are not known: nobody wants a bar over half a month."""
PRODUCT = "-//Talks monitor//Timeline//EN"
_SETTLED = frozenset({"held", "under_way"})
_CONFIRMED, _TENTATIVE, _CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"


def calendar(happenings: Iterable[Happening], *, name: str = "Talks monitor", host: str = "talks-monitor") -> bytes:
    """The events whose days are known, each all day long. ``host`` makes the UIDs of this monitor its own."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", clean.plain(name, clean.NAME))
    for happening in happenings:
        if (days := known_days(happening)) is not None:
            made.add_component(_event(happening, days, host))
    return bytes(made.to_ical())


def known_days(happening: Happening) -> tuple[date, date] | None:
    """The event's first and last day; None when nobody knows them well enough for a calendar."""
    if happening.when is None:
        return None
    first, last = happening.when
    return (first, last) if first <= last < date.max and last - first < WIDEST else None


def _event(happening: Happening, days: tuple[date, date], host: str) -> Event:
    report = happening.reports[-1] if happening.reports else None
    event = Event()
    event.add("uid", f"happening-{happening.id}@{host}")
    event.add("sequence", len(happening.history))
    changed = _changed(happening)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("created", _seconds(happening.first_told))
    event.add("dtstart", days[0])
    event.add("dtend", days[1] + timedelta(days=1))
    event.add("status", _status(happening))
    event.add("transp", "TRANSPARENT")
    event.add("summary", _summary(happening))
    if happening.where:
        event.add("location", clean.plain(happening.where, clean.NAME))
    event.add("description", _description(happening, report))
    if report is not None and (address := clean.link(report.source.url)):
        event.add("url", address)
    event.add("categories", [clean.plain(happening.type.replace("_", " "), clean.NAME)])
    return event


def _changed(happening: Happening) -> datetime:
    """When it last took a step: a further report of the same changes nothing for a calendar."""
    return _seconds(max((step.at for step in happening.history), default=happening.first_told))


def _seconds(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _status(happening: Happening) -> str:
    if happening.status == "called_off":
        return _CANCELLED
    if happening.status in _SETTLED:
        return _CONFIRMED
    sure = happening.status == "planned" and happening.certainty == "exact" and not happening.contradictions
    return _CONFIRMED if sure else _TENTATIVE


def _summary(happening: Happening) -> str:
    title = clean.plain(phrases.title(happening), clean.TITLE)
    if happening.status in {"called_off", "postponed", "proposed"}:
        return f"{title} ({phrases.status(happening.status)})"
    return title


def _description(happening: Happening, report: EventReport | None) -> str:
    origins = len({each.origin.key for each in happening.reports})
    certain = "" if happening.certainty == "exact" else ", the day is not certain"
    lines = [f"{phrases.status(happening.status).capitalize()}{certain}."]
    if happening.contradictions:
        lines.append("Reports contradict each other.")
    if report is not None:
        evidence = clean.plain(report.event.evidence.text)
        outlet = clean.plain(report.source.outlet, clean.NAME)
        lines += [f"“{evidence}”" if evidence else "", outlet, clean.link(report.source.url)]
        lines.append(f"{origins} {'origin' if origins == 1 else 'origins'}")
    return "\n".join(filter(None, lines))
