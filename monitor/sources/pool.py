"""Feeds parsed in processes that can be killed: a parser that hangs or crashes costs one document, not the program."""

from collections.abc import Collection
from datetime import datetime
from typing import Self

from monitor.errors import ParseError
from monitor.processes.pool import MEMORY_BYTES, Lost, ProcessPool
from monitor.records.feeds import Document, ParsedFeed
from monitor.sources import wire


class ParserPool:
    """Parses documents in ``workers`` processes, each document within ``deadline`` seconds.

    Usable from any thread; a call waits while all workers are busy. Processes start when first needed. A context
    manager, or call ``close``.
    """

    def __init__(self, workers: int = 1, deadline: float = 10.0, *, memory_bytes: int = MEMORY_BYTES) -> None:
        self.workers = workers
        self._pool = ProcessPool(
            "monitor.sources.worker", workers=workers, deadline=deadline, memory_bytes=memory_bytes
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def parse(self, document: Document, *, now: datetime, known: Collection[str] = ()) -> ParsedFeed | ParseError:
        """The feed, or a ParseError as a value: no feed, too slow, too hungry, or the parser crashed.

        Entries whose hash is in ``known`` are left out of ``entries``, not out of ``hashes``.

        Raises TransientError when the pool is closed.
        """
        head = self._pool.ask(wire.from_request(document, now, known), document.body)
        if isinstance(head, Lost):
            return _lost(document, head, self._pool.deadline)
        return ParseError(head["error"]) if "error" in head else wire.feed(head)

    @property
    def killed(self) -> int:
        """Processes that hung or crashed and were replaced, since the start."""
        return self._pool.killed

    def close(self) -> None:
        """End the processes, also in the middle of a document."""
        self._pool.close()


def _lost(document: Document, lost: Lost, deadline: float) -> ParseError:
    url = document.final_url or document.url
    if lost.late:
        return ParseError(
            f"{url}: not parsed within {deadline:g} s, the parser was stopped. It is tried again when it changes."
        )
    return ParseError(
        f"{url}: the parser crashed on it (exit status {lost.status}). It is tried again when it changes."
    )
