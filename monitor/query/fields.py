"""The fields of the language: which there are, and what their values mean."""

import difflib
import re
from collections.abc import Callable

from monitor.errors import QueryError
from monitor.query.days import dates
from monitor.query.nodes import Country, Language, Name, Node, Outlet, StateControlled, Statement, Topic, Who
from monitor.query.pointing import wrong
from monitor.records.findings import TOPICS
from monitor.text import one_line

FIELDS = {
    "topic": "topic:talks",
    "who": 'who:"Marco Rubio"',
    "said": "said:Putin",
    "about": "about:Tomahawk",
    "outlet": "outlet:guardian",
    "country": "country:UA",
    "lang": "lang:uk",
    "date": "date:7d",
    "is": "is:state",
}
"""Each field with an example."""

LONGEST_VALUE = 200

_CODE = re.compile(r"[A-Za-z]{2}")
_ID = re.compile(r"[Qq][1-9]\d{0,11}")
# What people write for a country or language, and its ISO code.
_COUNTRIES = {"UK": "GB", "EN": "GB"}
_LANGUAGES = {"ua": "uk", "gb": "en", "us": "en"}


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """What is wrong with a value."""


def node(search: str, position: int, field: str, value: str, *, is_quoted: bool) -> Node:
    """What ``field:value`` asks for. Raises QueryError where the value means nothing."""
    value = one_line(value)
    try:
        if not any(map(str.isalnum, value)):
            raise _Refused(f"{field}: has no value. Write one, such as: {FIELDS[field]}")
        if len(value) > LONGEST_VALUE:
            raise _Refused(f"the value has {len(value)} characters, {LONGEST_VALUE} at most. Shorten it.")
        if field in _NAMED:
            return _NAMED[field](_name(value, is_quoted=is_quoted))
        return _VALUED[field](value)
    except (_Refused, ValueError) as refused:
        raise wrong(search, position, str(refused)) from None


def unknown(search: str, position: int, field: str, value: str) -> QueryError:
    """The error for a field that there is not."""
    near = difflib.get_close_matches(field[:20], FIELDS, n=1, cutoff=0.6)
    meant = f"Did you mean {near[0]}:? " if near else ""
    there = ", ".join(f"{name}:" for name in FIELDS)
    shown = value.strip('"')[:20]
    quoted = f'To look for the words themselves, quote them: "{field[:20]} {shown}"'
    return wrong(search, position, f"there is no field {field[:20]!r}. {meant}The fields are {there}. {quoted}")


def _name(value: str, *, is_quoted: bool) -> Name:
    if _ID.fullmatch(value):
        return Name(value.upper())
    return Name(value, is_whole=is_quoted)


def _topic(value: str) -> Topic:
    wanted = value.casefold().replace(" ", "_").replace("-", "_")
    if wanted in TOPICS:
        return Topic(wanted)
    # "aid" is enough for missile_aid: the beginning of the name, or of a word in it.
    near = [name for name in TOPICS if f"_{name}".find(f"_{wanted}") >= 0]
    if len(near) == 1:
        return Topic(near[0])
    what = f"{value!r} may be {' or '.join(near)}" if near else f"there is no topic {value!r}"
    raise _Refused(f"{what}. The topics are {', '.join(TOPICS)}.")


def _country(value: str) -> Country:
    code = value.upper()
    if code in _COUNTRIES:
        raise _Refused(f"{code} is no country's ISO code. Write country:{_COUNTRIES[code]}")
    if not _CODE.fullmatch(value):
        raise _Refused(f"{value!r} is no ISO 3166 code of a country. Write two letters, such as: country:UA")
    return Country(code)


def _language(value: str) -> Language:
    code = value.lower()
    if code in _LANGUAGES:
        raise _Refused(f"{code} is no language's ISO code. Write lang:{_LANGUAGES[code]}")
    if not _CODE.fullmatch(value):
        raise _Refused(f"{value!r} is no ISO 639-1 code of a language. Write two letters, such as: lang:uk")
    return Language(code)


def _is(value: str) -> StateControlled:
    if value.casefold() != "state":
        raise _Refused(f"nothing is {value!r}. Write is:state for outlets that a state controls.")
    return StateControlled()


_NAMED: dict[str, Callable[[Name], Node]] = {
    "who": Who,
    "said": Statement,
    "about": lambda name: Statement(about=(name,)),
}
_VALUED: dict[str, Callable[[str], Node]] = {
    "topic": _topic,
    "outlet": Outlet,
    "country": _country,
    "lang": _language,
    "date": dates,
    "is": _is,
}
