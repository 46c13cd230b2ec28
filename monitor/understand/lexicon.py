"""Word lists of news English, from knowledge/words.toml: nouns for people, and the small words around them. Pure."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FEMALE, MALE = "female", "male"
_FOLDER = Path(__file__).resolve().parent / "knowledge"
_LISTS = tomllib.loads((_FOLDER / "words.toml").read_text(encoding="utf-8"))


def _words(name: str) -> frozenset[str]:
    return frozenset(_LISTS["words"][name].split())


PERSON_CLASSES: Mapping[str, str] = {noun: kind for kind, nouns in _LISTS["people"].items() for noun in nouns.split()}
BODIES = _words("bodies")
NAMED_BODIES = _words("named_bodies")
EPITHETS = _words("epithets")
FEMALE_NOUNS, MALE_NOUNS = _words("female_nouns"), _words("male_nouns")
DETERMINERS, INDEFINITE = _words("determiners"), _words("indefinite")
PREPOSITIONS, CONJUNCTIONS = _words("prepositions"), _words("conjunctions")
ADJECTIVES, VERBS = _words("adjectives"), _words("verbs")
NO_NAMES = _words("no_names")
FORMER, ABBREVIATED = _words("former"), _words("abbreviated")
PRONOUNS: Mapping[str, str] = dict.fromkeys(("he", "him", "his", "himself"), MALE) | dict.fromkeys(
    ("she", "her", "hers", "herself"), FEMALE
)
PLURAL_PRONOUNS = frozenset({"they", "them", "their", "themselves"})
POSSESSIVE_PRONOUNS = frozenset({"his", "her", "their", "its", "my", "our", "your"})
# "Mr" and its like carry the gender of the name behind them.
COURTESY: Mapping[str, str] = dict.fromkeys(("mr", "mr.", "sir", "lord"), MALE) | dict.fromkeys(
    ("mrs", "mrs.", "ms", "ms.", "miss", "lady", "madam", "dame"), FEMALE
)
NUMBERED_AGE = re.compile(r"\d{1,3}-year-old$")


@cache
def given_names() -> Mapping[str, str]:
    """Given names, case folded, and the gender of those who bear them."""
    lists = tomllib.loads((_FOLDER / "given_names.toml").read_text(encoding="utf-8"))
    female, male = (frozenset(lists[gender].casefold().split()) for gender in (FEMALE, MALE))
    return dict.fromkeys(female - male, FEMALE) | dict.fromkeys(male - female, MALE)


def gender_of_noun(noun: str) -> str | None:
    """The gender that a noun for a person carries, or None."""
    return FEMALE if noun in FEMALE_NOUNS else MALE if noun in MALE_NOUNS else None


def gender_of_name(name: str) -> str | None:
    """The gender of a full name's bearer by its given name; None for a surname alone."""
    first, _, rest = name.casefold().partition(" ")
    return given_names().get(first) or (given_names().get(rest.partition(" ")[0]) if rest and len(first) <= 2 else None)
