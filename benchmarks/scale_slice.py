"""Some minutes of the busiest hour for real: worker processes, the queue, claims, turns and writes on a Postgres."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import percentile
from benchmarks.polling_simulation import START
from benchmarks.scale_feeds import Population
from benchmarks.scale_queue import Shape
from benchmarks.scale_tables import server_seconds, transactions
from monitor.worker.nudges import Nudges

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What the workers did."""

    workers: int
    shape: str
    """What each was started with."""
    seconds: float
    polls: int
    news: int
    entries: int
    rounds: int
    empty: int
    """Rounds that found nothing due."""
    transactions: int
    late: Sequence[float]
    """Seconds from a poll's due time until it was written."""
    computed: float
    """Seconds of processor time of all workers."""
    server: float
    load: float
    """The machine's load when it began: what others ran beside."""

    def lateness(self, share: float) -> float:
        return percentile(self.late, share) if self.late else 0.0


def sliced(
    url: str, population: Population, shape: Shape, *, at: float, seconds: float, workers: int, server: int
) -> Slice:
    """Let workers poll from the simulated moment ``at`` on, a nudge each second, as the daemon gives them."""
    load = os.getloadavg()[0]
    offset = START.timestamp() + at - time.time()
    given = (offset, seconds, len(population.times), population.copies, shape.requests, shape.slots)
    command = [sys.executable, "-m", "benchmarks.scale_worker", url, *map(str, given)]
    started = [_started(command) for _ in range(workers)]
    before, computed = transactions(url), server_seconds(server)
    nudges = Nudges(url)
    nudges.start()
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        nudges.submit("poll")
        time.sleep(1.0)
    nudges.close()
    with ThreadPoolExecutor(workers) as pool:
        told = list(pool.map(_told, started))
    found = {"transactions": transactions(url) - before, "server": server_seconds(server) - computed}
    return _summed(told, shape, seconds=seconds, load=load, **found)


def _started(command: Sequence[str]) -> "subprocess.Popen[str]":
    worker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    while (line := worker.stdout.readline()) != "ready\n":
        if not line:
            raise SystemExit("a worker ended before it began; its error stands above")
    return worker


def _told(worker: "subprocess.Popen[str]") -> dict[str, Any]:
    """The worker's last line; its log comes before."""
    said, _ = worker.communicate(timeout=120)
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def _summed(told: Sequence[dict[str, Any]], shape: Shape, **known: Any) -> Slice:
    def total(name: str) -> int:
        return sum(int(each[name]) for each in told)

    return Slice(
        workers=len(told),
        shape=shape.named,
        polls=total("polls"),
        news=total("news"),
        entries=total("entries"),
        rounds=total("claims"),
        empty=total("empty"),
        late=[late for each in told for late in each["late"]],
        computed=sum(float(each["computed"]) for each in told),
        **known,
    )
