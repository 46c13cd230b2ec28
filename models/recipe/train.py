"""Training: topics, tags and embedding in turn, on one encoder (the losses: losses.py).

The weights that are kept are a running mean over the last steps (Polyak and Juditsky 1992), and in the last part of the
run every matrix is rounded as the exported file will round it (Jacob et al. 2018), so that int8 costs next to nothing.
"""

import random
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from models.recipe.batches import article_batches, interleaved, paragraph_batches
from models.recipe.data import Graded
from models.recipe.losses import Run
from models.recipe.network import Network
from models.recipe.plan import Plan
from models.recipe.rounding import round_weights
from models.recipe.teachers import Ensemble
from monitor.understand.annotated import TaggedSentence
from monitor.understand.windows import Encode, Marks

# Steps between two sums of the running mean: it costs as much as a step of the optimizer.
AVERAGED_EVERY = 4


def train(
    network: Network,
    articles: Sequence[Graded],
    sentences: Sequence[TaggedSentence],
    encode: Encode,
    marks: Marks,
    plan: Plan,
    ensemble: Ensemble | None = None,
    report: Callable[[str], object] = print,
) -> Network:
    """Fine-tune ``network``, with an ensemble's answers beside the labels if there is one, and return the mean weights.

    ``report`` gets a line of progress now and then.
    """
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    dice = random.Random(plan.seed)
    run = Run(network, ensemble, articles, encode, marks, plan, dice)
    steps = interleaved(
        article_batches(articles, plan.topic_epochs, plan.topic_batch, dice),
        paragraph_batches(sentences, plan.tag_epochs, dice),
    )
    optimizer = torch.optim.AdamW(_groups(network, plan), weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _slope(step, len(steps)))
    mean, progress = Mean(network), Progress(len(steps), report)
    network.train()
    for number, (kind, batch) in enumerate(steps):
        if number == int(plan.rounded_from * len(steps)):
            round_weights(network)
        with run.precision():
            loss = run.topic_loss(batch) if kind == "topic" else run.tag_loss(batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if number >= plan.averaged_from * len(steps) and number % AVERAGED_EVERY == 0:
            mean.add(network)
        progress.step(kind, loss)
    finished = mean.network()
    finished.eval()
    return finished


class Progress:
    """A line now and then: smoothed losses, time spent and time to go."""

    def __init__(self, total: int, report: Callable[[str], object], every: int = 50) -> None:
        self._total, self._report, self._every = total, report, every
        self._started, self._number = time.monotonic(), 0
        self._losses: dict[str, float] = {}

    def step(self, kind: str, loss: torch.Tensor) -> None:
        """Count one step."""
        # Asking a GPU for a number makes it wait, so only some steps are asked.
        if self._number % 5 == 0 or kind not in self._losses:
            value = float(loss.detach())
            self._losses[kind] = 0.8 * self._losses.get(kind, value) + 0.2 * value
        self._number += 1
        if self._number % self._every == 0:
            spent = time.monotonic() - self._started
            said = " ".join(f"{name} {value:.3f}" for name, value in sorted(self._losses.items()))
            left = spent / self._number * (self._total - self._number)
            self._report(f"step {self._number}/{self._total} {said} {spent:.0f} s, {left:.0f} s to go")


class Mean:
    """A running mean of a network's weights, later steps weighing more."""

    def __init__(self, like: Network, keep: float = 0.97) -> None:
        self._keep, self._number, self._shape = keep, 0, like.shape
        self._sums = {name: value.detach().clone() for name, value in _plain(like).items()}

    def add(self, network: Network) -> None:
        """Take in the weights as they stand."""
        self._number += 1
        share = max(1.0 / self._number, 1.0 - self._keep)
        for name, value in _plain(network).items():
            self._sums[name].lerp_(value.detach(), share)

    def network(self) -> Network:
        """Return a new network on the CPU with the mean weights."""
        network = Network(self._shape, empty=True)
        network.load_state_dict({name: value.cpu() for name, value in self._sums.items()})
        return network


def _plain(network: Network) -> dict[str, torch.Tensor]:
    """Weights by their own names, whether they are rounded in passing or not."""
    return {
        re.sub(r"parametrizations\.(\w+)\.original$", r"\1", name): value
        for name, value in network.state_dict().items()
    }


def _slope(step: int, total: int) -> float:
    """Warm up over the first 8 %, then fall linearly to nothing."""
    warm = max(1, total * 8 // 100)
    return (step + 1) / warm if step < warm else max(0.0, (total - step) / (total - warm))


def _groups(network: Network, plan: Plan) -> list[dict[str, Any]]:
    """Layer-wise rates: word embeddings stay, lower layers change less, heads change most."""
    groups = []
    layers = network.encoder.config.num_hidden_layers
    for name, parameter in network.named_parameters():
        if ".embeddings." in name:
            # Words that training never shows keep their place among those it does.
            parameter.requires_grad_(False)
            continue
        if ".layer." in name:
            depth = layers - int(name.split(".layer.")[1].split(".")[0])
            rate = plan.rate * plan.layer_decay ** (depth - 1)
        else:
            rate = plan.head_rate
        groups.append({"params": [parameter], "lr": rate})
    return groups
