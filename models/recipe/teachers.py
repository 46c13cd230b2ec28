"""Networks that only answer while another learns: the untouched base encoder, and an ensemble of finished networks."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from models.recipe.batches import batch_of
from models.recipe.network import Network, encoder
from monitor.understand.windows import Window


class BaseVectors:
    """The untouched base encoder's mean vectors, kept once computed."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._encoder = encoder().eval().to(device)
        self._known: dict[tuple[int, ...], torch.Tensor] = {}

    def vectors(self, parts: Sequence[Window]) -> torch.Tensor:
        """Return (len(parts), D) vectors of length 1."""
        new = [part for part in parts if part.ids not in self._known]
        if new:
            ids, mask, _ = (tensor.to(self._device) for tensor in batch_of(new))
            with torch.no_grad():
                hidden = self._encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            kept = mask.unsqueeze(-1).to(hidden.dtype)
            mean = nn.functional.normalize((hidden * kept).sum(1) / kept.sum(1), dim=-1).float()
            self._known.update(zip((part.ids for part in new), mean, strict=True))
        return torch.stack([self._known[part.ids] for part in parts])


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What the ensemble says of B windows of T tokens."""

    topics: torch.Tensor
    """(B, K) mean probability per topic."""
    tags: torch.Tensor
    """(B, T, G) mean probability per tag."""


class Ensemble:
    """Finished networks whose probabilities are averaged (Hinton et al. 2015)."""

    def __init__(self, networks: Sequence[Network], device: str) -> None:
        self._networks = [network.to(device).eval() for network in networks]

    def answers(self, ids: torch.Tensor, mask: torch.Tensor, cases: torch.Tensor) -> Taught:
        """Read windows as they are written, without masking."""
        with torch.no_grad():
            said = [network(ids, mask, cases) for network in self._networks]
        return Taught(
            topics=torch.stack([one[0].float().sigmoid() for one in said]).mean(0),
            tags=torch.stack([one[2].float().softmax(-1) for one in said]).mean(0),
        )
