"""Two databases compared row by row: everything that they hold, as the program reads it."""

from collections.abc import Callable
from hashlib import blake2b

from monitor.records.moving import RowDifference
from monitor.store.moving.rows import Row, Rows, canonical, structured

MISSING = "missing"
ADDED = "added"


class Comparison:
    """One table of both. After ``run`` it knows the first difference and the checksum of the source's rows."""

    def __init__(self, source: Rows, target: Rows) -> None:
        self.rows = 0
        self.difference: RowDifference | None = None
        self._source = source
        self._target = target
        self._hash = blake2b(digest_size=16)
        self._structured = structured(source.table)

    def run(self, on: Callable[[int], None]) -> None:
        """Read both tables once, in the order of their keys; ``on`` is told how many rows were compared."""
        theirs = self._target.after(None)
        for row in self._source.after(None):
            self.rows += 1
            ours = canonical(row, self._structured)
            self._hash.update(ours)
            if self.difference is None:
                other = next(theirs, None)
                if other is None or canonical(other, self._structured) != ours:
                    self.difference = self._told(row, other)
            on(self.rows)
        if self.difference is None and (more := next(theirs, None)) is not None:
            self.difference = self._at(self._target.key(more), ADDED)

    @property
    def checksum(self) -> str:
        """The same for the same rows, wherever they are."""
        return self._hash.hexdigest()

    def _told(self, row: Row, other: Row | None) -> RowDifference:
        key = self._source.key(row)
        there = None if other is None else self._target.key(other)
        if other is None or there is None or key < there:
            return self._at(key, MISSING)
        if there < key:
            return self._at(there, ADDED)
        names = (column.name for column in self._source.table.c)
        pairs = zip(names, row, other, strict=True)
        return self._at(key, next(name for name, one, two in pairs if repr(one) != repr(two)))

    def _at(self, key: Row, what: str) -> RowDifference:
        return RowDifference(table=self._source.table.name, key=self._source.shown(key), what=what)
