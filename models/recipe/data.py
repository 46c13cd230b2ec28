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

OWN = Path(__file__).resolve().parent.parent / "data"
MARKUP = re.compile(r"\[([^\[\]]+)\]\((person|organisation|place|weapon)\)")

# Each outside set's labels in ours; None means that the set says nothing about that word, so it is not learnt from.
OUTSIDE_LABELS: dict[str, str] = {
    "PER": "person", "person": "person", "politician": "person", "writer": "person", "musicalartist": "person",
    "scientist": "person", "researcher": "person",
    "ORG": "organisation", "organisation": "organisation", "politicalparty": "organisation", "band": "organisation",
    "university": "organisation", "corporation": "organisation", "magazine": "organisation",
    "LOC": "place", "location": "place", "country": "place",
}  # fmt: skip
UNKNOWN_LABELS = frozenset({"MISC", "misc", "product", "group", "event", "academicjournal", "conference"})
OUTSIDE_SETS = ("btc", "wnut17", "crossner_politics", "crossner_science", "crossner_ai", "crossner_literature",
                "crossner_music", "sec_filings")  # fmt: skip
OUTSIDE_CAPS = {
    "btc": 3500,
    "wnut17": 3000,
    "crossner_music": 250,
    "crossner_literature": 300,
    "crossner_ai": 250,
    "sec_filings": 400,
}
# Our own sentences are of the kind of text that is read; each is shown so many times as often.
OWN_WEIGHT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """An article with its grade (0, 1, 2) per topic, in the order of TOPICS."""

    article: Article
    grades: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedSentence:
    """A sentence with its entity spans ``(start, end, type)``; type ``?`` means unknown, not learnt from."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    source: str


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
                rows += [_joined(json.loads(line), name) for line in path.open(encoding="utf-8")]
        random.Random(7).shuffle(rows)
        found += rows[: OUTSIDE_CAPS.get(name, len(rows))]
    return found


_NO_SPACE_BEFORE = frozenset(". , ; : ! ? % ) ] ' '' ” ’ 's n't 're 've 'll 'd 'm".split())
_NO_SPACE_AFTER = frozenset("( [ $ # “ ‘".split())


def _joined(row: dict[str, list[str]], source: str) -> TaggedSentence:
    """Rejoin IOB2 tokens into running text, as news is written, with character spans."""
    text, open_type = "", ""
    spans: list[tuple[int, int, str]] = []
    quote_open = False
    glue = True
    for token, tag in zip(row["tokens"], row["tags"], strict=True):
        token = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")"}.get(token, token)
        closing = token == '"' and quote_open
        if not (glue or closing or token in _NO_SPACE_BEFORE):
            text += " "
        start = len(text)
        text += token
        quote_open ^= token == '"'
        glue = token in _NO_SPACE_AFTER or (token == '"' and quote_open)
        label = tag[2:]
        kind = "" if tag == "O" else "?" if label in UNKNOWN_LABELS else OUTSIDE_LABELS.get(label, "")
        if tag.startswith("I-") and spans and open_type == label:
            spans[-1] = (spans[-1][0], len(text), spans[-1][2])
        elif kind:
            spans.append((start, len(text), kind))
        open_type = label if kind else ""
    return TaggedSentence(text=text, spans=tuple(spans), source=source)


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
