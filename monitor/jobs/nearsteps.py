"""Steps of aid that woven articles tell of, kept for the next article: read once, then kept up. Bounded."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from monitor.records.chronicle import LadderStep

MOST = 20_000
"""Steps that memory holds: some tens of megabytes."""
FEW = 500
"""So many more than at the last look back are not worth another."""
Load = Callable[[datetime], Iterable[LadderStep]]
"""Every step that articles in the chronicle have told of since a moment."""


class NearSteps:
    """Steps by weapon and article, of all that was published since one moment."""

    def __init__(self, window: timedelta, most: int = MOST) -> None:
        self._window, self._most = window, most
        self._since: datetime | None = None
        self._by_item: defaultdict[str, dict[int, list[LadderStep]]] = defaultdict(dict)
        self._count = 0
        self._settled = 0
        """How many there were after the last reading of the store, or the last look back."""

    def near(self, at: datetime, load: Load, wanted: Callable[[str], bool]) -> list[LadderStep]:
        """What was told of the wanted weapons in the window before ``at``; ``load`` reads what is not held."""
        first = at - self._window
        if self._since is None or first < self._since:
            self.clear()
            self._since = first
            self._put(load(first))
            self._settled = self._count
        found = [
            step
            for item, articles in self._by_item.items()
            if wanted(item)
            for steps in articles.values()
            for step in steps
            if first <= step.source.published <= at
        ]
        self._bound(at)
        return found

    def put(self, article_id: int, steps: Sequence[LadderStep]) -> None:
        """Hold these in place of what the article told before."""
        if self._since is None:
            return
        self.drop(article_id)
        self._put(step for step in steps if step.source.published >= self._since)

    def drop(self, article_id: int) -> None:
        """Hold nothing of this article any more."""
        for articles in self._by_item.values():
            self._count -= len(articles.pop(article_id, ()))

    def clear(self) -> None:
        """Hold nothing."""
        self._since, self._count, self._settled = None, 0, 0
        self._by_item.clear()

    def _put(self, steps: Iterable[LadderStep]) -> None:
        for step in steps:
            self._by_item[step.step.item].setdefault(step.source.article_id, []).append(step)
            self._count += 1

    def _bound(self, at: datetime) -> None:
        """Where there is too much, or twice what there was, keep two windows before ``at``, or one, or nothing."""
        if self._since is None or self._count <= min(self._most, 2 * self._settled + FEW):
            return
        held = [step for articles in self._by_item.values() for steps in articles.values() for step in steps]
        reaches = self._since
        self.clear()
        for windows in (2, 1):
            since = max(reaches, at - windows * self._window)
            kept = [step for step in held if step.source.published >= since]
            if len(kept) <= self._most:
                self._since = since
                self._put(kept)
                self._settled = self._count
                return
