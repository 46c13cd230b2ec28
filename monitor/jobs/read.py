"""From new entries to articles: the gate on title and summary, then the page of what it lets through."""

import threading
from collections import Counter, deque
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Self

import structlog

from monitor.jobs.robots import keep_robots
from monitor.jobs.services import Done, Services
from monitor.pipeline.reading import let_through, look, not_screened, put_off, screened, short_document, unread_reason
from monitor.pipeline.reading import read as read_entry
from monitor.records.articles import Article, Entry, EntryState, ReadResult, ScreenResult
from monitor.records.feeds import FetchRequest, FetchResult
from monitor.records.findings import Unread
from monitor.urls import is_web

log = structlog.get_logger()
AHEAD = 24
"""Pages fetched and not read yet: a bound on what they take of memory."""
TOGETHER = 24
"""Articles in one transaction, when so many are ready."""
WAITS = 0.2
"""Seconds that an article waits for others to be written with: each transaction costs Postgres as much as ten rows."""
ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"


def screen(services: Services) -> Done:
    """Put one round of new entries to the gate."""
    sizes, now = services.sizes, services.clock()
    entries = services.store.entries.claim(
        EntryState.NEW, now=now, limit=sizes.screen, holder=services.holder, lease=sizes.lease
    )
    if len(entries) >= sizes.screen:
        services.spread("screen")
    results: list[ScreenResult] = []
    asked: list[Article] = []
    for entry in entries:
        short = short_document(entry)
        reason = unread_reason(entry, short, services.read_policy, now=now)
        if reason is not None:
            results.append(not_screened(short, reason))
        elif services.read_policy.gate > 0:
            asked.append(short)
        else:
            results.append(let_through(short))
    left = 0
    for short, answer in zip(asked, services.reader.screen(asked), strict=True):
        if isinstance(answer, Unread) and answer.later:
            left += 1
        else:
            results.append(screened(short, answer, services.read_policy))
    if results:
        services.store.entries.record_screen(results, now=services.clock())
    if left:
        services.store.entries.release(services.holder, state=EntryState.NEW)
    return Done(counts=dict(Counter(f"screened_{result.state.value}" for result in results)))


def read(services: Services) -> Done:
    """Fetch and extract one round of pages; what is ready together is written together."""
    sizes, began = services.sizes, services.ticks()
    limit = min(sizes.pages, services.room())
    entries = services.store.entries.claim(
        EntryState.TO_READ, now=services.clock(), limit=limit, holder=services.holder, lease=sizes.lease
    )
    if entries and len(entries) >= limit:
        services.spread("read")
    waiting = {str(entry.id): entry for entry in entries}
    requests = [
        FetchRequest(key=key, url=entry.url, accept=ACCEPT, max_bytes=sizes.max_page_bytes)
        for key, entry in waiting.items()
        if is_web(entry.url)
    ]
    late: Collection[Entry] = ()
    with _Desk(services) as desk:
        for entry in entries:
            if not is_web(entry.url):
                desk.take(waiting.pop(str(entry.id)), None)
        for result in services.fetcher.fetch(requests, robots=True):
            desk.take(waiting.pop(result.key), result)
            if services.stopping.is_set():
                break
            if services.is_overdue(began):
                late = waiting.values()
                break
    counts = desk.counts
    counts.update(_put_off(services, late) if late else {})
    if requests:
        keep_robots(services)
    return Done(counts=dict(counts))


_Ready = tuple[Entry, ReadResult]


class _Desk:
    """Reads pages in threads that wait for other processes, and writes what is ready in a thread of its own.

    Leaving waits until all is written. Raises what went wrong with writing or reading, at the latest then.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._readers = ThreadPoolExecutor(services.pages.workers, "pages")
        self._read: SimpleQueue[_Ready | None] = SimpleQueue()
        self._reading: deque[Future[None]] = deque()
        self._writer = threading.Thread(target=self._write, name="pages written", daemon=True)
        self._problem: BaseException | None = None
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._writer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._readers.shutdown(wait=True, cancel_futures=kind is not None)
        self._read.put(None)
        self._writer.join()
        if kind is None:
            self._check(0)

    def take(self, entry: Entry, result: FetchResult | None) -> None:
        """Have one answer read and written; waits while many are being read."""
        self._reading.append(self._readers.submit(self._look, entry, result))
        self._check(AHEAD)

    def _check(self, ahead: int) -> None:
        while len(self._reading) > ahead:
            self._reading.popleft().result()
        if self._problem is not None:
            raise self._problem

    def _look(self, entry: Entry, result: FetchResult | None) -> None:
        services = self._services
        looked = look(result, services.pages.extract)
        made = read_entry(entry, result, services.read_policy, now=services.clock(), looked=looked)
        self._read.put((entry, made))

    def _write(self) -> None:
        while (first := self._read.get()) is not None:
            ready, more = self._together(first)
            try:
                self._record(ready)
            except BaseException as error:  # noqa: BLE001 - raised in the round's own thread
                self._problem = error
                return
            if not more:
                return

    def _together(self, first: _Ready) -> tuple[list[_Ready], bool]:
        """What is ready soon after the first, and whether more may come. At the round's end nothing is waited for."""
        ready, ends = [first], self._services.ticks() + WAITS
        while len(ready) < TOGETHER:
            try:
                another = self._read.get(timeout=max(0.0, ends - self._services.ticks()))
            except Empty:
                break
            if another is None:
                return ready, False
            ready.append(another)
        return ready, True

    def _record(self, ready: Sequence[_Ready]) -> None:
        self._services.store.entries.record_read([result for _, result in ready], now=self._services.clock())
        for entry, result in ready:
            outcome = result.text_source or ("again" if result.retry_at else "failed")
            log.info("read", entry=entry.id, url=entry.url, outcome=outcome, reason=result.reason)
            self.counts[f"read_{outcome.replace(' ', '_')}"] += 1


def _put_off(services: Services, entries: Collection[Entry]) -> Counter[str]:
    now = services.clock()
    services.store.entries.record_read([put_off(entry, services.read_policy, now=now) for entry in entries], now=now)
    log.info("reading_put_off", entries=[entry.id for entry in entries])
    return Counter({"read_put_off": len(entries)})
