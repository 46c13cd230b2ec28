"""What was read from the store lately, kept for the next article: bounded, the longest unused goes first."""

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


class Recent(Generic[Item]):
    """Whole records by their numbers. ``size`` tells how much one of them takes of ``most``."""

    def __init__(self, most: int, size: Callable[[Item], int]) -> None:
        self._most, self._size = most, size
        self._held: OrderedDict[int, Item] = OrderedDict()
        self._sum = 0

    def of(self, ids: Sequence[int], load: Callable[[Sequence[int]], Iterable[Item]]) -> list[Item]:
        """The records with these numbers, in their order; ``load`` reads those that are not held."""
        held = {id_: self._held[id_] for id_ in ids if id_ in self._held}
        for id_ in held:
            self._held.move_to_end(id_)
        missing = [id_ for id_ in ids if id_ not in held]
        loaded = {item.id: item for item in load(missing)} if missing else {}
        for item in loaded.values():
            self.put(item)
        return [there[id_] for there in [held | loaded] for id_ in ids if id_ in there]

    def put(self, item: Item) -> None:
        """Hold this one, in place of what was held under its number."""
        self.drop(item.id)
        self._held[item.id] = item
        self._sum += self._size(item)
        while self._sum > self._most and len(self._held) > 1:
            _, oldest = self._held.popitem(last=False)
            self._sum -= self._size(oldest)

    def drop(self, id_: int) -> None:
        """Hold it no more."""
        before = self._held.pop(id_, None)
        if before is not None:
            self._sum -= self._size(before)

    def clear(self) -> None:
        """Hold nothing."""
        self._held.clear()
        self._sum = 0
