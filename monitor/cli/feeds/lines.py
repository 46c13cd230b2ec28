"""Findings about feeds as lines of a screen: a name, some words, and whether they are good news."""

import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import click

NAME_WIDTH = 11
_LEAST_WIDTH = 60
BARS = "▁▂▃▄▅▆▇█"


class Tone(StrEnum):
    """How a finding is to be taken."""

    PLAIN = "plain"
    GOOD = "good"
    DOUBT = "doubt"
    BAD = "bad"


COLOURS = {Tone.PLAIN: None, Tone.GOOD: "green", Tone.DOUBT: "yellow", Tone.BAD: "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One finding."""

    name: str
    text: str
    tone: Tone = Tone.PLAIN
    doubt: str = ""
    """In a few words, what is doubtful; empty when nothing is."""
    facts: Mapping[str, object] = field(default_factory=dict)
    """The same for programs."""


def doubtful(name: str, text: str, doubt: str, **facts: object) -> Line:
    """A finding that counts against the feed when ``doubt`` is not empty."""
    return Line(name=name, text=text, tone=Tone.DOUBT if doubt else Tone.PLAIN, doubt=doubt, facts=facts)


def print_lines(lines: Iterable[Line]) -> None:
    """Names on the left, words on the right, wrapped to the terminal; in a pipe each finding is one line."""
    before = ""
    for line in lines:
        name = "" if line.name == before else line.name
        before = line.name
        first, *rest = _wrapped(line.text)
        colour = COLOURS[line.tone]
        click.echo(f"{click.style(f'{name:{NAME_WIDTH}}', bold=True)}{click.style(first, fg=colour)}")
        for more in rest:
            click.echo(f"{'':{NAME_WIDTH}}{click.style(more, fg=colour)}")


def _wrapped(text: str) -> list[str]:
    from monitor.text import one_line

    text = one_line(text)
    if not sys.stdout.isatty():
        return [text]
    width = max(_LEAST_WIDTH, shutil.get_terminal_size().columns) - NAME_WIDTH - 1
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def sparkline(numbers: Sequence[float]) -> str:
    """One bar for each number, the tallest for the largest."""
    most = max(numbers, default=0.0)
    if most <= 0:
        return BARS[0] * len(numbers)
    return "".join(BARS[min(len(BARS) - 1, int(number / most * len(BARS)))] for number in numbers)


def span(length: timedelta | float) -> str:
    """A length as people say it."""
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.3g} h"
    return f"{seconds / 86400:.0f} days"


def minute(when: datetime | None) -> str:
    """A time to the minute, UTC; empty for none."""
    return f"{when:%Y-%m-%d %H:%M}" if when else ""


def size(count: int) -> str:
    """A number of bytes as people say it."""
    if count < 10_000:
        return f"{count:,} bytes"
    return f"{count / 1000:,.0f} kB" if count < 10_000_000 else f"{count / 1e6:,.1f} MB"


def hours(numbers: Sequence[int]) -> str:
    """Whole numbers with runs folded: 0-5, 22."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def days(numbers: Sequence[int]) -> str:
    """The names of weekdays, Monday 0."""
    return ", ".join(_DAYS[number] for number in sorted(set(numbers)) if 0 <= number < len(_DAYS))
