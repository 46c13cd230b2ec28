"""What the map shows: the places that articles name and those at which events take place."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNamed:
    """A place that matched articles name."""

    id: int
    name: str
    wikidata: str | None
    articles: int
    """Matched articles that name it, among those that were looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAt:
    """An event whose place is told."""

    id: int
    type: str
    status: str
    """``proposed``, ``planned``, ``under_way``, ``held``, ``postponed`` or ``called_off``."""
    participants: tuple[str, ...]
    place: str
    when_from: date | None
    """Its first day; None where nobody says when."""
    when_to: date | None
    happens_on: date
    """The first day; of an event without one the day on which it was first told."""
    origins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WhereaboutsTold:
    """What is told of places in some days."""

    since: date
    until: date
    places: tuple[PlaceNamed, ...]
    """The most named first."""
    events: tuple[EventAt, ...]
    """The latest first."""
    looked_at: int
    """Matched articles that the places are counted in, the newest of those days."""
    more_articles: bool
    """There are older ones in those days."""
    more_events: bool
    """There are earlier events in those days."""
    newest_match: datetime | None
    """Of all days; None while there is no match at all."""
    last_event: date | None
    """Of all days, planned ones too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place on the map."""

    name: str
    latitude: float
    longitude: float
    is_country: bool
    """It is drawn at its capital."""
    entity_id: int | None
    """None where only events tell of it."""
    articles: int
    events: tuple[EventAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """Places with their coordinates, and what has none."""

    told: WhereaboutsTold
    spots: tuple[Spot, ...]
    """The most named first."""
    nowhere: tuple[PlaceNamed, ...]
    """Named places whose coordinates nobody wrote down."""
    events_nowhere: tuple[EventAt, ...]
