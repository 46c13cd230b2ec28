"""The losses of one training run.

Topics: binary cross-entropy per topic on the document's logit, which is the largest of its shown windows' (a subject
deep in a round-up still counts); a grade of 1 is a soft target. Outside paragraphs that name nothing of the subject are
shown as documents about neither topic: ordinary language, far from the news. Tags: cross-entropy on the first piece of
each word. Embedding: one minus the cosine to the untouched base encoder's mean vector, so that similarity survives.
With an ensemble, a window's topics and tags are also pulled towards what the ensemble says of that window.
"""

import random
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import nn

from models.recipe.batches import IGNORED, Paragraph, batch_of, labels_of, word_starts
from models.recipe.data import Graded
from models.recipe.network import Network
from models.recipe.plan import Plan
from models.recipe.teachers import BaseVectors, Ensemble, Taught
from models.recipe.vary import varied
from monitor.records.findings import TOPICS
from monitor.understand.windows import Encode, Marks, Window, windows

SOFT_TARGETS = (0.02, 0.3, 0.98)
GRADE_WEIGHTS = (1.0, 0.4, 1.0)
MASK = 103
# Ids below this are special and unused tokens.
FIRST_WORD_ID = 999
# A paragraph with one of these may be about the subject; the others are taken for ordinary language.
NEAR = re.compile(
    r"ukrain|russia|kyiv|kiev|moscow|kremlin|putin|zelens|trump|missile|patriot|nato|peace|truce|ceasefire",
    re.IGNORECASE,
)


class Run:
    """What one training run holds: the network, its teachers, and the losses."""

    def __init__(
        self,
        network: Network,
        ensemble: Ensemble | None,
        articles: Sequence[Graded],
        encode: Encode,
        marks: Marks,
        plan: Plan,
        dice: random.Random,
    ) -> None:
        self._device = device()
        self.network, self._base = network.to(self._device), BaseVectors(self._device)
        self._ensemble, self._encode, self._marks, self._plan, self._dice = ensemble, encode, marks, plan, dice
        self._ordinary = [item for item in articles if not any(item.grades)]

    def precision(self) -> AbstractContextManager[Any]:
        """Bfloat16 where the processor multiplies it; emulated it is twenty times slower than float32."""
        if self._device == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported():
            found: AbstractContextManager[Any] = torch.autocast(self._device, dtype=torch.bfloat16)
            return found
        return nullcontext()

    def topic_loss(self, batch: list[Graded]) -> torch.Tensor:
        """Loss of the topics, and of the embedding on a third of the windows."""
        parts: list[Window] = []
        owners: list[int] = []
        for owner, item in enumerate(batch):
            shown = varied(item, self._dice, self._ordinary) if self._plan.vary else item
            cut = windows(shown.article, self._encode, self._marks)
            more = len(cut) > 1 and self._dice.random() < self._plan.second_window
            kept = [cut[0], *self._dice.sample(cut[1:], int(more))]
            parts += kept
            owners += [owner] * len(kept)
        topics, tags, embedding, taught = self._forward(parts)
        rows = torch.tensor(owners, device=self._device).unsqueeze(1).expand(-1, len(TOPICS))
        largest = torch.full((len(batch), len(TOPICS)), -1e4, device=self._device)
        largest = largest.scatter_reduce(0, rows, topics, reduce="amax")
        loss = graded_loss(largest, [item.grades for item in batch])
        at = self._dice.sample(range(len(parts)), max(1, len(parts) // 3))
        likeness = (embedding[at] * self._base.vectors([parts[number] for number in at])).sum(-1).mean()
        loss = self._with_teachers(loss, parts, topics, tags, taught)
        return loss + self._plan.embedding_weight * (1 - likeness)

    def tag_loss(self, batch: list[Paragraph]) -> torch.Tensor:
        """Loss of the tags, and of the topics on paragraphs of ordinary language."""
        parts = [windows(item.article, self._encode, self._marks, limit=1)[0] for item in batch]
        labels = labels_of(batch, parts).to(self._device)
        topics, tags, _, taught = self._forward(parts)
        loss = nn.functional.cross_entropy(tags.transpose(1, 2), labels, ignore_index=IGNORED)
        far = [row for row, item in enumerate(batch) if not (item.own or NEAR.search(item.article.document))]
        if far:
            loss = loss + self._plan.ordinary_weight * graded_loss(topics[far], [(0, 0)] * len(far))
        return self._with_teachers(loss, parts, topics, tags, taught)

    def _forward(self, parts: Sequence[Window]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, Taught | None]:
        ids, mask, cases = (tensor.to(self._device) for tensor in batch_of(parts))
        hidden = (torch.rand(ids.shape, device=self._device) < self._plan.masked) & (ids > FIRST_WORD_ID)
        topics, _, tags, embedding = self.network(ids.masked_fill(hidden, MASK), mask, cases)
        taught = self._ensemble.answers(ids, mask, cases) if self._ensemble else None
        return topics.float(), tags.float(), embedding.float(), taught

    def _with_teachers(
        self,
        loss: torch.Tensor,
        parts: Sequence[Window],
        topics: torch.Tensor,
        tags: torch.Tensor,
        taught: Taught | None,
    ) -> torch.Tensor:
        if taught is None:
            return loss
        starts = word_starts(parts).to(self._device)
        same_topics = nn.functional.binary_cross_entropy_with_logits(topics, taught.topics)
        same_tags = nn.functional.cross_entropy(tags[starts], taught.tags[starts])
        taken = self._plan.taught
        return (1 - taken) * loss + taken * (same_topics + same_tags)


def device() -> str:
    """Where to train: a GPU if torch sees one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def graded_loss(logits: torch.Tensor, grades: Sequence[Sequence[int]]) -> torch.Tensor:
    """Weighted cross-entropy of (B, K) logits against grades 0, 1, 2."""
    target = torch.tensor([[SOFT_TARGETS[grade] for grade in row] for row in grades], device=logits.device)
    weight = torch.tensor([[GRADE_WEIGHTS[grade] for grade in row] for row in grades], device=logits.device)
    return nn.functional.binary_cross_entropy_with_logits(logits, target, weight=weight)
