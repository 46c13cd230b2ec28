"""Training data: graded articles for the topics, sentences with entity spans for the tags.

What is used: ``models/data`` (written for this project), ``articles/train.jsonl`` and the NER sets whose licences allow
training (see CARD.md). A split called test is never opened here, nor any set marked for evaluation.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.records.articles import Article
from monitor.records.findings import TOPICS
from monitor.text import clean, one_line
from monitor.understand.annotated import TaggedSentence, joined

OWN = Path(__file__).resolve().parent.parent / "data"
MARKUP = re.compile(r"\[([^\[\]]+)\]\((person|organisation|place|weapon)\)")

OUTSIDE_SETS = ("btc", "wnut17", "crossner_politics", "crossner_science", "crossner_ai", "crossner_literature",
                "crossner_music", "sec_filings")  # fmt: skip
OUTSIDE_CAPS = {
    "btc": 1800,
    "wnut17": 1500,
    "crossner_music": 250,
    "crossner_literature": 300,
    "crossner_ai": 250,
    "sec_filings": 400,
}
# Our own sentences are of the kind of text that is read; each is shown so many times as often.
OWN_WEIGHT = 2
# Real articles are what is read in the end; each is shown so many times as often.
REAL_WEIGHT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """An article with its grade (0, 1, 2) per topic, in the order of TOPICS."""

    article: Article
    grades: tuple[int, ...]


def graded(path: Path) -> Iterator[Graded]:
    """Read graded articles from JSON lines with id, title, text and a grade per topic."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            article = Article(id=row["id"], title=one_line(row["title"]), text=clean(row["text"]))
            yield Graded(article=article, grades=tuple(int(row[topic]) for topic in TOPICS))


def own_articles() -> list[Graded]:
    """Return the examples written for this project."""
    return [item for path in sorted((OWN / "articles").glob("*.jsonl")) for item in graded(path)]


def own_sentences() -> list[TaggedSentence]:
    """Return the sentences with inline marks ``[surface](type)`` written for this project."""
    lines = (
        line.strip()
        for path in sorted((OWN / "entities").glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    return [_unmark(line) for line in lines if line]


def _unmark(line: str) -> TaggedSentence:
    text, spans, last = "", [], 0
    for mark in MARKUP.finditer(line):
        text += line[last : mark.start()]
        spans.append((len(text), len(text) + len(mark[1]), mark[2]))
        text += mark[1]
        last = mark.end()
    return TaggedSentence(text=text + line[last:], spans=tuple(spans), source="own")


def outside_sentences(folder: Path) -> list[TaggedSentence]:
    """Return the sentences of the outside NER sets below ``folder``: their train and dev splits only."""
    found: list[TaggedSentence] = []
    for name in OUTSIDE_SETS:
        rows: list[TaggedSentence] = []
        for split in ("train", "dev"):
            path = folder / name / f"{split}.jsonl"
            if path.exists():
                rows += [_tagged(json.loads(line), name) for line in path.open(encoding="utf-8")]
        random.Random(7).shuffle(rows)
        found += rows[: OUTSIDE_CAPS.get(name, len(rows))]
    return found


def _tagged(row: dict[str, list[str]], source: str) -> TaggedSentence:
    return joined(row["tokens"], row["tags"], source)


def recased(item: TaggedSentence, dice: random.Random) -> TaggedSentence:
    """Return the sentence as it stands, or now and then in Headline Case, CAPITALS or lower case (same offsets)."""
    roll = dice.random()
    if roll < 0.06:
        text = re.sub(r"\b[a-z]", lambda found: found[0].upper(), item.text)
    elif roll < 0.09:
        text = item.text.upper()
    elif roll < 0.12:
        text = item.text.lower()
    else:
        return item
    if len(text) != len(item.text):
        return item
    return TaggedSentence(text=text, spans=item.spans, source=item.source)
