"""Time zones by their IANA names, and what their clocks do. Pure but for the zones' own tables."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from monitor.errors import ConfigError
from monitor.text import shorten

_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)
_LONGEST = 60
# These mean another thing on every machine, or nothing.
_NO_PLACES = frozenset({"localtime", "posixrules", "Factory"})


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones()) - _NO_PLACES


@lru_cache(maxsize=1_024)
def named(zone: str) -> ZoneInfo:
    """The zone of that name. Raises ConfigError, which names near ones, when there is none."""
    # Looked up in the list first: as a path a name could lead anywhere.
    if zone in _names():
        return ZoneInfo(zone)
    near = _near(zone)
    hint = (
        f"Did you mean {' or '.join(near)}?" if near else "Give an IANA name, such as Europe/Kyiv or America/New_York."
    )
    raise ConfigError(f"there is no time zone {shorten(zone[: _LONGEST * 4], _LONGEST)!r}. {hint}")


def _near(zone: str) -> list[str]:
    """Zones with a like name, or with a city of a like name."""
    wanted = zone[:_LONGEST].strip().casefold().replace(" ", "_")
    cities = {name.rpartition("/")[2].casefold(): name for name in sorted(_names()) if "/" in name}
    whole = {name.casefold(): name for name in sorted(_names())}
    known = cities | whole
    return list(dict.fromkeys(known[key] for key in get_close_matches(wanted, known, n=3, cutoff=0.7)))


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which a clock there shows ``wall`` (naive) or more.

    Of a time that comes twice that is the first, of one that is skipped the end of the gap.
    """
    early, late = (_at(wall, zone, fold) for fold in (0, 1))
    if early <= late:
        return early
    # Skipped. PEP 495: read with the offset after the gap it lies before it, and the other way round.
    before = late.astimezone(zone).utcoffset()
    low, high = 0, (early - late) // _SECOND
    while low < high:
        middle = (low + high) // 2
        if (late + middle * _SECOND).astimezone(zone).utcoffset() == before:
            low = middle + 1
        else:
            high = middle
    return late + low * _SECOND


def _at(wall: datetime, zone: ZoneInfo, fold: int) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def offsets(zone: ZoneInfo, first: datetime, last: datetime) -> Sequence[timedelta]:
    """The offsets from UTC that clocks there have from ``first`` to ``last``, and an hour around."""
    found: dict[timedelta, None] = {}
    for hour in range(-1, (last - first) // _HOUR + 3):
        offset = (first + hour * _HOUR).astimezone(zone).utcoffset()
        found[offset or timedelta()] = None
    return tuple(found)
