"""Training: topics, tags and embedding in turn, on one encoder.

Topic loss: binary cross-entropy per topic on the document's logit, which is the largest of its windows' (a subject deep
in a round-up still counts); a grade of 1 is a soft target. Tag loss: cross-entropy on the first piece of each word.
Embedding loss: one minus the cosine to the untouched base encoder's mean vector, so that similarity survives.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from models.recipe.data import Graded, TaggedSentence, recased
from models.recipe.network import TAGS, Network, encoder
from monitor.records.findings import TOPICS
from monitor.understand.windows import Encode, Marks, Window, as_document, windows, words_of

SOFT_TARGETS = (0.02, 0.3, 0.98)
GRADE_WEIGHTS = (1.0, 0.4, 1.0)
IGNORED = -100


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that decides the outcome of a training run."""

    seed: int = 13
    topic_epochs: int = 5
    topic_batch: int = 16
    tag_batch: int = 32
    tag_epochs: float = 2.0
    rate: float = 6e-5
    head_rate: float = 1e-3
    layer_decay: float = 0.85
    windows_per_document: int = 2
    embedding_weight: float = 1.0
    threads: int = 2


class Teacher:
    """The untouched base encoder's mean vectors, kept once computed."""

    def __init__(self) -> None:
        self._encoder = encoder().eval()
        self._known: dict[tuple[int, ...], torch.Tensor] = {}

    def vectors(self, parts: Sequence[Window]) -> torch.Tensor:
        """Return (len(parts), D) vectors of length 1."""
        new = [part for part in parts if part.ids not in self._known]
        if new:
            ids, mask, _ = batch_of(new)
            with torch.no_grad():
                hidden = self._encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            kept = mask.unsqueeze(-1).to(hidden.dtype)
            mean = nn.functional.normalize((hidden * kept).sum(1) / kept.sum(1), dim=-1).float()
            self._known.update(zip((part.ids for part in new), mean, strict=True))
        return torch.stack([self._known[part.ids] for part in parts])


def train(
    articles: Sequence[Graded],
    sentences: Sequence[TaggedSentence],
    encode: Encode,
    marks: Marks,
    plan: Plan,
    report: Any = print,
) -> Network:
    """Fine-tune a fresh network; ``report`` gets a line of progress now and then."""
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    dice = random.Random(plan.seed)
    network, teacher = Network(), Teacher()
    topic_batches = _batches(articles, plan.topic_epochs, plan.topic_batch, _article_length, dice)
    tag_batches = _batches(sentences, plan.tag_epochs, plan.tag_batch, _sentence_length, dice)
    steps: list[tuple[str, Any]] = _interleaved(topic_batches, tag_batches)
    optimizer = torch.optim.AdamW(_groups(network, plan), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _slope(step, len(steps)))
    started, losses = time.monotonic(), {"topic": 0.0, "tag": 0.0}
    network.train()
    for number, (kind, batch) in enumerate(steps):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            if kind == "topic":
                loss = _topic_loss(network, teacher, batch, encode, marks, plan, dice)
            else:
                loss = _tag_loss(network, [recased(item, dice) for item in batch], encode, marks)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses[kind] = 0.95 * losses[kind] + 0.05 * float(loss.detach())
        if number % 50 == 49:
            spent = time.monotonic() - started
            report(
                f"step {number + 1}/{len(steps)} topic {losses['topic']:.3f} tag {losses['tag']:.3f} "
                f"{spent:.0f} s, {spent / (number + 1) * (len(steps) - number - 1):.0f} s to go"
            )
    network.eval()
    return network


def _interleaved(first: list[Any], second: list[Any]) -> list[tuple[str, Any]]:
    """Mix two lists of batches evenly, keeping the order inside each."""
    places = [((at + 0.5) / len(first), "topic", batch) for at, batch in enumerate(first)]
    places += [((at + 0.5) / len(second), "tag", batch) for at, batch in enumerate(second)]
    return [(kind, batch) for _, kind, batch in sorted(places, key=lambda place: place[:2])]


def _article_length(item: Graded) -> int:
    # Beyond one window the length of a batch's rows no longer grows.
    return min(len(item.article.document), 1_200)


def _sentence_length(item: TaggedSentence) -> int:
    return len(item.text)


def _batches(
    items: Sequence[Any], epochs: float, size: int, length: Callable[[Any], int], dice: random.Random
) -> list[list[Any]]:
    """Batches of like length (little padding), in random order, for so many passes over the items."""
    batches: list[list[Any]] = []
    wanted = int(epochs * len(items) / size)
    while len(batches) < wanted:
        order = sorted(items, key=lambda item: length(item) * (0.9 + 0.2 * dice.random()))
        passed = [order[start : start + size] for start in range(0, len(order), size)]
        dice.shuffle(passed)
        batches += passed
    return batches[:wanted]


def _slope(step: int, total: int) -> float:
    """Warm up over the first 8 %, then fall linearly to nothing."""
    warm = max(1, total * 8 // 100)
    return (step + 1) / warm if step < warm else max(0.0, (total - step) / (total - warm))


def _groups(network: Network, plan: Plan) -> list[dict[str, Any]]:
    """Layer-wise rates: lower layers change less; heads change most."""
    groups = []
    layers = network.encoder.config.num_hidden_layers
    for name, parameter in network.named_parameters():
        if ".layer." in name:
            depth = layers - int(name.split(".layer.")[1].split(".")[0])
            rate = plan.rate * plan.layer_decay ** (depth - 1)
        elif name.startswith("encoder."):
            rate = plan.rate * plan.layer_decay**layers
        else:
            rate = plan.head_rate
        groups.append({"params": [parameter], "lr": rate})
    return groups


def batch_of(items: Sequence[Window]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pad windows to one tensor each of ids, mask and cases."""
    longest = max(len(item.ids) for item in items)
    ids = torch.zeros(len(items), longest, dtype=torch.long)
    mask, cases = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, item in enumerate(items):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
        mask[row, : len(item.ids)] = 1
        cases[row, : len(item.ids)] = torch.tensor(item.cases)
    return ids, mask, cases


def _topic_loss(
    network: Network,
    teacher: Teacher,
    batch: list[Graded],
    encode: Encode,
    marks: Marks,
    plan: Plan,
    dice: random.Random,
) -> torch.Tensor:
    parts: list[Window] = []
    owners: list[int] = []
    for owner, item in enumerate(batch):
        cut = windows(item.article, encode, marks)
        kept = [cut[0], *dice.sample(cut[1:], min(len(cut) - 1, plan.windows_per_document - 1))]
        parts += kept
        owners += [owner] * len(kept)
    ids, mask, cases = batch_of(parts)
    logits, _, _, embedding = network(ids, mask, cases)
    owner_rows = torch.tensor(owners)
    largest = torch.full((len(batch), len(TOPICS)), -1e4).scatter_reduce(
        0, owner_rows.unsqueeze(1).expand(-1, len(TOPICS)), logits.float(), reduce="amax"
    )
    target = torch.tensor([[SOFT_TARGETS[grade] for grade in item.grades] for item in batch])
    weight = torch.tensor([[GRADE_WEIGHTS[grade] for grade in item.grades] for item in batch])
    loss = nn.functional.binary_cross_entropy_with_logits(largest, target, weight=weight)
    likeness = (embedding.float() * teacher.vectors(parts)).sum(-1).mean()
    return loss + plan.embedding_weight * (1 - likeness)


def _tag_loss(network: Network, batch: list[TaggedSentence], encode: Encode, marks: Marks) -> torch.Tensor:
    parts = [windows(as_document(item.text), encode, marks, limit=1)[0] for item in batch]
    ids, mask, cases = batch_of(parts)
    labels = torch.full_like(ids, IGNORED)
    for row, (item, window) in enumerate(zip(batch, parts, strict=True)):
        for position, label in word_labels(item, window):
            labels[row, position] = label
    tags = network(ids, mask, cases)[2]
    return nn.functional.cross_entropy(tags.float().transpose(1, 2), labels, ignore_index=IGNORED)


def word_labels(item: TaggedSentence, window: Window) -> Iterator[tuple[int, int]]:
    """Yield ``(first token's position, tag number)`` of each word; words of unknown label are left out."""
    # A lone sentence stands two characters into its document, after the empty title and the blank line.
    spans = [(start + 2, end + 2, kind) for start, end, kind in item.spans]
    for first, after in words_of(window):
        start, end = window.offsets[first][0], window.offsets[after - 1][1]
        inside = next((span for span in spans if span[0] <= start and end <= span[1]), None)
        if inside is None:
            yield first, 0
        elif inside[2] != "?":
            yield first, TAGS.index(f"{'B' if start == inside[0] else 'I'}-{inside[2]}")
