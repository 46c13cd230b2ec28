"""What a job is given: the parts, as wired, and the policies, as plain values."""

import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from monitor.errors import ParseError
from monitor.extract.pages import extract
from monitor.fetch.robots import RobotsFile
from monitor.jobs.pace import Pace, Weather
from monitor.jobs.weaving import Weaver
from monitor.pipeline.policy import ReadPolicy
from monitor.records.articles import Article, Page
from monitor.records.feeds import Document, Feed, FetchRequest, FetchResult, ParsedFeed
from monitor.records.findings import Findings, Unread
from monitor.store import Store

if TYPE_CHECKING:
    # What the candidate needs is loaded by who opens one.
    from monitor.jobs.shadow import Shadow
    from monitor.jobs.telling.desk import Desk


class Fetches(Protocol):
    """The part of a fetcher that jobs use."""

    def fetch(self, requests: Iterable[FetchRequest], *, robots: bool = False) -> Iterator[FetchResult]:
        """Yield results as they come in; a bad request is a value. With ``robots``, what robots.txt forbids is too."""
        ...

    def holds(self) -> Mapping[str, datetime]:
        """Hosts that asked to be left alone, and until when."""
        ...


class Parses(Protocol):
    """The part of a parser pool that jobs use."""

    workers: int
    """Documents that are parsed at the same time."""

    def parse(self, document: Document, *, now: datetime, known: Collection[str] = ()) -> ParsedFeed | ParseError:
        """Parse one feed document without the entries whose hash is ``known``; a bad one is a value."""
        ...


class ReadsPages(Protocol):
    """The part of a page pool that jobs use."""

    workers: int
    """Pages that are read at the same time."""

    def extract(self, document: Document) -> Page:
        """The article of a page, or what else the page is. Raises ExtractError."""
        ...


class HerePages:
    """Reads pages in this process, one at a time."""

    workers = 1

    def extract(self, document: Document) -> Page:
        """The article of a page, or what else the page is. Raises ExtractError."""
        return extract(document)


class Understands(Protocol):
    """The part of a reader, or of several with routes to them, that jobs use."""

    @property
    def model(self) -> str:
        """Name of the model that reads English, with its weights' hash."""
        ...

    def understand(self, articles: Sequence[Article]) -> Sequence[Findings | Unread]:
        """Understand articles, in order; one that cannot be read is a value."""
        ...

    def screen(self, articles: Sequence[Article]) -> Sequence[Mapping[str, float] | Unread]:
        """Score titles with summaries per topic, in order; one that cannot be read is a value."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much one round of a job takes, and how long its claim holds if the process dies."""

    feeds: int = 200
    screen: int = 256
    pages: int = 48
    articles: int = 16
    lease: timedelta = timedelta(minutes=5)
    patience: timedelta = timedelta(minutes=1)
    """How long a round of feeds or pages goes on: a site that hangs must not hold up the rest or outlast the lease."""
    max_feed_bytes: int = 8_000_000
    max_page_bytes: int = 6_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a job may use. ``clock`` and ``dice`` are parts like any other, chosen in wiring."""

    store: Store
    fetcher: Fetches
    parser: Parses
    reader: Understands
    pace: Pace
    read_policy: ReadPolicy
    holder: str
    clock: Callable[[], datetime]
    dice: Callable[[], float]
    """A number in [-1, 1], for jitter."""
    ticks: Callable[[], float] = time.monotonic
    """Seconds on a clock that nobody sets: ``clock`` may be set while a round is under way."""
    pages: ReadsPages = field(default_factory=HerePages)
    sizes: Sizes = field(default_factory=Sizes)
    room: Callable[[], int] = lambda: sys.maxsize
    """How many more requests would be sent soon: what is beyond it is better taken by others."""
    spread: Callable[[str], None] = lambda _: None
    """Called with a job's name when its round took all it may: others may take on what is left meanwhile."""
    stopping: threading.Event = field(default_factory=threading.Event)
    weather: Weather = field(default_factory=Weather)
    weaver: Weaver = field(default_factory=Weaver)
    killed: Callable[[], Mapping[str, int]] = dict
    """How many processes of each kind hung or crashed and were replaced, since the start."""
    robots: dict[str, RobotsFile] = field(default_factory=dict)
    """Site to its robots.txt, as the fetcher learns them."""
    keep_entries: timedelta | None = None
    """How long entries that led to nothing are kept after their feed last held them; None for ever."""
    websub_callback: str = ""
    """Public address at which hubs reach us; empty when nobody pushes."""
    desk: "Desk | None" = None
    """What telling needs; None where nothing is told."""
    shadow: "Shadow | None" = None
    """The candidate beside the reader; None when the settings want none."""
    model_problem: Callable[[], str] = str
    """Why the shipped model works in place of the promoted one; empty when nothing is wrong."""

    def is_overdue(self, began: float) -> bool:
        """Tell whether a round that ``began`` at this tick has used up its time."""
        return self.ticks() - began > self.sizes.patience.total_seconds()

    def pushed(self, feeds: Iterable[Feed], *, now: datetime) -> frozenset[int]:
        """Those of ``feeds`` whose hub tells us what is new."""
        if not self.websub_callback:
            return frozenset()
        live = self.store.subscriptions.live
        return frozenset(feed.id for feed in feeds if feed.hub and live(feed.id, now=now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one round of a job did: counts by name for metrics and the live view. Falsy when there was nothing to do."""

    counts: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.counts.values())
