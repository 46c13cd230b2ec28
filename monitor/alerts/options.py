"""A rule's options as people write them. Pure; what is wrong is a ConfigError that says how it is written right."""

import re
from collections.abc import Iterable
from datetime import timedelta
from difflib import get_close_matches
from zoneinfo import available_timezones

from monitor.errors import ConfigError
from monitor.records.telling.alerts import QuietHours, Trigger
from monitor.text import shorten

_HOURS = re.compile(r"(\d{1,2})(?::00)?\s*[-–]\s*(\d{1,2})(?::00)?(?:\s+(\S+))?")
_SPAN = re.compile(r"(\d{1,6})\s*([smhdw]?)", re.IGNORECASE)
_UNITS = {"": "seconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = 200
"""Characters of an option that are looked at."""
# What people call them too.
_ALSO = {
    "matches": Trigger.MATCH,
    "events": Trigger.EVENT,
    "calledoff": Trigger.STATUS,
    "held": Trigger.STATUS,
    "postponed": Trigger.STATUS,
    "aid": Trigger.LADDER,
    "leaders": Trigger.LEADER,
    "speaks": Trigger.LEADER,
    "reaction": Trigger.ANSWER,
    "denial": Trigger.ANSWER,
    "warning": Trigger.ANSWER,
    "feed": Trigger.DARK,
    "source": Trigger.DARK,
}


def triggers(text: str) -> tuple[Trigger, ...]:
    """Triggers by name: "match, status", or "all". Raises ConfigError with the name that was likely meant."""
    names = [name for name in re.split(r"[,;\s]+", text[:_LONGEST].casefold()) if name]
    if not names or len(text) > _LONGEST:
        raise ConfigError(f"no trigger in {shorten(text, 40)!r}. Write some of: {_listed(Trigger)}; or all.")
    if names == ["all"]:
        return tuple(Trigger)
    return tuple(dict.fromkeys(map(_trigger, names)))


def _trigger(name: str) -> Trigger:
    if name in set(Trigger):
        return Trigger(name)
    known = {trigger.value: trigger for trigger in Trigger} | _ALSO
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean {known[near[0]].value}?" if near else f"Write some of: {_listed(Trigger)}; or all."
    raise ConfigError(f"{shorten(name, 40)!r} is no trigger. {hint}")


def quiet_hours(text: str, *, zone: str = "UTC") -> QuietHours:
    """Quiet hours: "22-7 Europe/Kyiv"; without a zone they are in ``zone``. Raises ConfigError."""
    found = _HOURS.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None:
        raise ConfigError(
            f"{shorten(text, 40)!r} are no quiet hours. Write two full hours and a zone, such as: 22-7 Europe/Kyiv"
        )
    start, end = int(found[1]), int(found[2])
    if start > 24 or end > 24:
        raise ConfigError(f"{shorten(text, 40)!r} are no quiet hours: a day has the hours 0 to 24.")
    if start % 24 == end % 24:
        raise ConfigError(
            f"{shorten(text, 40)!r} would be quiet all day, or never. Name two different hours; "
            "to hear nothing at all, snooze or switch off the rule."
        )
    return QuietHours(zone=known_zone(found[3] or zone), start=start % 24, end=end % 24)


def known_zone(name: str) -> str:
    """``name``, if it is an IANA time zone. Raises ConfigError with the name that was likely meant."""
    zones = available_timezones()
    if name in zones:
        return name
    folded = {zone.casefold(): zone for zone in zones}
    cities = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(zones, key=lambda zone: (-len(zone), zone))}
    asked = name[:_LONGEST].casefold().replace(" ", "_")
    near = get_close_matches(asked, folded | cities, n=1)
    hint = f"Did you mean {(folded | cities)[near[0]]}?" if near else "Write an IANA name, such as Europe/Kyiv."
    raise ConfigError(f"{shorten(name, 40)!r} is no time zone. {hint}")


def span(text: str) -> timedelta:
    """A stretch of time: "90s", "5m", "2h", "3d", "1w"; a bare number is seconds. Raises ConfigError."""
    found = _SPAN.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None:
        raise ConfigError(f"{shorten(text, 40)!r} is no stretch of time. Write 90s, 5m, 2h, 3d or 1w.")
    return timedelta(**{_UNITS[found[2].lower()]: int(found[1])})


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
