"""The examples of ``models/data`` as records, and what is wrong with a line that cannot become one.

Articles are JSON lines with every field of ``FIELDS``; entity sentences are lines of text with inline marks.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.recipe.data import MARKUP
from models.recipe.shingles import words
from monitor.records.findings import TOPICS

STYLES = frozenset(
    "wire teaser opinion explainer tabloid post broadcast liveblog roundup press_release readout qa".split()
)
TEXTS = ("id", "style", "clause", "title", "text")
FIELDS = (*TEXTS, *TOPICS)
GRADES = (0, 1, 2)
BRACKET = re.compile(r"[\[\]]|\]\(")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something to say of one place: a hard fault, or a note for a person to judge."""

    kind: str
    place: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One article or one sentence. ``raw`` is the line as written, marks included; a sentence has no grades."""

    file: str
    line: int
    id: str
    style: str
    clause: str
    title: str
    text: str
    grades: tuple[int, ...]
    raw: str
    words: tuple[str, ...]
    """Title and text as lower-case words."""

    @property
    def place(self) -> str:
        """Where it stands: file and line."""
        return f"{self.file}:{self.line}"


def read_articles(path: Path, file: str) -> tuple[list[Example], list[Remark]]:
    """Read one file of articles; a line that is none becomes a fault and is left out."""
    examples, faults = [], []
    for number, line in _lines(path):
        place = f"{file}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            faults.append(Remark(kind="line", place=place, message=f"is not JSON: {error}"))
            continue
        wrong = list(_wrong(row))
        faults += [Remark(kind=kind, place=place, message=message) for kind, message in wrong]
        if not wrong:
            examples.append(_article(row, file, number, line))
    return examples, faults


def read_sentences(path: Path, file: str) -> tuple[list[Example], list[Remark]]:
    """Read one file of marked sentences; one with a broken mark becomes a fault and is left out."""
    examples, faults = [], []
    for number, line in _lines(path):
        wrong = list(_broken_marks(line))
        faults += [Remark(kind="mark", place=f"{file}:{number}", message=message) for message in wrong]
        if not wrong:
            text = MARKUP.sub(r"\1", line)
            examples.append(
                Example(
                    file=file, line=number, id=f"{file}:{number}", style="", clause="", title="", text=text, grades=(),
                    raw=line, words=tuple(words(text)),
                )
            )  # fmt: skip
    return examples, faults


def repeated_ids(examples: Iterable[Example]) -> list[Remark]:
    """Say which ids stand twice, over all files."""
    first: dict[str, str] = {}
    return [
        Remark(kind="id", place=example.place, message=f"id {example.id!r} is already that of {first[example.id]}")
        for example in examples
        if first.setdefault(example.id, example.place) != example.place
    ]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return ((number, line.strip()) for number, line in enumerate(lines, 1) if line.strip())


def _wrong(row: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(row, dict):
        yield "line", f"is {type(row).__name__}, not an object with {', '.join(FIELDS)}"
        return
    for name in TEXTS:
        if not isinstance(row.get(name), str):
            yield "line", f"has no text in {name!r}"
        elif name != "title" and not row[name].strip():
            yield "line", f"has an empty {name!r}"
    for topic in TOPICS:
        if type(row.get(topic)) is not int or row[topic] not in GRADES:
            yield "grade", f"grades {topic!r} with {row.get(topic)!r}, which is none of 0, 1, 2"
    if isinstance(row.get("style"), str) and row["style"].strip() and row["style"] not in STYLES:
        yield "style", f"has the unknown style {row['style']!r}; known are {', '.join(sorted(STYLES))}"


def _article(row: dict[str, Any], file: str, number: int, line: str) -> Example:
    return Example(
        file=file,
        line=number,
        id=row["id"],
        style=row["style"],
        clause=row["clause"],
        title=row["title"],
        text=row["text"],
        grades=tuple(row[topic] for topic in TOPICS),
        raw=line,
        words=tuple(words(f"{row['title']}\n{row['text']}")),
    )


def _broken_marks(line: str) -> Iterator[str]:
    """Say what is no ``[surface](type)``: a bracket left over, an unknown type, white space inside the mark's edge."""
    rest = MARKUP.sub(" ", line)
    found = BRACKET.search(rest)
    if found:
        around = rest[max(0, found.start() - 20) : found.end() + 20].strip()
        yield f"has a broken mark or an unknown type near {around!r}"
    for mark in MARKUP.finditer(line):
        if mark[1] != mark[1].strip():
            yield f"has white space at the edge of {mark[0]!r}"
