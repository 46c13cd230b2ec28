"""Who takes part in an event, by how many origins name them. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from monitor.chronicle.sides import country, fold, is_country

_FEWEST = 0.25
"""Of the origins, those that must name a participant; two always stay."""


class Naming:
    """The names that reports give, counted while they are heard."""

    def __init__(self) -> None:
        self._voices: defaultdict[str, set[str]] = defaultdict(set)
        self._spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._origins: set[str] = set()

    def hear(self, names: Iterable[str], origin: str) -> None:
        """Take one report's names in."""
        self._origins.add(origin)
        for name in names:
            self._voices[fold(name)].add(origin)
            self._spellings[fold(name)][name] += 1

    def names(self) -> tuple[str, ...]:
        """Those that most origins name first; a country goes when somebody who stands for it is named as often."""
        voices, spellings, least = self._voices, self._spellings, _FEWEST * len(self._origins)
        ranked = sorted(voices, key=lambda name: -len(voices[name]))
        kept = [name for place, name in enumerate(ranked) if place <= 1 or len(voices[name]) >= least]
        standing = {code for name in kept if not is_country(name) and (code := country(name))}
        alone = [name for name in kept if not (is_country(name) and country(name) in standing)]
        return tuple(max(spellings[name], key=lambda spelling: spellings[name][spelling]) for name in alone)
