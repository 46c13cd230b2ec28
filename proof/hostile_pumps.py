"""Strings against a regular expression: what leads to one of its repeats, what that repeats, and what fails behind it.

From the pattern's own parse tree, and from regexploit's where it is installed.
"""

import importlib
import importlib.util
import re
import warnings
from collections.abc import Iterator
from itertools import product
from typing import Any

# Where Python keeps them; no stubs know of it.
_constants: Any = importlib.import_module("re._constants")
_parser: Any = importlib.import_module("re._parser")
_SUFFIXES = ("", "\x00", "!")
_CATEGORIES = {
    "CATEGORY_DIGIT": "1",
    "CATEGORY_SPACE": " ",
    "CATEGORY_WORD": "a",
    "CATEGORY_NOT_DIGIT": "a",
    "CATEGORY_NOT_SPACE": "a",
    "CATEGORY_NOT_WORD": " ",
}
_USUAL = "a1 -.,<\"'\n&é"
Pump = tuple[str, str, str]


def pumps(pattern: re.Pattern[Any]) -> Iterator[Pump]:
    """Beginning, repeated middle and end of strings, each once; the likeliest first."""
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    seen: set[Pump] = set()
    for each in (*_exploits(source, pattern.flags), *_made(source, pattern.flags)):
        if each[1] and each not in seen:
            seen.add(each)
            yield each


def _made(source: str, flags: int) -> Iterator[Pump]:
    tree = _parser.parse(source, flags & ~re.UNICODE if flags & re.ASCII else flags)
    repeats = list(_repeats(tree, ""))
    for (before, bodies), end in product(repeats, _SUFFIXES):
        for body in bodies:
            yield before, body, end
    for before, bodies in repeats:
        # What leads there, again and again: every place is a beginning.
        for body in bodies[:2]:
            yield "", before + body, "\x00"
            yield "", before, "\x00"
    whole = _sample(tree)
    yield "", whole, ""
    yield "", whole, "\x00"
    for sign in dict.fromkeys((*_USUAL, *whole)):
        yield "", sign, "\x00"
        yield whole[:1], sign, ""


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, list[str]]]:
    """Every unbounded repeat, or one of many times, with a text that leads to it and texts that it takes."""
    for kind, value in tree:
        name = str(kind)
        if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            least, most, body = value
            if most is _constants.MAXREPEAT or most > 8:
                yield before, _variants(body)
            yield from _repeats(body, before)
            before += _sample(body) * min(int(least), 200)
        elif name == "SUBPATTERN":
            yield from _repeats(value[3], before)
            before += _sample(value[3])
        elif name == "ATOMIC_GROUP":
            yield from _repeats(value, before)
            before += _sample(value)
        elif name == "BRANCH":
            for branch in value[1]:
                yield from _repeats(branch, before)
            before += _sample(value[1][0])
        elif name in {"ASSERT", "ASSERT_NOT"}:
            yield from _repeats(value[1], before)
        else:
            before += _one(name, value)[0]


def _variants(tree: Any) -> list[str]:
    """Some texts that fit: with the first and with the last sign of each class, and by each branch."""
    found = [_sample(tree), _sample(tree, last=True)]
    for kind, value in tree:
        if str(kind) == "BRANCH":
            found += [_sample(branch) for branch in value[1][:6]]
        elif str(kind) == "SUBPATTERN":
            found += _variants(value[3])
        elif str(kind) in {"IN", "NOT_LITERAL", "ANY"}:
            found += _one(str(kind), value)
    return list(dict.fromkeys(text for text in found if text))[:8]


def _sample(tree: Any, *, last: bool = False) -> str:
    return "".join(_part(str(kind), value, last=last) for kind, value in tree)


def _part(name: str, value: Any, *, last: bool) -> str:
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least = min(int(value[0]), 200)
        return _sample(value[2], last=last) * max(least, 1 if last else least)
    if name == "SUBPATTERN":
        return _sample(value[3], last=last)
    if name == "ATOMIC_GROUP":
        return _sample(value, last=last)
    if name == "BRANCH":
        return _sample(value[1][-1 if last else 0], last=last)
    signs = _one(name, value)
    return signs[-1 if last else 0]


def _one(name: str, value: Any) -> list[str]:
    """Signs that one place of a pattern takes; an empty text where it takes none."""
    if name == "LITERAL":
        return [chr(value)]
    if name == "NOT_LITERAL":
        return [sign for sign in _USUAL if ord(sign) != value][:3]
    if name == "ANY":
        return ["a", " ", "<"]
    if name == "IN":
        return _of_class(value) or [""]
    return [""]


def _of_class(items: Any) -> list[str]:
    if str(items[0][0]) == "NEGATE":
        refused = set(_of_class(items[1:])) if len(items) > 1 else set()
        return [sign for sign in _USUAL if sign not in refused and not _is_in(sign, items[1:])]
    signs: list[str] = []
    for kind, value in items:
        match str(kind):
            case "LITERAL":
                signs.append(chr(value))
            case "RANGE":
                signs += [chr(value[0]), chr(value[1])]
            case "CATEGORY":
                signs.append(_CATEGORIES.get(str(value), "a"))
    return signs


def _is_in(sign: str, items: Any) -> bool:
    for kind, value in items:
        match str(kind):
            case "LITERAL" if chr(value) == sign:
                return True
            case "RANGE" if value[0] <= ord(sign) <= value[1]:
                return True
            case "CATEGORY" if _fits(str(value), sign):
                return True
    return False


def _fits(category: str, sign: str) -> bool:
    is_in = {"DIGIT": sign.isdigit(), "SPACE": sign.isspace(), "WORD": sign.isalnum() or sign == "_"}
    return is_in.get(category.rpartition("_")[2], False) is ("NOT" not in category)


def _exploits(source: str, flags: int) -> Iterator[Pump]:
    """What regexploit thinks would break it."""
    if importlib.util.find_spec("regexploit") is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from regexploit.ast.sre import SreOpParser
        from regexploit.redos import find
    try:
        found = find(SreOpParser().parse_sre(source, flags & ~int(re.UNICODE)))
    except Exception:  # noqa: BLE001 - it was written for older Pythons and does not know all that patterns can hold
        return
    for each in found[:8]:
        killer = each.killer.example() if each.killer else ""
        yield each.example_prefix, each.repeated_character.example(), killer
        yield each.example_prefix, each.repeated_character.example(), "\x00"
