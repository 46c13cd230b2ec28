"""``monitor demo``: it keeps to its own database, goes on where it was, and harms nobody's."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli import demo
from monitor.daemon import lease
from monitor.records.feeds import FeedSpec
from monitor.store import Store
from monitor.wiring import holder_name, utc_now


def run(folder: Path, arguments: Sequence[str], **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder, env=os.environ | settings, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def port() -> str:
    import socket

    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        return str(found.getsockname()[1])


@pytest.mark.slow
def test_the_demo_uses_its_own_database_and_goes_on_where_it_was(tmp_path: Path, port: str) -> None:
    arguments = ["demo", "--no-live", "--port", port, "--for", "6", "--speed", "3600"]
    first = run(tmp_path, arguments, MONITOR_DATABASE_URL="sqlite:///real.sqlite3")
    assert first.returncode == 0, first.stderr
    assert not (tmp_path / "real.sqlite3").exists()
    reached = datetime.fromisoformat((tmp_path / demo.CLOCK).read_text())
    assert reached > datetime(2025, 10, 16, 15, tzinfo=UTC)
    with closing(Store.open(f"sqlite:///{tmp_path / demo.DATABASE}")) as store:
        feeds = len(store.feeds.all())
        assert store.findings.last_matches(1)
    second = run(tmp_path, arguments)
    assert second.returncode == 0, second.stderr
    assert f"It is {reached:%A %d %B}" in second.stderr
    with closing(Store.open(f"sqlite:///{tmp_path / demo.DATABASE}")) as store:
        assert len(store.feeds.all()) == feeds == 14


def test_a_database_with_other_feeds_is_refused_and_left_as_it_was(tmp_path: Path, port: str) -> None:
    url = f"sqlite:///{tmp_path / 'real.sqlite3'}"
    with closing(Store.open(url, create=True)) as store:
        store.feeds.add(FeedSpec(url="https://news.example/feed"), now=utc_now())
    refused = run(tmp_path, ["--db", url, "demo", "--no-live", "--port", port, "--for", "1"])
    assert refused.returncode == 2
    assert "holds 1 other feeds (for example https://news.example/feed)" in refused.stderr
    with closing(Store.open(url)) as store:
        assert [feed.spec.url for feed in store.feeds.all()] == ["https://news.example/feed"]


def test_fresh_does_not_take_the_database_from_under_a_running_demo(tmp_path: Path, port: str) -> None:
    (tmp_path / "var").mkdir()
    database = tmp_path / demo.DATABASE
    with closing(Store.open(f"sqlite:///{database}", create=True)) as store:
        lease.take(store, holder_name().replace(str(os.getpid()), str(os.getppid())), now=utc_now())
    refused = run(tmp_path, ["demo", "--no-live", "--fresh", "--port", port, "--for", "1"])
    assert refused.returncode == 2
    assert "another daemon works on this database" in refused.stderr
    assert database.exists()


def test_a_lease_that_has_run_out_does_not_stop_a_fresh_start(tmp_path: Path, port: str) -> None:
    (tmp_path / "var").mkdir()
    with closing(Store.open(f"sqlite:///{tmp_path / demo.DATABASE}", create=True)) as store:
        lease.take(store, "elsewhere:1:x", now=utc_now() - timedelta(hours=1))
        store.feeds.add(FeedSpec(url="https://news.example/feed"), now=utc_now())
    begun = run(tmp_path, ["demo", "--no-live", "--fresh", "--port", port, "--for", "1"])
    assert begun.returncode == 0, begun.stderr


@pytest.mark.parametrize("wrong", [["--port", "99999"], ["--speed", "-1"], ["--speed", "nan"], ["--for", "-3"]])
def test_numbers_out_of_range_are_told(tmp_path: Path, wrong: list[str]) -> None:
    refused = run(tmp_path, ["demo", *wrong])
    assert refused.returncode == 2
    assert wrong[0] in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_proxy_that_is_none_is_told_and_the_program_ends(tmp_path: Path) -> None:
    refused = run(tmp_path, ["feeds", "check", "https://news.example/feed"], MONITOR_PROXY="hello")
    assert refused.returncode == 2
    assert "proxy" in refused.stderr


def test_thresholds_and_models_that_do_not_exist_are_told(tmp_path: Path) -> None:
    wrong = run(tmp_path, ["analyze"], MONITOR_THRESHOLDS='{"talk": 0.6}')
    assert (wrong.returncode, "'talk'" in wrong.stderr) == (2, True)
    missing = run(tmp_path, ["analyze"], MONITOR_MODEL="/nowhere/model")
    assert (missing.returncode, "does not exist" in missing.stderr) == (2, True)
