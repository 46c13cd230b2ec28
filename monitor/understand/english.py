"""English plurals and verb forms for the gloss; a dictionary row may give its own after a slash. Pure."""

_VOWELS = "aeiou"


def plural(noun: str) -> str:
    """Form the plural of a noun or a noun phrase: missile system, missile systems."""
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is")):
        return noun
    if noun.endswith(("s", "x", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def third_person(verb: str) -> str:
    """``meet`` to ``meets``, ``shoot down`` to ``shoots down``; ``can`` and ``must`` stay."""
    first, space, rest = verb.partition(" ")
    if first in ("can", "must"):
        return verb
    formed = "has" if first == "have" else f"{first}es" if first == "go" else plural(first)
    return f"{formed}{space}{rest}"


def past(row: str) -> str:
    """Past tense of ``say``, ``meet/met`` or ``give/gave/given``."""
    forms = row.split("/")
    return forms[1] if len(forms) > 1 else _regular(forms[0])


def participle(row: str) -> str:
    """Past participle, from the same rows."""
    return row.split("/")[-1] if "/" in row else _regular(row)


def _regular(verb: str) -> str:
    first, space, rest = verb.partition(" ")
    if first.endswith("e"):
        formed = f"{first}d"
    elif first.endswith("y") and first[-2:-1] not in _VOWELS:
        formed = f"{first[:-1]}ied"
    else:
        formed = f"{first}ed"
    return f"{formed}{space}{rest}"
