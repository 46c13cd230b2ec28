"""What the programs hold, looked at from outside: memory, descriptors, threads, tables; kept as rows of CSV."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from sqlalchemy import Engine, func, select, text

from benchmarks.endtoend_programs import engine_of
from monitor.store.tables import feeds, metadata

PENDING = (
    "select count(*) from entries where state in ('new', 'to_analyse') or (state = 'to_read' and retry_at is null)"
)
"""What a stage could do at once; a page that is to be tried again waits for its time."""
_WAITING = "select count(*) from articles where unwoven"
_MADE = "select (select count(*) from entries) + (select count(*) from tombstones) / 2"
"""Of every entry that was pruned two tombstones stay: one for its address, one for its guid."""
_ROLES = {
    "monitor.extract.worker": "page reader",
    "monitor.sources.worker": "feed parser",
    "monitor.charts.worker": "painter",
    "monitor.notify.chat_worker": "chats",
}
MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look. ``run`` counts the starts of the programs: an interrupted trial goes on with the next."""

    run: int
    seconds: float
    """Since this start of the programs."""
    day: float
    """Of the wound clock."""
    articles: int
    """Done since the beginning."""
    pending: int
    memory: dict[str, float]
    """MiB resident by role, of all processes that have it."""
    descriptors: dict[str, int]
    threads: dict[str, int]
    database: int
    """Bytes."""
    wal: int
    """Bytes of the write-ahead log that lies beside an SQLite file; 0 on Postgres."""
    rows: dict[str, int]


class Watch:
    """Looks at programs, with the names of their roles, and at their database."""

    def __init__(self, url: str, programs: Sequence[tuple[str, psutil.Process]]) -> None:
        self._engine: Engine = engine_of(url)
        self._file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None
        self._programs = programs

    def count(self, query: str) -> int:
        """The number that a query gives."""
        with self._engine.connect() as connection:
            return int(connection.scalar(text(query)) or 0)

    def done(self) -> int:
        """Articles that are through, since the beginning of the database."""
        return self.count(_MADE) - self.count(PENDING)

    def busy(self) -> bool:
        """Whether anything waits for a stage."""
        return bool(self.count(PENDING) or self.count(_WAITING))

    def due(self, now: datetime) -> int:
        """Feeds that wait for their poll."""
        with self._engine.connect() as connection:
            query = select(func.count()).select_from(feeds).where(feeds.c.next_poll_at <= now)
            return connection.scalar(query) or 0

    def look(self, *, run: int, seconds: float, day: float) -> Sample:
        """Look at everything."""
        memory: dict[str, float] = {}
        descriptors: dict[str, int] = {}
        threads: dict[str, int] = {}
        for role, process in self._processes():
            try:
                with process.oneshot():
                    found = process.memory_info().rss, process.num_fds(), process.num_threads()
            except psutil.NoSuchProcess:
                continue
            memory[role] = round(memory.get(role, 0.0) + found[0] / MEBIBYTE, 2)
            descriptors[role] = descriptors.get(role, 0) + found[1]
            threads[role] = threads.get(role, 0) + found[2]
        pending = self.count(PENDING)
        return Sample(
            run=run,
            seconds=round(seconds, 1),
            day=round(day, 3),
            articles=self.count(_MADE) - pending,
            pending=pending,
            memory=memory,
            descriptors=descriptors,
            threads=threads,
            database=self._size(),
            wal=_size(Path(f"{self._file}-wal")) if self._file else 0,
            rows={name: self.count(f'select count(*) from "{name}"') for name in metadata.tables},
        )

    def alive(self) -> bool:
        """Whether all programs run."""
        return all(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for _, each in self._programs)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _processes(self) -> list[tuple[str, psutil.Process]]:
        found = list(self._programs)
        for name, program in self._programs:
            for child in program.children(recursive=True):
                try:
                    command = " ".join(child.cmdline())
                except psutil.Error:
                    continue
                if not command:
                    # It has just ended.
                    continue
                role = next((role for module, role in _ROLES.items() if module in command), "other")
                found.append((role if len(self._programs) == 1 else f"{name}: {role}", child))
        return found

    def _size(self) -> int:
        return _size(self._file) if self._file else self.count("select pg_database_size(current_database())")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


class Log:
    """Samples in a CSV file, a column a figure; what an interrupted trial has written stays."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, sample: Sample) -> None:
        """Write one down."""
        row = _flat(sample)
        known = self._rows()
        columns = list(dict.fromkeys(name for each in (*known, row) for name in each))
        if known and list(known[0]) == columns:
            with self._path.open("a", newline="", encoding="utf-8") as file:
                csv.DictWriter(file, columns).writerow(row)
            return
        new = self._path.with_suffix(".new")
        with new.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows([*known, row])
        new.replace(self._path)

    def samples(self) -> list[Sample]:
        """All of them, in the order in which they were taken."""
        return [_sample(row) for row in self._rows()]

    def _rows(self) -> list[dict[str, str]]:
        if not self._path.exists():
            return []
        with self._path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


_PLAIN = ("run", "seconds", "day", "articles", "pending", "database", "wal")
_GROUPS = ("memory", "descriptors", "threads", "rows")


def _flat(sample: Sample) -> dict[str, str]:
    plain = {name: str(getattr(sample, name)) for name in _PLAIN}
    return plain | {f"{group}/{key}": str(value) for group in _GROUPS for key, value in getattr(sample, group).items()}


def _sample(row: dict[str, str]) -> Sample:
    def group(name: str) -> dict[str, str]:
        start = f"{name}/"
        return {key.removeprefix(start): value for key, value in row.items() if key.startswith(start) and value}

    def numbers(name: str) -> dict[str, int]:
        return {key: int(value) for key, value in group(name).items()}

    return Sample(
        run=int(row["run"]),
        seconds=float(row["seconds"]),
        day=float(row["day"]),
        articles=int(row["articles"]),
        pending=int(row["pending"]),
        memory={key: float(value) for key, value in group("memory").items()},
        descriptors=numbers("descriptors"),
        threads=numbers("threads"),
        database=int(row["database"]),
        wal=int(row["wal"]),
        rows=numbers("rows"),
    )
