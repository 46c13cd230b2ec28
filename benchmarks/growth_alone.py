"""``python -m benchmarks.growth_alone``: fill a database or measure it, in a process whose memory is only that.

A task comes in as JSON on stdin; the figures go out as the last line on stdout.
"""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime

from benchmarks.dashboard_asking import python

Figures = dict[str, list[float]]
FILLED, SECONDS = "bytes", "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to do with which databases; the numbers are those that the work needs."""

    work: str
    url: str
    plain: str
    until: str
    number: int
    copies: int = 1
    rounds: int = 0
    claims: int = 0

    @property
    def at(self) -> datetime:
        """The moment at which it plays."""
        return datetime.fromisoformat(self.until)


Apart = Callable[[Sequence[Task]], list[Figures]]
"""Does tasks side by side."""


def done(task: Task) -> Figures:
    """Do it here; what was measured, or the bytes on disk, and the seconds it took."""
    started = time.perf_counter()
    figures = _WORKS[task.work](task)
    return figures | {SECONDS: [time.perf_counter() - started]}


def side_by_side(tasks: Sequence[Task]) -> list[Figures]:
    """Do each in a process of its own. Raises CalledProcessError when one fails; it has said why."""
    with ThreadPoolExecutor(max(1, len(tasks))) as pool:
        return list(pool.map(_in_a_process, tasks))


def _in_a_process(task: Task) -> Figures:
    command = python("-m", "benchmarks.growth_alone")
    answer = subprocess.run(command, input=json.dumps(asdict(task)), stdout=subprocess.PIPE, text=True, check=True)
    found: Figures = json.loads(answer.stdout.rstrip().rpartition("\n")[2])
    return found


def _fill_feeds(task: Task) -> Figures:
    from benchmarks.growth_fill import Place, with_feeds

    return {FILLED: [with_feeds(Place(url=task.url, plain=task.plain), task.number, task.at)]}


def _archive(task: Task) -> Figures:
    from benchmarks.growth_fill import archive

    archive(task.url, task.number, task.at)
    return {}


def _fill_articles(task: Task) -> Figures:
    from benchmarks.growth_fill import Place, with_articles

    return {FILLED: [with_articles(Place(url=task.url, plain=task.plain), task.number, task.copies)]}


def _feeds(task: Task) -> Figures:
    from benchmarks import growth_feeds
    from benchmarks.growth_fill import Place

    place = Place(url=task.url, plain=task.plain)
    return growth_feeds.measured(place, task.number, task.at, rounds=task.rounds, claims=task.claims).figures


def _articles(task: Task) -> Figures:
    from benchmarks import growth_articles
    from benchmarks.growth_fill import Place

    place = Place(url=task.url, plain=task.plain)
    return growth_articles.measured(place, task.copies, task.at, rounds=task.rounds).figures


_WORKS: Mapping[str, Callable[[Task], Figures]] = {
    "fill feeds": _fill_feeds,
    "make the archive": _archive,
    "fill articles": _fill_articles,
    "feeds": _feeds,
    "articles": _articles,
}


def main() -> None:
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(json.dumps(done(Task(**json.load(sys.stdin)))))


if __name__ == "__main__":
    main()
