"""Do two place names mean one place: a house in its city, a city in its country. Pure."""

from enum import Enum
from functools import lru_cache

from monitor.chronicle.sides import CountryOf, country, fold, is_country

# Houses and towns by which writers mean the city or state around them.
_WITHIN = {
    "white house": "washington",
    "oval office": "washington",
    "capitol": "washington",
    "pentagon": "washington",
    "mar a lago": "florida",
    "palm beach": "florida",
    "miami": "florida",
    "anchorage": "alaska",
    "kremlin": "moscow",
    "downing street": "london",
    "elysee": "paris",
    "elysee palace": "paris",
    "nato headquarters": "brussels",
    "mariinskyi palace": "kyiv",
}


class Nearness(Enum):
    """How two place names lie to each other."""

    SAME = "same"
    AROUND = "around"
    """One is the country that the other lies in, or nobody can say that they differ."""
    UNKNOWN = "unknown"
    """One of them is not told."""
    APART = "apart"


def nearness(first: str | None, second: str | None, country_of: CountryOf = country) -> Nearness:
    """How ``first`` and ``second`` lie to each other."""
    if not first or not second:
        return Nearness.UNKNOWN
    one, other = _city(first), _city(second)
    if one == other or one <= other or other <= one:
        return Nearness.SAME
    here, there = country(first) or country_of(first), country(second) or country_of(second)
    if here is not None and here == there and (is_country(first) or is_country(second)):
        return Nearness.AROUND
    return Nearness.APART


def finer(new: str, old: str) -> bool:
    """Whether ``new`` says more closely where ``old`` is: the city of a country, the house in a city."""
    if is_country(old):
        return not is_country(new)
    inside = _WITHIN.get(fold(new))
    return inside is not None and inside == fold(old)


@lru_cache(4_096)
def _city(place: str) -> frozenset[str]:
    folded = fold(place)
    return frozenset(_WITHIN.get(folded, folded).split())
