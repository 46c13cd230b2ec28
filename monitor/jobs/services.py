"""What a job is given: the parts, as wired, and the policies, as plain values."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from monitor.errors import ParseError
from monitor.jobs.shadow import Shadow
from monitor.pipeline import ReadPolicy
from monitor.polling import PollPolicy
from monitor.records.articles import Article
from monitor.records.feeds import Document, FetchRequest, FetchResult, ParsedFeed
from monitor.records.findings import Findings, Unread
from monitor.store import Store


class Fetches(Protocol):
    """The part of a fetcher that jobs use."""

    def fetch(self, requests: Iterable[FetchRequest]) -> Iterator[FetchResult]:
        """Yield results as they come in; a bad request is a value."""
        ...


class Parses(Protocol):
    """The part of a parser pool that jobs use."""

    def parse(self, document: Document, *, now: datetime) -> ParsedFeed | ParseError:
        """Parse one feed document; a bad one is a value."""
        ...


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

    feeds: int = 64
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
    poll_policy: PollPolicy
    read_policy: ReadPolicy
    holder: str
    clock: Callable[[], datetime]
    dice: Callable[[], float]
    """A number in [-1, 1], for jitter."""
    sizes: Sizes = field(default_factory=Sizes)
    stopping: threading.Event = field(default_factory=threading.Event)
    shadow: Shadow | None = None
    """The candidate beside the reader; None when the settings want none."""
    model_problem: str = ""
    """Why the shipped model works in place of the promoted one; empty when nothing is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one round of a job did: counts by name for metrics and the live view. Falsy when there was nothing to do."""

    counts: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.counts.values())
