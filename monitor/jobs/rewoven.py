"""Put what one article says now in place of what it said before, among the records near it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from monitor.records.chronicle import Happening, Statement

Item = TypeVar("Item", Happening, Statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewoven(Generic[Item]):
    """What has changed, whole. New records have ids below 0."""

    changed: tuple[Item, ...]
    gone: tuple[int, ...]
    """Those that nobody tells of any more."""
    near: tuple[Item, ...]
    """Everything near, as it is now."""


def rewoven(
    near: Sequence[Item],
    *,
    of_article: Callable[[Item], bool],
    without: Callable[[Item], Item | None],
    weave: Callable[[Sequence[Item]], Sequence[Item]],
    alike: Callable[[Item, Item], bool],
) -> Rewoven[Item]:
    """Take the article out of ``near`` and weave it in again.

    What only this article tells of, and still does in other words (``alike``), keeps its id.
    """
    before = {item.id: item for item in near}
    left = {item.id: without(item) if of_article(item) else item for item in near}
    woven = weave([item for item in left.values() if item is not None])
    now = {id_: item for id_, item in left.items() if item is not None}
    now |= {item.id: item for item in woven if item.id}
    gone = [item for id_, item in before.items() if left[id_] is None]
    new = [item for item in woven if not item.id]
    for item in _with_ids(new, gone, alike):
        now[item.id] = item
    return Rewoven(
        changed=tuple(item for id_, item in now.items() if item != before.get(id_)),
        gone=tuple(item.id for item in gone if item.id not in now),
        near=tuple(now.values()),
    )


def _with_ids(new: Sequence[Item], gone: Sequence[Item], alike: Callable[[Item, Item], bool]) -> list[Item]:
    """New records with the ids of those they take the place of; the others get ids below 0."""
    free = list(gone)
    found = []
    for number, item in enumerate(new, 1):
        # The same words first, else any that tell of the like.
        former = next((old for old in free if replace(old, id=0) == item), None)
        former = former or next((old for old in free if alike(old, item)), None)
        if former is not None:
            free.remove(former)
        found.append(replace(item, id=-number if former is None else former.id))
    return found
