"""How long an answer stays fresh by its headers (RFC 9111 4.2), and what its Link header names (RFC 8288). Pure."""

import re
from datetime import datetime
from urllib.parse import urljoin

from monitor.fetch.answers import http_date

_DIRECTIVE = re.compile(
    r'\s*+([!#$%&\'*+.^_`|~0-9A-Za-z-]++)\s*+(?:=\s*+(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*+)))?\s*+(?:,|$)'
)
_ASK_AGAIN = frozenset({"no-store", "no-cache", "must-revalidate"})
_SECONDS = re.compile(r"\d{1,12}")
_TARGET = re.compile(r"<([^<>]*)>")
_PARAMETER = re.compile(r'\s*;\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?')
_LONGEST_HEADER = 8192
_LONGEST_FRESH = 366 * 86400.0


def fresh_for(*, cache_control: str, age: str, expires: str, date: str, now: datetime) -> float | None:
    """Seconds for which the answer stays fresh; None when nothing is said, or when it is to be asked for each time."""
    said = _directives(cache_control)
    if _ASK_AGAIN & said.keys():
        return None
    old = float(age) if _SECONDS.fullmatch(age := age.strip()) else 0.0
    if "max-age" in said:
        # RFC 9111 4.2.1: what cannot be read means stale.
        lasts = float(said["max-age"]) if _SECONDS.fullmatch(said["max-age"]) else 0.0
    elif expires:
        until = http_date(expires)
        lasts = (until - (http_date(date) or now)).total_seconds() if until else 0.0
    else:
        return None
    return min(max(0.0, lasts - old), _LONGEST_FRESH)


def _directives(cache_control: str) -> dict[str, str]:
    """Directive to value, the first of each; unreadable pieces are passed over."""
    said: dict[str, str] = {}
    text, place = _folded(cache_control), 0
    while place < len(text):
        found = _DIRECTIVE.match(text, place)
        if found is None:
            place = text.find(",", place) + 1 or len(text)
            continue
        said.setdefault(found[1].lower(), _value(found))
        place = max(found.end(), place + 1)
    return said


def hub_and_topic(link: str, base: str) -> tuple[str, str]:
    """The first ``rel="hub"`` and ``rel="self"`` of a Link header, absolute; empty where there is none.

    A link with an ``anchor`` is about another document than this one.
    """
    found = {"hub": "", "self": ""}
    text, place = _folded(link), 0
    while (opened := text.find("<", place)) >= 0:
        target = _TARGET.match(text, opened)
        if target is None:
            place = opened + 1
            continue
        place = target.end()
        parameters: dict[str, str] = {}
        while parameter := _PARAMETER.match(text, place):
            parameters.setdefault(parameter[1].lower(), _value(parameter))
            place = parameter.end()
        address = "" if "anchor" in parameters else _absolute(base, target[1])
        for relation in parameters.get("rel", "").lower().split():
            if address and not found.get(relation, "x"):
                found[relation] = address
    return found["hub"], found["self"]


def _value(found: re.Match[str]) -> str:
    """What stands after the equals sign, in quotes or not."""
    return found[2] if found[2] is not None else found[3] or ""


def _folded(header: str) -> str:
    """White space as single blanks: long runs of it would be slow to match."""
    return " ".join(header[:_LONGEST_HEADER].split())


def _absolute(base: str, target: str) -> str:
    try:
        address = urljoin(base, target.strip())
    except ValueError:
        return ""
    return address if address.lower().startswith(("http://", "https://")) else ""
