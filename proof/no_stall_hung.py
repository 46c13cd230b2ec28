"""A daemon with a round that never ends: it is ended from outside or inside, and the next one starts."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from monitor.store import Store
from proof.no_stall_daemon import ENDED_AFTER, FROZEN_AFTER, STUCK_AFTER
from proof.promise import Figure, Scene

ROOT = Path(__file__).resolve().parent.parent


def get(url: str) -> tuple[int, str]:
    """Status and body; status 0 and why when there is no answer."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


def hung_round(scene: Scene) -> Sequence[Figure]:
    """A round that never ends, asleep or with the interpreter's lock; the process is ended and the next one works."""
    figures = []
    longest = {"sleeps": STUCK_AFTER + ENDED_AFTER + 12, "holds": FROZEN_AFTER + 12}
    for way, words in (("sleeps", "waits for ever"), ("holds", "never lets the interpreter's lock go")):
        path = scene.folder / f"{way}.sqlite3"
        path.unlink(missing_ok=True)
        url = f"sqlite:///{path}"
        Store.open(url, create=True).close()
        lived = [_life(url, way) for _ in range(2)]
        took = max(seconds for seconds, *_ in lived)
        figures.append(
            Figure(what=f"a round that {words}: ended after, twice in a row",
                   measured=f"{took:.0f} s, exit status {lived[0][1]} and {lived[1][1]}",
                   wanted=f"{longest[way]:.0f} s at most, not 0",
                   holds=took <= longest[way] and all(status for _, status, _ in lived))
        )  # fmt: skip
        if way == "sleeps":
            told = [health for *_, health in lived]
            figures.append(Figure(what="/health before its end", measured="; ".join(told), wanted="broken",
                                  holds=all(each == "broken" for each in told)))  # fmt: skip
    return figures


def _life(url: str, way: str) -> tuple[float, int, str]:
    """How long it lived, how it ended, and the last that /health said."""
    command = [sys.executable, "-m", "proof.no_stall_daemon", url, way]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        next(line for line in lines if line == "ready\n")
        address = next(line.strip() for line in lines if line.startswith("http")) if way == "sleeps" else ""
        began, said = time.monotonic(), ""
        while process.poll() is None and time.monotonic() - began < 120:
            if way == "sleeps":
                status, body = get(f"{address}/health")
                said = json.loads(body)["status"] if status else said
            time.sleep(0.5)
        process.kill()
        return time.monotonic() - began, process.wait(), said
