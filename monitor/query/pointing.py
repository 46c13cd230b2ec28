"""Saying where a search is wrong: the message, the search, and a caret below the place."""

import unicodedata

from monitor.errors import QueryError

_SHOWN = 70
_BEFORE = 40
_INDENT = "    "


def wrong(search: str, position: int, what: str) -> QueryError:
    """An error that shows the place. ``what`` says what is wrong and what to do."""
    start = max(0, position - _BEFORE)
    shown = "".join(c if c.isprintable() else " " for c in search[start : start + _SHOWN])
    line = ("…" if start else "") + shown + ("…" if start + _SHOWN < len(search) else "")
    before = line[: position - start + bool(start)]
    caret = " " * sum(map(_width, before)) + "^"
    message = f"the search cannot be read at character {position + 1}: {what}\n{_INDENT}{line}\n{_INDENT}{caret}"
    return QueryError(message, position=position)


def _width(character: str) -> int:
    """Columns that a terminal gives the character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
