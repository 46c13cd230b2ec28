"""Names as the knowledge base knows them: folded for comparison, and looked up where they stand in a document. Pure.

A document is searched word by word. The aliases lie in alphabetical order, so that the first word that begins none of
them ends the search from that place; most capitalised words are done with after one look.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, wraps
from itertools import filterfalse
from typing import TypeVar

from monitor.understand.knowledge import Known, entries

Answer = TypeVar("Answer")
POSSESSIVE = re.compile(r"['’]s?$")
_WORD = re.compile(r"[^\W_]+(?:[.'’&/-][^\W_]+)*\.?", re.UNICODE)
_MIDDLE = re.compile(r"([^\W\d_]{2,64}) (?:[A-Z]\.? ){1,2}([^\s.]{2,64})")
_FOLDS = str.maketrans(dict.fromkeys(".'’", "") | dict.fromkeys('-‐‑–/"“”', " "))
LONGEST_ALIAS = 8
# A page may hold words of any length, and they must not fill the memory.
LONGEST_REMEMBERED = 64
REMEMBERED = 8_192


def remembering(function: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """Keep the answers for names of ordinary length: the same few stand in every article."""
    kept = lru_cache(REMEMBERED)(function)

    @wraps(function)
    def answer(name: str) -> Answer:
        return kept(name) if len(name) <= LONGEST_REMEMBERED else function(name)

    return answer


@remembering
def fold(name: str) -> str:
    """Fold a name for comparison: accents, case, dots, hyphens, apostrophes and possessives do not count."""
    if not name.isascii():
        name = "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", name)))
    return " ".join(POSSESSIVE.sub("", name.strip()).casefold().translate(_FOLDS).split())


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
    """Return the entry of that type (of any, for None) that a name means, or None; "John Q. Public" is John Public."""
    claims = aliases().get(fold(name), ())
    found = next((known for known in claims if kind is None or known.type == kind), None)
    if found is None and kind == "person" and (middle := _MIDDLE.fullmatch(name)):
        return link(f"{middle[1]} {middle[2]}", kind)
    return found


def words_in(document: str) -> list[tuple[int, int]]:
    """``(start, end)`` of each word; inner dots, hyphens and apostrophes belong to it, and so does a full stop."""
    return [found.span() for found in _WORD.finditer(document)]


def standing(document: str, words: Sequence[tuple[int, int]], at: int) -> list[int]:
    """Return where aliases end that start with the word ``at``: the numbers of the words behind them, nearest first.

    A longer surface folds to a text that begins with what the shorter one folds to. So where that begins no alias,
    nothing longer can be one.
    """
    found = []
    start = words[at][0]
    for behind in range(at + 1, min(at + LONGEST_ALIAS, len(words)) + 1):
        surface = document[start : words[behind - 1][1]]
        if "\n" in surface or not _begins_alias(surface):
            break
        if fold(surface) in aliases():
            found.append(behind)
    return found


@remembering
def _begins_alias(surface: str) -> bool:
    names, folded = _alphabetical(), fold(surface)
    at = bisect_left(names, folded)
    return at < len(names) and names[at].startswith(folded)


@cache
def _alphabetical() -> tuple[str, ...]:
    return tuple(sorted(aliases()))
