"""When a publisher asks not to be polled: RSS skipHours and skipDays. Pure."""

import re
from collections.abc import Iterable

from monitor.sources.source import without

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BLOCK = re.compile(
    r"<skip(?:hours|days)(?:\s[^<>]*)?>((?:\s*<(hour|day)(?:\s[^<>]*)?>[^<]{0,40}</\2\s*>)+)", re.IGNORECASE
)
_VALUE = re.compile(r"<(hour|day)(?:\s[^<>]*)?>([^<]*)</", re.IGNORECASE)
_ENTRY_STARTS = ("<item", "<entry", "<ITEM")
_ENTRY_ENDS = ("</item", "</entry", "</ITEM")


def hours(values: Iterable[str]) -> tuple[int, ...]:
    """Hours of the day 0 to 23, each once, in order; 24 is midnight. What is no hour is left out."""
    numbers = (int(value) for value in map(str.strip, values) if value.isdecimal() and len(value) <= 2)
    return tuple(sorted({number % 24 for number in numbers if number <= 24}))


def days(values: Iterable[str]) -> tuple[int, ...]:
    """Days of the week, Monday 0, each once, in order."""
    names = (value.strip().lower() for value in values)
    return tuple(sorted({_DAYS.index(name) for name in names if name in _DAYS}))


def found(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The hours and days that a whole document names around its entries, also when it is not well-formed."""
    if "skip" not in text and "SKIP" not in text:
        return (), ()
    outside = without(_outside(text), "<!--", "-->")
    said = [value for block, _ in _BLOCK.findall(_opened_cdata(outside)) for value in _VALUE.findall(block)]
    return (
        hours(value for name, value in said if name.lower() == "hour"),
        days(value for name, value in said if name.lower() == "day"),
    )


def _outside(text: str) -> str:
    """What stands before the first entry and after the last."""
    first = min((place for name in _ENTRY_STARTS if (place := text.find(name)) >= 0), default=len(text))
    last = max((text.rfind(name) for name in _ENTRY_ENDS), default=-1)
    return text[:first] + text[max(first, last) :]


def _opened_cdata(text: str) -> str:
    """CDATA sections as the text they stand for."""
    head, *parts = text.split("<![CDATA[")
    opened = (part.partition("]]>") for part in parts)
    return head + "".join(inner.replace("<", "&lt;") + rest for inner, _, rest in opened)
