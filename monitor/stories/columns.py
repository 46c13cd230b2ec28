"""Imprints side by side in flat memory, by slot. Pure."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.stories.imprint import NAMES, Imprint
from monitor.stories.shingles import SKETCH
from monitor.stories.terms import TERMS

Slots = NDArray[np.int64]
_ROW = np.dtype(
    [
        ("published", np.int64),
        ("page", np.uint64),
        ("title", np.uint64),
        ("body", np.uint64),
        ("first_day", np.int32),
        ("last_day", np.int32),
        ("runs", np.uint32),
        ("model", np.uint32),
        ("scale", np.float32),
        ("sketched", np.uint8),
        ("listed", np.uint8),
        ("named", np.uint8),
        ("sketch", np.uint32, (SKETCH,)),
        ("terms", np.uint32, (TERMS,)),
        ("term_weights", np.uint8, (TERMS,)),
        ("names", np.uint32, (NAMES,)),
        ("name_weights", np.uint8, (NAMES,)),
    ]
)
_PLAIN = ("published", "page", "title", "body", "first_day", "last_day", "runs", "model", "scale")
_LISTS = (("sketch", "sketched"), ("terms", "listed"), ("term_weights", "listed"), ("names", "named"))
_ALL_LISTS = (*_LISTS, ("name_weights", "named"))


class Columns:
    """``size`` slots. An embedding of other dimensions makes those before forgotten: the newest model counts."""

    def __init__(self, size: int) -> None:
        self.rows: NDArray[Any] = np.zeros(size, _ROW)
        self.vectors: NDArray[np.int8] = np.zeros((size, 0), np.int8)

    @property
    def size(self) -> int:
        """How many slots there are."""
        return len(self.rows)

    @property
    def dimensions(self) -> int:
        """Of the embeddings; 0 before the first."""
        return int(self.vectors.shape[1])

    def grow(self, size: int) -> None:
        """Make room for so many slots."""
        self.rows = _larger(self.rows, size)
        self.vectors = _larger(self.vectors, size)

    def measure(self, dimensions: int) -> None:
        """From now on embeddings have so many dimensions; those there are go."""
        self.vectors = np.zeros((self.size, dimensions), np.int8)
        self.rows["model"] = 0

    def write(self, slot: int, new: Imprint) -> None:
        """Put an imprint into a slot."""
        row = self.rows[slot]
        for name in _PLAIN:
            row[name] = getattr(new, name)
        for name, count in _ALL_LISTS:
            values = getattr(new, name)
            row[name] = 0
            row[name][: len(values)] = values
            row[count] = len(values)
        if len(new.vector):
            self.vectors[slot] = new.vector

    def read(self, slot: int) -> Imprint:
        """The imprint in a slot."""
        row = self.rows[slot]
        plain = {name: row[name].item() for name in _PLAIN}
        lists = {name: row[name][: row[count]] for name, count in _ALL_LISTS}
        return Imprint(**plain, **lists, vector=self.vectors[slot] if plain["model"] else self.vectors[slot, :0])

    @property
    def bytes(self) -> int:
        """Memory of all slots."""
        return self.rows.nbytes + self.vectors.nbytes


def _larger(array: NDArray[Any], size: int) -> NDArray[Any]:
    larger = np.zeros((size, *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger
