"""Who acts in a document: countries, alliances, and people and offices that act for a country."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, cached_property

from monitor.records.findings import Entity
from monitor.understand.aid.actorwords import (
    ADJECTIVES,
    ALLIANCES,
    CAPITALS,
    CODES,
    GROUP,
    GROUPS,
    LOCATIVE,
    OFFICES,
    WORD,
)
from monitor.understand.knowledge import by_name, entries
from monitor.understand.prose import Mention, Prose

UKRAINE, RUSSIA = "Ukraine", "Russia"
# Those who can ask for aid or comment on it, and never give it to Ukraine.
AGAINST = frozenset((RUSSIA, "Belarus", "Iran", "North Korea", "China"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One place where somebody who may act is named. ``party`` is the country or alliance; ``name`` is canonical."""

    start: int
    end: int
    party: str
    name: str
    kind: str
    """``person``, ``organisation``, ``country``, ``group`` or ``word``."""
    located: bool = False
    """It says where something is, not who acts."""

    @property
    def gives(self) -> bool:
        """Whether aid to Ukraine may come from it."""
        return self.party != UKRAINE and self.party not in AGAINST and bool(self.party)


class Actors:
    """All actors of a document in order of place; sentences are searched for words when they are first asked about."""

    def __init__(self, prose: Prose) -> None:
        self.prose = prose
        self._mentioned = [actor for mention in prose.mentions if (actor := _mentioned(prose, mention))]
        self._starts = [actor.start for actor in self._mentioned]
        self._searched: dict[int, tuple[Actor, ...]] = {}

    @cached_property
    def main(self) -> str | None:
        """The giver named most often; of several, the first."""
        named = (*self._in_sentence(0), *self._mentioned)
        counts = Counter(actor.party for actor in named if actor.gives and not actor.located)
        return counts.most_common(1)[0][0] if counts else None

    def within(self, start: int, end: int) -> tuple[Actor, ...]:
        """Those of one sentence that begin in ``start:end``."""
        return tuple(actor for actor in self._in_sentence(self.prose.sentence_at(start)) if start <= actor.start < end)

    def _in_sentence(self, number: int) -> tuple[Actor, ...]:
        if number not in self._searched:
            sentence = self.prose.sentences[number]
            found = self._mentioned[bisect_left(self._starts, sentence.start) : bisect_left(self._starts, sentence.end)]
            found += _worded(self.prose.document, sentence.start, sentence.end, found)
            self._searched[number] = tuple(sorted(found, key=lambda actor: actor.start))
        return self._searched[number]


@cache
def countries() -> dict[str, str]:
    """Names of countries by code."""
    return {known.country: known.name for known in entries() if known.role == "country"}


def party_of(name: str | None) -> str:
    """The country that a canonical person or organisation belongs to; empty where nobody knows."""
    known = (
        by_name().get(("person", name or ""))
        or by_name().get(("organisation", name or ""))
        or by_name().get(("place", name or ""))
    )
    return countries().get(known.country, "") if known else ""


def _mentioned(prose: Prose, mention: Mention) -> Actor | None:
    kind, name = mention.entity.type, mention.entity.name
    known = by_name().get((kind, name))
    start, end = mention.start, mention.end
    country = countries().get(known.country, "") if known else ""
    if kind == "person":
        return Actor(start=start, end=end, party=country, name=name, kind=kind)
    if kind == "organisation" and name in ALLIANCES:
        return Actor(start=start, end=end, party=ALLIANCES[name], name=name, kind="group")
    if kind == "organisation" and known is not None and OFFICES.search(known.role):
        return Actor(start=start, end=end, party=country, name=name, kind=kind)
    if kind == "place" and known is not None and (known.role == "country" or name in CAPITALS):
        located = _located(prose.document, start)
        return Actor(start=start, end=end, party=country, name=country, kind="country", located=located)
    return None


def _located(document: str, start: int) -> bool:
    return LOCATIVE.search(document[max(0, start - 24) : start]) is not None


def _worded(document: str, start: int, end: int, found: list[Actor]) -> list[Actor]:
    """Peoples, short names and groups that no mention covers."""
    taken = sorted((actor.start, actor.end) for actor in found)
    groups = []
    for match in GROUP.finditer(document, start, end):
        whose = (match["whose"] or "").casefold()
        if match["kind"] or whose not in ADJECTIVES:
            name = GROUPS.get(whose, "allies")
            groups.append(Actor(start=match.start(), end=match.end(), party=name, name=name, kind="group"))
    covered = sorted(taken + [(actor.start, actor.end) for actor in groups])
    words = [
        Actor(start=match.start(), end=match.end(), party=name, name=name, kind="word", located=located)
        for match in WORD.finditer(document, start, end)
        if match.group() in CODES and not _inside(match.start(), match.end(), covered)
        for name, located in [(countries()[CODES[match.group()]], _located(document, match.start()))]
    ]
    return words + [group for group in groups if not _inside(group.start, group.end, taken)]


def _inside(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    at = bisect_left(taken, (end, 0)) - 1
    return at >= 0 and taken[at][0] <= start and end <= taken[at][1]


def acting(entity: Entity | None) -> Entity | None:
    """The entity as one that speaks for a side, a country in place of its capital; None where it speaks for none."""
    if entity is None or entity.type == "person":
        return entity
    known = by_name().get((entity.type, entity.name))
    if known is None:
        return None
    if entity.type == "place":
        code = known.country if known.role == "country" else CAPITALS.get(entity.name, "")
        country = by_name().get(("place", countries().get(code, "")))
        return replace(entity, name=country.name, id=country.id or None) if country else None
    spokes = entity.type == "organisation" and (entity.name in ALLIANCES or OFFICES.search(known.role) is not None)
    return entity if spokes else None
