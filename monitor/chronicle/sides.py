"""Whose side is a name on: countries, seats of power and the people who speak for the three capitals. Pure.

The chronicle stands beside the knowledge base and does not know it. What stands here is enough for the parties to the
talks and their usual hosts; whoever has more hands it in as ``country_of``.
"""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from monitor.text import words

CountryOf = Callable[[str], str | None]
"""From a canonical name to the two letters of its country, or None."""

SIDES = {"US": "US", "RU": "Russia", "UA": "Ukraine"}
PRINCIPALS = frozenset({"donald trump", "vladimir putin", "volodymyr zelensky"})

# The country's own names come first, up to the bar; then places and houses; then people.
_TABLE = {
    "US": "United States; US; USA; America | Washington; White House; Oval Office; Pentagon; Capitol; Mar-a-Lago; "
    "Florida; Miami; Alaska; Anchorage; New York; Camp David; United States Department of State; State Department; "
    "United States Department of Defense | Donald Trump; JD Vance; Marco Rubio; Pete Hegseth; Steve Witkoff; "
    "Jared Kushner; Karoline Leavitt; Keith Kellogg; Scott Bessent; Mike Waltz; Matthew Whitaker; Joe Biden",
    "RU": "Russia; Russian Federation | Moscow; Kremlin; Saint Petersburg; Sochi; Vladivostok; Ministry of Foreign "
    "Affairs of Russia; Russian Foreign Ministry | Vladimir Putin; Dmitry Peskov; Sergei Lavrov; Yuri Ushakov; "
    "Maria Zakharova; Dmitry Medvedev; Kirill Dmitriev; Sergei Ryabkov; Vladimir Medinsky; Andrei Belousov",
    "UA": "Ukraine | Kyiv; Lviv; Odesa; Verkhovna Rada; Office of the President of Ukraine; Ministry of Foreign "
    "Affairs of Ukraine | Volodymyr Zelensky; Andriy Yermak; Rustem Umerov; Andrii Sybiha; Yulia Svyrydenko; "
    "Denys Shmyhal; Kyrylo Budanov; Serhiy Kyslytsya; Dmytro Lytvyn; Mykhailo Podolyak",
    "GB": "United Kingdom; Britain; Great Britain | London; Downing Street; Chequers | Keir Starmer; John Healey; "
    "Jonathan Powell; Rishi Sunak",
    "FR": "France | Paris; Élysée Palace; Élysée | Emmanuel Macron",
    "DE": "Germany | Berlin; Munich; Ramstein | Friedrich Merz; Boris Pistorius; Johann Wadephul; Olaf Scholz",
    "IT": "Italy | Rome | Giorgia Meloni",
    "PL": "Poland | Warsaw | Donald Tusk; Karol Nawrocki",
    "HU": "Hungary | Budapest | Viktor Orbán; Peter Szijjarto",
    "TR": "Turkey; Türkiye | Istanbul; Ankara; Antalya | Recep Tayyip Erdoğan; Hakan Fidan",
    "SA": "Saudi Arabia | Riyadh; Jeddah | Mohammed bin Salman",
    "AE": "United Arab Emirates; UAE; Emirates | Abu Dhabi; Dubai",
    "QA": "Qatar | Doha",
    "CH": "Switzerland | Geneva; Bern; Zurich; Davos",
    "BE": "Belgium | Brussels; NATO headquarters",
    "AT": "Austria | Vienna",
    "VA": "Vatican City; Vatican; Holy See | Pope Leo XIV",
    "FI": "Finland | Helsinki | Alexander Stubb",
    "NL": "Netherlands | The Hague; Amsterdam",
    "NO": "Norway | Oslo",
    "SE": "Sweden | Stockholm",
    "DK": "Denmark | Copenhagen | Mette Frederiksen",
    "EE": "Estonia | Tallinn",
    "LV": "Latvia | Riga",
    "LT": "Lithuania | Vilnius",
    "ES": "Spain | Madrid",
    "CZ": "Czech Republic; Czechia | Prague",
    "RO": "Romania | Bucharest",
    "CA": "Canada | Ottawa | Mark Carney",
    "CN": "China | Beijing; Shanghai | Xi Jinping",
    "IN": "India | New Delhi | Narendra Modi",
    "JP": "Japan | Tokyo",
    "BY": "Belarus | Minsk | Alexander Lukashenko",
    "EG": "Egypt | Cairo; Sharm el-Sheikh",
}
_LEADERS = (
    "Donald Trump; JD Vance; Marco Rubio; Vladimir Putin; Sergei Lavrov; Dmitry Peskov; Volodymyr Zelensky; "
    "Andrii Sybiha; Keir Starmer; Emmanuel Macron; Friedrich Merz; Giorgia Meloni; Donald Tusk; Viktor Orbán; "
    "Recep Tayyip Erdoğan; Mark Rutte; Ursula von der Leyen; António Costa; Kaja Kallas; Xi Jinping; Narendra Modi; "
    "Mark Carney; Alexander Stubb; Alexander Lukashenko; Pope Leo XIV"
)
_SPELLINGS = {
    "zelenskyy": "zelensky",
    "zelenskiy": "zelensky",
    "sergey": "sergei",
    "kiev": "kyiv",
    "aleksandr": "alexander",
    "yuliia": "yulia",
}


@lru_cache(maxsize=8_192)
def fold(name: str) -> str:
    """``name`` for comparison: without case, accents, marks, a leading "the" and the usual double spellings."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", name) if not unicodedata.combining(mark))
    found = [_SPELLINGS.get(word, word) for word in words(plain)]
    return " ".join(found[1:] if found[:1] == ["the"] and len(found) > 1 else found)


def _names(text: str) -> list[str]:
    return [fold(name) for name in text.replace("|", ";").split(";") if name.strip()]


_COUNTRIES = {name: code for code, row in _TABLE.items() for name in _names(row.split("|")[0])}
_KNOWN = {name: code for code, row in _TABLE.items() for name in _names(row)}
LEADERS = frozenset(_names(_LEADERS))
"""Folded names of those whose first words on a subject are news."""


def country(name: str) -> str | None:
    """The country of a name as far as this module knows."""
    return _KNOWN.get(fold(name))


def is_country(name: str) -> bool:
    """Whether the name is a country's own."""
    return fold(name) in _COUNTRIES


def side(name: str, country_of: CountryOf = country) -> str:
    """``US``, ``Russia`` or ``Ukraine``; for others the country's two letters, empty when nobody knows it."""
    code = country(name) or country_of(name) or ""
    return SIDES.get(code, code)


def principals(names: tuple[str, ...]) -> frozenset[str]:
    """Those of the three presidents who are among ``names``."""
    return PRINCIPALS.intersection(map(fold, names))
