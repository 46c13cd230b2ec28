"""The daemon's parts one by one: runner, health, logs, metrics."""

import io
import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog

from monitor.daemon import logs
from monitor.daemon.health import BROKEN, DEGRADED, OK, Health, HealthServer, Part
from monitor.daemon.metrics import Metrics
from monitor.daemon.runner import Runner
from monitor.errors import ConfigError, StoreError
from monitor.jobs.services import Done, Sizes


class FakeRows:
    """Rows of which none is claimed."""

    def release(self, holder: str) -> int:
        assert holder.startswith("here#")
        return 0

    def note(self, job: str, holder: str, error: str, **_: Any) -> tuple[()]:
        assert (job, holder, error) == ("screen", "here#screen", "ZeroDivisionError: ")
        return ()


@dataclass
class FakeStore:
    feeds: FakeRows = field(default_factory=FakeRows)
    entries: FakeRows = field(default_factory=FakeRows)
    setbacks: FakeRows = field(default_factory=FakeRows)


@dataclass
class FakeServices:
    """As much of Services as the runner itself touches."""

    holder: str = "here"
    store: FakeStore = field(default_factory=FakeStore)
    stopping: threading.Event = field(default_factory=threading.Event)
    sizes: Sizes = field(default_factory=Sizes)

    def clock(self) -> datetime:
        return datetime(2025, 10, 16, tzinfo=UTC)


@pytest.fixture
def health() -> Iterator[tuple[HealthServer, dict[str, Part]]]:
    parts = {"database": Part(status=OK, detail="answers")}
    server = HealthServer("127.0.0.1", 0, lambda: Health(parts=parts), Metrics())
    yield server, parts
    server.close()


def get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_health_is_200_while_it_works_and_503_when_a_part_is_broken(
    health: tuple[HealthServer, dict[str, Part]],
) -> None:
    server, parts = health
    assert get(f"{server.address}/health")[0] == 200
    parts["feeds"] = Part(status=DEGRADED, detail="3 failing")
    status, body = get(f"{server.address}/health")
    assert (status, json.loads(body)["status"]) == (200, "degraded")
    parts["database"] = Part(status=BROKEN, detail="gone")
    status, body = get(f"{server.address}/health?verbose=1")
    assert (status, json.loads(body)["parts"]["database"]) == (503, {"status": "broken", "detail": "gone"})


def test_metrics_are_served_and_anything_else_is_not(health: tuple[HealthServer, dict[str, Part]]) -> None:
    server, _ = health
    assert b"monitor_ticks_missed_total" in get(f"{server.address}/metrics")[1]
    assert get(f"{server.address}/../etc/passwd")[0] == 404


def test_a_port_in_use_is_told_with_what_to_do(health: tuple[HealthServer, dict[str, Part]]) -> None:
    port = int(health[0].address.rsplit(":", 1)[1])
    with pytest.raises(ConfigError, match="health_port"):
        HealthServer("127.0.0.1", port, Health, Metrics())


def test_a_job_that_breaks_is_noted_and_the_others_go_on() -> None:
    rounds = {"poll": 0, "read": 0}
    done = threading.Event()

    def poll(_: Any) -> Done:
        rounds["poll"] += 1
        raise StoreError("database is locked")

    def bug(_: Any) -> Done:
        raise ZeroDivisionError

    def read(_: Any) -> Done:
        rounds["read"] += 1
        if rounds["read"] == 3:
            done.set()
        return Done(counts={"read_page": 1 if rounds["read"] < 3 else 0})

    services, metrics = FakeServices(), Metrics()
    jobs = {"poll": poll, "screen": bug, "read": read}
    chosen = Runner(services, metrics, jobs=jobs, followed_by={})  # type: ignore[arg-type]
    chosen.start()
    for job in ("poll", "screen", "read"):
        chosen.submit(job)
    assert done.wait(10)
    for _ in range(100):
        if len(chosen.last_error) == 2:
            break
        threading.Event().wait(0.05)
    services.stopping.set()
    assert chosen.drain(10)
    assert chosen.last_error == {"poll": "database is locked", "screen": "see the log for its traceback"}
    assert rounds == {"poll": 1, "read": 3}
    page = metrics.page().decode()
    assert 'monitor_jobs_total{job="poll",outcome="transient"} 1.0' in page
    assert 'monitor_jobs_total{job="screen",outcome="bug"} 1.0' in page
    assert metrics.totals()["read_page"] == 2


@pytest.fixture
def _logging_restored() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logging_restored")
def test_a_log_line_is_one_json_object_with_its_ids_for_machines_and_plain_words_for_people() -> None:
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    structlog.get_logger().info("polled", feed=7)
    logging.getLogger("elsewhere").warning("a library's %s", "word")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["event"], first["feed"], first["level"]) == ("polled", 7, "info")
    assert second["event"] == "a library's word"
    people = io.StringIO()
    logs.configure("info", "human", people)
    structlog.get_logger().info("polled", feed=7)
    assert "polled" in people.getvalue()
    assert "\x1b[" not in people.getvalue()
