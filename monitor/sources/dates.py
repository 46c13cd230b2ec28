"""Dates as feeds write them, to aware UTC, or None: never a guess, never "now". Pure."""

import calendar
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import struct_time

# No news feed is older; such dates are zeros and defaults (1970, 1601, year 1).
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_NEWEST_YEAR = 2200
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")


def from_struct(parsed: object) -> datetime | None:
    """Feedparser's UTC ``struct_time`` as a datetime; None when missing or impossible."""
    if not isinstance(parsed, struct_time) or not 1 <= parsed.tm_year <= _NEWEST_YEAR:
        return None
    return _sane(lambda: datetime.fromtimestamp(calendar.timegm(parsed), UTC))


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
