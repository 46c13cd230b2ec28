"""The chronicle in one line of English, as a desk would write it. Pure."""

from collections.abc import Sequence
from datetime import date

from monitor.chronicle.sides import CountryOf, country
from monitor.records.chronicle import Happening, Rung

_TYPES = {
    "call": "Call",
    "meeting": "Meeting",
    "visit": "Visit",
    "talks_round": "Round of talks",
    "offer": "Offer",
    "ceasefire": "Ceasefire",
    "sanction": "Sanctions",
    "delivery": "Delivery",
}
_STATUSES = {"under_way": "under way", "called_off": "called off"}
_STEPS = {"in_use": "in use"}
# Not strftime's: names of months must not hang on the machine's locale.
_MONTHS = "January February March April May June July August September October November December".split()
_HOUSES = frozenset({"White House", "Kremlin", "Oval Office", "Pentagon", "Capitol"})
_WITH_ARTICLE = _HOUSES | {"United States", "United Kingdom", "Netherlands", "European Union", "United Arab Emirates"}
_MOST_NAMES = 3


def title(happening: Happening, country_of: CountryOf = country) -> str:
    """What the event is: "Visit of Volodymyr Zelensky to Washington", "Call of Donald Trump and Vladimir Putin"."""
    names = happening.participants
    kind = _TYPES.get(happening.type, "Contact")
    if happening.type == "visit" and happening.where:
        return f"{kind} of {listed(_visitors(happening, country_of))} to {_the(happening.where)}"
    if happening.type == "visit" and len(names) > 1:
        return f"{kind} of {names[0]} to {listed(names[1:])}"
    who = f" of {listed([_the(name) for name in names])}" if names else ""
    return f"{kind}{who} {placed(happening.where)}" if happening.where else f"{kind}{who}"


def placed(where: str) -> str:
    """Where it is, in words: "in Budapest", "at the White House"."""
    return f"at the {where}" if where in _HOUSES else f"in {_the(where)}"


def _visitors(happening: Happening, country_of: CountryOf) -> Sequence[str]:
    """Those who do not belong where the visit leads."""
    home = country(happening.where or "") or country_of(happening.where or "")
    guests = [name for name in happening.participants if (country(name) or country_of(name)) != home]
    return guests if home and guests else happening.participants[:1]


def listed(names: Sequence[str]) -> str:
    """Names in a row: "A, B and C"; of more than three "A, B and 4 others"."""
    if len(names) > _MOST_NAMES:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    if len(names) < 2:
        return names[0] if names else "somebody"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def status(name: str) -> str:
    """A status in words."""
    return _STATUSES.get(name, name)


def step(name: str) -> str:
    """A step of the ladder in words."""
    return _STEPS.get(name, name)


def days(text: str, year: int) -> str:
    """Days as the history holds them, in words: "17 October", "13 to 19 October"; with the year when it is another."""
    first, _, last = text.partition("/")
    if not first:
        return "no date"
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    if start == end:
        return _day(start, year)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} to {_day(end, year)}"
    return f"{_day(start, year)} to {_day(end, year)}"


def _day(day: date, year: int) -> str:
    told = f"{day.day} {_MONTHS[day.month - 1]}"
    return told if day.year == year else f"{told} {day.year}"


def weapon(rung: Rung) -> str:
    """Which weapon from whom to whom: "Tomahawk missiles from the United States to Ukraine"."""
    given = f" from {_the(rung.donor)}" if rung.donor else ""
    return f"{rung.item}{given} to {_the(rung.recipient)}"


def _the(name: str) -> str:
    return f"the {name}" if name in _WITH_ARTICLE else name
