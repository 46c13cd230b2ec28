"""How a reader wants pages to look: zone, colours, density.

Kept in cookies of the browser, and believed only as far as they are one of the known values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

THEMES = ("auto", "light", "dark")
DENSITIES = ("calm", "dense")
_RENAMED = {"Europe/Kiev": "Europe/Kyiv"}
"""Chromium still tells the name that the zone had until 2022."""
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One reader's wishes."""

    zone: ZoneInfo = _UTC
    theme: str = "auto"
    density: str = "calm"


def look(cookies: Mapping[str, str]) -> Look:
    """What the cookies ask for; what they ask for and is unknown is passed over."""
    theme, density = cookies.get("theme", ""), cookies.get("density", "")
    return Look(
        zone=_zone(cookies.get("zone", "").strip('"')),
        theme=theme if theme in THEMES else "auto",
        density=density if density in DENSITIES else "calm",
    )


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Every IANA zone that this machine knows, by name."""
    return tuple(sorted(available_timezones()))


def _zone(name: str) -> ZoneInfo:
    name = _RENAMED.get(name, name) if _RENAMED.get(name) in zones() else name
    return ZoneInfo(name) if name in zones() else _UTC
