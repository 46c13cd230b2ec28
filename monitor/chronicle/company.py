"""Do two lists of participants name the same company? Pure."""

from enum import IntEnum
from functools import lru_cache

from monitor.chronicle.sides import CountryOf, country, fold, is_country, principals


class Company(IntEnum):
    """How far two lists of participants agree."""

    OTHERS = 0
    ONE = 1
    """One list names a single participant, none, or only countries, and the other does not speak against it."""
    NEARLY = 2
    """Two agree, one of them only as a country and somebody who stands for it."""
    SAME = 3
    """At least two are named in both."""


_ENOUGH = 2
_MANY = 3


@lru_cache(16_384)
def company(first: tuple[str, ...], second: tuple[str, ...], country_of: CountryOf = country) -> Company:
    """How far the two lists agree."""
    one, other = set(map(fold, first)), set(map(fold, second))
    shared = len(one & other)
    if shared >= _ENOUGH or (shared and one == other):
        return Company.SAME
    # Countries alone do not say which of their people meet.
    standing = _standing(first, second, one & other, country_of)
    if shared and shared + standing >= _ENOUGH:
        return Company.NEARLY
    fewest = min(len(one), len(other))
    if fewest == 0 or shared + standing >= min(fewest, _ENOUGH):
        return Company.ONE
    # Long lists of a call to many: each outlet names others first.
    if shared and fewest >= _MANY:
        return Company.NEARLY
    return Company.OTHERS


def other_principals(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether both lists name two presidents or more, and not the same: a meeting of two is none of three."""
    one, other = principals(first), principals(second)
    return len(one) >= _ENOUGH and len(other) >= _ENOUGH and one != other


def _standing(first: tuple[str, ...], second: tuple[str, ...], shared: set[str], country_of: CountryOf) -> int:
    """How many countries of one list are represented by somebody in the other (not counting shared names)."""
    rest = [name for name in first if fold(name) not in shared]
    others = [name for name in second if fold(name) not in shared]
    return len(_represented(rest, others, country_of) | _represented(others, rest, country_of))


def _represented(countries: list[str], names: list[str], country_of: CountryOf) -> set[str]:
    wanted = {code for name in countries if is_country(name) and (code := country(name))}
    return wanted.intersection(code for name in names if (code := country(name) or country_of(name)))
