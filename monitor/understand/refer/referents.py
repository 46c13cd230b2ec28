"""The walk through a document that settles who each phrase stands for. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from monitor.records.findings import Entity
from monitor.understand import lexicon, offices
from monitor.understand.marks import Within, marked
from monitor.understand.prose import Prose
from monitor.understand.refer.people import People
from monitor.understand.refer.phrase import DESCRIPTION, NAME, PRONOUN, Phrase
from monitor.understand.refer.phrases import phrases
from monitor.understand.refer.roles import APPOSITION, OBJECT, OBLIQUE, POSSESSIVE, SUBJECT, role_of, speaks
from monitor.understand.refer.words import Words

_WEIGHTS = {SUBJECT: 4.0, OBJECT: 2.0, OBLIQUE: 1.5, POSSESSIVE: 1.5, APPOSITION: 0.5}
_QUOTED, _IN_TITLE, _INNER, _SPEAKING = 0.15, 0.5, 0.5, 1.5
_APPOSITION_GAPS = frozenset({", ", " – ", " - ", " — "})


class Reference(NamedTuple):
    """A phrase of the document and the entity that it stands for; None where it names nobody ("a senior official")."""

    start: int
    end: int
    kind: str
    """``name``, ``pronoun`` or ``description``."""
    role: str
    """``subject``, ``object``, ``oblique`` (behind a preposition), ``possessive`` or ``apposition``."""
    entity: Entity | None
    quoted: bool
    """It stands in quotation marks."""
    phrase: Phrase


class Referents:
    """Answers who stands behind a place of one document."""

    def __init__(self, prose: Prose) -> None:
        self.prose = prose
        self.words = Words(prose.document)
        self.quoted = Within(marked(prose.document))
        self._people = People(prose)
        self._body: Entity | None = None
        self._subject: tuple[int, str | None] = (-1, None)
        self.references = self._walk(phrases(prose, self.words))
        self._starts = [reference.start for reference in self.references]

    def at(self, start: int, end: int) -> Entity | None:
        """Who the phrase at ``start:end`` stands for, or None when it is nobody who is named."""
        best: Reference | None = None
        for one in self.between(start, end):
            wider = best is not None and one.start < best.end < one.end
            if best is None or wider or (best.phrase.inner and not one.phrase.inner):
                best = one
        return best.entity if best is not None else None

    def between(self, start: int, end: int) -> tuple[Reference, ...]:
        """All references that touch ``start:end``, in order."""
        first, after = bisect_left(self._starts, start), bisect_left(self._starts, end)
        while first and self.references[first - 1].end > start:
            first -= 1
        return tuple(reference for reference in self.references[first:after] if reference.end > start)

    def _walk(self, found: Sequence[Phrase]) -> tuple[Reference, ...]:
        """The text first and the title last: headlines say "the ambassador" before the text says who that is."""
        for phrase in found:
            if phrase.mention is not None and phrase.names_person:
                self._people.add(phrase.mention.entity)
        title = bisect_left([phrase.start for phrase in found], self.prose.title_end)
        body = self._in_order(found[title:])
        self._people.forget(_QUOTED)
        return (*self._in_order(found[:title]), *body)

    def _in_order(self, found: Sequence[Phrase]) -> list[Reference]:
        references: list[Reference] = []
        before: Reference | None = None
        for number, phrase in enumerate(found):
            following = found[number + 1] if number + 1 < len(found) else None
            reference = self._reference(phrase, before, following)
            references.append(reference)
            before = before if phrase.inner else reference
        return references

    def _reference(self, phrase: Phrase, before: Reference | None, following: Phrase | None) -> Reference:
        quoted, role = phrase.start in self.quoted, role_of(phrase, self.words)
        sentence = self.prose.sentence_at(phrase.start)
        if phrase.kind == NAME:
            entity = self._named(phrase)
        elif phrase.kind == PRONOUN:
            entity = self._meant(phrase, role, sentence)
        elif before is not None and self._is_apposition(before, phrase):
            entity, role = before.entity, APPOSITION
            self._people.learn(entity, phrase.described)
        elif following is not None and following.mention is not None and self._introduces(phrase, following):
            entity = following.mention.entity
            self._people.learn(entity, phrase.described)
        else:
            entity = self._described(phrase, sentence)
        self._count(phrase, entity, role, sentence, quoted=quoted)
        return Reference(
            start=phrase.start, end=phrase.end, kind=phrase.kind, role=role, entity=entity, quoted=quoted, phrase=phrase
        )

    def _named(self, phrase: Phrase) -> Entity | None:
        if phrase.mention is None or not phrase.names_person:
            return phrase.mention.entity if phrase.mention else None
        entity = self._people.bearer(phrase.mention.entity)
        self._people.learn(entity, phrase.described)
        standing = self._people.standing(entity)
        if standing is not None:
            standing.gender = standing.gender or phrase.gender
        return entity

    def _meant(self, phrase: Phrase, role: str, sentence: int) -> Entity | None:
        if phrase.plural or phrase.body:
            return None
        # "Trump met him": the subject of the sentence is somebody else.
        reflexive = phrase.noun.endswith("self")
        barred = self._subject[1] if role == OBJECT and not reflexive and self._subject[0] == sentence else None
        return self._people.meant(phrase.gender, sentence, barred=barred)

    def _is_apposition(self, before: Reference, phrase: Phrase) -> bool:
        """In "Dmitry Peskov, the Kremlin spokesman", the description says who was named, unless it cannot."""
        if not before.phrase.names_person or before.phrase.head.possessive or phrase.plural or phrase.body:
            return False
        if self.prose.document[before.end : phrase.start] not in _APPOSITION_GAPS:
            return False
        standing, described = self._people.standing(before.entity), phrase.described
        if standing is None or standing.known is None or described is None or not described.country:
            return True
        held = offices.offices(standing.known)
        return not held or any(office.country == described.country for office in held)

    def _introduces(self, phrase: Phrase, following: Phrase) -> bool:
        """In "the Kremlin spokesman, Dmitry Peskov, said", a name in commas stands behind the description."""
        if phrase.plural or phrase.body or not following.names_person or following.described is not None:
            return False
        document = self.prose.document
        in_commas = document[phrase.end : following.start] == ", "
        return in_commas and document[following.end : following.end + 1] in {",", "", "."}

    def _described(self, phrase: Phrase, sentence: int) -> Entity | None:
        described, opening = phrase.described, self.words.lows[phrase.first]
        if phrase.body:
            return self._body if phrase.noun in lexicon.NAMED_BODIES and opening == "the" else None
        if described is None or phrase.plural or phrase.untagged or not phrase.definite:
            return None
        entity = self._people.described(phrase, described, sentence)
        bare = opening == "the" and not (described.words or described.country)
        if entity is None and bare and described.kind in lexicon.EPITHETS and not self._people.speaks_of(phrase.noun):
            return self._people.epithet(phrase, sentence)
        return entity

    def _count(self, phrase: Phrase, entity: Entity | None, role: str, sentence: int, *, quoted: bool) -> None:
        weight = _WEIGHTS[role]
        if quoted:
            weight *= _QUOTED
        if sentence == 0:
            weight *= _IN_TITLE
        if phrase.inner:
            weight *= _INNER
        elif role == SUBJECT and speaks(phrase, self.words):
            # Who spoke is likely to go on.
            weight *= _SPEAKING
        standing = self._people.standing(entity)
        if entity is not None and entity.type == "organisation" and role == SUBJECT and not phrase.inner:
            self._body = entity
        if entity is None and phrase.kind == DESCRIPTION and not phrase.plural and not phrase.body:
            standing = self._people.unnamed(phrase)
        if standing is not None:
            self._people.count(standing, weight, sentence)
            if role == SUBJECT and not quoted:
                self._subject = (sentence, entity.name if entity else None)
