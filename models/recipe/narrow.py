"""A smaller network cut out of a finished one: fewer layers, and only the inner units that do most.

A unit's worth is how much it adds to its layer's output on real text: mean activation times the length of what it
writes (Michel et al. 2019 and Xia et al. 2022 cut by like measures). The cut network then learns from the ensemble.
"""

from collections.abc import Sequence
from typing import Any

import torch

from models.recipe.batches import batch_of
from models.recipe.network import Network, Shape
from monitor.understand.windows import Window


def narrowed(network: Network, layers: Sequence[int], inner: int, sample: Sequence[Window]) -> Network:
    """Return a copy of ``network`` with the named layers (by number) and ``inner`` units in each one's inner layer."""
    worth = _worth(network, sample)
    small = Network(Shape(layers=len(layers), inner=inner))
    state = {name: value for name, value in network.state_dict().items() if ".layer." not in name}
    for new, old in enumerate(layers):
        kept = worth[old].topk(min(inner, len(worth[old]))).indices.sort().values
        for name, value in network.encoder.encoder.layer[old].state_dict().items():
            if name.startswith("intermediate."):
                value = value[kept]
            elif name == "output.dense.weight":
                value = value[:, kept]
            state[f"encoder.encoder.layer.{new}.{name}"] = value
    small.load_state_dict(state)
    return small


def _worth(network: Network, sample: Sequence[Window]) -> list[torch.Tensor]:
    """Mean absolute activation of each inner unit times the length of its column, per layer."""
    sums: list[torch.Tensor] = []

    def keep(_: Any, __: Any, output: torch.Tensor) -> None:
        sums.append(output.abs().sum(dim=(0, 1)))

    layers = network.encoder.encoder.layer
    hooks = [layer.intermediate.register_forward_hook(keep) for layer in layers]
    totals = [torch.zeros(layer.intermediate.dense.out_features) for layer in layers]
    network.eval()
    with torch.no_grad():
        for window in sample:
            sums.clear()
            network(*batch_of([window]))
            for total, one in zip(totals, sums, strict=True):
                total += one
    for hook in hooks:
        hook.remove()
    return [total * layer.output.dense.weight.detach().norm(dim=0) for total, layer in zip(totals, layers, strict=True)]
