"""Starting a module of the tests as a process of its own, to be killed or waited for."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def start(module: str, *arguments: str) -> "subprocess.Popen[str]":
    """Run ``module`` on the database whose address is among ``arguments``; it says "ready" when it is at work."""
    command = [sys.executable, "-m", module, *arguments]
    worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def finish(worker: "subprocess.Popen[str]") -> None:
    """Wait until it has done all that there was to do."""
    with worker:
        assert worker.wait(timeout=60) == 0
