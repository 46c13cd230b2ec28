"""Publication times as pages write them. Pure; what cannot be read is None, never a guess."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_RFC = re.compile(
    r"[A-Za-z]{3,9},? +\d{1,2} +[A-Za-z]{3}[a-z]* +\d{4} +\d{1,2}:\d{2}|\d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:"
)
_SPACED_ZONE = re.compile(r"\s+(?=(?:[+-]\d{2}:?\d{2}|Z)$)")
_ZERO_ZONE = re.compile(r"\s*(?:UTC|GMT)$", re.IGNORECASE)
_FRACTION = re.compile(r"(\.\d{6})\d+")
# Commas, hyphens between words, "at" and the day of the week are taken off before.
_DAYS = ("%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d", "%Y-%m-%d")
_TIMES = ("", " %H:%M", " %I:%M %p", " %H:%M:%S", " %I:%M:%S %p")
_WRITTEN = tuple(day + time for day in _DAYS for time in _TIMES)
_FILLING = re.compile(
    r",|\s-(?=\s)|\bat\b|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b", re.IGNORECASE
)
_DOTTED = re.compile(r"\b([ap])\.m\.", re.IGNORECASE)
# Zones with one meaning in news; hours from UTC.
_ZONES = {
    "UTC": 0,
    "GMT": 0,
    "EST": -5,
    "EDT": -4,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
}
_IN_PATH = re.compile(r"/((?:19|20)\d{2})[/-](\d{1,2}|[a-z]{3})[/-](\d{1,2})(?:/|-|$)")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


def read_date(text: str) -> datetime | None:
    """The time that ``text`` means, in UTC: ISO 8601, RFC 822, seconds since 1970, or an English date.

    A time without a zone is taken as UTC, a day without a time as its midnight.
    """
    text = " ".join(text.split())
    if not text or len(text) > 80:
        return None
    found = _machine(text) or _written(text)
    if found is None:
        return None
    return _in_utc(found)


def date_in_path(path: str) -> datetime | None:
    """The day in an address such as ``/2025/08/17/`` or ``/2025/aug/17/``."""
    found = _IN_PATH.search(path.lower())
    if found is None:
        return None
    year, month, day = found.groups()
    number = int(month) if month.isdigit() else _MONTHS.index(month) + 1 if month in _MONTHS else 0
    try:
        return _in_utc(datetime(int(year), number, int(day), tzinfo=UTC))
    except ValueError:
        return None


def _machine(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    try:
        if _RFC.match(text):
            return parsedate_to_datetime(text)
        iso = _ZERO_ZONE.sub("Z", _FRACTION.sub(r"\1", _SPACED_ZONE.sub("", text)))
        return datetime.fromisoformat(iso)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _written(text: str) -> datetime | None:
    text = " ".join(_FILLING.sub(" ", _DOTTED.sub(r"\1m", text)).split())
    first, _, last = text.rpartition(" ")
    hours = _ZONES.get(last.upper())
    zone = UTC if hours is None else timezone(timedelta(hours=hours))
    text = text if hours is None else first
    for form in _WRITTEN:
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def _in_utc(found: datetime) -> datetime | None:
    """In UTC, or None for a year in which there was no web yet (0001 and 1970 are how software writes "unknown")."""
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
