"""What every section of a digest is chosen by: how many lines, who stands behind one, and how it is cited. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from monitor.chronicle.sides import LEADERS, SIDES, fold, principals, side
from monitor.digest import house_style as style
from monitor.records.chronicle import Origin, Source
from monitor.records.telling.digests import Cited
from monitor.text import shorten

Line = TypeVar("Line")
MOST_CHARACTERS = 1_000
"""Of a sentence. What is longer is no sentence, and would only make editions big."""
STATE_ONLY = "state media only"
"""Stands where nobody but a state's own outlets tells something."""
_PRINCIPAL, _LEADER, _CAPITALS = 3, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Generic[Line]):
    """The lines of a section, what it leaves out, and the keys of what it tells."""

    lines: tuple[Line, ...]
    left: int = 0
    told: frozenset[str] = frozenset()


def chosen(items: Sequence[Line], most: int, weight: Callable[[Line], Any]) -> list[Line]:
    """The ``most`` items with the greatest weight, in the order in which they stand."""
    if len(items) <= most:
        return list(items)
    best = sorted(range(len(items)), key=lambda place: weight(items[place]), reverse=True)[:most]
    return [items[place] for place in sorted(best)]


# A round of many leaders is not more than a call of two presidents.
_MOST_LEADERS = 2


def standing(names: Iterable[str]) -> int:
    """How much it matters who they are: the three presidents most, then leaders, and two capitals beside each other."""
    told = tuple(dict.fromkeys(names))
    first = principals(told)
    others = {fold(name) for name in told} & LEADERS - first
    capitals = {side(name) for name in told} & set(SIDES.values())
    return _PRINCIPAL * len(first) + _LEADER * min(len(others), _MOST_LEADERS) + _CAPITALS * (len(capitals) > 1)


def of_state(source: Source, origin: Origin) -> bool:
    """Whether a state speaks: through its own report, or by choosing whose to print."""
    return origin.state_controlled or source.state_controlled


def independent(tellers: Iterable[tuple[Source, Origin]]) -> int:
    """How many origins that no state controls tell it; 0 where only a state's outlets do."""
    return len({origin.key for source, origin in tellers if not of_state(source, origin)})


def cited(text: str, source: Source, *, state_only: bool = False) -> Cited:
    """A sentence of the article, marked where only a state's outlets have it; the title where there is no sentence."""
    text = fit(text)
    if not text.strip():
        title = fit(source.title)
        return Cited(text=f"{title} ({STATE_ONLY})" if state_only else title, source=source)
    if state_only:
        return Cited(text=f"{STATE_ONLY.capitalize()}: {style.quoted(text)}", source=source)
    return Cited(text=text, source=source, is_quote=True)


def fit(text: str, limit: int = MOST_CHARACTERS) -> str:
    """``text`` as it is, unless it is too long: then cut at a word."""
    return text if len(text) <= limit else shorten(text[: limit * 4], limit)
