"""The search for hostile input, guided by coverage: starts its processes, and goes on where they were."""

import importlib.util
import json
import shutil
import subprocess
import sys
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from proof.hostile_targets import TARGETS, Target
from proof.ledger import ROOT
from proof.promise import Figure, Scene

AT_ONCE = 2
CHUNK_SECONDS = 60.0
"""After so long a process ends and what it did is written down; the next one goes on with its corpus."""
_LIMIT_BYTES = 1 << 30
_START_SECONDS = 300.0
_CRASHES = 20
"""After so many hangs and crashes a target is given up: the search finds the same one again and again."""


@dataclass(slots=True)
class _Told:
    """What is known of one target, also after an interruption."""

    done: int = 0
    chunks: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    memory: int = 0
    findings: dict[str, str] = field(default_factory=dict)

    def add(self, said: dict[str, Any], findings: dict[str, str]) -> None:
        self.chunks += 1
        self.done += int(said.get("done", 0))
        self.seconds += float(said.get("seconds", 0))
        self.slowest = max(self.slowest, float(said.get("slowest", 0)))
        self.memory = max(self.memory, int(said.get("memory", 0)))
        self.findings |= findings


def run(scene: Scene) -> Sequence[Figure]:
    """Every target, two at a time, the longest first."""
    if importlib.util.find_spec("atheris") is None:
        raise RuntimeError("atheris is not installed (it is for Linux alone): pip install '.[proof]'")
    order = sorted(TARGETS, key=lambda target: -target.executions)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        told = dict(zip(order, threads.map(partial(_searched, scene), order), strict=True))
    return [_all(scene, told), _slowest(told), _memory(told), *(_figure(target, told[target]) for target in TARGETS)]


def _searched(scene: Scene, target: Target) -> _Told:
    name = target.name.replace(" ", "-").replace("/", "-")
    folder = scene.folder / name
    folder.mkdir(exist_ok=True)
    told = _Told(**(scene.remembered(name) or {}))
    wanted = scene.of(target.executions)
    while told.done < wanted and sum(key.startswith("ended") for key in told.findings) < _CRASHES:
        said, findings = _chunk(target, folder, wanted - told.done, told.chunks)
        told.add(said, findings)
        scene.remember(name, {each: getattr(told, each) for each in _Told.__slots__})
        print(f"    {target.name}: {told.done:,} of {wanted:,}, {len(told.findings)} findings", flush=True)
    return told


def _chunk(target: Target, folder: Path, executions: int, number: int) -> tuple[dict[str, Any], dict[str, str]]:
    said_in = folder / "said.json"
    said_in.unlink(missing_ok=True)
    seed = zlib.crc32(f"{target.name} {number}".encode()) % (1 << 31)
    command = [sys.executable, "-m", "proof.hostile_child", target.name, str(folder), str(executions)]
    log = folder / "log"
    with log.open("wb") as out:
        try:
            status = subprocess.run(
                [*command, str(CHUNK_SECONDS), str(seed)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                timeout=CHUNK_SECONDS + _START_SECONDS,
            ).returncode
        except subprocess.TimeoutExpired:
            status = -9
    said: dict[str, Any] = json.loads(said_in.read_text()) if said_in.exists() else {}
    findings = {key: f"{folder.name}/{each['file']}" for key, each in said.get("findings", {}).items()}
    if status or not said.get("ended"):
        kept = f"ended-{number}"
        shutil.copyfile(log, folder / f"{kept}.log")
        findings[f"ended with status {status} in chunk {number}"] = f"{folder.name}/{kept}.log"
    return said, findings


def _all(scene: Scene, told: dict[Target, _Told]) -> Figure:
    done, seconds = sum(each.done for each in told.values()), sum(each.seconds for each in told.values())
    wanted = sum(scene.of(target.executions) for target in told)
    found = sum(len(each.findings) for each in told.values())
    return Figure(
        what=f"executions over {len(told)} targets, two processes side by side",
        measured=f"{done:,}, {done / max(1.0, seconds):,.0f} a second and process; {found} findings",
        wanted=f"{wanted:,}; nothing but documented errors escapes",
        holds=done >= wanted and not found,
    )


def _slowest(told: dict[Target, _Told]) -> Figure:
    target = max(told, key=lambda each: told[each].slowest / each.seconds)
    return Figure(
        what="the execution nearest to its deadline (processor time)",
        measured=f"{told[target].slowest:.2f} s of {target.seconds:g} s, in {target.name}",
        wanted="within the deadline",
        holds=told[target].slowest <= target.seconds,
    )


def _memory(told: dict[Target, _Told]) -> Figure:
    most = max(each.memory for each in told.values())
    return Figure(
        what="the most memory that a searching process took",
        measured=f"{most / 1e6:,.0f} MB",
        wanted=f"below {_LIMIT_BYTES / 1e6:,.0f} MB, what a parsing process may take",
        holds=most < _LIMIT_BYTES,
    )


def _figure(target: Target, told: _Told) -> Figure:
    found = "; ".join(f"{key} ({file})" for key, file in told.findings.items())
    speed, slowest = told.done / max(1.0, told.seconds), told.slowest * 1000
    return Figure(
        what=target.name,
        measured=f"{told.done:,} executions, {speed:,.0f}/s, slowest {slowest:,.0f} ms: {found or 'nothing'}",
        wanted="no finding",
        holds=not told.findings,
    )
