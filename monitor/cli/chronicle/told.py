"""How the chronicle is told in a terminal: dates, marks and lines that several commands share."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from monitor.text import one_line, shorten

if TYPE_CHECKING:
    from monitor.records.chronicle import Happening, Source, Story

LINE = 100
"""Characters of a quotation or a piece of evidence on one line."""
COLOURS = {
    "held": "green",
    "under_way": "cyan",
    "planned": "blue",
    "proposed": "yellow",
    "postponed": "magenta",
    "called_off": "red",
    "requested": "blue",
    "considered": "yellow",
    "announced": "cyan",
    "approved": "cyan",
    "delivered": "green",
    "in_use": "green",
    "refused": "red",
    "paused": "magenta",
}


def canonical(name: str | None) -> str | None:
    """The full name of somebody or something that the knowledge base knows by this one; other names as they are."""
    from monitor.understand import searching

    return name and (searching.canonical(name) or name)


def word(text: str, width: int = 0) -> str:
    """A status or step in its colour, in words, at least ``width`` wide."""
    return click.style(f"{text.replace('_', ' '):<{width}}", fg=COLOURS.get(text))


def dim(text: str) -> str:
    """What stands back behind the rest."""
    return click.style(text, dim=True)


def quoted(text: str, length: int = LINE) -> str:
    """Words of others, on one line."""
    return f"“{shorten(text, length)}”"


def days(when: tuple[date, date] | None, certainty: str = "exact") -> str:
    """An interval of days as people write it."""
    if when is None:
        return "no date"
    first, last = when
    about = "" if certainty == "exact" else "about "
    if first == last:
        return f"{about}{first:%a %d %b %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{about}{first:%d} to {last:%d %b %Y}"
    return f"{about}{first:%d %b} to {last:%d %b %Y}"


def by(source: "Source") -> str:
    """Who reported it, and whether a state controls who did."""
    return one_line(source.outlet) + (" (state-controlled)" if source.state_controlled else "")


def support(outlets: int, origins: int, state: int = 0) -> str:
    """How many stand behind something: "3 outlets, 2 origins"."""
    said = f"{_many(outlets, 'outlet')}, {_many(origins, 'origin')}"
    return f"{said} + {state} state-controlled" if state else said


def story_support(story: "Story") -> str:
    """The line's end: "+4 outlets, 3 origins"."""
    more = f"+{_many(story.outlets - 1, 'outlet')}, " if story.outlets > 1 else ""
    state = f" + {story.state_origins} state-controlled" if story.state_origins else ""
    return f"{more}{_many(story.origins, 'origin')}{state}"


def who(names: Sequence[str]) -> str:
    """Names in a row; what the reports leave out is said to be unknown."""
    return ", ".join(map(one_line, names)) or "participants not named"


def happening(found: "Happening") -> str:
    """One event in one line."""
    place = f" · {one_line(found.where)}" if found.where else ""
    return f"{found.type.replace('_', ' ')}: {who(found.participants)}{place}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
