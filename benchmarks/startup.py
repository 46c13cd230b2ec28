"""How soon the command line answers, against what a script with a transformers pipeline pays for its import alone."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from benchmarks.material import Scale

TEXT = "Zelensky asks Trump for Tomahawks\nThe Ukrainian president arrives in Washington on Friday."


def run(scale: Scale) -> list[str]:
    monitor = [sys.executable, "-m", "monitor"]
    cases = {
        "`monitor --help`": ([*monitor, "--help"], ""),
        "`monitor analyze`, one text, to its end": ([*monitor, "analyze"], TEXT),
        "peer: import of the transformers pipeline with torch": (
            [sys.executable, "-c", "import torch, transformers; transformers.pipeline"],
            "",
        ),
    }
    rows = ["| seconds | min | median | max |", "|---|---|---|---|"]
    medians = []
    for name, (command, text) in cases.items():
        seconds = [_timed(command, text) for _ in range(scale.rounds)]
        medians.append(statistics.median(seconds))
        rows.append(f"| {name} | {min(seconds):.2f} | {medians[-1]:.2f} | {max(seconds):.2f} |")
    rows.append(f"| ratio: peer's import to our first answer | | {medians[2] / medians[1]:.1f} | |")
    return rows


def _timed(command: Sequence[str], text: str) -> float:
    """Seconds of one whole process."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        subprocess.run(command, input=text.encode(), stdout=subprocess.DEVNULL, cwd=folder, check=True)
        return time.perf_counter() - started
