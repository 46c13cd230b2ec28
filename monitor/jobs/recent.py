"""What was read from the store lately, kept for the next article: bounded, the longest unused goes first.

What the last articles have not asked for goes as well: else memory would hold all there ever was, up to its bound.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar


class Numbered(Protocol):
    """Something with the number of its row."""

    @property
    def id(self) -> int:
        """The number."""
        ...


Item = TypeVar("Item", bound=Numbered)
UNUSED = 500
"""Articles."""


class Recent(Generic[Item]):
    """Whole records by their numbers. ``size`` tells how much one of them takes of ``most``."""

    def __init__(self, most: int, size: Callable[[Item], int], *, unused: int = UNUSED) -> None:
        self._most, self._size, self._unused = most, size, unused
        self._held: OrderedDict[int, tuple[Item, int]] = OrderedDict()
        """With the turn in which it was used last, in that order."""
        self._sum = self._turn = 0

    def of(self, ids: Sequence[int], load: Callable[[Sequence[int]], Iterable[Item]]) -> list[Item]:
        """The records with these numbers, in their order; ``load`` reads those that are not held."""
        self._turn += 1
        held = {id_: self._held[id_][0] for id_ in ids if id_ in self._held}
        for id_, item in held.items():
            self._held[id_] = item, self._turn
            self._held.move_to_end(id_)
        missing = [id_ for id_ in ids if id_ not in held]
        loaded = {item.id: item for item in load(missing)} if missing else {}
        for item in loaded.values():
            self.put(item)
        self._let_go()
        return [there[id_] for there in [held | loaded] for id_ in ids if id_ in there]

    def put(self, item: Item) -> None:
        """Hold this one, in place of what was held under its number."""
        self.drop(item.id)
        self._held[item.id] = item, self._turn
        self._sum += self._size(item)
        self._let_go()

    def drop(self, id_: int) -> None:
        """Hold it no more."""
        before = self._held.pop(id_, None)
        if before is not None:
            self._sum -= self._size(before[0])

    def clear(self) -> None:
        """Hold nothing."""
        self._held.clear()
        self._sum = 0

    def _let_go(self) -> None:
        while len(self._held) > 1:
            id_, (_, used) = next(iter(self._held.items()))
            if self._sum <= self._most and used > self._turn - self._unused:
                return
            self.drop(id_)
