"""The timer's lag, the watchdog, and processes that are replaced: what hangs is seen, counted and ended."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from monitor.daemon import judging
from monitor.daemon.health import BROKEN, OK
from monitor.daemon.judging import STUCK_AFTER
from monitor.daemon.metrics import Metrics
from monitor.daemon.pulse import Pulse
from monitor.daemon.service import Daemon
from monitor.daemon.watchdog import HUNG, Watchdog
from monitor.errors import HungError, TransientError
from monitor.processes.pool import Lost, ProcessPool
from monitor.worker.service import Worker
from tests.test_daemon_parts import FakeServices
from tests.test_sources_pool import children


class Time:
    """Seconds, set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_first_of_several_missed_ticks_counts_and_the_next_one_is_in_time() -> None:
    clock, lags = Time(), list[float]()
    pulse = Pulse({"poll": 2.0}, lags.append, clock=clock)
    pulse.start()
    for now in (102.0, 104.5, 113.0, 114.0):
        clock.now = now
        pulse.beat("poll")
    assert lags == [0.0, 0.5, 7.0, 0.0]
    clock.now = 120.0
    assert pulse.silent() == 6.0


def test_what_hangs_is_asked_to_end_and_ended_when_it_does_not() -> None:
    stopped, ended = threading.Event(), threading.Event()
    codes: list[int] = []

    def end(code: int) -> None:
        codes.append(code)
        ended.set()

    watchdog = Watchdog(lambda: "a round hangs: read", stopped.set, grace=0.01, tick=0.01, end=end)
    watchdog.start()
    assert stopped.wait(10)
    assert ended.wait(10)
    assert (codes, watchdog.hung) == ([HUNG], "a round hangs: read")


def test_a_watchdog_is_closed_without_an_end() -> None:
    asked = threading.Event()

    def hangs() -> str:
        asked.set()
        return ""

    codes: list[int] = []
    watchdog = Watchdog(hangs, codes.append, grace=0.0, tick=0.01, end=codes.append)  # type: ignore[arg-type]
    watchdog.start()
    assert asked.wait(10)
    watchdog.close()
    assert (codes, watchdog.hung) == ([], "")


@dataclass
class FakeRunner:
    """A runner in which rounds last as long as a test says."""

    lasted: dict[str, float] = field(default_factory=dict)
    last_error: dict[str, str] = field(default_factory=dict)
    failing_since: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        """Nothing to start."""

    def submit(self, job: str) -> None:
        """Nothing to do."""

    def under_way(self) -> dict[str, float]:
        return self.lasted

    def drain(self, seconds: float) -> bool:
        return seconds > 0


def _daemon(runner: FakeRunner) -> Daemon:
    services: Any = FakeServices()
    return Daemon(services, health_host="127.0.0.1", health_port=0, drain_seconds=0.1, runner=runner)


def test_a_daemon_in_which_a_round_hangs_says_so_first_and_ends_then() -> None:
    runner = FakeRunner({"read": STUCK_AFTER + 1})
    daemon = _daemon(runner)
    assert judging.jobs_part(daemon.runner, daemon._stuck_after).status == BROKEN
    assert daemon._hangs() == ""
    runner.lasted["read"] += 60
    assert daemon._hangs() == "a round hangs: read for 961 s"
    daemon._watchdog.hung = daemon._hangs()
    with pytest.raises(HungError, match="Start it again"):
        daemon.raise_if_ousted()


def test_a_worker_in_which_a_round_hangs_or_that_takes_nothing_ends_as_well() -> None:
    services: Any = FakeServices()
    nudges: Any = FakeRunner()
    worker = Worker(
        services, "", nudges, queues=("read",), concurrency=1, drain_seconds=0.1, health_host="", health_port=0
    )
    began = worker._rounds._since["read", "here.0"] = time.monotonic() - STUCK_AFTER - 1
    assert judging.jobs_part(worker._rounds, worker._stuck_after).status == BROKEN
    assert worker._hangs() == ""
    worker._rounds._since["read", "here.0"] = began - 60
    assert worker._hangs() == "a round hangs: read for 961 s"
    worker._rounds._since.clear()
    assert worker._hangs() == ""
    worker._beat -= 121
    assert "nothing was taken from the queue for 121 s" in worker._hangs()
    services.stopping.set()
    assert worker._hangs() == ""


def test_ticks_that_stop_break_health_although_the_store_is_still_looked_at() -> None:
    daemon, clock = _daemon(FakeRunner()), Time()
    daemon._pulse = Pulse({"poll": 2.0}, daemon.metrics.late, clock=clock)
    assert judging.timer_part(daemon._silent()).status == OK
    clock.now += 61.0
    assert judging.timer_part(daemon._silent()).status == BROKEN
    clock.now += 60.0
    assert "has not ticked for 121 s" in daemon._hangs()


def test_a_process_that_hangs_is_replaced_and_counted() -> None:
    pool, metrics = ProcessPool("monitor.sources.worker", workers=1, deadline=1.0), Metrics()
    before = children()
    try:
        pool._all[0]._running()
        (process,) = children() - before
        os.kill(process, signal.SIGSTOP)
        assert pool.ask({}, b"") == Lost(True, -signal.SIGKILL)
        assert pool.killed == 1
    finally:
        pool.close()
    for total in (0, 1, 1):
        metrics.killed({"parser": total})
    assert b'monitor_processes_killed_total{process="parser"} 1.0' in metrics.page()


def test_a_pool_that_is_closed_while_a_process_starts_ends_it_and_waits_for_nothing(tmp_path: Path) -> None:
    module = tmp_path / "slow_to_start.py"
    module.write_text("import time; time.sleep(60)")
    pool, before = ProcessPool("slow_to_start", workers=1, deadline=60.0), children()
    with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(1) as threads:
        patched.setenv("PYTHONPATH", str(tmp_path))
        asked = threads.submit(pool.ask, {}, b"")
        while not children() - before:
            assert not asked.done()
        pool.close()
        with pytest.raises(TransientError):
            asked.result(timeout=30)
    assert children() == before
