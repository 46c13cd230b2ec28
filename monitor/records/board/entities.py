"""What the entity pages show: who and what the matched articles name, and one of them with its company."""

from dataclasses import dataclass
from datetime import date, datetime

from monitor.records.board.matches import MatchRow
from monitor.records.chronicle import Happening, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody or something that matched articles name."""

    id: int
    name: str
    type: str
    wikidata: str | None
    articles: int
    """Matched articles that name it, among those that were looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitiesView:
    """Who and what the newest matched articles name, the most named first."""

    entities: tuple[Named, ...]
    looked_at: int
    """Matched articles that this is counted in, the newest."""
    since: datetime | None
    """When the oldest of them was matched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOn:
    """Matched articles of a day that name it."""

    day: date
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Two that are named in the same articles."""

    one: str
    other: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityView:
    """One of them."""

    entity: Named
    days: tuple[NamedOn, ...]
    """By day of publication, the oldest first; out of the articles that were looked at."""
    more: bool
    """There are older articles that name it."""
    company: tuple[Named, ...]
    """Whom and what the newest of these articles name as well, the most often named first."""
    ties: tuple[Tie, ...]
    """Among it and its company."""
    said: tuple[Statement, ...]
    about: tuple[Statement, ...]
    happenings: tuple[Happening, ...]
    matches: tuple[MatchRow, ...]
