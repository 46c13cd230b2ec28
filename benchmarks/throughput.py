"""Articles a second on the development articles' own mix of lengths, beside two peers in the same rounds.

Ours gives topics, entities and an embedding, tokenizing and linking included: of whole texts (up to 9,000 characters),
and of what one window of 256 tokens holds. Peer one answers the same questions as many do it: zero-shot for the two
topics, then a model for names, each text cut at 256 tokens and tokenized beforehand. Peer two gives tags, a parse and
names of the same texts as ours, and no topics.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.figures import ratios, row, table
from benchmarks.machine import cores
from benchmarks.material import Scale, articles, model_folder, one_window, source, spread, token_counts
from benchmarks.peers import LENGTH, NO_SPACY, SmallEnglish, has_spacy, zero_shot_and_tags
from monitor.records.articles import Article
from monitor.understand.model import OnnxClassifier
from monitor.understand.reader import Reader
from monitor.understand.windows import MAX_CHARACTERS

WARM = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Articles a second of each round. ``small`` and ``small_cut`` stay empty without spaCy."""

    whole: list[float] = field(default_factory=list)
    cut: list[float] = field(default_factory=list)
    zero_shot: list[float] = field(default_factory=list)
    small: list[float] = field(default_factory=list)
    small_cut: list[float] = field(default_factory=list)


def run(scale: Scale) -> list[str]:
    mix = articles(scale.articles)
    lengths = token_counts(mix)
    reader = Reader(OnnxClassifier(model_folder(), sessions=cores()))
    small = SmallEnglish(cores()) if has_spacy() else None
    try:
        rates = _rounds(scale, mix, lengths, reader, small)
    finally:
        reader.close()
        if small:
            small.close()
    return [f"Weights: {reader.model}.", *_described(scale, mix, lengths), "", *table("articles/s", _rows(rates))]


def _rounds(
    scale: Scale, mix: Sequence[Article], lengths: Sequence[int], reader: Reader, small: SmallEnglish | None
) -> Rates:
    """All take turns in each round, so that what else the machine does slows them alike."""
    cut = one_window(mix)
    zero_shot = zero_shot_and_tags(cores())
    texts, short = ([article.document[:MAX_CHARACTERS] for article in found] for found in (mix, cut))
    reader.understand(mix[:WARM])
    zero_shot(lengths[:1])
    if small:
        # Enough parts for every process: each builds its pipeline at its first.
        small.read(texts[: 64 * cores()])
    rates = Rates()
    for turn in range(scale.rounds):
        part = [lengths[at] for at in spread(lengths, scale.slow, turn)]
        rates.whole.append(rate(lambda: reader.understand(mix), len(mix)))
        rates.cut.append(rate(lambda: reader.understand(cut), len(cut)))
        rates.zero_shot.append(rate(lambda part=part: zero_shot(part), len(part)))  # type: ignore[misc]
        if small:
            rates.small.append(rate(lambda: small.read(texts), len(texts)))
            rates.small_cut.append(rate(lambda: small.read(short), len(short)))
    return rates


def _described(scale: Scale, mix: Sequence[Article], lengths: Sequence[int]) -> list[str]:
    cut = [min(LENGTH, length) for length in lengths]
    part = min(scale.slow, len(mix))
    return [
        f"{len(mix)} texts of {source()}, {cores()} sessions of one thread; all take turns, rounds: {scale.rounds}.",
        f"Tokens a text: {_mean(lengths)} as read whole, {_mean(cut)} cut at {LENGTH}. Zero-shot reads {part} texts a",
        "round, spread evenly over the lengths. Peers have random weights: same arithmetic, no answers.",
    ]


def _rows(rates: Rates) -> list[str]:
    rows = [
        row("talks-monitor: topics, entities, embedding; whole text", rates.whole),
        row("the same, cut at 256 tokens", rates.cut),
        row(
            "bart-large-mnli shape, 2 labels, then bert-base tags; 256 tokens, torch fp32, all cores",
            rates.zero_shot,
            3,
        ),
        row("ratio to it, ours whole", ratios(rates.whole, rates.zero_shot), 0),
        row("ratio to it, ours cut", ratios(rates.cut, rates.zero_shot), 0),
    ]
    if not rates.small:
        return [*rows, f"| {NO_SPACY} | | | |"]
    return [
        *rows,
        row("spaCy, en_core_web_sm shape: tags, parse, names; whole text, a process for each core", rates.small),
        row("ratio to it, ours whole", ratios(rates.whole, rates.small), 2),
        row("spaCy, cut at 256 tokens", rates.small_cut),
        row("ratio to it, ours cut", ratios(rates.cut, rates.small_cut), 2),
    ]


def rate(work: Callable[[], Any], number: int) -> float:
    """How many a second, when ``work`` does ``number`` of them."""
    started = time.perf_counter()
    work()
    return number / (time.perf_counter() - started)


def _mean(values: Sequence[int]) -> int:
    return round(sum(values) / max(1, len(values)))
