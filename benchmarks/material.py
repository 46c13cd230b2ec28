"""What is read in the benchmarks: the development articles at their natural lengths, and how much of it in a run."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from monitor.records.articles import Article
from monitor.understand.folder import load_tokenizer, shipped_folder
from monitor.understand.windows import LENGTH, MAX_CHARACTERS, Encode, Marks, windows

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "articles" / "dev.jsonl"
OWN = Path(__file__).resolve().parents[1] / "models" / "data" / "articles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is measured: rounds, articles a round (0: all), articles a round for a peer of seconds an article."""

    rounds: int = 5
    articles: int = 0
    slow: int = 8


def source() -> str:
    """Where the articles come from, for the reader of the figures."""
    return "articles/dev.jsonl" if SHARED.exists() else "models/data/articles"


def model_folder() -> Path:
    """Which weights are measured: those that MONITOR_MODEL names, or the shipped ones."""
    named = os.environ.get("MONITOR_MODEL")
    return Path(named) if named else shipped_folder()


def articles(number: int = 0) -> list[Article]:
    """Return so many articles of the mix, evenly spread over the lengths, in the order of the file; all for 0."""
    paths = [SHARED] if SHARED.exists() else sorted(OWN.glob("*.jsonl"))
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").split("\n") if line]
    found = [Article(id=row["id"], title=row["title"], text=row["text"]) for row in rows]
    chosen = set(spread([len(article.document) for article in found], number)) if number else range(len(found))
    return [article for at, article in enumerate(found) if at in chosen]


def spread(lengths: Sequence[int], number: int, turn: int = 0) -> list[int]:
    """Return ``number`` positions whose lengths are mixed as all are: one from each stretch of the sorted lengths.

    Another ``turn`` takes another one of each stretch.
    """
    order = sorted(range(len(lengths)), key=lambda at: (lengths[at], at))
    number = min(number, len(order))
    bounds = [round(part * len(order) / number) for part in range(number + 1)]
    # Half a stretch on at first, so that a single turn is neither the shortest nor the longest of each.
    return [order[low + ((high - low) // 2 + turn) % (high - low)] for low, high in pairwise(bounds)]


def token_counts(found: Sequence[Article]) -> list[int]:
    """Return each article's tokens, title and text as far as they are read at all, without special tokens."""
    encode, _ = load_tokenizer(model_folder())
    return [len(encode(article.document[:MAX_CHARACTERS]).ids) for article in found]


def one_window(found: Sequence[Article]) -> list[Article]:
    """Return each article cut to what its first window of LENGTH tokens holds."""
    encode, marks = load_tokenizer(model_folder())
    return [_cut(article, encode, marks) for article in found]


def filling_one_window(number: int) -> list[Article]:
    """Return articles cut so that each fills exactly one window of LENGTH tokens; raises ValueError without any."""
    encode, marks = load_tokenizer(model_folder())
    found: list[Article] = []
    for article in articles():
        if len(found) < number:
            cut = _cut(article, encode, marks)
            found += [cut] if [len(part.ids) for part in windows(cut, encode, marks)] == [LENGTH] else []
    if not found:
        raise ValueError(f"no article of {source()} has {LENGTH} tokens. Put longer ones there.")
    return found


def _cut(article: Article, encode: Encode, marks: Marks) -> Article:
    (first,) = windows(article, encode, marks, limit=1)
    end = max((end for _, end in first.offsets), default=0) - len(article.title) - 2
    return Article(id=article.id, title=article.title, text=article.text[: max(0, end)])
