"""Tags to entities: the tagger's spans and the knowledge base's aliases, brought together and linked. Pure.

The tagger knows context, the knowledge base knows names. A name of several words, or one with a digit, is believed on
sight; a single word (Patriot, Hawk, Jordan) only where the tagger sees an entity there. Where they disagree about the
type of a known name, the alias of the tagger's type wins if there is one.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from monitor.records.findings import Entity, Span, Tagged
from monitor.understand.knowledge import Known, demonyms, entries

_WORD = re.compile(r"[^\W_]+(?:[.'’&/-][^\W_]+)*\.?", re.UNICODE)
_POSSESSIVE = re.compile(r"['’]s?$")
_EDGES = " \t\n\"'“”‘’.,;:!?()[]–—-*•|"
_HONORIFICS = re.compile(
    r"^(?:(?:the|mr|mrs|ms|dr|sir|lord|lady|president|prime minister|minister|secretary|senator|sen|gen|general|"
    r"chancellor|king|queen|prince|pope|judge|col|capt|rep|gov|governor|mayor|ambassador|foreign minister|"
    r"defence minister|defense secretary)\.? )+(?=\S)",
    re.IGNORECASE,
)
LONGEST_ALIAS = 8
# Titles and common nouns that stand capitalised in headlines and before names, but name nothing by themselves.
GENERIC = frozenset(
    "administration adviser advisers agency aide aides ambassador analyst april army august business capital "
    "chairman chancellor chief city col commission commissioner commissioners committee company council "
    "countries country credit december defence defense department director dr east energy envoy february file "
    "forces foreign friday gen getty god gov government governor group he her his i image intelligence island "
    "it january judge july june king leader leaders live lord lt maj march may mayor media military minister "
    "ministers ministry monday more mr mrs ms news north november october office officer officials over "
    "parties party people photo pm premier president presidents prime prince queen read region rep reporter "
    "reporters saturday secretary sen senator senior september share she sir south spokesman spokeswoman "
    "state states sunday team their they thursday tuesday union update updates vice video watch we wednesday "
    "west world you ".split()
)
# A tag the model itself doubts is worth less than none.
LEAST_SCORE = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    start: int
    end: int
    type: str
    known: Known | None


def fold(name: str) -> str:
    """Fold a name for comparison: accents, case, dots, hyphens, apostrophes and possessives do not count."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    plain = _POSSESSIVE.sub("", plain.strip()).casefold()
    return " ".join(re.sub(r"[-‐‑–./'’\"“”]", lambda found: "" if found[0] in ".'’" else " ", plain).split())


@cache
def aliases() -> Mapping[str, tuple[Known, ...]]:
    """Every alias and name, folded, with the entries that claim it, best rank first."""
    found: defaultdict[str, list[Known]] = defaultdict(list)
    for known in entries():
        for name in dict.fromkeys((known.name, *known.aliases)):
            key = fold(name)
            if key and known not in found[key]:
                found[key].append(known)
    return {key: tuple(sorted(claims, key=lambda known: known.rank)) for key, claims in found.items()}


def link(name: str, kind: str | None = None) -> Known | None:
    """Return the entry of that type (of any, for None) that a name means, or None."""
    claims = aliases().get(fold(name), ())
    return next((known for known in claims if kind is None or known.type == kind), None)


def find(document: str, tagged: Sequence[Tagged]) -> tuple[Entity, ...]:
    """Bring tags and aliases together into linked entities, in the order of their first mention."""
    trusted = [_trimmed(document, tag) for tag in tagged if tag.score >= LEAST_SCORE]
    trusted = [tag for tag in trusted if _is_name(tag.text)]
    named = list(_named(document, trusted))
    taken = [(found.start, found.end) for found in named]
    loose = [
        _Found(start=tag.start, end=tag.end, type=tag.type, known=link(_bare(tag.text), tag.type))
        for tag in trusted
        if not any(tag.start < end and start < tag.end for start, end in taken)
    ]
    return _grouped(document, sorted((*named, *loose), key=lambda found: found.start))


def _trimmed(document: str, tag: Tagged) -> Tagged:
    """Cut marks, lower-case words ("Starmer paves", "of Duty") and possessives off a span's ends."""
    start, end = tag.start, tag.end
    while start < end and document[start] in _EDGES:
        start += 1
    while end > start and document[end - 1] in _EDGES:
        if document[end - 1] == "." and "." in document[start : end - 1]:
            break
        end -= 1
    words = [(found.start() + start, found.end() + start) for found in re.finditer(r"\S+", document[start:end])]
    while words and not _capitalised(document[slice(*words[0])]):
        words.pop(0)
    while words and not _capitalised(document[slice(*words[-1])]):
        words.pop()
    if words:
        start, end = words[0][0], words[-1][1]
    text = document[start:end]
    shorter = _POSSESSIVE.sub("", text)
    return Tagged(start=start, end=start + len(shorter), text=shorter, type=tag.type, score=tag.score)


def _is_name(text: str) -> bool:
    """Tell a name from a common word, a lone title, or an adjective of nationality."""
    words = fold(text).split()
    capitalised = [word for word in text.split() if _capitalised(word)]
    if not words or not capitalised or (len(text) == 1 and fold(text) not in aliases()):
        return False
    if all(word in demonyms() or word in GENERIC for word in words):
        return False
    return any(fold(word) not in demonyms() for word in capitalised)


def _bare(name: str) -> str:
    return _HONORIFICS.sub("", name)


def _named(document: str, tagged: Sequence[Tagged]) -> Iterable[_Found]:
    """Yield the longest aliases that stand in the document and are believed there, left to right."""
    words = [(found.start(), found.end()) for found in _WORD.finditer(document)]
    at = 0
    while at < len(words):
        step = 1
        if document[words[at][0]].isupper() or document[words[at][0]].isdigit() or not document[words[at][0]].isascii():
            for length in range(min(LONGEST_ALIAS, len(words) - at), 0, -1):
                start, end = words[at][0], words[at + length - 1][1]
                claim = _claim(document[start:end], [tag for tag in tagged if tag.start < end and start < tag.end])
                if claim is not None:
                    shorter = _POSSESSIVE.sub("", document[start:end])
                    end = start + len(shorter) - (shorter.endswith(".") and "." not in shorter[:-1])
                    yield _Found(start=start, end=end, type=claim.type, known=claim)
                    step = length
                    break
        at += step


def _claim(surface: str, overlapping: Sequence[Tagged]) -> Known | None:
    claims = aliases().get(fold(surface))
    if not claims or "\n" in surface:
        return None
    types = {tag.type for tag in overlapping}
    agreed = next((known for known in claims if known.type in types), None) or _overruled(surface, claims, overlapping)
    if any(len(fold(tag.text)) > len(fold(surface)) and tag.type != claims[0].type for tag in overlapping):
        # Part of a longer name of another kind: "Trump Tower", "Washington Post", "Patriot Front".
        return (
            agreed
            if agreed and any(tag.type == agreed.type and _same_reach(tag, surface) for tag in overlapping)
            else None
        )
    if agreed is not None:
        longer = [tag for tag in overlapping if tag.type == agreed.type and not _same_reach(tag, surface)]
        # "Joe Wilson" must not become another Wilson whom we happen to know by surname.
        return None if longer and agreed.type == "person" and " " not in fold(surface) else agreed
    sure = " " in surface.strip() or any(character.isdigit() for character in surface)
    return claims[0] if sure and _capitalised(surface) else None


def _overruled(surface: str, claims: Sequence[Known], overlapping: Sequence[Tagged]) -> Known | None:
    """A known name over exactly the tagger's span keeps its own type, unless the tagger saw a person there."""
    same = [tag for tag in overlapping if _same_reach(tag, surface)]
    return claims[0] if same and all(tag.type != "person" for tag in same) else None


def _same_reach(tag: Tagged, surface: str) -> bool:
    return fold(_bare(tag.text)) == fold(_bare(surface))


def _capitalised(surface: str) -> bool:
    return any(character.isupper() or character.isdigit() or not character.isascii() for character in surface)


def _grouped(document: str, found: Sequence[_Found]) -> tuple[Entity, ...]:
    full = [_name(document, item) for item in found if item.type == "person"]
    groups: dict[tuple[str, str], list[_Found]] = {}
    for item in found:
        groups.setdefault((item.type, _key(document, item, full)), []).append(item)
    return tuple(_entity(document, kind, items) for (kind, _), items in groups.items())


def _name(document: str, item: _Found) -> str:
    return fold(item.known.name if item.known is not None else _bare(document[item.start : item.end]))


def _key(document: str, item: _Found, full: Sequence[str]) -> str:
    """Group known entities by name; let an unknown surname join the document's first full name that ends in it."""
    name = _name(document, item)
    if item.known is None and item.type == "person" and " " not in name:
        return next((other for other in full if other.endswith(f" {name}")), name)
    return name


def _entity(document: str, kind: str, items: Sequence[_Found]) -> Entity:
    known = next((item.known for item in items if item.known is not None), None)
    surfaces = [_bare(document[item.start : item.end]) for item in items]
    return Entity(
        name=known.name if known else " ".join(max(surfaces, key=len).split()),
        type=kind,
        id=(known.id or None) if known else None,
        mentions=tuple(Span(start=item.start, end=item.end, text=document[item.start : item.end]) for item in items),
    )
