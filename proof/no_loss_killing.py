"""Children that do real work and are killed by SIGKILL in the middle of it, wherever a draw says.

A worker imports everything once and forks a child per kill, so a kill costs what is lost with it and no start of
Python. What a child is at stands in memory that both see: the draw aims at a stage, not at a time.
"""

import json
import mmap
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from monitor.store import Store
from monitor.store.engine import _WRITES
from proof.ledger import ROOT
from tests.telling_worker import ended, forked

_CELL = struct.Struct("=IId")
LOOK = 0.0002
"""Seconds between looks at what a child is at."""
PATIENCE = 60.0
"""So long a child may take until it is where the draw wants it; longer is a stall, and told as one."""


class Watch:
    """What a child is at: for each stage how often it was entered, whether it is in it, and for how long in all."""

    def __init__(self, *stages: str) -> None:
        self.stages = stages
        self._memory = mmap.mmap(-1, _CELL.size * len(stages))
        self._lock = threading.Lock()

    @contextmanager
    def at(self, stage: str) -> Iterator[None]:
        """Be in a stage; who is killed there stays in it."""
        began = self.enter(stage)
        try:
            yield
        finally:
            self.leave(stage, began)

    def enter(self, stage: str) -> float:
        """Be in a stage from now on; when that began."""
        with self._lock:
            entered, inside, lasted = self._cell(stage)
            self._put(stage, entered + 1, inside + 1, lasted)
        return time.monotonic()

    def leave(self, stage: str, began: float) -> None:
        """Be in it no more."""
        with self._lock:
            entered, inside, lasted = self._cell(stage)
            self._put(stage, entered, inside - 1, lasted + time.monotonic() - began)

    def entered(self, stage: str) -> int:
        """How often it was entered."""
        return self._cell(stage)[0]

    def now(self) -> tuple[str, ...]:
        """The stages that the child is in, or was when it died."""
        return tuple(stage for stage in self.stages if self._cell(stage)[1])

    def mean(self, stage: str) -> float:
        """Seconds that a stage lasts."""
        entered, _, lasted = self._cell(stage)
        return lasted / entered if entered else 0.0

    def clear(self) -> None:
        """For the next child."""
        self._memory[:] = bytes(len(self._memory))

    def watch_writes(self, store: Store, stage: str) -> None:
        """Be in ``stage`` from the begin of each writing transaction until its connection is given back."""
        engine = store._database.engine

        def begin(connection: Any) -> None:
            if connection.get_execution_options().get(_WRITES):
                connection.connection.record_info["began"] = self.enter(stage)

        def end(_: Any, record: Any) -> None:
            if "began" in record.record_info:
                self.leave(stage, record.record_info.pop("began"))

        event.listen(engine, "begin", begin)
        event.listen(engine, "checkin", end)

    def _cell(self, stage: str) -> tuple[int, int, float]:
        entered, inside, lasted = _CELL.unpack_from(self._memory, self.stages.index(stage) * _CELL.size)
        return int(entered), int(inside), float(lasted)

    def _put(self, stage: str, entered: int, inside: int, lasted: float) -> None:
        _CELL.pack_into(self._memory, self.stages.index(stage) * _CELL.size, entered, inside, lasted)


@dataclass
class Gun:
    """Kills children at drawn moments, and counts in which stage."""

    watch: Watch
    chance: random.Random
    means: Mapping[str, float]
    """How long each stage lasts in a run that nobody disturbs."""
    most_visits: int = 4
    hit: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    missed: int = 0

    def shoot(self, task: Callable[[], None], aim: str) -> bool:
        """Kill a child that does ``task`` while, or just after, it is in ``aim``; False when it was done before."""
        visits = self.chance.randint(1, self.most_visits)
        wait = self.chance.uniform(0.0, 1.2 * self.means.get(aim, 0.0))
        self.watch.clear()
        child = forked(task)
        if not self._is_there(child, aim, visits):
            self.missed += 1
            return False
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
        status = ended(child)
        if status != -signal.SIGKILL:
            assert status == 0, f"a child that was to be killed ended with {status} by itself"
            self.missed += 1
            return False
        self.kills += 1
        self.hit.update(self.watch.now() or ("between",))
        return True

    def _is_there(self, child: int, aim: str, visits: int) -> bool:
        """Wait until the child is in ``aim`` for the ``visits``-th time; False when it has ended."""
        ends = time.monotonic() + PATIENCE
        while self.watch.entered(aim) < visits:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                assert status == 0, f"a child ended with {os.waitstatus_to_exitcode(status)} by itself"
                return False
            if time.monotonic() > ends:
                os.kill(child, signal.SIGKILL)
                ended(child)
                raise AssertionError(f"a child was not in {aim} within {PATIENCE:.0f} s, but in {self.watch.now()}")
            time.sleep(LOOK)
        return True


def undisturbed(task: Callable[[], None], watch: Watch) -> dict[str, float]:
    """Let a child do all of its work; how long each stage lasted."""
    watch.clear()
    assert ended(forked(task)) == 0, "a child that nobody disturbed did not come to its end"
    return {stage: watch.mean(stage) for stage in watch.stages}


def asked(
    what: str, given: Mapping[str, Any], *, environment: Mapping[str, str] | None = None, timeout: float = 3_000.0
) -> Any:
    """What ``proof.no_loss_worker`` says when it has done ``what``, in a process without threads of others.

    Raises AssertionError with what it said on its way down.
    """
    done = subprocess.run(
        [sys.executable, "-m", "proof.no_loss_worker", what, json.dumps(given)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def told(counts: Mapping[str, int], order: Sequence[str] = ()) -> str:
    """Counts in words."""
    names = [*order, *(name for name in counts if name not in order)]
    return ", ".join(f"{name} {counts[name]}" for name in names if counts.get(name))
