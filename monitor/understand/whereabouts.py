"""Where on the globe a place lies that an article names, as far as the knowledge base has it. Pure."""

from dataclasses import dataclass
from functools import cache

from monitor.understand.knowledge import Known, entries
from monitor.understand.names import link


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """A place with its coordinates in degrees."""

    name: str
    """As the knowledge base has it."""
    latitude: float
    longitude: float
    is_country: bool
    """The coordinates are those of its capital."""


def whereabouts(name: str, kb_id: str | None = None) -> Whereabouts | None:
    """Where the place with that id or, without one, of that name lies; None where nobody wrote it down."""
    known = _by_id().get(kb_id) if kb_id else None
    # Events take place in houses too, and some of those are known as organisations: the White House.
    known = known or link(name, "place") or link(name, "organisation")
    if known is None or known.at is None:
        return None
    latitude, longitude = known.at
    return Whereabouts(name=known.name, latitude=latitude, longitude=longitude, is_country=known.role == "country")


@cache
def _by_id() -> dict[str, Known]:
    return {known.id: known for known in entries() if known.id and known.at is not None}
