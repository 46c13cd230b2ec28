"""Has a story come apart? Its members in the two groups that are least like each other. Pure."""

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 4
Group = NDArray[np.int64]


def halves(alike: NDArray[np.float32]) -> tuple[Group, Group, float]:
    """Two groups of a story's members, as places in ``alike``, and how like each other they are on average.

    ``alike`` says of all members how like each other they are, the oldest member first; the first group holds it.
    The two least alike begin; then each member goes where it is liked better, a few times over.
    """
    members = len(alike)
    one, other = np.unravel_index(int(np.argmin(alike)), alike.shape)
    side = alike[:, other] > alike[:, one]
    for _ in range(_ROUNDS):
        if not 0 < side.sum() < members:
            break
        moved = alike[:, side].mean(axis=1) > alike[:, ~side].mean(axis=1)
        if (moved == side).all():
            break
        side = moved
    if side[0]:
        side = ~side
    first, second = np.flatnonzero(~side), np.flatnonzero(side)
    if not len(second):
        return first, second, 1.0
    return first, second, float(alike[np.ix_(first, second)].mean())
