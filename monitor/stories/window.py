"""The articles that stories are made of now, by slot: which of them are like a new one, and how much. Pure.

Similar articles are found in two ways, by a scan over the signs of all embeddings and by rings of rare words and names;
what is found is then compared in full. Wording is found by the keys of its sketch.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.stories.apart import apart
from monitor.stories.columns import Columns, Slots
from monitor.stories.imprint import FOCAL, PLACE, Imprint
from monitor.stories.policy import Policy
from monitor.stories.rings import Rings
from monitor.stories.shingles import LEAST_RUNS, Likeness, keys, likeness
from monitor.stories.signs import Signs
from monitor.stories.terms import BUCKETS, STEPS, background, rarity

_FIRST = 1024
"""Slots at the start; doubled whenever they are full."""
_NEAREST = 48
"""Articles taken from the scan of signs."""
_RARE_TERMS = 10
"""Words of an article under which it can be looked up."""
_COPIES = 12
"""Articles whose wording is compared, those that share most keys first."""
SAME = Likeness(1.0, 1.0)
_TITLE_HOLDS = 3 * 86_400
"""Seconds for which two articles without text and with one title are one: the same headline comes back."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An article in the window whose wording is like another's."""

    slot: int
    likeness: Likeness


class Window:
    """At most ``policy.capacity`` imprints."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._columns = Columns(min(_FIRST, policy.capacity))
        self._signs = Signs(0, self._columns.size)
        self._copies = Rings(1 << 19, 8)
        self._rare = Rings(1 << 18, 12)
        self._common = background().copy()
        self._query = np.zeros(BUCKETS, np.float32)
        self._places = np.zeros(BUCKETS, np.uint8)
        self._count = 0

    def put(self, slot: int, new: Imprint) -> None:
        """Put an imprint into a slot; what was there is forgotten."""
        while slot >= self._columns.size:
            self._grow(min(2 * self._columns.size, self._policy.capacity))
        if slot < self._count:
            self._count_in(self._columns.read(slot), -1)
        if len(new.vector) not in {0, self._columns.dimensions}:
            self._columns.measure(len(new.vector))
            self._signs = Signs(len(new.vector), self._columns.size)
        self._count = max(self._count, slot + 1)
        self._columns.write(slot, new)
        self._signs.put(slot, new.vector)
        self._count_in(new, 1)
        self._copies.add(_copy_keys(new), slot)
        self._rare.add(_rare_keys(new), slot)

    def near(self, new: Imprint) -> Slots:
        """Slots that may hold articles of the same story."""
        slots = self._rare.find(_rare_keys(new)).astype(np.int64)
        if len(new.vector) and len(new.vector) == self._columns.dimensions:
            slots = np.concatenate((slots, self._signs.nearest(new.vector, self._count, _NEAREST)))
        slots = np.unique(slots)
        apart = np.abs(self._columns.rows["published"][slots] - new.published)
        near: Slots = slots[apart <= self._policy.horizon.total_seconds()]
        return near

    def alike(self, new: Imprint) -> list[Alike]:
        """Slots whose wording is like the new article's, those most like it first."""
        slots, shared = np.unique(self._copies.find(_copy_keys(new)), return_counts=True)
        best = slots[np.lexsort((slots, -shared))][:_COPIES]
        likes = _wordings(new, self._columns.rows[best])
        found = [Alike(slot, likeness) for slot, likeness in zip(best.tolist(), likes, strict=True)]
        kept = [each for each in found if each.likeness.contained >= self._policy.repeat]
        return sorted(kept, key=lambda each: (-each.likeness.contained, -each.likeness.jaccard, each.slot))

    def similarity(self, new: Imprint, slots: Slots) -> NDArray[np.float32]:
        """How like the new article those in ``slots`` are, in their order: what they share less what parts them."""
        rows = self._columns.rows[slots]
        rarities = self._rarity_of(new.names), self._rarity_of(rows["names"])
        self._places[new.names] = np.arange(1, len(new.names) + 1)
        found = self._places[rows["names"]] * (rows["name_weights"] > 0)
        self._places[new.names] = 0
        return self._shared(new, slots, rows) - apart(new, rows, rarities, found, self._policy)

    def _shared(self, new: Imprint, slots: Slots, rows: NDArray[Any]) -> NDArray[np.float32]:
        policy = self._policy
        by_words = self._words_alike(new, rows)
        alone = by_words * np.float32(policy.join / policy.join_by_words)
        if not len(new.vector) or len(new.vector) != self._columns.dimensions:
            return alone
        vectors = self._columns.vectors[slots].astype(np.float32)
        # einsum, as in the model's room: the matrix library's threads would wake for so small a product.
        cosine = np.einsum("ij,j->i", vectors, new.vector.astype(np.float32)) * rows["scale"] * new.scale
        both = (cosine + policy.words_weight * by_words) / np.float32(1 + policy.words_weight)
        return np.where(rows["model"] == new.model, both, alone)

    def read(self, slot: int) -> Imprint:
        """The imprint in a slot."""
        return self._columns.read(slot)

    @property
    def bytes(self) -> int:
        """Memory of everything that is kept."""
        shared = self._common.nbytes + self._query.nbytes + self._places.nbytes + background().nbytes
        return self._columns.bytes + self._signs.bytes + self._copies.bytes + self._rare.bytes + shared

    def _grow(self, size: int) -> None:
        self._columns.grow(size)
        self._signs.grow(size)

    def _words_alike(self, new: Imprint, rows: NDArray[Any]) -> NDArray[np.float32]:
        """Cosine of the words' weights, each by how much it tells in the window of now."""
        numbers = rows["terms"]
        mine, weights = self._told(new.terms, new.term_weights), self._told(numbers, rows["term_weights"])
        self._query[new.terms] = mine
        shared = np.einsum("ij,ij->i", weights, self._query[numbers])
        self._query[new.terms] = 0
        lengths = np.sqrt(np.einsum("ij,ij->i", weights, weights) * np.einsum("i,i->", mine, mine))
        cosines: NDArray[np.float32] = shared / np.maximum(lengths, np.float32(1e-6))
        return cosines

    def _count_in(self, imprint: Imprint, how: int) -> None:
        self._common[imprint.terms] += how
        self._common[imprint.names] += how

    def _rarity_of(self, numbers: NDArray[np.uint32]) -> NDArray[np.float32]:
        return np.maximum(rarity(self._common[numbers], self._count), 0)

    def _told(self, numbers: NDArray[np.uint32], weights: NDArray[np.uint8]) -> NDArray[np.float32]:
        return weights * np.float32(1 / STEPS) * self._rarity_of(numbers)


def _copy_keys(new: Imprint) -> NDArray[np.uint32]:
    """What two articles that may be copies have in common: runs of words, the page, the title, or all words."""
    whole = [each & 0xFFFFFFFF for each in (new.page, new.title, new.body) if each]
    return np.concatenate((keys(new.sketch), np.array(whole, np.uint32)))


def _rare_keys(new: Imprint) -> NDArray[np.uint32]:
    focal = new.names[(new.name_weights & FOCAL > 0) & (new.name_weights & PLACE == 0)]
    return np.concatenate((new.terms[:_RARE_TERMS], focal))


def _wordings(mine: Imprint, rows: NDArray[Any]) -> list[Likeness]:
    """How alike the wording of each row is: wholly, where page or all words are the same, else by the sketches."""
    same = ((rows["page"] == mine.page) & bool(mine.page)) | ((rows["body"] == mine.body) & bool(mine.body))
    short = (rows["runs"] < LEAST_RUNS) | (mine.runs < LEAST_RUNS)
    gaps = np.abs(rows["published"] - mine.published)
    same |= short & (rows["title"] == mine.title) & bool(mine.title) & (gaps <= _TITLE_HOLDS)
    found = likeness(mine.sketch, mine.runs, rows["sketch"], rows["runs"])
    return [SAME if whole else each for whole, each in zip(same.tolist(), found, strict=True)]
