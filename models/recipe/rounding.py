"""Weights rounded in passing, as the exported int8 file rounds them, with straight-through gradients.

Seven bits (-63 to 63), one scale per output channel: on processors without VNNI, eight-bit weights can overflow
the sixteen-bit sums that the multiplying instruction makes of two products, and a text would get other answers there.
"""

import torch
from torch import nn
from torch.nn.utils import parametrize

STEPS = 63


class Rounded(nn.Module):  # type: ignore[misc]  # torch is an extra and not seen by the checker
    """Round a (rows, columns) weight per row; the gradient passes as if nothing were rounded (Bengio et al. 2013)."""

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """Return the rounded weight, of the same shape."""
        with torch.no_grad():
            scale = weight.abs().amax(dim=1, keepdim=True).clamp_min(1e-8) / STEPS
            change = (weight / scale).round().mul_(scale).sub_(weight)
        return weight + change


def round_weights(network: nn.Module) -> None:
    """Round every matrix of the encoder's layers from now on."""
    for layer in network.encoder.encoder.layer.modules():
        if isinstance(layer, nn.Linear):
            parametrize.register_parametrization(layer, "weight", Rounded())
