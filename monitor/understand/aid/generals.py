"""General words for aid: long-range arms, air defence, packages, jets, and "the missiles". Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from monitor.understand.aid.item import DEFENCE, JETS, PACKAGE, STRIKE, Item
from monitor.understand.aid.threats import attackers, attacks
from monitor.understand.prose import Sentence

SAME, LOOSE = "same", "loose"
_FAMILIES = {"strike": STRIKE, "defence": DEFENCE, "package": PACKAGE, "jets": JETS}
_STRIKE_WORDS = (
    r"(?:long|longer|medium|deep)[- ](?:range|distance|strike)(?:[- ]\w{1,20}){0,2}? (?:missiles?|weapon\w*|"
    r"rockets?|arms|"
    r"strikes?|capabilit\w+|munitions?|fires|systems?|armaments?)|cruise missiles?|missiles? (?=capable of|with "
    r"a range)"
)
_DEFENCE_WORDS = (
    r"(?:anti-?(?:aircraft|air|missile|ballistic)|surface[- ]to[- ]air|ground[- ]based|air[- ]and[- ]missile|"
    r"(?:air|missile)[- ]defen[cs]es?)(?:[- ](?:missile|weapons?|air|defen[cs]e))?"
    r"(?: (?:systems?|missiles?|batter\w+|interceptors?|equipment|munitions?|ammunition|weapons?|packages?|"
    r"capabilit\w+|"
    r"assets|shield|units|support|aid|assistance|launchers|components|technology))?|"
    r"interceptor (?:missiles?|drones?)|interceptors"
)
_TO_UKRAINE = r"(?= (?:to|for) (?:Ukraine|Kyiv|Kiev|Zelensk))"
_PACKAGE_WORDS = (
    r"(?:military|security|arms|weapons?|defen[cs]e|lethal|ukraine)(?: and \w+)?(?: (?:aid|assistance|support|"
    r"supply))?"
    r"(?: packages?| aid| assistance| supplies| support| shipments?| deliver\w+| deal)|"
    rf"(?:aid|support|assistance|PURL) packages?|(?:aid|military equipment|packages?){_TO_UKRAINE}|"
    r"weapons|arms(?! control)|weaponry|military aid"
)
_GENERAL = re.compile(
    rf"(?:(?P<strike>{_STRIKE_WORDS})|(?P<defence>{_DEFENCE_WORDS})|(?P<package>{_PACKAGE_WORDS})"
    r"|(?P<jets>(?:fighter|combat|war)[- ]?(?:jets?|planes?)|jets)|(?P<same>package)"
    r"|(?P<loose>missiles?|rockets|systems|batteries|launchers))\b(?![-'’]\w)",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"(?<!\w)[A-Za-z]+")
FIRST = frozenset(
    "long longer medium deep cruise missile missiles anti antiaircraft antimissile surface ground air interceptor "
    "interceptors military security arms weapon weapons defence defense lethal ukraine aid support assistance purl "
    "package packages weaponry fighter combat war warplane warplanes jets rockets systems batteries launchers".split()
)
# A sentence without any of these letters holds no such word, and most are done with here.
_STEMS = tuple(
    "missile defen aircraft range weapon aid assistance arms intercept jets package supplies plane rocket system "
    "batter launcher shipment support deliver -strike".split()
)


def find(document: str, lines: Sequence[Sentence], taken: Sequence[tuple[int, int]]) -> list[Item]:
    """General words outside ``taken``, in order. ``same`` and ``loose`` ones are named so; what they mean is open."""
    places = sorted(taken)
    return [_item(match) for match in _matches(document, lines) if _meant(document, match, places)]


def _item(match: re.Match[str]) -> Item:
    group = match.lastgroup or ""
    family = _FAMILIES.get(group, "")
    return Item(start=match.start(), end=match.end(), name=family or group, family=family, named=False)


def _matches(document: str, lines: Sequence[Sentence]) -> Iterator[re.Match[str]]:
    """Only where a first word stands, in sentences that hold a word of the kind: the pattern is tried at few places."""
    for line in lines:
        text = document[line.start : line.end].lower()
        if not any(stem in text for stem in _STEMS):
            continue
        free = line.start
        for word in _LETTERS.finditer(document, line.start, line.end):
            if word.start() < free or word.group().casefold() not in FIRST:
                continue
            match = _GENERAL.match(document, word.start(), line.end)
            if match:
                free = match.end()
                yield match


def _meant(document: str, match: re.Match[str], places: Sequence[tuple[int, int]]) -> bool:
    """Whether it is aid: not the attacker's, not a word for an attack, not part of a name (names hold packages)."""
    if attackers(document, match.start()):
        return False
    if match.lastgroup in {"package", SAME}:
        return True
    at = bisect_left(places, (match.end(), 0)) - 1
    named = at >= 0 and places[at][1] > match.start()
    return not named and not attacks(document, match.end())
