"""How soon the command line answers, against what a script with a transformers pipeline pays for its import alone."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

ROUNDS = 5
TEXT = "Zelensky asks Trump for Tomahawks\nThe Ukrainian president arrives in Washington on Friday."


def run() -> list[str]:
    monitor = [sys.executable, "-m", "monitor"]
    cases = {
        "`monitor --help`": ([*monitor, "--help"], ""),
        "`monitor analyze`, one text, to its end": ([*monitor, "analyze"], TEXT),
        "peer: import of the transformers pipeline with torch": (
            [sys.executable, "-c", "import torch, transformers; transformers.pipeline"],
            "",
        ),
    }
    rows = ["| | seconds: min | median | max | memory MB |", "|---|---|---|---|---|"]
    medians = []
    for name, (command, text) in cases.items():
        runs = [_timed(command, text) for _ in range(ROUNDS)]
        seconds, memory = [run[0] for run in runs], max(run[1] for run in runs)
        medians.append(statistics.median(seconds))
        rows.append(f"| {name} | {min(seconds):.2f} | {medians[-1]:.2f} | {max(seconds):.2f} | {memory:.0f} |")
    rows.append(f"| ratio: peer's import to our first answer | | {medians[2] / medians[1]:.1f} | | |")
    return rows


def _timed(command: Sequence[str], text: str) -> tuple[float, float]:
    """Seconds and peak memory in MB of one whole process."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder
        )
        assert process.stdin is not None
        process.stdin.write(text.encode())
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024
