"""One article of 256 tokens, alone: how long until its findings are there."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.figures import percentile, ratios, row, table
from benchmarks.machine import cores
from benchmarks.material import Scale, filling_one_window, model_folder
from benchmarks.peers import LENGTH, NO_SPACY, has_spacy, small_english, zero_shot_and_tags
from monitor.records.articles import Article
from monitor.understand.model import OnnxClassifier
from monitor.understand.reader import Reader

ARTICLES = 40
PASSES = 2
PERCENTILES = {"p50": 0.5, "p95": 0.95}
OURS = "talks-monitor, one session of one thread"

Milliseconds = list[list[float]]
"""What each reading took, by rounds."""


def run(scale: Scale) -> list[str]:
    chosen = filling_one_window(min(scale.articles or ARTICLES, ARTICLES))
    reader = Reader(OnnxClassifier(model_folder(), sessions=1))
    zero_shot = zero_shot_and_tags(cores())
    slow = max(1, scale.slow // 2)
    nlp = small_english() if has_spacy() else None
    ways: dict[str, tuple[Callable[[Article], object], Sequence[Article]]] = {
        OURS: (lambda article: reader.understand([article]), chosen * PASSES),
        "bart-large-mnli shape, 2 labels, then bert-base tags, all cores": (
            lambda _: zero_shot([LENGTH]),
            chosen[:1] * slow,
        ),
    }
    if nlp:
        ways["spaCy, en_core_web_sm shape, one process"] = (lambda article: nlp(article.document), chosen * PASSES)
    taken = _rounds(scale.rounds, ways)
    reader.close()
    head = [
        f"{len(chosen)} articles that fill one window of {LENGTH} tokens, each read alone, {PASSES} times a round; by",
        f"the first peer {slow} a round (the longest of them is its p95). Over the rounds, {scale.rounds} in all:",
    ]
    missing = [] if nlp else [f"| {NO_SPACY} | | | |"]
    return [*head, "", *table("ms", [*_rows(taken), *missing])]


def _rounds(
    rounds: int, ways: dict[str, tuple[Callable[[Article], Any], Sequence[Article]]]
) -> dict[str, Milliseconds]:
    for work, chosen in ways.values():
        work(chosen[0])
    taken: dict[str, Milliseconds] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (work, chosen) in ways.items():
            taken[name].append([_milliseconds(work, article) for article in chosen])
    return taken


def _milliseconds(work: Callable[[Article], Any], article: Article) -> float:
    started = time.perf_counter()
    work(article)
    return (time.perf_counter() - started) * 1e3


def _rows(taken: dict[str, Milliseconds]) -> list[str]:
    rows = []
    for name, rounds in taken.items():
        for label, share in PERCENTILES.items():
            figures = [percentile(round_, share) for round_ in rounds]
            rows.append(row(f"{name}: {label}", figures))
            if name != OURS:
                ours = [percentile(round_, share) for round_ in taken[OURS]]
                rows.append(row(f"ratio, {label}", ratios(figures, ours), 1))
    return rows
