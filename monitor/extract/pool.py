"""Pages read in processes that can be killed; they also leave the interpreter's lock to the rest of the program."""

from typing import Self

from monitor.errors import ExtractError
from monitor.extract import wire
from monitor.processes.pool import MEMORY_BYTES, Lost, ProcessPool
from monitor.records.articles import Page
from monitor.records.feeds import Document


class PagePool:
    """Reads pages in ``workers`` processes, each within ``deadline`` seconds.

    Usable from any thread; a call waits while all workers are busy. A context manager, or call ``close``.
    """

    def __init__(self, workers: int = 1, deadline: float = 10.0, *, memory_bytes: int = MEMORY_BYTES) -> None:
        self.workers = workers
        """Pages that are read at the same time."""
        self._pool = ProcessPool(
            "monitor.extract.worker", workers=workers, deadline=deadline, memory_bytes=memory_bytes
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def extract(self, document: Document) -> Page:
        """The article of a page, or what else the page is, as ``extract.extract`` does.

        Raises ExtractError for what is no page, takes too long, needs too much memory or crashes the process;
        TransientError when the pool is closed.
        """
        head = self._pool.ask(wire.from_document(document), document.body)
        if isinstance(head, Lost):
            raise ExtractError(_lost(document, head, self._pool.deadline))
        if "error" in head:
            raise ExtractError(head["error"])
        return wire.page(head)

    @property
    def killed(self) -> int:
        """Processes that hung or crashed and were replaced, since the start."""
        return self._pool.killed

    def close(self) -> None:
        """End the processes, also in the middle of a page."""
        self._pool.close()


def _lost(document: Document, lost: Lost, deadline: float) -> str:
    url = document.final_url or document.url
    if lost.late:
        return f"{url}: not read within {deadline:g} s, it was given up."
    return f"{url}: the reader crashed on it (exit status {lost.status})."
