"""Who can take part: a place of the text that names a person, a state, a delegation or a body. Pure.

A state that only describes ("Ukraine war", "US proposal") and a city in which something happens are told from parties.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from monitor.understand.events import countries
from monitor.understand.events.words import Word, Words
from monitor.understand.names import link
from monitor.understand.prose import Mention, Prose

GROUPS = frozenset(
    "officials negotiators delegation delegations delegates representatives team teams envoys "
    "diplomats leaders presidents "
    "ministers side sides counterparts advisers advisors aides government governments authorities administration "
    "mediators allies partners leadership".split()
)
ROLES = frozenset(
    "president leader envoy minister premier chancellor secretary ambassador negotiator official "
    "diplomat adviser advisor "
    "counterpart spokesman spokeswoman spokesperson chief head aide representative king prince pontiff "
    "pope emissary".split()
)
TITLES = frozenset(
    "president prime minister foreign defence defense secretary special envoy chancellor leader "
    "premier vice deputy general "
    "chief head state treasury national security adviser advisor ambassador presidential aide negotiator spokesman "
    "spokeswoman sir king crown prince pope opposition former ex-president mr mrs ms dr top senior "
    "counterpart interior "
    "finance energy economy army commander pm fm first lady diplomat real estate tycoon council".split()
)
# "of" and "for" lead to parties as often as to places: "the presidents of Russia and Ukraine".
_SOFT = frozenset("of for on over to from".split())
_PLACING = _SOFT | frozenset(
    "in at near outside inside into towards toward via around across through within visit visits "
    "visited visiting leave "
    "leaves left leaving reach reached".split()
)
_TRAVEL = tuple("travel fly flew trip visit head go went return way arriv left leav depart back".split())
_JOINING = frozenset({"and", "of", "the", "for", "to"})
_MODIFIED = frozenset(
    "war conflict peace ceasefire cease-fire truce crisis invasion talks negotiations summit meeting "
    "border front frontline "
    "plan plans proposal proposals sanctions deal deals agreement aid missiles missile weapons arms "
    "troops forces soldiers "
    "air drone drones attack attacks strike strikes strategy policy support package oil gas energy territory soil "
    "intelligence media television news pressure tariffs tariff economy military".split()
)
_LEADING = frozenset({"presidents", "leaders", "president", "leader"})
_SINGULAR = {"presidents": "president", "leaders": "leader"}
_ENVOY = re.compile(
    r"(?:['’]s? (?:[\w-]+ ){0,3}?| (?:(?:special|top|senior|chief|foreign|policy|peace|security|economic|key) ){0,3})"
    r"(?:envoys?|advis[eo]rs?|aides?|emissar(?:y|ies)|negotiators?|representatives?|"
    r"delegation|team)\b"
)
_OWNER = re.compile(r"['’]s?\b|['’](?= )")
_ADMINISTRATION = re.compile(r"(?:['’]s)? [Aa]dministration\b")
_TITLED = re.compile(r",?(?: (?:[A-Z][\w.&-]*,?|of|the|for|to|and|[a-z-]+,?)){0,12} ?")
_EXPLAINS = re.compile(r", (?:the |a |an |his |her )?")
_UNBROKEN = frozenset({" ", "-", "'s ", "’s ", "’ ", "' "})
_IN_A_ROW = re.compile(r",? ?|['’]s? ")
_OFFICES = {"president": "President", "leader": "", "premier": "Prime Minister", "chancellor": "Chancellor"}


@dataclass(frozen=True, slots=True)
class Actor:
    """One place where a party is named. ``kind``: person, country, group (a delegation), both ("the two"), pronoun."""

    start: int
    end: int
    names: tuple[str, ...]
    kind: str
    owner: bool = False
    """The possessive: "Trump's"."""
    modifier: bool = False
    """Stands before a noun it describes: "Ukraine war", "US proposal"."""
    seat: bool = False
    """May as well be the house: "White House"."""


class Namings:
    """Reads the actors that are named outright: entities, and states with the nouns of their delegations."""

    def __init__(self, prose: Prose, words: Words) -> None:
        self._prose, self._words, self._document = prose, words, prose.document
        self._people = [entity.name for entity in prose.entities if entity.type == "person"]

    def mentioned(self) -> Iterator[Actor]:
        """Yield the mentions of people, states and bodies that can act where they stand."""
        for mention in self._prose.mentions:
            actor = self._person(mention) if mention.entity.type == "person" else self._body(mention)
            if actor is not None:
                yield actor

    def paired(self) -> Iterator[Actor]:
        """Yield pairs in one word: "Trump-Putin", "Biden-Zelensky"."""
        surnames = {name.rpartition(" ")[2].casefold(): name for name in self._people}
        surnames |= {
            mention.text.casefold(): mention.entity.name
            for mention in self._prose.mentions
            if mention.entity.type == "person"
        }
        for at in self._words.capitals:
            text = self._words.texts[at]
            if "-" in text:
                names = tuple(surnames.get(part.casefold()) or _known(part) for part in text.split("-"))
                if len(names) == 2 and all(names):
                    yield Actor(self._words.starts[at], self._words.ends[at], names, "adjective", modifier=True)

    def _person(self, mention: Mention) -> Actor | None:
        name, follows = mention.entity.name, self._document[mention.end : mention.end + 50]
        country = countries.country_of(name)
        if _ADMINISTRATION.match(follows):
            return Actor(mention.start, mention.end, (country,), "country") if country else None
        envoy = _ENVOY.match(follows)
        if envoy and country and not self._names_follow(mention.end + envoy.end()):
            if self._explains(mention.start):
                return None
            return Actor(mention.start, mention.end + envoy.end(), (country,), "group")
        return Actor(mention.start, mention.end, (name,), "person", _OWNER.match(follows) is not None)

    def _body(self, mention: Mention) -> Actor | None:
        name = countries.acting(mention.entity)
        if name is None or self._is_place(mention):
            return None
        owner = _OWNER.match(self._document, mention.end) is not None
        seat = countries.is_seat(mention.entity) or countries.is_city(mention.entity)
        leader = self._holder(name, "leader") if self._is_led(mention) else None
        if leader:
            return Actor(mention.start, mention.end, (leader,), "person", owner)
        return Actor(mention.start, mention.end, (name,), "country", owner, self._modifies(mention.end), seat)

    def _is_led(self, mention: Mention) -> bool:
        """True in "the presidents of Russia and the United States", where a state stands for its leader."""
        before = [word.small for word in self._words.before(mention.start, 6)]
        leading = [number for number, small in enumerate(before) if small in _LEADING]
        if not leading or before[leading[-1] + 1 : leading[-1] + 2] != ["of"]:
            return False
        between = self._words.before(mention.start, len(before) - leading[-1] - 2)
        return all(word.small in {"the", "and"} or _state(word.text) or word.text[0].isupper() for word in between)

    def _is_place(self, mention: Mention) -> bool:
        before = [word for word in self._words.before(mention.start, 3) if word.small != "the"][-2:]
        if not before:
            return False
        word = before[-1]
        if len(before) == 2 and before[0].small in GROUPS | {"heads"} and word.small in {"from", "of", "for"}:
            return False
        if word.small not in _PLACING or self._document[word.end : mention.start].strip(" the"):
            return False
        if word.small not in _SOFT or countries.is_seat(mention.entity):
            return True
        return word.small in {"to", "from", "for"} and self._travels(word)

    def _travels(self, word: Word) -> bool:
        """True for the "to" of travel: "flew to", "trip to", "travel back to"."""
        return any(before.small.startswith(_TRAVEL) for before in self._words.before(word.start, 2))

    def _modifies(self, end: int) -> bool:
        """True when the name directly describes a following noun or person."""
        follows = self._words.after(end, 1)
        if not follows or self._document[end : follows[0].start] not in {" ", "-"}:
            return False
        small = follows[0].small
        return self._document[end] == "-" or small in _MODIFIED or small in TITLES

    def described(self) -> Iterator[Actor]:
        """Yield delegations and offices: "US and Ukrainian officials", "the Russian president", "US-backed"."""
        words, free = self._words, 0
        for at in words.capitals:
            text = words.texts[at]
            if at < free or not _state(text):
                continue
            names, after = self._states(at)
            head = self._head(after)
            free = after if head is None else head + 1
            if head is None:
                if text not in countries.plain():
                    yield Actor(words.starts[at], words.ends[after - 1], names, "adjective", modifier=True)
                continue
            actor = self._office(words.starts[at], words.ends[head], names, words.smalls[head])
            if actor is not None:
                yield actor

    def _states(self, at: int) -> tuple[tuple[str, ...], int]:
        """States named in a row from word ``at`` on: "US and Ukrainian", "Russia's", "Russian-American"."""
        words, names = self._words, list[str]()
        while at < len(words):
            state = _state(words.texts[at])
            if not state:
                break
            names += [name for name in state if name not in names]
            at += 1
            if at + 1 < len(words) and words.smalls[at] == "and" and _state(words.texts[at + 1]):
                at += 1
            elif at < len(words) and not _IN_A_ROW.fullmatch(self._document, words.ends[at - 1], words.starts[at]):
                break
        return tuple(names), at

    def _head(self, at: int) -> int | None:
        """The number of the group or office noun among the next words, close by and unbroken."""
        words = self._words
        for number in range(max(at, 1), min(at + 5, len(words))):
            if self._document[words.ends[number - 1] : words.starts[number]] not in _UNBROKEN:
                return None
            small = words.smalls[number]
            if small in GROUPS or small in ROLES:
                if not self._noun_follows(number):
                    return number
            elif words.texts[number][0].isupper() and small not in TITLES:
                return None
        return None

    def _noun_follows(self, number: int) -> bool:
        """True when the next word is the noun itself: "the government officials"."""
        words, following = self._words, number + 1
        return (
            following < len(words)
            and (words.smalls[following] in ROLES or words.smalls[following] in GROUPS)
            and words.starts[following] == words.ends[number] + 1
        )

    def _office(self, start: int, end: int, names: tuple[str, ...], noun: str) -> Actor | None:
        """What a described party is: the office's holder if the text names one, else the state."""
        if self._names_follow(end) or self._prose.mentions_in(start, end, ("person",)) or self._explains(start):
            return None
        owner = _OWNER.match(self._document, end) is not None
        noun = _SINGULAR.get(noun, noun)
        people = () if noun in GROUPS else tuple(person for name in names if (person := self._holder(name, noun)))
        return Actor(start, end, people or names, "person" if people else "group", owner)

    def _names_follow(self, end: int) -> bool:
        """True when the office is a title: "U.S. Secretary of State Marco Rubio", "the Ukrainian leader, Zelensky"."""
        people = self._prose.mentions_in(end, end + 70, ("person",))
        if not people or not _TITLED.fullmatch(self._document, end, people[0].start):
            return False
        between = (word for word in self._words.after(end, 12) if word.start < people[0].start)
        return all(word.small in TITLES or word.small in _JOINING or word.text[0].isupper() for word in between)

    def _explains(self, start: int) -> bool:
        """True for what explains a name just given: "Steve Witkoff, US special envoy to the Middle East"."""
        people = self._prose.mentions_in(max(0, start - 40), start, ("person",))
        return bool(people) and _EXPLAINS.fullmatch(self._document, people[-1].end, start) is not None

    def _holder(self, country: str, noun: str) -> str | None:
        """The document's person who holds that office of that country."""
        office = _OFFICES.get(noun)
        if office is None:
            return None
        mine = (name for name in self._people if countries.country_of(name) == country)
        if not office:
            return next((name for name in mine if countries.is_leader(name)), None)
        return next((name for name in mine if countries.role_of(name).startswith(office)), None)


_DERIVED = ("-led", "-backed", "-brokered", "-proposed", "-drafted", "-mediated", "-sponsored")


@lru_cache(4_096)
def _state(text: str) -> tuple[str, ...]:
    """The states that one word means; "US-backed" means the United States, "Russia-US" both."""
    if not text[0].isupper():
        return ()
    known, plain = countries.adjectives(), countries.plain()
    if text in known or text in plain:
        return (known.get(text) or plain[text],)
    parts = text.split("-")
    if len(parts) == 1:
        return ()
    states = [known.get(part) or plain.get(part, "") for part in parts]
    if text.lower().endswith(_DERIVED):
        states = states[:-1]
    return tuple(states) if all(states) else ()


@lru_cache(1_024)
def _known(surname: str) -> str:
    """The known person whom a lone surname means; empty for anybody else."""
    known = link(surname, "person")
    return known.name if known is not None and known.type == "person" else ""
