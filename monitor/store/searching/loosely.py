"""Text compared without case and accents, alike on both databases.

SQLite's ``LIKE`` and ``lower`` know ASCII alone, and those of Postgres go by the server's locale. So each letter of
what is looked for becomes the class of all letters that it stands for; a pattern of such classes means the same as
``GLOB`` and as a regular expression.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from sqlalchemy import ColumnElement, func, literal

from monitor.text import bare

_LETTERS = (range(0x41, 0x590), range(0x1E00, 0x2000))
"""Latin, Greek, Cyrillic and Armenian: the scripts with large and small letters."""
_APOSTROPHES = "'’ʼ‘`"
_GLOB_SPECIAL = frozenset("*?[")


def equals(column: ColumnElement[str], text: str, dialect: str) -> ColumnElement[bool]:
    """Whether the column says ``text`` and nothing else."""
    return _matches(column, "", text, "", dialect)


def contains(column: ColumnElement[str], text: str, dialect: str) -> ColumnElement[bool]:
    """Whether ``text`` stands anywhere in the column."""
    return _matches(column, "*", text, "*", dialect)


def has_word(column: ColumnElement[str], word: str, dialect: str) -> ColumnElement[bool]:
    """Whether ``word`` is one of the column's words; a hyphen parts two."""
    spaced = literal(" ").concat(func.replace(column, "-", " ")).concat(" ")
    return _matches(spaced, "*", f" {word.replace('-', ' ')} ", "*", dialect)


def _matches(column: ColumnElement[str], before: str, text: str, after: str, dialect: str) -> ColumnElement[bool]:
    if dialect == "sqlite":
        return column.bool_op("GLOB")(before + "".join(map(_globbed, _characters(text))) + after)
    start, end = "" if before else "^", "" if after else "$"
    return column.bool_op("~")(start + "".join(map(_expressed, _characters(text))) + end)


def _globbed(character: str) -> str:
    alike = _alike().get(character, "")
    return f"[{alike or character}]" if alike or character in _GLOB_SPECIAL else character


def _expressed(character: str) -> str:
    alike = _alike().get(character, "")
    return f"[{alike}]" if alike else re.escape(character)


def _characters(text: str) -> Iterable[str]:
    return unicodedata.normalize("NFC", text)


@cache
def _alike() -> Mapping[str, str]:
    """Each letter with all that differ from it by case or accents alone."""
    classes: defaultdict[str, list[str]] = defaultdict(list)
    for letter in (chr(code) for codes in _LETTERS for code in codes):
        if letter.isalpha():
            classes[bare(letter)].append(letter)
    classes["'"] = list(_APOSTROPHES)
    return {letter: "".join(alike) for alike in classes.values() for letter in alike if len(alike) > 1}
