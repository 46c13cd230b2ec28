"""The reading of articles, beside what a user would otherwise put together: four measurements in one run."""

import time
from collections.abc import Callable

from benchmarks import batching, coldstart, latency, throughput
from benchmarks.material import Scale

PARTS: dict[str, Callable[[Scale], list[str]]] = {
    "How many a second": throughput.run,
    "How soon one is read": latency.run,
    "Cold start and memory": coldstart.run,
    "The same answer whatever else is read": batching.run,
}


def run(scale: Scale) -> list[str]:
    started = time.perf_counter()
    lines: list[str] = []
    for title, part in PARTS.items():
        lines += [f"### {title}", "", *part(scale), ""]
    return [*lines, f"The whole run took {time.perf_counter() - started:.0f} s."]
