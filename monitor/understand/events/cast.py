"""All actors of one document, with whom pronouns, descriptions and "the two leaders" stand for. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from monitor.understand.events import countries
from monitor.understand.events.actors import Actor, Namings
from monitor.understand.events.words import Words
from monitor.understand.prose import Prose
from monitor.understand.refer import Referents

STATES = frozenset("sides countries nations parties delegations combatants teams".split())
_BESIDE = re.compile(r",? and (?:[\w.-]+ ){0,6}")
_THEY = frozenset("they them their".split())
_HE = frozenset("he she him his her".split())
_FIRST = frozenset({"i", "my"})
_FIRST_WRITTEN = frozenset({"I", "my", "My"})
_NUMBERS = frozenset({"two", "three", "warring"})
_PAIRS = STATES | frozenset("men leaders presidents pair duo two".split())
_BEFORE_PAIRS = frozenset("the both these those two three warring".split())
_OWNERS = frozenset("his her their".split())
HEADS = frozenset({"leaders", "presidents"})
_STANDING = _THEY | _HE | _FIRST | _PAIRS | {"both", "other"}
_FURTHEST = 700


class Cast:
    """All actors of one document."""

    def __init__(self, prose: Prose, words: Words, referents: Referents | None = None) -> None:
        self._prose, self._words, self._referents = prose, words, referents
        namings = Namings(prose, words)
        told = [*namings.paired()]
        told += _free(self._told(), told)
        described = _free(namings.described(), told)
        named = _free(namings.mentioned(), [*told, *described])
        others = _free(self._pronouns(), [*told, *described, *named])
        self.all = tuple(sorted((*told, *described, *named, *others), key=lambda actor: actor.start))
        self._starts = [actor.start for actor in self.all]

    def within(self, start: int, end: int) -> tuple[Actor, ...]:
        """Actors that begin in ``start:end``."""
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def _told(self) -> Iterator[Actor]:
        """Descriptions that stand for a person: "the Ukrainian leader", "Putin's envoy"."""
        for reference in self._referents.references if self._referents else ():
            entity = reference.entity
            if reference.kind != "description" or entity is None or entity.type != "person":
                continue
            inside = self._prose.mentions_in(reference.start, reference.end, ("person",))
            if reference.role == "apposition" or any(mention.entity.name == entity.name for mention in inside):
                continue
            yield Actor(reference.start, reference.end, (entity.name,), "person", reference.role == "possessive")

    def _pronouns(self) -> Iterator[Actor]:
        """Pronouns, and what stands for two: "the two leaders", "both sides", "each other"."""
        words = self._words
        for at, small in enumerate(words.smalls):
            if small not in _STANDING:
                continue
            start, end = words.starts[at], words.ends[at]
            if small == "their" and words.smalls[at + 1 : at + 2] and words.smalls[at + 1] in HEADS:
                yield Actor(start, words.ends[at + 1], (), "both")
            elif small in _THEY:
                yield Actor(start, end, (), "both", small in _OWNERS)
            elif small in _HE:
                yield Actor(start, end, self._he(start, end), "pronoun", small in _OWNERS)
            elif small in _FIRST:
                names = self._speaker(start) if words.texts[at] in _FIRST_WRITTEN else ()
                if names:
                    yield Actor(start, end, names, "pronoun", small == "my")
            else:
                yield from self._two(at, small)

    def _he(self, start: int, end: int) -> tuple[str, ...]:
        entity = self._referents.at(start, end) if self._referents else None
        name = entity.name if entity is not None and entity.type == "person" else None
        return (name,) if name else self.earlier(start, set())

    def _two(self, at: int, small: str) -> Iterator[Actor]:
        words = self._words
        before = words.smalls[max(0, at - 2) : at]
        if small == "both":
            follows = words.smalls[at + 1 : at + 2]
            if not follows or follows[0] not in _PAIRS:
                yield Actor(words.starts[at], words.ends[at], (), "both")
        elif before[-1:] == ["each"] if small == "other" else bool(before) and before[-1] in _BEFORE_PAIRS:
            first = at - 2 if len(before) == 2 and before[-1] in _NUMBERS and before[0] in _BEFORE_PAIRS else at - 1
            yield Actor(words.starts[first], words.ends[at], (), "both")

    def _speaker(self, place: int) -> tuple[str, ...]:
        """Who says "I" in a quotation: the one person of its sentence named outside the marks."""
        if self._referents is None:
            return ()
        piece = self._referents.quoted.piece_at(place)
        if piece is None:
            return ()
        sentence = self._prose.sentences[self._prose.sentence_at(place)]
        names = {
            reference.entity.name
            for reference in self._referents.between(sentence.start, sentence.end)
            if reference.entity
            and reference.entity.type == "person"
            and not reference.quoted
            and reference.role == "subject"
        }
        return tuple(names) if len(names) == 1 else ()

    def earlier(self, place: int, others: set[str]) -> tuple[str, ...]:
        """The person named last before ``place`` who is none of ``others``, in this sentence or the two before."""
        floor = self._prose.sentences[max(0, self._prose.sentence_at(place) - 2)].start
        people = self._prose.mentions_in(max(floor, place - _FURTHEST), place, ("person",))
        return next(((m.entity.name,) for m in reversed(people) if m.entity.name not in others), ())

    def together(self, floor: int, place: int, *, states: bool) -> tuple[str, ...]:
        """Two parties named side by side, or one delegation of two states, last before ``place``: whom "they" means."""
        last: Actor | None = None
        for actor in reversed(self.within(floor, place)):
            if (
                actor.owner
                or actor.modifier
                or actor.kind in {"both", "pronoun"}
                or (states and actor.kind == "person")
            ):
                continue
            if len(actor.names) >= 2:
                return actor.names
            gap = self._prose.document[actor.end : last.start] if last else ""
            if last and last.kind == actor.kind and _BESIDE.fullmatch(gap):
                return tuple(dict.fromkeys((*actor.names, *last.names)))
            last = actor
        return ()

    def leaders(self, place: int) -> tuple[str, ...]:
        """Whom "the two presidents" means: the two heads of state or government named last, else first."""
        near = reversed(self._prose.mentions_in(0, place, ("person",)))
        named = (one.entity.name for one in near)
        everybody = (entity.name for entity in self._prose.entities if entity.type == "person")
        heads = dict.fromkeys(name for name in (*named, *everybody) if countries.is_leader(name))
        return tuple(heads)[:2][::-1] if len(heads) >= 2 else ()

    def pair(self, place: int, *, states: bool) -> tuple[str, ...]:
        """Whom "the two leaders" or "both sides" means: the two people, or states, named last before ``place``."""
        kinds = {"country", "group"} if states else {"person"}
        found: list[str] = []
        for actor in reversed(self.within(max(0, place - _FURTHEST), place)):
            if actor.kind in kinds:
                found += [n for n in actor.names if n not in found and (states or countries.country_of(n))]
            if len(found) >= 2:
                return tuple(found[:2])
        return ()


def _free(actors: Iterator[Actor] | list[Actor], taken: list[Actor]) -> list[Actor]:
    """Those that touch none of ``taken``."""
    spans = sorted((actor.start, actor.end) for actor in taken)
    found = []
    for actor in actors:
        at = bisect_left(spans, (actor.end, -1))
        if at == 0 or spans[at - 1][1] <= actor.start:
            found.append(actor)
    return found
