"""Which parties stand in one list: "Starmer, Macron and the German chancellor, Friedrich Merz". Pure."""

import re
from collections.abc import Sequence

from monitor.understand.events.actors import Actor

# Between two names of one list, or between a preposition and a name: titles in capitals or small letters, no verbs.
_TITLE = (
    r"(?:[A-Z][\w.&-]*|the|of|and|his|her|their|its|for|to|president|prime|minister|foreign|defen[cs]e|secretary|special|"
    r"envoys?|chancellor|leaders?|premier|vice|deputy|chief|head|state|national|security|advis[eo]rs?|ambassador|presidential|"
    r"aide|negotiator|general|counterparts?|former|then|other|top|senior|crown|prince|king|son-in-law|colleague|treasury|"
    r"director|visiting|both|seven|six|five|four|three|two|several)(?:['’]s)?"
)
_TITLES = re.compile(rf"(?:{_TITLE}|an?|well|as|late)")
_JOIN = re.compile(
    r"(?:['’]s?)?(?:\s?\([^()]{1,40}\))?(?:\s?,|\s?,?\s(?:and|&|as well as|along with|together with|alongside|plus)|"
    rf"\s?/|-|–)\s?(?:{_TITLE}[,]?\s){{0,12}}(?:[Tt]he )?"
)
_APPOSITION = re.compile(
    r",\s(?:the |his |her |its |a )?[\w'’.-]+(?:\s[\w'’.-]+){0,9},(?:\s(?:and|as well as))?\s(?:[\w.'’-]+\s){0,6}"
)
_WIDEST = 110


def only_titles(words: Sequence[str]) -> bool:
    """True when ``words`` are articles, adjectives and titles, as stand between a preposition and a name."""
    return all(_TITLES.fullmatch(word) for word in words)


def joined(document: str, first: Actor, second: Actor) -> bool:
    """True when only commas, "and", titles or an apposition stand between the two."""
    gap = document[first.end : second.start]
    if len(gap) > _WIDEST:
        return False
    if _JOIN.fullmatch(gap):
        return True
    return first.kind == second.kind == "person" and _APPOSITION.fullmatch(gap) is not None


def list_before(document: str, actors: Sequence[Actor]) -> list[Actor]:
    """The last actor and those joined to it before."""
    group = [actors[-1]]
    for actor in reversed(actors[:-1]):
        if not joined(document, actor, group[0]):
            break
        group.insert(0, actor)
    return group


def list_after(document: str, actors: Sequence[Actor]) -> list[Actor]:
    """The first actor and those joined to it behind."""
    group = [actors[0]]
    for actor in actors[1:]:
        if not joined(document, group[-1], actor):
            break
        group.append(actor)
    return group
