"""Cyrillic letters to Latin ones, for words that no dictionary knows. Pure.

Ukrainian follows the government's table (Cabinet of Ministers, resolution 55 of 27 January 2010). Russian follows what
English newspapers write: BGN/PCGN without its apostrophes, and ``-y`` for the endings ``-ий`` and ``-ый``.
"""

import re

_UKRAINIAN = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
        "a b v h g d e ie zh z y i i i k l m n o p r s t u f kh ts ch sh shch - iu ia".split(),
        strict=True,
    )
)
_RUSSIAN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya".split(),
        strict=True,
    )
)
# How a letter is spelt where a word opens, and in Russian also after a vowel or a sign.
_FIRST = {"uk": {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}, "ru": {"е": "ye"}}
# Letters of the neighbour's alphabet turn up in names and quotations.
_BOTH = {"uk": {"ў": "u", **_RUSSIAN, **_UKRAINIAN}, "ru": {"ў": "u", **_UKRAINIAN, **_RUSSIAN}}
_TABLES = {
    language: {letter: "" if spelt == "-" else spelt for letter, spelt in table.items()}
    for language, table in _BOTH.items()
}
_AFTER_VOWEL = frozenset("аеёиоуыэюяєіїьъ")
_APOSTROPHE = re.compile(r"(?<=[а-яіїєґ])['’ʼ`](?=[яюєї])", re.IGNORECASE)
_SOFT_ENDING = re.compile(r"[иы]й$")


def romanised(word: str, language: str) -> str:
    """Spell ``word`` in Latin letters and keep its capitals; characters that are not Cyrillic stay as they are."""
    word = _APOSTROPHE.sub("", word)
    if language == "ru":
        word = _SOFT_ENDING.sub("ы", word)
    shouted = len(word) > 1 and word.isupper()
    return "".join(_cased(_letter(word, at, language), word[at], shouted) for at in range(len(word)))


def _letter(word: str, at: int, language: str) -> str:
    letter, before = word[at].lower(), word[at - 1].lower() if at else ""
    if letter == "г" and before == "з" and language == "uk":
        return "gh"
    opens = not before.isalpha() or (language == "ru" and before in _AFTER_VOWEL)
    spelt = _FIRST[language].get(letter) if opens else None
    return spelt or _TABLES[language].get(letter, word[at])


def _cased(spelt: str, letter: str, shouted: bool) -> str:
    if not letter.isupper():
        return spelt
    return spelt.upper() if shouted else spelt[:1].upper() + spelt[1:]
