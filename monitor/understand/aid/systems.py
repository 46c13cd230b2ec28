"""Named systems: what the tagger found, what it passed over, and how each is usually called. Pure.

The knowledge base says what a system is; those of the attacker, and Ukraine's own, are no aid.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from monitor.understand.aid.item import DEFENCE, JETS, STRIKE, Item
from monitor.understand.aid.threats import attackers
from monitor.understand.knowledge import Known, entries
from monitor.understand.prose import Prose

# Usual English names where the knowledge base has a designation, and where the kind is another than its role says.
_USUAL = {
    "MGM-140 ATACMS": "ATACMS missiles",
    "Precision Strike Missile": "PrSM missiles",
    "Extended Range Attack Munition": "ERAM missiles",
    "GLSDB": "GLSDB bombs",
    "SCALP-EG": "SCALP missiles",
    "Taurus KEPD 350": "Taurus missiles",
    "MIM-104 Patriot": "Patriot air defence system",
    "PAC-3": "PAC-3 missiles",
    "PAC-2 GEM-T": "PAC-2 GEM-T missiles",
    "IRIS-T SLM": "IRIS-T air defence system",
    "MIM-23 Hawk": "HAWK air defence system",
    "AIM-120 AMRAAM": "AMRAAM missiles",
    "AIM-9 Sidewinder": "AIM-9 missiles",
    "AGM-88 HARM": "HARM missiles",
    "Flakpanzer Gepard": "Gepard air defence system",
    "FIM-92 Stinger": "Stinger missiles",
    "AN/TWQ-1 Avenger": "Avenger air defence system",
    "M142 HIMARS": "HIMARS launchers",
    "M270 MLRS": "M270 launchers",
    "GMLRS": "GMLRS rockets",
    "F-16 Fighting Falcon": "F-16 fighter jets",
}
_MAKER = re.compile(r"^(?:Dassault|Saab|Lockheed Martin|Boeing) ")
_DEFENDING = re.compile(r"air defence|missile defence|counter-drone|man-portable|air-to-air|anti-aircraft")
_STRIKING = re.compile(
    r"cruise missile|tactical ballistic|glide bomb|rocket launcher|guided rocket|anti-radiation|anti-ship"
)
_NO_DONORS = frozenset(("RU", "UA", "KP", "IR", "CN", "BY"))
# The words behind a name that say what kind of thing it is.
_KIND = re.compile(
    r"(?: (?:surface-to-air|long-range|cruise|ballistic|guided|tactical|air|missiles?|rockets?|defen[cs]es?|"
    r"anti-(?:aircraft|air|missile)|interceptors?|systems?|batter(?:y|ies)|launchers?|munitions|ammunition|weapons?|"
    r"fighter|jets?|units?|rounds)\b){1,5}",
    re.IGNORECASE,
)
_ROUNDS = re.compile(r"\b(?:missiles?|interceptors?|rockets|munitions|ammunition|rounds)$", re.IGNORECASE)
_ROUNDS_FOR = re.compile(
    r"\b(?:missiles|interceptors|rockets|munitions|ammunition|rounds)\W+for\W+(?:\w[\w.-]*\W+){0,2}$", re.IGNORECASE
)
_AMONG_DEFENCES = re.compile(r"air[- ]defen[cs]e|anti-aircraft|interceptor", re.IGNORECASE)
# A name of one common word counts only before such a noun: "Patriot systems", not "a patriot".
_NOUN = r"(?= (?:air|missile|system|batter|launcher|interceptor|cruise|anti-|long-range|rocket))"
_REACH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    start: int
    end: int
    name: str
    linked: bool = True


def find(prose: Prose) -> list[Item]:
    """Every named system that may be given, in no order."""
    tagged = [
        _Name(start=one.start, end=one.end, name=one.entity.name, linked=one.entity.id is not None)
        for one in prose.mentions_in(0, len(prose.document), ("weapon",))
    ]
    names = (*tagged, *_untagged(prose.document, [(one.start, one.end) for one in prose.mentions]))
    return [item for name in names if (item := _item(prose.document, name))]


def _untagged(document: str, taken: Sequence[tuple[int, int]]) -> Iterator[_Name]:
    """Systems that the tagger passed over: those whose name alone, or with the noun behind it, leaves no doubt."""
    pattern, names = _aliases()
    places = sorted(taken)
    for match in pattern.finditer(document):
        at = bisect_left(places, (match.end(), 0)) - 1
        if at < 0 or places[at][1] <= match.start():
            yield _Name(start=match.start(), end=match.end(), name=names[match["sure"] or match["unsure"]])


@cache
def _aliases() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {
        alias: known.name
        for known in reversed(list(_weapons().values()))
        for alias in (known.name, *known.aliases)
        if _may_be_given(known) and alias.isascii() and len(alias) > 3
    }
    ordered = sorted(names, key=len, reverse=True)
    sure = "|".join(re.escape(alias) for alias in ordered if _telling(alias))
    unsure = "|".join(re.escape(alias) for alias in ordered if not _telling(alias))
    ending = "(?:s|[A-Z])?"
    return re.compile(rf"(?<![\w-])(?=[A-Z])(?:(?P<sure>{sure}){ending}|(?P<unsure>{unsure}){_NOUN})(?!\w)"), names


def _telling(alias: str) -> bool:
    """Whether a name cannot be a common word."""
    several = " " in alias or any(mark.isdigit() for mark in alias)
    return several or (alias.isupper() and len(alias) > 4) or alias.startswith("Tomahawk")


@cache
def _weapons() -> dict[str, Known]:
    return {known.name: known for known in entries() if known.type == "weapon"}


def _may_be_given(known: Known) -> bool:
    told = known.name in _USUAL or _DEFENDING.search(known.role) or _STRIKING.search(known.role)
    return known.country not in _NO_DONORS and bool(told)


def _item(document: str, name: _Name) -> Item | None:
    known = _weapons().get(name.name)
    if known is None:
        return _unlisted(document, name)
    if known.country in _NO_DONORS:
        return None
    kind = _KIND.match(document, name.end, name.end + _REACH)
    end = kind.end() if kind else name.end
    rounds = _ROUNDS.search(document[name.start : end].rstrip("., ")) or _ROUNDS_FOR.search(
        document[max(0, name.start - _REACH) : name.start]
    )
    usual = _USUAL.get(known.name)
    if known.role.startswith("fighter"):
        return Item(start=name.start, end=end, name=usual or f"{_MAKER.sub('', known.name)} fighter jets", family=JETS)
    if _DEFENDING.search(known.role):
        usual, family = usual or f"{known.name} air defence system", DEFENCE
    elif _STRIKING.search(known.role):
        usual, family = usual or f"{known.name} missiles", STRIKE
    else:
        return None
    return Item(start=name.start, end=end, name=_of_rounds(usual) if rounds else usual, family=family)


def _of_rounds(name: str) -> str:
    """Rounds are another thing than the system that fires them."""
    return re.sub(r"launchers$|air defence system$", "missiles", name)


def _unlisted(document: str, name: _Name) -> Item | None:
    """A system that nobody listed: believed where the words beside it say what it is."""
    if name.linked or attackers(document, name.start):
        return None
    text, called = document[name.start : name.end], " ".join(name.name.split())
    if _AMONG_DEFENCES.search(document, name.start, name.end + 40):
        called = called if "defen" in called.casefold() else f"{called} air defence system"
        return Item(start=name.start, end=name.end, name=called, family=DEFENCE)
    if "missile" in document[name.start : name.end + 20].casefold() and any(mark.isupper() for mark in text):
        called = called if "missile" in called.casefold() else f"{called} missiles"
        return Item(start=name.start, end=name.end, name=called, family=STRIKE)
    return None
