"""Settings to Services: the one place where parts are chosen and put together."""

import os
import random
import socket
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.config import Settings
from monitor.errors import ConfigError
from monitor.extract.pool import PagePool
from monitor.fetch import Fetcher, FetchLimits
from monitor.jobs.pace import Pace
from monitor.jobs.robots import stored_robots
from monitor.jobs.services import Services, Sizes
from monitor.pipeline.policy import READ_LANGUAGES, ReadPolicy
from monitor.polling import PollPolicy
from monitor.sources.pool import ParserPool
from monitor.store import Store

# Seconds that a write waits for another's lock: short enough that a stop within 10 s fits an attempt under way.
LOCK_SECONDS = 5.0
# Seconds that translating goes on in one round: the other languages' texts of that round are written after it.
TRANSLATING_SECONDS = 30.0
# Requests that a worker takes for each that may be under way at once.
AHEAD = 4


def utc_now() -> datetime:
    """Return the present moment; the one clock of the running program."""
    return datetime.now(UTC)


def take_short_turns() -> None:
    """Let the threads of this process take turns ten times as often as usual.

    A thread that hands a document to the parser waits for its turn twice; at the usual 5 ms the parser's process would
    stand idle meanwhile (a quarter of the time of a first poll, measured).
    """
    sys.setswitchinterval(0.0005)


def holder_name() -> str:
    """Name this process in claims and leases: host, process id and a random part, for ids are used again.

    Containers may share the machine's host name; the number of the process namespace tells them apart, so that none
    takes a living process of another for a dead one of its own.
    """
    namespace = Path("/proc/self/ns/pid")
    place = f"{socket.gethostname()}/{namespace.stat().st_ino}" if namespace.exists() else socket.gethostname()
    return f"{place}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def fetch_limits(settings: Settings) -> FetchLimits:
    """Return the fetcher's limits as set."""
    return FetchLimits(
        deadline=settings.request_deadline,
        max_bytes=max(settings.max_feed_bytes, settings.max_page_bytes),
        concurrency=settings.fetch_concurrency,
        host_concurrency=settings.host_concurrency,
        host_gap=settings.host_gap,
        allow_private=settings.allow_private_hosts,
        contact=settings.contact,
        proxy=settings.proxy,
    )


def poll_policy(settings: Settings) -> PollPolicy:
    """Return the bounds of the polling interval as set."""
    return PollPolicy(
        floor=settings.poll_floor,
        ceiling=settings.poll_ceiling,
        start=settings.poll_start,
        budget=settings.poll_budget,
        backup=settings.websub_backup,
    )


def read_policy(settings: Settings) -> ReadPolicy:
    """Return what decides whether an entry is read, as set."""
    return ReadPolicy(
        gate=settings.gate,
        max_age=timedelta(days=settings.max_age_days),
        attempts=settings.read_attempts,
        retry_first=timedelta(seconds=settings.read_retry),
        languages=READ_LANGUAGES | {code for code, language in settings.languages.items() if language.route != "skip"},
    )


@contextmanager
def services(
    settings: Settings,
    store: Store,
    *,
    holder: str,
    stopping: threading.Event,
    clock: Callable[[], datetime] = utc_now,
    shared: bool = False,
    reads: bool = True,
    spread: Callable[[str], None] = lambda _: None,
) -> Iterator[Services]:
    """Open every part a job needs and close them all again, whatever happens.

    ``shared``: other processes poll and read on the same database, and the limits per host hold among all. Without
    ``reads`` the model is loaded only when a job asks it after all.
    """
    # Here and not above: who wires polling alone has no use for what the model needs.
    from monitor.jobs.shadow import Shadow
    from monitor.weights import candidate_reader
    from monitor.wiring import telling
    from monitor.wiring.late import LateReader
    from monitor.wiring.turns import HeldTurns

    with ExitStack() as stack:
        reader = LateReader(settings, patience=TRANSLATING_SECONDS, stopping=stopping.is_set)
        stack.callback(reader.close)
        if reads:
            reader.open()
        parser = ParserPool(workers=settings.parse_workers, deadline=settings.parse_deadline)
        stack.callback(parser.close)
        pages = PagePool(workers=settings.page_workers, deadline=settings.page_deadline)
        stack.callback(pages.close)
        robots = stored_robots(store, now=clock())
        holds = store.hosts.holds(now=clock())
        turns = HeldTurns(store=store, holder=holder) if shared else None
        fetcher = stack.enter_context(Fetcher(fetch_limits(settings), holds=holds, robots=robots, turns=turns))
        shadow = None
        if settings.shadow:
            one_session = settings.model_copy(update={"model_sessions": 1})
            shadow = Shadow(lambda candidate: candidate_reader(one_session, candidate))
            stack.callback(shadow.close)
        desk = telling.build(settings, store, fetcher, holder=holder, clock=clock, stopping=stopping)
        yield Services(
            store=store,
            fetcher=fetcher,
            parser=parser,
            pages=pages,
            reader=reader,
            pace=Pace(poll_policy(settings)),
            read_policy=read_policy(settings),
            holder=holder,
            clock=clock,
            dice=lambda: random.uniform(-1, 1),  # noqa: S311 - jitter, not a secret
            sizes=Sizes(max_feed_bytes=settings.max_feed_bytes, max_page_bytes=settings.max_page_bytes),
            room=_room(fetcher) if shared else lambda: sys.maxsize,
            stopping=stopping,
            robots=robots,
            killed=lambda: {"parser": parser.killed, "page reader": pages.killed},
            keep_entries=timedelta(days=settings.keep_days) if settings.keep_days else None,
            websub_callback=settings.websub_callback,
            desk=desk,
            shadow=shadow,
            # Known only when the model is loaded, which may be later.
            model_problem=lambda: reader.problem,
            spread=spread,
        )


def _room(fetcher: Fetcher) -> Callable[[], int]:
    """What a process takes beside others: no more than it can ask for soon, or what waits here is kept from them."""
    return lambda: max(0, AHEAD * fetcher.limits.concurrency - fetcher.wanted)


def open_store(settings: Settings) -> Store:
    """Open the database, made and migrated when it is empty; fill it with the catalogue when it has no feeds."""
    make_folder(settings.database_url)
    store = Store.open(settings.database_url, create=True, busy_timeout=LOCK_SECONDS)
    if settings.catalogue and store.feeds.is_empty():
        from monitor.catalogue import catalogue

        store.feeds.sync(catalogue(), now=utc_now())
    return store


def make_folder(database_url: str) -> None:
    """Make the folder of an SQLite file when it is missing."""
    scheme, _, path = database_url.partition(":///")
    if scheme.startswith("sqlite") and path and path != ":memory:":
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"cannot make the folder of the database {path}: {error.strerror}. "
                "Set database_url to a place you may write."
            ) from error
