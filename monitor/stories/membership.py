"""Which article sits in which slot, and which story it belongs to. Pure."""

from array import array
from collections.abc import Sequence

_NONE = -(2**63)


class Membership:
    """Slots are given out in turn; when all are taken, the oldest article makes room."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._turn = 0
        self._slots: dict[int, int] = {}
        self._of: dict[int, list[int]] = {}
        self._articles, self._stories, self._duplicates = array("q"), array("q"), array("q")
        self._similarities = array("f")

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def stories(self) -> int:
        """How many stories there are."""
        return len(self._of)

    def slot(self, article_id: int) -> int | None:
        """Where the article sits; None when it does not."""
        return self._slots.get(article_id)

    def article(self, slot: int) -> int:
        """Which article sits there."""
        return self._articles[slot]

    def story(self, slot: int) -> int:
        """Which story the article there belongs to."""
        return self._stories[slot]

    def similarity(self, slot: int) -> float:
        """To the story when it joined."""
        return self._similarities[slot]

    def duplicate_of(self, slot: int) -> int | None:
        """The article that the one there repeats."""
        return None if self._duplicates[slot] == _NONE else self._duplicates[slot]

    def original(self, slot: int) -> int:
        """The article that the one there repeats, or itself."""
        return self._articles[slot] if self._duplicates[slot] == _NONE else self._duplicates[slot]

    def of(self, story: int) -> Sequence[int]:
        """Slots of the story's articles, in the order of arrival."""
        return self._of.get(story, ())

    def add(self, article_id: int, story: int, similarity: float, *, duplicate_of: int | None) -> int:
        """Seat a new article and return its slot; the caller overwrites what else is kept of the one before."""
        slot = self._turn % self._capacity
        self._turn += 1
        if slot == len(self._articles):
            for column in (self._articles, self._stories, self._duplicates, self._similarities):
                column.append(0)
        else:
            self._leave(slot)
        self._articles[slot], self._stories[slot] = article_id, story
        self._duplicates[slot] = _NONE if duplicate_of is None else duplicate_of
        self._similarities[slot] = similarity
        self._slots[article_id] = slot
        self._of.setdefault(story, []).append(slot)
        return slot

    def move(self, slots: Sequence[int], story: int) -> tuple[int, ...]:
        """Seat the articles of one story in another; returns which articles these are."""
        before = self._stories[slots[0]]
        moving = set(slots)
        rest = [slot for slot in self._of[before] if slot not in moving]
        if rest:
            self._of[before] = rest
        else:
            del self._of[before]
        for slot in slots:
            self._stories[slot] = story
        self._of[story] = sorted((*self._of.get(story, ()), *slots), key=self._arrived)
        return tuple(self._articles[slot] for slot in slots)

    def _leave(self, slot: int) -> None:
        story = self._stories[slot]
        self._of[story].remove(slot)
        if not self._of[story]:
            del self._of[story]
        del self._slots[self._articles[slot]]

    def _arrived(self, slot: int) -> int:
        """Rises with the order of arrival, whatever slot the oldest article sits in."""
        return (slot - self._turn) % self._capacity
