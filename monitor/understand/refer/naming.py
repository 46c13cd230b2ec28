"""Names as they stand in a text, with courtesies and titles in front, and names that nobody tagged. Pure."""

import re
from collections.abc import Iterator, Mapping

from monitor.records.findings import Entity
from monitor.understand import lexicon
from monitor.understand.knowledge import demonyms
from monitor.understand.offices import countries
from monitor.understand.prose import Mention, Prose
from monitor.understand.refer.descriptions import Descriptions
from monitor.understand.refer.phrase import NAME, Phrase
from monitor.understand.refer.words import Words

_POSSESSIVE = re.compile(r"['’]s$|(?<=s)['’]$")
_SAID = frozenset("said says told added wrote tweeted replied asked explained continued recalled".split())
_COURTESY = frozenset({"mr", "mrs", "ms"})
_NO_NAME = (
    lexicon.DETERMINERS
    | lexicon.CONJUNCTIONS
    | lexicon.PREPOSITIONS
    | lexicon.VERBS
    | lexicon.ADJECTIVES
    | frozenset(lexicon.PRONOUNS)
    | lexicon.PLURAL_PRONOUNS
    | frozenset(lexicon.COURTESY)
    | frozenset(lexicon.PERSON_CLASSES)
    | lexicon.BODIES
    | lexicon.NO_NAMES
)


class Naming:
    """Finds the names of one document."""

    def __init__(self, prose: Prose, words: Words, descriptions: Descriptions) -> None:
        self.prose = prose
        self.words = words
        self.descriptions = descriptions
        self._genders: dict[str, str | None] = {}

    def phrases(self) -> tuple[list[Phrase], dict[int, bool]]:
        """All names, and the numbers of their words with whether it is a person's."""
        found = [phrase for mention in self.prose.mentions if (phrase := self._phrase(mention)) is not None]
        taken = {number: one.names_person for one in found for number in range(one.first, one.after)}
        more = [phrase for mention in self._missed(taken) if (phrase := self._phrase(mention)) is not None]
        taken.update((number, True) for one in more for number in range(one.first, one.after))
        return [*found, *more], taken

    def _phrase(self, mention: Mention) -> Phrase | None:
        words = self.words
        first, after = words.number_from(mention.start), words.number_from(mention.end)
        if first and words.ends[first - 1] > mention.start:
            first -= 1
        if first >= after:
            return None
        person = mention.entity.type == "person"
        start, gender, described, noun = mention.start, None, None, ""
        head = words[after - 1]
        if person:
            gender, first = self._gender(mention.entity.name), self._courtesies(first)
            gender = lexicon.COURTESY.get(words.lows[first], gender)
            first = self._abbreviated(first)
            if first + 1 < after and words.lows[first] in lexicon.PERSON_CLASSES:
                noun, title = words.lows[first], first
                first = self.descriptions.back(title)
                described = self.descriptions.described(first, title, title + 1)
                gender = gender or lexicon.gender_of_noun(noun)
        if first and words.lows[first - 1] == "the" and words.close(first - 1):
            first -= 1
        return Phrase(
            start=min(start, words.starts[first]), end=mention.end, kind=NAME, first=first, after=after, head=head,
            mention=mention, described=described, noun=noun, gender=gender, body=mention.entity.type == "organisation",
        )  # fmt: skip

    def _gender(self, name: str) -> str | None:
        if name not in self._genders:
            self._genders[name] = lexicon.gender_of_name(name)
        return self._genders[name]

    def _courtesies(self, first: int) -> int:
        while first and self.words.lows[first - 1] in lexicon.COURTESY and self.words.close(first - 1):
            first -= 1
        return first

    def _abbreviated(self, first: int) -> int:
        """Back over "former Florida Gov." and its like."""
        before = first and self.words.texts[first - 1] in lexicon.ABBREVIATED and self.words.close(first - 1)
        if before or self.words.texts[first] in lexicon.ABBREVIATED:
            return self.descriptions.back(first - 1 if before else first)
        return first

    def _missed(self, taken: Mapping[int, bool]) -> Iterator[Mention]:
        """Names that nobody tagged: a known surname, "Mr. English", and who is at once before or behind "said"."""
        surnames: dict[str, Entity] = {}
        for person in self.prose.entities:
            if person.type == "person":
                surnames.setdefault(person.name.casefold().rpartition(" ")[2], person)
        free, words = 0, self.words
        capitals = [number for number, text in enumerate(words.texts) if text[0].isupper()]
        for number in capitals:
            if number < free or number in taken or not words.texts[number][1:3].islower():
                continue
            after, start = number + 1, words.starts[number]
            entity = surnames.get(words.lows[number])
            if entity is None and self._is_strange_name(number, taken):
                after = self.descriptions.untagged_name(after, taken)
                text = words.document[start : words.ends[after - 1]]
                entity = Entity(name=_POSSESSIVE.sub("", text), type="person", id=None, mentions=())
                surnames.setdefault(words.lows[after - 1], entity)
            if entity is not None:
                end = words.ends[after - 1]
                yield Mention(start=start, end=end, text=words.document[start:end], entity=entity)
                free = after

    def _is_strange_name(self, number: int, taken: Mapping[int, bool]) -> bool:
        words = self.words
        if words.lows[number] in _NO_NAME or words.lows[number] in countries() or words.lows[number] in demonyms():
            return False
        before = words.lows[number - 1] if number and words.close(number - 1) else ""
        if before in _COURTESY or before in _SAID:
            return True
        after = self.descriptions.untagged_name(number + 1, taken)
        return words.spaced(after - 1) and words.lows[after] in _SAID
