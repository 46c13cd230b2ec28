"""Who polls: our program's own job with its own parts, reader, and a loop over feedparser. One process each.

``python -m benchmarks.polls_clients NAME FOLDER BUNDLE`` reads lines of JSON: a list of addresses is added, ``poll``
polls them all once and answers with what it took. Nobody's start-up is measured.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

CLIENTS = ("ours", "reader", "loop")
TURN = timedelta(hours=1)
"""By which our clock goes on between two polls, so that every feed is due again."""


class Client(Protocol):
    """Whoever polls feeds."""

    def add(self, urls: Sequence[str]) -> None:
        """Subscribe."""

    def poll(self) -> None:
        """Ask every feed once."""

    def entries(self) -> int:
        """How many entries are stored; 0 from who stores none."""


class Ours:
    """The job ``poll`` with the parts and sizes that the daemon has, but for the manners and the budget."""

    def __init__(self, folder: Path) -> None:
        from monitor import wiring
        from monitor.config import Settings
        from monitor.daemon import logs
        from monitor.fetch import Fetcher
        from monitor.jobs.pace import Pace
        from monitor.jobs.services import Services
        from monitor.sources.pool import ParserPool
        from monitor.store import Store

        wiring.take_short_turns()
        settings = Settings(allow_private_hosts=("127.0.0.0/8",), host_gap=0.0, poll_ceiling=1800.0)
        logs.configure(settings.log_level, "json", (folder / "log").open("w", encoding="utf-8"))
        self._now, self._ahead = wiring.utc_now, timedelta()
        self._store = Store.open(f"sqlite:///{folder}/monitor.db", create=True, busy_timeout=wiring.LOCK_SECONDS)
        self.services = Services(
            store=self._store,
            fetcher=Fetcher(wiring.fetch_limits(settings)).__enter__(),
            parser=ParserPool(workers=settings.parse_workers, deadline=settings.parse_deadline),
            reader=NoReader(),
            pace=Pace(wiring.poll_policy(settings)),
            read_policy=wiring.read_policy(settings),
            holder=wiring.holder_name(),
            clock=self._clock,
            dice=lambda: 0.0,
        )

    def _clock(self) -> datetime:
        return self._now() + self._ahead

    def add(self, urls: Sequence[str]) -> None:
        from monitor.records.feeds import FeedSpec

        self._store.feeds.sync([FeedSpec(url=url) for url in urls], now=self._clock())

    def poll(self) -> None:
        from monitor.jobs.poll import poll

        self._ahead += TURN
        while poll(self.services):
            pass

    def entries(self) -> int:
        return sum(row.count for row in self._store.entries.by_state())


class NoReader:
    """In the place of the model, which polling never asks."""

    model = "none"

    def understand(self, articles: Sequence[Any]) -> Sequence[Any]:
        raise NotImplementedError

    def screen(self, articles: Sequence[Any]) -> Sequence[Any]:
        raise NotImplementedError


class Reader:
    """lemon24/reader, storing in SQLite; its threads do not make it faster, for parsing holds the interpreter."""

    def __init__(self, folder: Path) -> None:
        import certifi
        from reader import make_reader

        # It prepares its requests itself and passes over REQUESTS_CA_BUNDLE.
        certifi.where = lambda: os.environ["SSL_CERT_FILE"]
        self._reader = make_reader(str(folder / "reader.db"))

    def add(self, urls: Sequence[str]) -> None:
        for url in urls:
            self._reader.add_feed(url)

    def poll(self) -> None:
        # Without this it polls only what is due by its own reckoning.
        self._reader.update_feeds(scheduled=False)

    def entries(self) -> int:
        return int(self._reader.get_entry_counts().total or 0)


class Loop:
    """What a first script does, with validators: nothing is stored."""

    def __init__(self, _: Path) -> None:
        self._validators: dict[str, dict[str, str]] = {}

    def add(self, urls: Sequence[str]) -> None:
        self._validators |= {url: {} for url in urls}

    def poll(self) -> None:
        import feedparser

        for url, validators in self._validators.items():
            found = feedparser.parse(url, **validators)
            if "status" not in found:
                raise RuntimeError(f"{url}: {found.get('bozo_exception')!r}")
            if etag := found.get("etag"):
                self._validators[url] = {"etag": etag, "modified": found.get("modified")}

    def entries(self) -> int:
        return 0


def made(name: str, folder: Path) -> Client:
    """The client of that name."""
    clients: dict[str, Callable[[Path], Client]] = {"ours": Ours, "reader": Reader, "loop": Loop}
    return clients[name](folder)


def cpu_seconds() -> float:
    """Processor time of this process and of all that it has started, living or not."""
    own, ended = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    ticks = sum(int(fields[11]) + int(fields[12]) for fields in _children().values())
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def peak_megabytes() -> float:
    """The most memory that this process and each that it has started have held."""
    processes: Iterable[str] = ("self", *_children())
    return sum(_peak(Path("/proc") / process) for process in processes)


def _peak(process: Path) -> float:
    rows = (line.split() for line in (process / "status").read_text(encoding="utf-8").splitlines())
    return next(int(row[1]) for row in rows if row and row[0] == "VmHWM:") / 1024


def _children() -> dict[str, list[str]]:
    """The fields of ``/proc/PID/stat`` after the name, of each living process that this one has started."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            found[path.parent.name] = fields
    return found


def measured(client: Client) -> dict[str, float]:
    """Poll once and say what it took."""
    before, started = cpu_seconds(), time.perf_counter()
    client.poll()
    seconds = time.perf_counter() - started
    return {
        "seconds": seconds,
        "cpu": cpu_seconds() - before,
        "entries": client.entries(),
        "megabytes": peak_megabytes(),
    }


def main(name: str, folder: str, bundle: str) -> None:
    os.environ["SSL_CERT_FILE"] = bundle
    client = made(name, Path(folder))
    for line in sys.stdin:
        urls = json.loads(line)
        if urls == "poll":
            print(json.dumps(measured(client)), flush=True)
        else:
            client.add(urls)
    # The measuring is over and nothing is to be kept: threads need not be waited for, workers end with their input.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
