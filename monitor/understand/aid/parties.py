"""Who stands where in one clause: its subjects, who is quoted there, and who says what it tells. Pure."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from monitor.records.findings import Quote, Report
from monitor.understand.aid.actors import AGAINST, UKRAINE, Actor, Actors, acting, party_of
from monitor.understand.aid.chains import Chain
from monitor.understand.aid.clauses import Clause, Placed
from monitor.understand.aid.item import Item
from monitor.understand.prose import Prose, Sentence

_SAYING = re.compile(r"[^.]{0,30}?\b(?:says?|said|told|tells?|announced?)\b")
_PRONOUN = re.compile(r"\b(?:he|she|they)\W+$", re.IGNORECASE)
_NEAR = 24


class Parties:
    """The actors of a document, asked about one clause at a time."""

    def __init__(self, prose: Prose, actors: Actors, quotes: Sequence[Quote], reports: Sequence[Report]) -> None:
        self.prose, self.actors = prose, actors
        both: list[Quote | Report] = [*quotes, *reports]
        self._said = sorted(both, key=lambda said: said.start)
        self._entities = {entity.name: entity for entity in prose.entities}
        self._places = [said.start for said in self._said]

    def subject(self, clause: Clause, place: int) -> Actor | None:
        """The subject of a word: the nearest actor before it; for "he" and "they" the first of clause or sentence."""
        near = self._acting(clause.start, place)
        if self._pronoun(clause, place):
            sentence = self.prose.sentences[self.prose.sentence_at(place)]
            return next(iter((*near, *self._acting(sentence.start, place))), None)
        return near[-1] if near else None

    def _acting(self, start: int, end: int) -> list[Actor]:
        return [actor for actor in self.actors.within(start, end) if not actor.located]

    def _pronoun(self, clause: Clause, place: int) -> bool:
        return _PRONOUN.search(self.prose.document[max(clause.start, place - 12) : place]) is not None

    def by(self, item: Item, sentence: Sentence, clause: Clause, chain: Chain, *, granted: bool = False) -> str | None:
        """Who says or does it: who does it, or who speaks for them; else the speaker, else who "says" behind it.

        A request that is taken for granted (``granted``) is Ukraine's.
        """
        if granted:
            asking = (actor for actor in self._acting(sentence.start, sentence.end) if actor.party == UKRAINE)
            return next((actor.name for actor in asking), UKRAINE)
        first = chain.cues[0].start if chain.cues and not chain.passive else item.start
        near = [] if self._pronoun(clause, first) else self._acting(clause.start, first)
        speaker = self._speaker(item)
        if speaker and (not near or party_of(speaker) == near[-1].party):
            return speaker
        before = near[::-1] or self._acting(sentence.start, min(first, item.start))
        behind = self._acting(item.end + 1, sentence.end)
        saying = (actor for actor in behind if _SAYING.match(self.prose.document, actor.end))
        return next((actor.name for actor in (*before, *saying)), None)

    def _speaker(self, item: Item) -> str | None:
        """Who speaks the words that the item stands in, where it is no newspaper; a country for its capital."""
        said = self.said_at(item.start)
        name = said.speaker if said is not None else None
        if name is None or name not in self._entities:
            return name if party_of(name) else None
        entity = acting(self._entities[name])
        return entity.name if entity is not None else None

    def speaker_party(self, item: Item) -> str:
        """The country of who says the words that the item stands in; empty where nobody says them."""
        said = self.said_at(item.start)
        return party_of(said.speaker) if said is not None else ""

    def said_at(self, place: int) -> Quote | Report | None:
        """The innermost words of somebody that hold the place."""
        at = bisect_right(self._places, place)
        near = reversed(self._said[max(0, at - 4) : at])
        return next((said for said in near if said.start <= place < said.end), None)

    def hostile(self, item: Item, sentence: Sentence) -> bool:
        """Whether it is Moscow that speaks of the item."""
        said = self.said_at(item.start)
        if said is not None and said.speaker:
            return party_of(said.speaker) in AGAINST
        first = next(iter(self.actors.within(sentence.start, sentence.end)), None)
        return first is not None and first.party in AGAINST and first.start < item.start and not first.located

    def from_ukraine(self, clause: Clause, cue: Placed) -> bool:
        """Whether a request is Ukraine's: "Kyiv's request", "a plea from Ukrainian leaders"."""
        text = self.prose.document
        for actor in self.actors.within(clause.start, clause.end):
            between = text[actor.end : cue.start] if actor.end <= cue.start else text[cue.end : actor.start]
            if actor.party == UKRAINE and len(between) < _NEAR:
                return True
        return False

    def follows(self, start: int, end: int) -> bool:
        """Whether an actor stands at ``start``, with nothing else before it: "missiles | Ukraine has | requested"."""
        first = next(iter(self.actors.within(start, end)), None)
        if first is None or first.located:
            return False
        return self.prose.document[start : first.start].strip(" ") in {"", "the"}
