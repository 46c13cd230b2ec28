"""What one training step sees: articles of like length, sentences strung together into paragraphs, padded windows."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch

from models.recipe.data import Graded, recased
from models.recipe.network import TAGS
from monitor.records.articles import Article
from monitor.understand.annotated import TaggedSentence
from monitor.understand.windows import Window, words_of

IGNORED = -100
# Beyond one window the length of a batch's rows no longer grows.
ONE_WINDOW = 1_200
# A paragraph stays inside one window.
PARAGRAPH = 800
SINGLE = 0.4
TITLED = 0.25
# A step of the tagger holds about so much text, padding included.
STEP_CHARACTERS = 7_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Tagged sentences in a row, as one document; ``spans`` count in ``article.document``."""

    article: Article
    spans: tuple[tuple[int, int, str], ...]
    own: bool


def article_batches(items: Sequence[Graded], epochs: float, size: int, dice: random.Random) -> list[list[Graded]]:
    """Batches of like length (little padding), in random order, for so many passes over the items."""
    batches: list[list[Graded]] = []
    wanted = int(epochs * len(items) / size)
    while len(batches) < wanted:
        order = sorted(items, key=lambda item: _shown_length(item) * (0.9 + 0.2 * dice.random()))
        passed = [order[start : start + size] for start in range(0, len(order), size)]
        dice.shuffle(passed)
        batches += passed
    return batches[:wanted]


def _shown_length(item: Graded) -> int:
    return min(len(item.article.document), ONE_WINDOW)


def paragraph_batches(sentences: Sequence[TaggedSentence], epochs: float, dice: random.Random) -> list[list[Paragraph]]:
    """Paragraphs of like length, in random order, for so many passes over the sentences.

    A tagger that has only seen lone sentences doubts every name in the middle of a page.
    """
    batches: list[list[Paragraph]] = []
    whole = int(epochs)
    for passed in range(whole + (epochs > whole)):
        shuffled = list(sentences)
        dice.shuffle(shuffled)
        if passed == whole:
            shuffled = shuffled[: int((epochs - whole) * len(sentences))]
        made = sorted(paragraphs(shuffled, dice), key=lambda item: len(item.article.document))
        cut = list(_by_size(made))
        dice.shuffle(cut)
        batches += cut
    return batches


def paragraphs(sentences: Sequence[TaggedSentence], dice: random.Random) -> Iterator[Paragraph]:
    """String sentences of one source together, in their order, or leave them alone; some have a title."""
    by_source = sorted(sentences, key=lambda item: item.source)
    for source, group in groupby(by_source, key=lambda item: item.source):
        open_row: list[TaggedSentence] = []
        wanted = 0
        for sentence in group:
            if open_row and sum(len(item.text) for item in open_row) + len(sentence.text) > wanted:
                yield _paragraph(open_row, dice, own=source == "own")
                open_row = []
            if not open_row:
                wanted = 0 if dice.random() < SINGLE else dice.randint(150, PARAGRAPH)
            open_row.append(sentence)
        if open_row:
            yield _paragraph(open_row, dice, own=source == "own")


def _paragraph(sentences: Sequence[TaggedSentence], dice: random.Random, *, own: bool) -> Paragraph:
    shown = [recased(item, dice) for item in sentences]
    titled = len(shown) > 1 and dice.random() < TITLED
    title = shown.pop(0) if titled else None
    text, spans = "", list(title.spans) if title else []
    shift = (len(title.text) if title else 0) + 2
    for item in shown:
        text += dice.choice((" ", " ", "\n")) if text else ""
        spans += [(start + len(text) + shift, end + len(text) + shift, kind) for start, end, kind in item.spans]
        text += item.text
    article = Article(id="", title=title.text if title else "", text=text)
    return Paragraph(article=article, spans=tuple(spans), own=own)


def _by_size(items: Sequence[Paragraph]) -> Iterator[list[Paragraph]]:
    batch: list[Paragraph] = []
    for item in items:
        # Sorted by length: the newest is the longest, and all are padded to it.
        if batch and (len(batch) + 1) * len(item.article.document) > STEP_CHARACTERS:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def interleaved(first: Sequence[Any], second: Sequence[Any]) -> list[tuple[str, Any]]:
    """Mix two lists of batches evenly, keeping the order inside each."""
    places = [((at + 0.5) / len(first), "topic", batch) for at, batch in enumerate(first)]
    places += [((at + 0.5) / len(second), "tag", batch) for at, batch in enumerate(second)]
    return [(kind, batch) for _, kind, batch in sorted(places, key=lambda place: place[:2])]


def batch_of(items: Sequence[Window]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pad windows to one tensor each of ids, mask and cases, (B, T)."""
    longest = max(len(item.ids) for item in items)
    ids = torch.zeros(len(items), longest, dtype=torch.long)
    mask, cases = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, item in enumerate(items):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
        mask[row, : len(item.ids)] = 1
        cases[row, : len(item.ids)] = torch.tensor(item.cases)
    return ids, mask, cases


def labels_of(items: Sequence[Paragraph], parts: Sequence[Window]) -> torch.Tensor:
    """Tag numbers of each word's first token, (B, T); everything else is IGNORED."""
    labels = torch.full((len(parts), max(len(part.ids) for part in parts)), IGNORED)
    for row, (item, window) in enumerate(zip(items, parts, strict=True)):
        for position, label in word_labels(item, window):
            labels[row, position] = label
    return labels


def word_labels(item: Paragraph, window: Window) -> Iterator[tuple[int, int]]:
    """Yield ``(first token's position, tag number)`` of each word; words of unknown label are left out."""
    for first, after in words_of(window):
        start, end = window.offsets[first][0], window.offsets[after - 1][1]
        inside = next((span for span in item.spans if span[0] <= start and end <= span[1]), None)
        if inside is None:
            yield first, 0
        elif inside[2] != "?":
            yield first, TAGS.index(f"{'B' if start == inside[0] else 'I'}-{inside[2]}")


def word_starts(parts: Sequence[Window]) -> torch.Tensor:
    """True at the first token of each word that a window tags, (B, T)."""
    starts = torch.zeros(len(parts), max(len(part.ids) for part in parts), dtype=torch.bool)
    for row, part in enumerate(parts):
        starts[row, [first for first, _ in words_of(part)]] = True
    return starts
