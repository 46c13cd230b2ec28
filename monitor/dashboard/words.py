"""Values as pages write them: times in the reader's zone, shares, marked text, safe links. Pure; gives safe markup."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from monitor import urls
from monitor.charts.ladder import STEPS
from monitor.charts.volume import named
from monitor.records.findings import Span

_LONGEST_LINK = 2000
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
topic = named
RUNGS = STEPS


def moment(at: datetime | None, zone: ZoneInfo, *, now: datetime | None = None) -> Markup:
    """A ``time`` element in the reader's zone; its title gives UTC. This year's number is left out."""
    if at is None:
        return Markup('<span class="none">no date</span>')
    local, utc = at.astimezone(zone), at.astimezone(UTC)
    year = "" if now is not None and now.astimezone(zone).year == local.year else f" {local.year}"
    return Markup(  # noqa: S704 -- numbers and names of months
        f'<time datetime="{utc.isoformat(timespec="seconds")}" title="{utc.isoformat(" ", "minutes")[:16]} UTC">'
        f"{local.day} {_MONTHS[local.month - 1]}{year}, {local.hour:02}:{local.minute:02}</time>"
    )


def ago(at: datetime | None, now: datetime) -> str:
    """How long before ``now``, in the largest unit that says something: "just now", "14 min ago", "in 3 days"."""
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    if abs(seconds) < 60:
        return "just now"
    words = lasting(timedelta(seconds=abs(seconds)))
    return f"{words} ago" if seconds > 0 else f"in {words}"


def lasting(length: timedelta) -> str:
    """A length of time in its largest unit: "45 s", "14 min", "3 h", "12 days"."""
    seconds = length.total_seconds()
    for size, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        if seconds >= size * (2 if unit == "day" else 1):
            number = int(seconds // size)
            return f"{number} {unit}s" if unit == "day" else f"{number} {unit}"
    return f"{int(seconds)} s"


def day(on: date | None, *, year: bool = True) -> str:
    """A calendar day: "Fri 17 Oct 2025"."""
    if on is None:
        return "no date"
    return f"{_DAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]}" + (f" {on.year}" if year else "")


def days(interval: tuple[date, date] | None) -> str:
    """A closed interval of days: one day, or "13-17 Oct 2025"."""
    if interval is None:
        return "no date yet"
    first, last = interval
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {_MONTHS[last.month - 1]} {last.year}"
    return f"{day(first, year=first.year != last.year)} – {day(last)}"


def share(part: float | None, digits: int = 0) -> str:
    """A share as a percentage; a dash for none."""
    return "–" if part is None else f"{part * 100:.{digits}f}%"


def number(value: float | None) -> str:
    """A count with thin spaces between thousands; a dash for none."""
    return "–" if value is None else f"{value:,.0f}".replace(",", "\u202f")


def many(count: int, one: str, more: str = "") -> str:
    """A count and its noun: "1 outlet", "4 outlets"."""
    return f"{number(count)} {one if count == 1 else more or one + 's'}"


def reason(kind: str) -> str:
    """A kind of reason without the places where its numbers stood."""
    return re.sub(r" N [<≥] N", "", kind)


def titled(title: str) -> str:
    """A title to click on: some feeds give none."""
    return title.strip() or "(no title)"


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """``text`` with its spans in ``mark`` elements; those that overlap an earlier one, or lie outside, are left out."""
    parts, at = [], 0
    for start, end in sorted(spans):
        if start < at or end > len(text) or start >= end:
            continue
        parts.append(escape(text[at:start]))
        parts.append(Markup(f"<mark>{escape(text[start:end])}</mark>"))  # noqa: S704 -- escaped
        at = end
    parts.append(escape(text[at:]))
    return Markup("").join(parts)


def paragraphs(text: str, spans: Iterable[Span]) -> list[Markup]:
    """The paragraphs of a text, each with its part of the spans marked."""
    places = [(span.start, span.end) for span in spans]
    parts, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            inner = [(max(start - at, 0), min(end - at, len(line))) for start, end in places]
            parts.append(marked(line, [(start, end) for start, end in inner if start < end]))
        at += len(line) + 1
    return parts


def rung(step: str) -> Markup:
    """A step of the ladder as dots: how many of the rungs are climbed. Refused and paused have none."""
    climbed = RUNGS.index(step) + 1 if step in RUNGS else 0
    dots = "●" * climbed + "○" * (len(RUNGS) - climbed)
    return Markup('<span class="dots" role="img" aria-label="{} of {} rungs">{}</span>').format(
        climbed, len(RUNGS), dots
    )


def outside(url: str, label: str) -> Markup:
    """A link to a page of the outside world, or only its label where the address cannot be trusted."""
    safe = _outgoing(url)
    if not safe:
        return Markup(f"<span>{escape(label)}</span>")  # noqa: S704 -- escaped
    return Markup(  # noqa: S704 -- escaped
        f'<a href="{escape(safe)}" rel="noopener noreferrer nofollow" target="_blank">{escape(label)}</a>'
    )


@lru_cache(maxsize=2048)
def _outgoing(url: str) -> str:
    return urls.outgoing(url, _LONGEST_LINK)
