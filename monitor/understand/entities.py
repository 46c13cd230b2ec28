"""Tags to entities: the tagger's spans and the knowledge base's aliases, brought together and linked. Pure.

The tagger knows context, the knowledge base knows names. A name of several words, or one with a digit, is believed on
sight; a single word (Patriot, Hawk, Jordan) only where the tagger sees an entity there. Where they disagree about the
type of a known name, the alias of the tagger's type wins if there is one.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

from monitor.records.findings import Entity, Span, Tagged
from monitor.understand.knowledge import Known, demonyms
from monitor.understand.names import POSSESSIVE, aliases, fold, link, remembering, standing, words_in

__all__ = ["aliases", "find", "fold", "link"]

_CHUNK = re.compile(r"\S+")
_CAPITAL = re.compile(r"[A-Z0-9]|[^\x00-\x7f]")
_EDGES = " \t\n\"'“”‘’.,;:!?()[]–—-*•|"
_HONORIFICS = re.compile(
    r"^(?:(?:the|mr|mrs|ms|dr|sir|lord|lady|president|prime minister|minister|secretary|senator|sen|gen|general|"
    r"chancellor|king|queen|prince|pope|judge|col|capt|rep|gov|governor|mayor|ambassador|foreign minister|"
    r"defence minister|defense secretary)\.? )+(?=\S)",
    re.IGNORECASE,
)
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
# A tag the model itself doubts is worth less than none, unless the knowledge base has the name.
LEAST_SCORE = 0.5
LEAST_KNOWN = 0.25
# Organisations of one word that nobody knows are the tagger's weakest guess: "Supreme", "Online", "Dollar".
LEAST_LONE = 0.6


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Item = TypeVar("Item", bound=_Placed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    start: int
    end: int
    type: str
    known: Known | None


class _Overlaps(Generic[Item]):
    """Spans of one document, in any order and overlapping as they like, asked which of them touch a place."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = sorted(items, key=lambda item: item.start)
        self._starts = [item.start for item in self._items]
        # How far the spans up to here reach: it only grows, so it can be searched as the starts can.
        self._reach = list(accumulate((item.end for item in self._items), max))

    def over(self, start: int, end: int) -> list[Item]:
        first, after = bisect_right(self._reach, start), bisect_left(self._starts, end)
        return [item for item in self._items[first:after] if start < item.end]


def find(document: str, tagged: Sequence[Tagged]) -> tuple[Entity, ...]:
    """Bring tags and aliases together into linked entities, in the order of their first mention."""
    seen = [_trimmed(document, tag) for tag in tagged if tag.score >= LEAST_KNOWN]
    seen = [tag for tag in seen if _is_name(tag.text)]
    named = list(_named(document, seen))
    taken = _Overlaps(named)
    loose = [
        _Found(start=tag.start, end=tag.end, type=tag.type, known=known)
        for tag in seen
        if not taken.over(tag.start, tag.end) and _believed(tag, known := link(_bare(tag.text), tag.type))
    ]
    return _grouped(document, sorted((*named, *loose), key=lambda found: found.start))


def _believed(tag: Tagged, known: Known | None) -> bool:
    lone = tag.type == "organisation" and known is None and not any(mark in tag.text for mark in " -&")
    return tag.score >= (LEAST_LONE if lone else LEAST_SCORE)


def _trimmed(document: str, tag: Tagged) -> Tagged:
    """Cut marks, lower-case words ("Starmer paves", "of Duty") and possessives off a span's ends."""
    start, end = tag.start, tag.end
    while start < end and document[start] in _EDGES:
        start += 1
    while end > start and document[end - 1] in _EDGES:
        if document[end - 1] == "." and "." in document[start : end - 1]:
            break
        end -= 1
    if not document[start:end].isalnum():
        start, end = _capitalised_part(document, start, end)
    text = POSSESSIVE.sub("", document[start:end])
    if start == tag.start and text == tag.text and start + len(text) == tag.end:
        return tag
    return Tagged(start=start, end=start + len(text), text=text, type=tag.type, score=tag.score)


def _capitalised_part(document: str, start: int, end: int) -> tuple[int, int]:
    """From the first capitalised word to the last; all of it where there is none."""
    words = [found.span() for found in _CHUNK.finditer(document, start, end)]
    capitalised = [span for span in words if _CAPITAL.search(document, *span)]
    return (capitalised[0][0], capitalised[-1][1]) if capitalised else (start, end)


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
    title = _HONORIFICS.match(name)
    return name[title.end() :] if title else name


@remembering
def _fold_bare(name: str) -> str:
    return fold(_bare(name))


def _named(document: str, tagged: Sequence[Tagged]) -> Iterable[_Found]:
    """Yield the longest aliases that stand in the document and are believed there, left to right."""
    words = words_in(document)
    tags = _Overlaps(tagged)
    free_from = 0
    for at, (start, _) in enumerate(words):
        if at < free_from or not _CAPITAL.match(document, start):
            continue
        for after in reversed(standing(document, words, at)):
            end = words[after - 1][1]
            claim = _claim(document[start:end], tags.over(start, end))
            if claim is not None:
                shorter = POSSESSIVE.sub("", document[start:end])
                end = start + len(shorter) - (shorter.endswith(".") and "." not in shorter[:-1])
                yield _Found(start=start, end=end, type=claim.type, known=claim)
                free_from = after
                break


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
    return _fold_bare(tag.text) == _fold_bare(surface)


def _capitalised(surface: str) -> bool:
    return _CAPITAL.search(surface) is not None


def _grouped(document: str, found: Sequence[_Found]) -> tuple[Entity, ...]:
    full = [_name(document, item) for item in found if item.type == "person"]
    groups: dict[tuple[str, str], list[_Found]] = {}
    for item in found:
        groups.setdefault((item.type, _key(document, item, full)), []).append(item)
    return tuple(_entity(document, kind, items) for (kind, _), items in groups.items())


def _name(document: str, item: _Found) -> str:
    return fold(item.known.name) if item.known is not None else _fold_bare(document[item.start : item.end])


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
