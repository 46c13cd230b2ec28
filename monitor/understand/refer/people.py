"""The people that a text has spoken of so far, how present each of them is, and what it has said of them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from monitor.records.findings import Entity
from monitor.understand import lexicon, offices
from monitor.understand.knowledge import Known
from monitor.understand.names import link
from monitor.understand.offices import Described, Office
from monitor.understand.prose import Prose
from monitor.understand.refer.phrase import Phrase

DECAY = 0.6
"""What is left of salience after a sentence."""
_KEPT = 0.4
_UNSURE_GENDER = 0.85
_LEAST_SALIENCE = 0.02
_LEAST_FOR_EPITHET = 1.0
_ALWAYS_PRESENT = 0.3
_MOST_FACTS = 8
_MOST_ASKED = 40


@dataclass(slots=True)
class Standing:
    """Somebody the text has spoken of; ``entity`` is None for "a senior official"."""

    entity: Entity | None
    gender: str | None
    salience: float = 0.0
    sentence: int = 0
    known: Known | None = None
    facts: list[Office] = field(default_factory=list)

    def at(self, sentence: int) -> float:
        """How present they are in that sentence."""
        return self.salience * DECAY ** max(0, sentence - self.sentence) if self.salience else 0.0

    def gain(self, weight: float, sentence: int) -> None:
        """Count one more mention."""
        left = self.at(sentence)
        self.salience = max(left, weight + _KEPT * left)
        self.sentence = sentence

    def may_be(self, gender: str | None) -> bool:
        """Whether somebody of this gender may be meant."""
        return gender is None or self.gender is None or self.gender == gender


class People:
    """Everybody in one document, named or not."""

    def __init__(self, prose: Prose) -> None:
        self._day: date | None = prose.published.date() if prose.published else None
        self._by_surname = _by_surname(prose)
        self._unnamed: dict[str, Standing] = {}
        self._named: dict[str, Standing] = {}
        # By last mention. A page may name thousands; nobody means one of long ago by "he".
        self._recent: dict[int, Standing] = {}
        for entity in prose.entities:
            if entity.type == "person":
                self.add(entity)

    def add(self, entity: Entity) -> None:
        """Make somebody known who may be meant from now on."""
        if entity.name not in self._named:
            known = link(entity.name, "person") if entity.id else None
            self._named[entity.name] = Standing(entity, lexicon.gender_of_name(entity.name), known=known)

    def standing(self, entity: Entity | None) -> Standing | None:
        """What is known of a person."""
        return self._named.get(entity.name) if entity is not None else None

    def unnamed(self, phrase: Phrase) -> Standing:
        """Whoever a description without a name stands for."""
        return self._unnamed.setdefault(phrase.noun, Standing(None, phrase.gender))

    def speaks_of(self, noun: str) -> bool:
        """Whether the text has used this noun for somebody it does not name."""
        return noun in self._unnamed

    def bearer(self, entity: Entity) -> Entity:
        """Whom a bare surname means, where the text gives another bearer's full name."""
        return self._by_surname.get(entity.name, entity)

    def forget(self, share: float) -> None:
        """Leave everybody a share of their salience, as of the first sentence."""
        for standing in self._named.values():
            standing.salience, standing.sentence = standing.salience * share, 0

    def count(self, standing: Standing, weight: float, sentence: int) -> None:
        """Count one more mention of somebody."""
        standing.gain(weight, sentence)
        self._recent.pop(id(standing), None)
        self._recent[id(standing)] = standing

    def learn(self, entity: Entity | None, described: Described | None) -> None:
        """Keep what the text calls somebody."""
        standing = self.standing(entity)
        if standing is None or described is None or described.kind == "body" or len(standing.facts) >= _MOST_FACTS:
            return
        last = 0 if described.former else offices.FOR_EVER
        standing.facts.append(Office(kind=described.kind, words=described.words, country=described.country, last=last))

    def meant(self, gender: str | None, sentence: int, *, barred: str | None) -> Entity | None:
        """Whom a pronoun means: the most salient person of its gender."""
        best, most = None, _LEAST_SALIENCE
        for standing in self._lately():
            if not standing.may_be(gender) or (barred and standing.entity and standing.entity.name == barred):
                continue
            weight = standing.at(sentence) * (1.0 if standing.gender else _UNSURE_GENDER)
            if weight > most:
                best, most = standing.entity, weight
        return best

    def _lately(self) -> Iterator[Standing]:
        return islice(reversed(self._recent.values()), _MOST_ASKED)

    def _candidates(self) -> Iterator[Standing]:
        """Whom a description may mean: who was spoken of lately, and the first of those whom the text names at all."""
        lately = [standing for standing in self._lately() if standing.entity is not None]
        seen = {id(standing) for standing in lately}
        yield from lately
        yield from (one for one in islice(self._named.values(), _MOST_ASKED) if id(one) not in seen)

    def described(self, phrase: Phrase, described: Described, sentence: int) -> Entity | None:
        """Whom a definite description means."""
        fitting, how_well = self._fitting(described, phrase.gender, sentence)
        if phrase.noun in self._unnamed and not described.country and how_well < offices.SURE:
            return None
        if fitting is not None:
            return fitting
        known = offices.holder(described, self._day)
        if known is not None:
            return Entity(name=known.name, type="person", id=known.id or None, mentions=())
        return None

    def _fitting(self, described: Described, gender: str | None, sentence: int) -> tuple[Entity | None, float]:
        best, most, how_well = None, 0.0, 0.0
        for standing in self._candidates():
            fit = self._fit(described, standing) if standing.may_be(gender) else 0.0
            score = fit * (_ALWAYS_PRESENT + standing.at(sentence))
            if score > most:
                best, most, how_well = standing.entity, score, fit
        return best, how_well

    def _fit(self, described: Described, standing: Standing) -> float:
        """By what the text has said of them, or by the office they hold."""
        told = max((offices.fits(described, fact, self._day) for fact in standing.facts), default=0.0)
        if standing.known is None:
            return told
        if described.country and standing.known.country not in {described.country, ""}:
            told *= any(fact.country == described.country for fact in standing.facts)
        return max(told, offices.fit(described, standing.known, self._day))

    def epithet(self, phrase: Phrase, sentence: int) -> Entity | None:
        """Whom "the diplomat" or "the billionaire" means: whoever was spoken of last."""
        best, most = None, _LEAST_FOR_EPITHET
        for standing in self._candidates():
            if standing.at(sentence) > most and standing.may_be(phrase.gender):
                best, most = standing.entity, standing.at(sentence)
        return best


def _by_surname(prose: Prose) -> dict[str, Entity]:
    people = [entity for entity in prose.entities if entity.type == "person"]
    full = {entity.name: entity for entity in people if any(" " in mention.text for mention in entity.mentions)}
    bearers: dict[str, list[Entity]] = {}
    for entity in full.values():
        bearers.setdefault(_surname(entity), []).append(entity)
    return {
        entity.name: bearers[_surname(entity)][0]
        for entity in people
        if entity.name not in full and len(bearers.get(_surname(entity), ())) == 1
    }


def _surname(entity: Entity) -> str:
    return entity.name.casefold().rpartition(" ")[2]
