"""From HTTP to SQL: feeds polled, pages of 30 to 150 kB fetched, extracted, classified, stored; programs as started.

Throughput is counted from the first entry stored to the last article done, so that starting costs nothing and
everything else does. ``ENDTOEND_POSTGRES`` names a Postgres server whose user may create databases; else the wheel
``pgserver`` starts one.
"""

import os
import tempfile

from benchmarks.endtoend_floors import floors
from benchmarks.endtoend_latency import latencies
from benchmarks.endtoend_programs import Outlets, Run, measured
from benchmarks.figures import cells, percentile, row, table
from benchmarks.material import Scale, source
from benchmarks.postgres import Server

OUTLETS, ITEMS = 60, 40
WANTED = 45.0
DELAY = 1.0
"""Seconds that a server elsewhere takes, where waiting is to outweigh computing."""
DELAYED_OUTLETS, DELAYED_ITEMS = 160, 2
WORKERS = (1, 2, 4, 8)


def run(scale: Scale) -> list[str]:
    """Return the rows: throughput, growth with workers, latency, floors."""
    rounds = max(1, min(scale.rounds, 3))
    with Server() as server:
        lines = _throughput(server, rounds)
        lines += ["", *_growth(server)]
        lines += ["", *_latency(server)]
    return lines


def _throughput(server: Server, rounds: int) -> list[str]:
    articles = OUTLETS * ITEMS
    cores = len(os.sched_getaffinity(0))
    runs: dict[str, list[Run]] = {}
    with Outlets(OUTLETS, ITEMS) as outlets, tempfile.TemporaryDirectory() as folder:
        costs = floors(outlets, articles)
        for number in range(rounds):
            plans = {
                "SQLite, one process tree": (f"sqlite:///{folder}/{number}.sqlite3", [["run", "--no-live"]]),
                "Postgres, one process tree": (server.new(), [["run", "--no-live"]]),
                "Postgres, daemon and 1 worker": (server.new(), _crew(1)),
                "Postgres, daemon and 2 workers": (server.new(), _crew(2)),
                "Postgres, daemon and 4 workers": (server.new(), _crew(4)),
            }
            for name, (url, commands) in plans.items():
                settings = {"MONITOR_MODEL_SESSIONS": str(cores)}
                runs.setdefault(name, []).append(measured(url, outlets, commands, articles=articles, settings=settings))
                print(f"{name}: {runs[name][-1]}", flush=True)
    floor = sum(costs.values())
    most = 1000 * cores / floor
    return [
        f"{articles} articles of {OUTLETS} outlets, words of {source()}, pages of 30 to 150 kB, every page read "
        f"(gate 0: the model is not asked before it has the page); wanted {WANTED:.0f} articles/s.",
        "",
        *table("articles/s", [row(name, [each.rate for each in found]) for name, found in runs.items()]),
        "",
        f"Stages alone: {', '.join(f'{name} {cost:.1f}' for name, cost in costs.items())} processor ms an article, "
        f"{floor:.1f} in all; {cores} cores that do nothing else would do {most:.0f}/s.",
        "",
        *table("share of that", [row(name, [each.rate / most for each in found], 2) for name, found in runs.items()]),
        "",
        *table(
            "processor ms an article",
            [row(name, [1000 * each.worked / each.articles for each in found]) for name, found in runs.items()],
        ),
        "",
        *table(
            "% of the cores at work",
            [row(name, [100 * each.busy for each in found], 0) for name, found in runs.items()],
        ),
        "",
        *table("MB, all processes", [row(name, [each.megabytes for each in found], 0) for name, found in runs.items()]),
    ]


def _crew(workers: int, *, concurrency: int = 6) -> list[list[str]]:
    return [["daemon"], *([["worker", "--concurrency", str(concurrency)]] * workers)]


def _growth(server: Server) -> list[str]:
    """Servers that take their time: more workers wait for more of them at once."""
    articles = DELAYED_OUTLETS * DELAYED_ITEMS
    rates, busy = list[float](), list[float]()
    settings = {"MONITOR_FETCH_CONCURRENCY": "6", "MONITOR_MODEL_SESSIONS": "1"}
    with Outlets(DELAYED_OUTLETS, DELAYED_ITEMS, delay=DELAY) as outlets:
        for workers in WORKERS:
            found = measured(server.new(), outlets, _crew(workers), articles=articles, settings=settings)
            rates.append(found.rate)
            busy.append(100 * found.busy)
            print(f"{workers} workers, {DELAY:g} s: {found}", flush=True)
    return [
        f"{articles} articles of {DELAYED_OUTLETS} outlets that take {DELAY:g} s for each answer, 6 requests at once "
        "in a worker:",
        "",
        *table("", [cells("articles/s", rates), cells("to one worker", [rate / rates[0] for rate in rates], 2),
                    cells("% of the cores at work", busy, 0)],
               [f"{number} workers" for number in WORKERS]),
    ]  # fmt: skip


def _latency(server: Server) -> list[str]:
    rows = []
    with tempfile.TemporaryDirectory() as folder, Outlets(40, 5) as outlets:
        for name, url, commands in (
            ("SQLite, one process tree", f"sqlite:///{folder}/latency.sqlite3", [["run", "--no-live"]]),
            ("Postgres, daemon and 2 workers", server.new(), _crew(2)),
        ):
            taken = latencies(url, outlets, commands)
            print(f"{name}: {sorted(taken)}", flush=True)
            rows.append(cells(name, [percentile(taken, share) for share in (0.5, 0.95, 1.0)], 2))
    return [
        "From publication in a feed that is due to the visible match, seconds:",
        "",
        *table("", rows, ("p50", "p95", "max")),
    ]
