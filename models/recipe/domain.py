"""The model's home: what its training articles share, where they lie, and how far from them it is still to be believed.

What all articles of a news monitor share says nothing about which of them tell one story. So half of the embeddings'
mean is taken away and their directions are partly evened out (Mu and Viswanath 2018, "All-but-the-top"; Su et al. 2021,
whitening), learnt from the shipped file's own answers: rounding has blurred those.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from monitor.understand.folder import DOMAIN
from monitor.understand.scoring import Domain

CENTRES = 300
# Below this share of doubt nothing changes for the news the model was made for.
AT_HOME = 0.98
# What a topic's score falls to where the model knows nothing: well under every threshold.
PRIOR = 0.1
# How much of the mean goes, and how far variances are evened out: 0 not at all, 0.5 altogether.
CENTRED = 0.5
POWER = 0.3
LEAST_VARIANCE = 1e-5

Vectors = npt.NDArray[np.float32]


def learnt_domain(seen: Vectors, home: Vectors, elsewhere: Vectors, seed: int) -> Domain:
    """Learn from embeddings as the network gives them: of training articles (N, D), development articles, and others.

    98 % of ``home`` lie nearer than ``near``; half of ``elsewhere``, ordinary language from other worlds, lie beyond
    ``far``.
    """
    mean, spread = _spread(seen)
    still = Domain(mean=mean, spread=spread, centres=mean[None], near=0.0, far=1.0, prior=PRIOR)
    centres = _centres(still.spread_out(seen), seed)
    near = float(np.quantile(distances(centres, still.spread_out(home)), AT_HOME))
    far = max(near + 0.05, float(np.quantile(distances(centres, still.spread_out(elsewhere)), 0.5)))
    return Domain(mean=mean, spread=spread, centres=centres, near=round(near, 4), far=round(far, 4), prior=PRIOR)


def write_domain(folder: Path, domain: Domain) -> dict[str, float]:
    """Write the arrays, and return the numbers for labels.json."""
    arrays = {name: getattr(domain, name).astype(np.float16) for name in ("mean", "spread", "centres")}
    np.savez_compressed(folder / DOMAIN, **arrays)
    return {"near": domain.near, "far": domain.far, "prior": domain.prior}


def _spread(seen: Vectors) -> tuple[Vectors, Vectors]:
    mean = seen.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov((seen - mean).T))
    spread = directions * np.clip(variances, LEAST_VARIANCE, None) ** -POWER
    return (CENTRED * mean).astype(np.float32), spread.astype(np.float32)


def _centres(seen: Vectors, seed: int) -> Vectors:
    from sklearn.cluster import KMeans

    fitted = KMeans(n_clusters=min(CENTRES, len(seen)), n_init=2, random_state=seed).fit(seen)
    found: Vectors = fitted.cluster_centers_ / np.linalg.norm(fitted.cluster_centers_, axis=1, keepdims=True)
    return found.astype(np.float32)


def distances(centres: Vectors, vectors: Vectors) -> Vectors:
    """Return one minus the cosine to the nearest centre, for each of N vectors of length 1."""
    found: Vectors = 1.0 - (vectors @ centres.T).max(axis=1)
    return found


def stacked(rows: Sequence[Sequence[float]]) -> Vectors:
    """Return embeddings as (N, D)."""
    return np.asarray(rows, dtype=np.float32)
