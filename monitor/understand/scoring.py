"""From the windows' logits to a document's probabilities: pooling, calibration, doubt far from home. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
# Beyond this a logit says nothing more, and exp() stays in range.
LARGEST_LOGIT = 30.0
LEAST_LENGTH = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """What the model has seen.

    ``mean`` (D,) and ``spread`` (D, D) take what all its training articles share out of an embedding; ``centres``
    (C, D) are those of the embeddings that come of it, each of length 1.

    A document nearer than ``near`` (one minus the cosine to the nearest centre) is at home; at ``far`` and beyond
    nothing that the model says for a topic is believed, and the score falls to ``prior``.
    """

    mean: Floats
    spread: Floats
    centres: Floats
    near: float
    far: float
    prior: float

    def spread_out(self, embeddings: Floats) -> Floats:
        """Return (W, D) embeddings that differ where articles differ, each of length 1."""
        # einsum and not @: the matrix library's own threads, awake beside the model's, cost a fifth of the throughput.
        found = np.einsum("wd,de->we", embeddings - self.mean, self.spread)
        told: Floats = found / np.maximum(np.linalg.norm(found, axis=-1, keepdims=True), LEAST_LENGTH)
        return told

    def doubt(self, embedding: Floats) -> float:
        """Return 0 for a document at home, 1 for one from another world."""
        distance = 1.0 - float(np.einsum("cd,d->c", self.centres, embedding).max())
        return min(1.0, max(0.0, (distance - self.near) / (self.far - self.near)))


def pooled(logits: Floats) -> Floats:
    """Pool (W, K) window logits to a document's (K,).

    The codebook counts a subject that headline or lead is about, or at least about a third of the text: so the first
    window (title and lead) decides, or the logit that a third of the windows reach.
    """
    ranked = -np.sort(-logits, axis=0)
    third = ranked[math.ceil(len(logits) / 3) - 1]
    found: Floats = np.maximum(logits[0], third)
    return found


def probabilities(
    logits: Floats,
    topics: Sequence[str],
    calibration: Mapping[str, tuple[float, float]],
    *,
    doubt: float = 0.0,
    prior: float = 0.0,
) -> dict[str, float]:
    """Calibrate (K,) logits (Platt 1999) and let doubt pull scores above ``prior`` down to it.

    Only such scores: being sure that a recipe is not about the talks needs no experience with recipes.
    """
    found = {}
    for topic, logit in zip(topics, logits, strict=True):
        slope, offset = calibration[topic]
        held = min(max(slope * float(logit) + offset, -LARGEST_LOGIT), LARGEST_LOGIT)
        score = 1.0 / (1.0 + math.exp(-held))
        found[topic] = score if score <= prior else score + (prior - score) * doubt
    return found
