"""Descriptions of people and bodies: "the former Russian foreign minister", "a spokesman for the firm". Pure.

A description is found from its noun: back over what qualifies it to the article or possessor, on over "of ...". No
part-of-speech tagger is at work, only word lists and capital letters.
"""

from collections.abc import Mapping

from monitor.understand import lexicon
from monitor.understand.offices import Described, countries, country_words, qualifiers
from monitor.understand.refer.phrase import DESCRIPTION, Phrase
from monitor.understand.refer.words import Words

LONGEST_BACK, LONGEST_ON, LONGEST_NAME, LONGEST_POSSESSOR = 7, 8, 3, 3
_ARTICLES = frozenset("the a an one his her their its another".split())
# Nouns that are more often adjectives, or mean a multitude.
_RANKS = frozenset({"major", "general", "host", "marine", "principal", "independent"})
_PARTISANS = frozenset("republican democrat liberal conservative progressive socialist independent".split())
_NOT_BODIES_BEHIND = frozenset({"force", "page", "report"})
_PREFIXES = ("then-", "ex-", "vice-", "pro-", "anti-")
_PEOPLES = ("ian", "ish", "an", "ese")
_OPENING = frozenset({"of", "for", "to", "at"})
_LINKS = frozenset({"of", "for", "to", "at", "the", "and", "in"})
_BEHIND_OF = frozenset(
    "state defense defence foreign affairs staff intelligence security government parliament homeland treasury "
    "national joint military party house senate army his her their office".split()
)
_MANY = frozenset({"police", "troops", "media"})
_SAYS_NOTHING = frozenset(
    "the his her their its one another some several two three many unnamed anonymous longtime veteran leading "
    "prominent new outgoing incoming current then late long-time key main this that other both".split()
)


class Descriptions:
    """Finds the description around a noun of one document."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def around(self, number: int, taken: Mapping[int, bool]) -> Phrase | None:
        """The description whose noun is word ``number``; ``taken`` are the words of names, true for people."""
        if self._is_other(number):
            return None
        words = self.words
        first, following = self.back(number), number + 1
        opened = words.lows[first] in lexicon.DETERMINERS or words.possessives[first]
        plural, capital = _is_plural(words.lows[number]), words.is_capital(number)
        lone = first == number and not (opened or plural or capital)
        if lone and not (following < len(words) and words.is_capital(following)):
            return None
        named, noun = following, words[number]
        if not plural and noun.low in lexicon.PERSON_CLASSES:
            named = self.untagged_name(following, taken)
        after = named if named > following else self._on(following, taken)
        described = self.described(first, number, following if named > following else after)
        head = words[named - 1] if named > following else noun
        definite = words.lows[first] not in lexicon.INDEFINITE and (opened or capital or described.country != "")
        return Phrase(
            start=words.starts[first], end=words.ends[after - 1], kind=DESCRIPTION, first=first, after=after, head=head,
            described=described, noun=noun.low, plural=plural, body=noun.low in lexicon.BODIES, definite=definite,
            gender=lexicon.gender_of_noun(noun.low),
            untagged=words.document[words.starts[following] : head.end] if named > following else "",
        )  # fmt: skip

    def aged(self, number: int) -> Phrase:
        """Describes by age: "the 42-year-old"."""
        first = number - 1 if number and self.words.lows[number - 1] in lexicon.DETERMINERS else number
        return Phrase(
            start=self.words.starts[first], end=self.words.ends[number], kind=DESCRIPTION, first=first,
            after=number + 1, head=self.words[number], described=Described(kind="person"), noun="person",
        )  # fmt: skip

    def untagged_name(self, number: int, taken: Mapping[int, bool]) -> int:
        """Over capitalised words at once behind a noun that nobody tagged as a name: "band member Flea"."""
        after, words = number, self.words
        while after < min(len(words), number + LONGEST_NAME - 1) and after not in taken and words.spaced(after - 1):
            if not words.is_capital(after) or not words.texts[after][-1].islower():
                break
            after += 1
        return after

    def qualifies_next(self, number: int) -> bool:
        """Whether another noun for people follows at once: "press secretary", "campaign spokesman", "party leader"."""
        words, after = self.words, number + 1
        if not words.close(number) or words.possessives[number]:
            return False
        low = words.lows[after]
        if low in lexicon.PERSON_CLASSES or (low in lexicon.BODIES and low not in _NOT_BODIES_BEHIND):
            return True
        return low in lexicon.ADJECTIVES and words.close(after) and words.lows[after + 1] in lexicon.PERSON_CLASSES

    def back(self, number: int) -> int:
        """From a noun back to where its description begins."""
        first, words = number, self.words
        while first and number - first < LONGEST_BACK and words.close(first - 1):
            low = words.lows[first - 1]
            if low in lexicon.DETERMINERS and low not in lexicon.FORMER:
                return first - 1
            if words.possessives[first - 1]:
                return self._possessor(first - 1)
            if not self._may_qualify(first - 1):
                return first - 2 if self._stands_behind_article(first - 1) else first
            first -= 1
        return first

    def described(self, first: int, number: int, after: int) -> Described:
        """What the words ``first`` to ``after`` say of the noun ``number``."""
        words = self.words
        before = words.document[words.starts[first] : words.starts[number]]
        behind = words.document[words.ends[number] : words.ends[after - 1]] if after > number + 1 else ""
        country = self._country(first, number) or self._country(number + 1, after)
        kind = lexicon.PERSON_CLASSES.get(words.lows[number], "body")
        said = qualifiers(f"{before.replace(chr(8217), chr(39)).replace(chr(39) + 's', '')} {behind}")
        said = said - country_words(country) - _SAYS_NOTHING
        former = any(word in lexicon.FORMER for word in before.lower().replace("-", " ").split())
        if kind == "minister" and "prime" in said:
            kind, said = "premier", said - {"prime"}
        if kind == "secretary" and "press" in said:
            kind = "spokesperson"
        if kind != "spokesperson" and "kremlin" in said:
            country, said = country or "RU", said - {"kremlin"}
        return Described(kind=kind, words=said - lexicon.FORMER, country=country, former=former)

    def _is_other(self, number: int) -> bool:
        """Whether the word is no noun for people here: "social media", "the Republican nomination", "a major deal"."""
        low = self.words.lows[number]
        if low == "media" and number and self.words.lows[number - 1] == "social":
            return True
        if low in _PARTISANS and self._is_adjective(number):
            return True
        rank = self.words.is_capital(number) or (number > 0 and self.words.lows[number - 1] == "the")
        return self.qualifies_next(number) or (low in _RANKS and not rank)

    def _is_adjective(self, number: int) -> bool:
        if not self.words.close(number) or self.words.possessives[number]:
            return False
        low = self.words.lows[number + 1]
        small = low in lexicon.PREPOSITIONS or low in lexicon.CONJUNCTIONS or low in lexicon.VERBS
        return not (small or low == "who" or low.endswith("ed"))

    def _stands_behind_article(self, number: int) -> bool:
        """Whether one unknown small word parts article and phrase: "one unaligned Florida strategist"."""
        if not number or not self.words.close(number - 1) or not self.words.texts[number].islower():
            return False
        low = self.words.lows[number]
        small = low in lexicon.PREPOSITIONS or low in lexicon.CONJUNCTIONS or low in lexicon.VERBS
        return not small and self.words.lows[number - 1] in _ARTICLES

    def _possessor(self, number: int) -> int:
        """From the possessive word back to where its name begins: "Ukraine's", "the White House's"."""
        first, words = number, self.words
        while first and number - first < LONGEST_POSSESSOR and words.close(first - 1) and words.is_capital(first - 1):
            if words.lows[first - 1] in lexicon.NO_NAMES:
                break
            first -= 1
        return (
            first - 1 if first and words.lows[first - 1] in {"the", "his", "her"} and words.close(first - 1) else first
        )

    def _may_qualify(self, number: int) -> bool:
        words, low = self.words, self.words.lows[number]
        if low in lexicon.PREPOSITIONS or low in lexicon.CONJUNCTIONS or low in lexicon.NO_NAMES:
            return False
        if low in lexicon.ADJECTIVES or low in lexicon.PERSON_CLASSES or low in lexicon.BODIES or low in lexicon.FORMER:
            return True
        if low in countries() or low.endswith("-year-old") or low.startswith(_PREFIXES):
            return True
        opens = number == 0 or words.document[words.starts[number] - 1] == "\n"
        return words.is_capital(number) and (not opens or low.endswith(_PEOPLES))

    def _on(self, number: int, taken: Mapping[int, bool]) -> int:
        """Over "of Ukraine", "for the Kremlin", "of the Presidential Office" behind the noun."""
        after = place = number
        while place < min(len(self.words), number + LONGEST_ON) and place and self.words.spaced(place - 1):
            low = self.words.lows[place]
            if taken.get(place) or (place == number and low not in _OPENING):
                break
            if low in _LINKS:
                place += 1
            elif low in _BEHIND_OF or low in lexicon.BODIES or self.words.is_capital(place):
                place += 1
                after = place
            else:
                break
        return after

    def _country(self, first: int, after: int) -> str:
        known, words = countries(), self.words
        for number in range(first, after):
            low = words.lows[number]
            if number + 1 < after and (pair := f"{low} {words.lows[number + 1]}") in known:
                return known[pair]
            if words.is_capital(number):
                code = known.get(low) or known.get(low.partition("-")[0])
                if code:
                    return code
        return ""


def _is_plural(low: str) -> bool:
    return low.endswith(("men", "people")) or low in _MANY or (low[-1] == "s" and low[:-1] in lexicon.PERSON_CLASSES)
