"""Everything that examples are kept apart from, as plain words: graded and annotated sets, pages, feeds of outlets.

Cases made to test parsers (``feeds/feedparser``, ``feeds/feedvalidator``) hold no news and are not read.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from models.recipe.data import MARKUP
from models.recipe.shingles import words
from monitor.sources.markup import CONTENT_LIMIT, plain

EVALUATION = (
    "articles/dev.jsonl",
    "gold/*.jsonl",
    "ner/conll2003/*.jsonl",
    "stories/*.jsonl",
    "quotes/*.jsonl",
    "pages/article_extraction/ground-truth.json",
    "feeds/outlets/*.xml",
    "feeds/fastfeedparser/benchmark_data/*.gz",
)
TRAINING = ("articles/train.jsonl",)
OWN_EVALUATION = ("frozen.jsonl", "evaluation/*.jsonl", "evaluation/*.txt")
ENTRIES = ("{*}item", "{*}entry")
PROSE = ("title", "description", "summary", "encoded", "content")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """One document to keep apart from. ``trained`` when it may be trained on."""

    set: str
    id: str
    title: str
    words: tuple[str, ...]
    trained: bool


def outside_documents(own: Path, outside: Path | None) -> Iterator[Outside]:
    """Read every set there is: below ``outside``, and what ``own`` (models/data) keeps for measuring."""
    places: list[tuple[Path, tuple[str, ...], bool]] = [(own, OWN_EVALUATION, False)]
    if outside is not None:
        places += [(outside, EVALUATION, False), (outside, TRAINING, True)]
    for folder, patterns, trained in places:
        # A split called test is never opened.
        paths = [path for pattern in patterns for path in sorted(folder.glob(pattern)) if "test" not in path.stem]
        for path in paths:
            read = READERS[path.suffix]
            # The many feeds of one folder are one set.
            name = (path.parent if read is _feed else path).relative_to(folder).as_posix()
            for id_, title, text in read(path):
                found = tuple(words(f"{title}\n{text}"))
                yield Outside(set=name, id=id_, title=title, words=found, trained=trained)


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            row = _parsed(line, f"{path}:{number}")
            yield str(row.get("id", number)), str(row.get("title") or ""), _text(row)


def _lines(path: Path) -> Iterator[tuple[str, str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            yield str(number), "", MARKUP.sub(r"\1", line)


def _pages(path: Path) -> Iterator[tuple[str, str, str]]:
    for key, page in _parsed(path.read_text(encoding="utf-8"), str(path)).items():
        yield key, "", page["articleBody"]


def _feed(path: Path) -> Iterator[tuple[str, str, str]]:
    """Entries of a feed, whatever its kind; one that is no XML has none."""
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    root = etree.fromstring(body, etree.XMLParser(recover=True, resolve_entities=False, no_network=True))
    for number, entry in enumerate(root.iter(*ENTRIES) if root is not None else (), 1):
        parts = dict.fromkeys(PROSE, "")
        for child in entry.iterchildren("{*}*"):
            name = etree.QName(child).localname
            if name in parts:
                parts[name] += " " + plain("".join(child.itertext()), CONTENT_LIMIT)
        title = parts.pop("title").strip()
        yield f"{path.name}:{number}", title, " ".join(parts.values())


READERS: dict[str, Callable[[Path], Iterator[tuple[str, str, str]]]] = {
    ".jsonl": _rows,
    ".txt": _lines,
    ".json": _pages,
    ".xml": _feed,
    ".gz": _feed,
}


def _parsed(text: str, place: str) -> dict[str, Any]:
    try:
        row: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{place} is not JSON ({error}): examples cannot be kept apart from it. Mend it.") from error
    return row


def _text(row: dict[str, Any]) -> str:
    """The running text of a row, whatever the set calls it; marks are taken off."""
    if "tokens" in row:
        return " ".join(row["tokens"])
    parts = [row[name] for name in ("summary", "description", "text") if isinstance(row.get(name), str)]
    if not parts:
        parts = [value for name, value in row.items() if isinstance(value, str) and name not in ("id", "title")]
    return MARKUP.sub(r"\1", "\n".join(parts))
