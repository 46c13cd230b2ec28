"""A small network of random weights, exported as the shipped one is: a parent that takes seconds to teach."""

import atexit
import json
import shutil
import tempfile
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import torch

from models.recipe.domain import write_domain
from models.recipe.export import export, write_labels
from models.recipe.network import WIDTH, Network, Shape
from monitor.records.findings import TOPICS
from monitor.understand.folder import shipped_folder
from monitor.understand.scoring import Domain

SMALL = Shape(layers=2, inner=96)


def small_network(seed: int = 7) -> Network:
    """Every tensor has values of its own, so that one in another's place shows."""
    torch.manual_seed(seed)
    network = Network(SMALL, empty=True)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            around = 1.0 if name.endswith("LayerNorm.weight") else 0.0
            parameter.copy_(around + 0.05 * torch.randn(parameter.shape))
        # Else all texts get nearly the same logit.
        network.value.weight.mul_(6)
    return network


@cache
def small_parent() -> Path:
    """A whole model folder, made once and never written to."""
    place = Path(tempfile.mkdtemp(prefix="monitor-small-model-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    folder = place / "small"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export(small_network(), folder, "small", shipped_folder() / "tokenizer.json")
    home = Domain(
        mean=np.zeros(WIDTH, dtype=np.float32),
        spread=np.eye(WIDTH, dtype=np.float32),
        centres=np.eye(4, WIDTH, dtype=np.float32),
        near=2.0,
        far=3.0,
        prior=0.1,
    )
    calibration = {topic: [1.5, -0.5] for topic in TOPICS}
    write_labels(folder, "small", calibration, dict.fromkeys(TOPICS, 0.4), domain=write_domain(folder, home))
    return folder


def copied(parent: Path, folder: Path) -> Path:
    return Path(shutil.copytree(parent, folder))


def labels_of(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "labels.json").read_text())
    return found
