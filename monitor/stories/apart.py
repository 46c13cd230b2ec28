"""What speaks against two articles telling one story: other people, other places, other days, long ago. Pure."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.stories.imprint import FOCAL, PLACE, Imprint
from monitor.stories.policy import Policy

Floats = NDArray[np.float32]
Found = NDArray[np.uint8]
_WEEK = np.float32(7 * 86_400)
_FAR = 2
"""Days apart that are enough to be another event; one day may be the night between."""


def apart(new: Imprint, rows: NDArray[Any], rarities: tuple[Floats, Floats], found: Found, policy: Policy) -> Floats:
    """What is taken off the likeness of the new article to each of ``rows`` (see ``columns``).

    ``rarities`` says how much each of the new article's names tells, and each of the names in the rows; ``found`` for
    each name in the rows at which place of the new article's names it stands, counted from 1; 0 for nowhere.
    """
    people = _others(new, rows, rarities, found, kind=0) * np.float32(policy.other_people)
    places = _others(new, rows, rarities, found, kind=PLACE) * np.float32(policy.other_places)
    days = _other_days(new, rows) * np.float32(policy.other_days)
    weeks = np.abs(rows["published"] - new.published).astype(np.float32) / _WEEK
    fade = np.log2(1 + weeks) * np.float32(policy.fade)
    return np.asarray(people + places + days + fade, np.float32)


def _others(new: Imprint, rows: NDArray[Any], rarities: tuple[Floats, Floats], found: Found, *, kind: int) -> Floats:
    """From 0 to 1: 1 where neither names anybody that the other is about; 0 where one of them is about nobody."""
    mine, theirs = rarities
    mine, theirs = mine * _focal(new.name_weights, kind), theirs * _focal(rows["name_weights"], kind)
    my_sum, their_sum = float(mine.sum()), theirs.sum(axis=1)
    if not my_sum:
        return np.zeros(len(rows), np.float32)
    found_there = np.append(np.float32(0), mine)[found].sum(axis=1) / my_sum
    found_here = (theirs * (found > 0)).sum(axis=1) / np.maximum(their_sum, 1e-6)
    return np.where(their_sum > 0, 1 - np.maximum(found_there, found_here), 0).astype(np.float32)


def _focal(weights: NDArray[np.uint8], kind: int) -> NDArray[np.bool_]:
    return np.asarray(((weights & FOCAL) > 0) & ((weights & PLACE) == kind), np.bool_)


def _other_days(new: Imprint, rows: NDArray[Any]) -> Floats:
    if not new.first_day:
        return np.zeros(len(rows), np.float32)
    between = np.maximum(rows["first_day"] - new.last_day, new.first_day - rows["last_day"])
    told = rows["first_day"] != 0
    return np.where(told, np.clip(between, 0, _FAR) / _FAR, 0).astype(np.float32)
