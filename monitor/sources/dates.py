"""Dates as feeds write them, to aware UTC, or None: never a guess, never "now". Pure."""

import calendar
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import struct_time

# No news feed is older; such dates are zeros and defaults (1970, 1601, year 1).
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_NEWEST_YEAR = 2200
_RFC822 = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? "
    r"(GMT|UTC|UT|Z|[+-]\d{4}|WES?T|CES?T|EES?T|MSK)",
    re.ASCII,
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
# Feedparser takes these for UTC, though each means one thing only in a date of news.
_HOURS_AHEAD = {"WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3}
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_WEEK = re.compile(r"\d{4}-?W\d\d")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")


def from_struct(parsed: object) -> datetime | None:
    """Feedparser's UTC ``struct_time`` as a datetime; None when missing or impossible."""
    if not isinstance(parsed, struct_time) or not 1 <= parsed.tm_year <= _NEWEST_YEAR:
        return None
    return _sane(lambda: datetime.fromtimestamp(calendar.timegm(parsed), UTC))


def from_feed(raw: str) -> datetime | None:
    """A date as a feed writes it, in any of the ways that feedparser knows, or Unix seconds.

    The two usual ways are read here, as feedparser would but for this: its ``+0530`` in an ISO date is +05:00, its EET
    is UTC, and it knows a leap second only in an ISO date.
    """
    usual = _usual(raw)
    if usual is not None:
        return usual
    # feedparser takes Unix seconds for a year, and a week for a month.
    parsed = None if raw.isdecimal() or _WEEK.match(raw) else _by_feedparser(raw)
    return from_text(raw) if parsed is None else from_struct(parsed)


def _by_feedparser(raw: str) -> object:
    # Loaded when an odd date comes: most processes never see one, and it costs 13 MB.
    from feedparser.datetimes import _parse_date

    parsed: object = _parse_date(raw)
    return parsed


def _usual(raw: str) -> datetime | None:
    if found := _RFC822.fullmatch(raw):
        day, month, year, hour, minute, second, zone = found.groups()
        number = _MONTHS.get(month.lower(), 0)
    elif found := _ISO.fullmatch(raw):
        year, month, day, hour, minute, second, zone = found.groups()
        number = int(month)
    else:
        return None
    try:
        # A leap second is written as 60, and counts as the first of the next minute.
        leap = int(second == "60")
        when = datetime(int(year), number, int(day), int(hour), int(minute), int(second or 0) - leap, tzinfo=UTC)
        when += timedelta(seconds=leap, hours=-_HOURS_AHEAD.get(zone or "", 0))
        if zone and zone[0] in "+-" and zone != "+0000":
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            when = when - offset if zone[0] == "+" else when + offset
    except (ValueError, OverflowError):
        return None
    return when if when >= _OLDEST and when.year <= _NEWEST_YEAR else None


def from_text(raw: str) -> datetime | None:
    """RFC 3339, ISO 8601, RFC 5322 and Unix seconds or milliseconds; a missing zone is read as UTC."""
    raw = raw.strip()
    if not raw or len(raw) > 80:
        return None
    if _EPOCH.fullmatch(raw):
        return _sane(lambda: datetime.fromtimestamp(int(raw[:10]), UTC))
    return _sane(lambda: datetime.fromisoformat(raw)) or _sane(lambda: parsedate_to_datetime(raw))


def _sane(read: "Callable[[], datetime]") -> datetime | None:
    try:
        found = read()
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, OSError):
        return None
    return found if found >= _OLDEST and found.year <= _NEWEST_YEAR else None
