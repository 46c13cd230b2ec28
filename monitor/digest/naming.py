"""Names, weapons and events in as few words as a headline has. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

from monitor.chronicle import phrases
from monitor.chronicle.sides import country, fold, is_country
from monitor.digest.house_style import MONTHS
from monitor.records.chronicle import Happening

_SHORT = {
    "united states": "US",
    "united kingdom": "UK",
    "european union": "EU",
    "united arab emirates": "UAE",
    "russian federation": "Russia",
    "xi jinping": "Xi",
    "kim jong un": "Kim",
    "pope leo xiv": "Pope Leo",
}
# After these a family name begins.
_PARTICLES = frozenset("von van der den de di da del bin al el la le".split())
# What ends or holds one of these is no person.
_BODIES = frozenset(
    "house department ministry state defense defence council union office palace service agency rada committee "
    "commission street nations court forces army party bank group command government embassy kremlin parliament "
    "senate congress assembly".split()
)
_TYPES = {
    "call": "call", "meeting": "meeting", "visit": "visit", "talks_round": "talks", "offer": "offer",
    "ceasefire": "ceasefire", "sanction": "sanctions", "delivery": "delivery",
}  # fmt: skip
_MISSILES = re.compile(r"^(.*[a-rt-z]) missiles?$")
_LONGEST_NAME = 60


def person(name: str) -> str:
    """Donald Trump is "Trump"; what is no person's full name stays, but for a few that have a short form."""
    if known := _SHORT.get(fold(name)):
        return known
    words = name.split()
    if len(words) < 2 or not _is_person(name, words):
        return name
    for place, word in enumerate(words[1:], 1):
        if word in _PARTICLES and place < len(words) - 1:
            return " ".join(words[place:])
    return words[-1]


def _is_person(name: str, words: list[str]) -> bool:
    if is_country(name) or " of " in name or len(name) > _LONGEST_NAME or len(words) > 5:
        return False
    capital = all(word[0].isupper() or word in _PARTICLES for word in words)
    return capital and words[0] != "The" and _BODIES.isdisjoint(word.casefold() for word in words)


def weapon(item: str) -> str:
    """Tomahawk missiles are "Tomahawks"."""
    found = _MISSILES.match(item)
    return f"{found[1]}s" if found else item


def event(happening: Happening, *, place: str = " in ", alone: bool = False) -> str:
    """An event: "Trump–Putin meeting in Budapest", "Zelensky visit to Washington"; ``place`` comes before the place.

    With ``alone`` without those who take part: "Budapest meeting".
    """
    kind = _TYPES.get(happening.type, "contact")
    where = happening.where
    names = [person(name) for name in happening.participants]
    if alone and where:
        return f"{where} {kind}"
    if happening.type == "visit" and where:
        return f"{_row(_guests(happening))} visit to {where}".strip()
    if happening.type == "visit" and len(names) > 1:
        return f"{names[0]} visit to {names[1]}"
    return f"{_row(names)} {kind}".strip() + (f"{place}{where}" if where else "")


def _guests(happening: Happening) -> list[str]:
    """Those who do not belong where the visit leads."""
    home = country(happening.where or "")
    guests = [name for name in happening.participants if country(name) != home]
    return [person(name) for name in (guests if home and guests else happening.participants[:1])]


def _row(names: list[str]) -> str:
    if len(names) > 3:
        return f"{'–'.join(names[:2])} (and {len(names) - 2} others)"
    return "–".join(names)


def days(when: tuple[date, date] | None, year: int) -> str:
    """Days in short: "3 Dec", "7–11 Dec", "30 Nov – 2 Dec"; empty without one."""
    if when is None:
        return ""
    first, last = when
    if first == last:
        return _day(first, year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_day(last, year)}"
    return f"{_day(first, year)} – {_day(last, year)}"


def _day(day: date, year: int) -> str:
    told = f"{day.day} {MONTHS[day.month - 1]}"
    return told if day.year == year else f"{told} {day.year}"


def status(name: str) -> str:
    """A status of an event in words."""
    return phrases.status(name)


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Full names to short ones, the longest first; those that have none are left out."""
    pairs = {name: person(name) for name in names if len(name.split()) > 1 and len(name) <= _LONGEST_NAME}
    return {name: pairs[name] for name in sorted(pairs, key=lambda name: (-len(name), name)) if pairs[name] != name}


def abridged(text: str, names: Mapping[str, str]) -> str:
    """``text`` with the short names in it."""
    for name, short in names.items():
        text = text.replace(name, short)
    return text
