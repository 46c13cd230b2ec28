"""From the start of a process to its first answer, and the most memory it held: ours, and what else could be started.

The peer with torch is a transformers pipeline of one bert-base token classifier, the lesser half of what it would take;
what both halves hold is told too. Both peers are loaded from a local folder with random weights. A child prints a line
once it has answered; the clock runs from before the child is started.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import ratios, row, table
from benchmarks.machine import cores
from benchmarks.material import Scale
from benchmarks.peers import NO_SPACY, has_spacy

ROOT = Path(__file__).resolve().parents[1]
MANY = 100
OURS, PIPELINE, SPACY = "talks-monitor", "transformers pipeline, bert-base shape, torch", "spaCy, en_core_web_sm shape"


def run(scale: Scale) -> list[str]:
    many = str(min(scale.articles or MANY, MANY))
    with tempfile.TemporaryDirectory() as folder:
        commands = {OURS: ["ours"], PIPELINE: ["pipeline", f"{folder}/pipeline"]}
        _child("save-pipeline", f"{folder}/pipeline")
        if has_spacy():
            _child("save-spacy", f"{folder}/spacy")
            commands[SPACY] = ["spacy", f"{folder}/spacy"]
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(scale.rounds):
            for name, command in commands.items():
                found[name].append(_child(*command))
    seconds = {name: [first for first, _ in pairs] for name, pairs in found.items()}
    megabytes = {name: [peak for _, peak in pairs] for name, pairs in found.items()}
    loaded = [_child("ours-many", many)[1]]
    both = [_child("zero-shot")[1]]
    rows = [
        *_rows("seconds to the first answer", seconds, 2),
        *_rows("MB at the peak, one answer", megabytes, 0),
        row(f"{OURS}: MB at the peak, {many} whole articles on {cores()} sessions; once", loaded, 0),
        row("bart-large-mnli and bert-base shapes, torch fp32: MB at the peak, one article; once", both, 0),
        row("ratio", ratios(both, loaded)),
        *([] if has_spacy() else [f"| {NO_SPACY} | | | |"]),
    ]
    return [f"A process each in turn, {scale.rounds} times; files in the system's cache.", "", *table("", rows)]


def _rows(what: str, figures: dict[str, list[float]], digits: int) -> list[str]:
    rows = []
    for name, found in figures.items():
        rows.append(row(f"{name}: {what}", found, digits))
        if name != OURS:
            rows.append(row("ratio", ratios(found, figures[OURS])))
    return rows


def _child(*arguments: str) -> tuple[float, float]:
    """Run ``benchmarks.answer`` in a process of its own; seconds to its line, and the megabytes that it tells."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1"}
    command: Sequence[str] = [sys.executable, "-m", "benchmarks.answer", *arguments]
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - started
    if process.returncode or not line:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}. Run it by hand to see why.")
    return seconds, float(json.loads(line)["megabytes"])
