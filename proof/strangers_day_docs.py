"""The command lines that the pages show, one by one, with what they stand for filled in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proof.ledger import ROOT

PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "models/README.md",
    ROOT / "deploy/kubernetes/README.md",
)
_FENCE = re.compile(r"^\s*```(\w*)")
# What begins a command in a block of four spaces; everything else there is output, a picture or a file.
_PROGRAM = re.compile(
    r"^(monitor|make|python|pip|docker|kubectl|helm|export|echo|printf|systemctl|createdb|alembic|curl|\.)\b"
)
_INLINE = re.compile(r"(?<!`)`((?:monitor|make|python -m) [^`]+)`(?!`)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command line as a page shows it, without its comment."""

    page: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


def commands(page: Path) -> Iterator[Command]:
    """The command lines of a page's blocks, in their order."""
    name = str(page.relative_to(ROOT))
    fence: str | None = None
    open_line = ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if found := _FENCE.match(line):
            fence = found[1] if fence is None else None
            continue
        shown = open_line + line.strip() if open_line else _shown(line, fence)
        open_line = f"{shown[:-1].rstrip()} " if shown.endswith("\\") else ""
        if not open_line and (text := bare(shown)):
            yield Command(page=name, line=number, text=text)


def _shown(line: str, fence: str | None) -> str:
    if fence == "console":
        return line[2:] if line.startswith("$ ") else ""
    if fence == "sh":
        return line
    return line.strip() if fence is None and line.startswith("    ") and _PROGRAM.match(line.strip()) else ""


def inline(page: Path) -> Iterator[Command]:
    """The command lines within a page's sentences."""
    name = str(page.relative_to(ROOT))
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        for text in _INLINE.findall(line):
            yield Command(page=name, line=number, text=text)


def bare(line: str) -> str:
    """A command line without what is said of it: behind a #, or in a second column."""
    return re.split(r"(?:^|\s+)#\s|\s{3,}", line)[0].strip()
