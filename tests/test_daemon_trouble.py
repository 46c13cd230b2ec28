"""When things go wrong around a running daemon: locks, sleep, slow sites, hostile words, an early end."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from click.testing import CliRunner
from rich.console import Console

from monitor import config, wiring
from monitor.cli import cli, live
from monitor.config import Settings
from monitor.daemon import lease
from monitor.daemon.clockwatch import ClockWatch
from monitor.daemon.judging import FAILING_AFTER, STUCK_AFTER
from monitor.daemon.metrics import Metrics
from monitor.daemon.runner import Runner
from monitor.daemon.service import Daemon
from monitor.errors import ConfigError, StoreError, TransientError
from monitor.jobs.poll import poll as poll_job
from monitor.jobs.read import read
from monitor.jobs.services import Done, Services
from monitor.records.articles import EntryState, ScreenResult
from monitor.records.feeds import Document
from monitor.sources.pool import ParserPool
from monitor.store import Store
from monitor.understand.folder import shipped_folder
from monitor.understand.model import OnnxClassifier
from tests.recording import RecordingServer, Reply, Visit
from tests.store_builders import NOW, add_feed, article, findings, item, poll, to_read
from tests.store_builders import read as read_result

pytestmark = pytest.mark.alone

LATER = NOW + timedelta(minutes=10)


@pytest.fixture(scope="module")
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=200)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def services(sqlite_url: str) -> Iterator[Services]:
    settings = Settings(
        allow_private_hosts=("127.0.0.0/8",), host_gap=0.0, request_deadline=1.0, host_concurrency=2, read_attempts=5
    )
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(sqlite_url, busy_timeout=0.5))
        yield stack.enter_context(
            wiring.services(settings, store, holder="here:1:a", stopping=threading.Event(), clock=lambda: NOW)
        )


def daemon_of(services: Services, *, drain: float = 3.0) -> Daemon:
    return Daemon(services, health_host="127.0.0.1", health_port=0, drain_seconds=drain)


def until(ready: Any, seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_lease_that_the_sweep_dropped_while_the_machine_slept_is_taken_again(store: Store) -> None:
    lease.take(store, "here:1:a", now=NOW)
    store.upkeep.sweep(now=LATER)
    assert lease.keep(store, "here:1:a", now=LATER)
    assert store.leases.live(now=LATER)[0].holder == "here:1:a"


def test_a_lease_that_another_took_meanwhile_is_lost(store: Store) -> None:
    lease.take(store, "here:1:a", now=NOW)
    lease.take(store, "elsewhere:1:b", now=LATER)
    assert not lease.keep(store, "here:1:a", now=LATER)


def test_a_database_that_takes_no_writes_is_broken_in_health_and_the_end_is_not_held_up(
    services: Services, sqlite_url: str
) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        with daemon_of(services) as daemon:
            other.execute("BEGIN IMMEDIATE")
            daemon._keep_lease()
            database = daemon.health().parts["database"]
            assert database.status == "broken"
            assert "locked" in database.detail
            started = time.monotonic()
        assert time.monotonic() - started < 6
        other.execute("ROLLBACK")


def test_health_recovers_with_the_database(services: Services, sqlite_url: str) -> None:
    with daemon_of(services) as daemon, closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        daemon._keep_lease()
        other.execute("ROLLBACK")
        daemon._keep_lease()
        assert daemon.health().parts["database"].status == "ok"


def test_a_schema_that_is_gone_is_broken_in_health(services: Services, sqlite_url: str) -> None:
    with daemon_of(services) as daemon, closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.execute("ALTER TABLE feeds RENAME TO elsewhere")
        daemon._snap()
        assert daemon.health().parts["database"].status == "broken"
        other.execute("ALTER TABLE elsewhere RENAME TO feeds")


def test_a_schema_that_another_version_has_migrated_is_told_in_health(services: Services, sqlite_url: str) -> None:
    with daemon_of(services) as daemon, closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
        other.isolation_level = None
        (before,) = other.execute("SELECT version_num FROM alembic_version").fetchone()
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        daemon._look_at_feeds()
        database = daemon.health().parts["database"]
        assert (database.status, "'9999'" in database.detail) == ("degraded", True)
        assert "Install that version" in database.detail
        other.execute("UPDATE alembic_version SET version_num = ?", (before,))
        daemon._look_at_feeds()
        assert daemon.health().parts["database"].status == "ok"


def test_the_timer_goes_on_when_the_clock_is_set_back() -> None:
    came = threading.Event()
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.start()
    # What APScheduler has written down after two hours that never were.
    scheduler.add_job(came.set, "interval", seconds=2, next_run_time=datetime.now(UTC) + timedelta(hours=2))
    watch = ClockWatch(scheduler, threading.Event())
    apart = time.time() - time.monotonic()
    watch.look(apart + 0.5)
    (job,) = scheduler.get_jobs()
    assert job.next_run_time > datetime.now(UTC) + timedelta(hours=1), "a correction is no jump"
    watch.look(apart - 7200)
    assert came.wait(20)
    scheduler.shutdown()


def test_a_round_that_hangs_breaks_health(services: Services) -> None:
    daemon = daemon_of(services)
    assert isinstance(daemon.runner, Runner)
    daemon.runner._rounds._since["read", "here"] = time.monotonic() - STUCK_AFTER - 1
    part = daemon.health().parts["jobs"]
    assert part.status == "broken"
    assert "read for 90" in part.detail


def test_a_job_that_goes_on_failing_degrades_health_first_and_breaks_it_then(services: Services) -> None:
    def full(_: Services) -> Done:
        raise StoreError("the disk is full")

    daemon = daemon_of(services)
    daemon.runner = Runner(services, Metrics(), jobs={"screen": full}, followed_by={})
    assert not daemon.runner._rounds.run("screen", services)
    part = daemon.health().parts["jobs"]
    assert (part.status, part.detail) == ("degraded", "screen: the disk is full")
    daemon.runner.failing_since["screen"] -= FAILING_AFTER
    assert daemon.health().parts["jobs"].status == "broken"


def test_a_gauge_of_feeds_goes_back_to_zero_when_they_recover(services: Services) -> None:
    feed = add_feed(services.store)
    daemon = daemon_of(services)
    services.store.feeds.record_polls([_update(feed.id, "failed", NOW)])
    daemon._look_at_feeds()
    assert b'monitor_feeds{health="failing"} 1.0' in daemon.metrics.page()
    services.store.feeds.record_polls([_update(feed.id, "unchanged", LATER)])
    daemon._look_at_feeds()
    assert b'monitor_feeds{health="failing"} 0.0' in daemon.metrics.page()


def _update(feed_id: int, outcome: str, at: datetime) -> Any:
    from monitor.records.articles import FeedUpdate

    return FeedUpdate(feed_id=feed_id, polled_at=at, next_poll_at=at, interval=900.0, outcome=outcome)


def test_what_a_failed_round_left_claimed_is_taken_up_by_the_next(services: Services) -> None:
    feed = add_feed(services.store)
    poll(services.store, feed, item(1), item(2))
    taken: list[int] = []

    def screen(given: Services) -> Done:
        found = given.store.entries.claim(
            EntryState.NEW, now=NOW, limit=10, holder=given.holder, lease=given.sizes.lease
        )
        taken.append(len(found))
        if len(taken) == 1:
            raise StoreError("the database is locked")
        return Done()

    runner = Runner(services, Metrics(), jobs={"screen": screen}, followed_by={})
    assert not runner._rounds.run("screen", services)
    assert not runner._rounds.run("screen", services)
    assert taken == [2, 2]


def test_one_row_that_brings_out_a_bug_does_not_hold_up_the_rest_of_its_batch(services: Services) -> None:
    feed = add_feed(services.store)
    poison, *others = poll(services.store, feed, *(item(n) for n in range(6))).new_entry_ids
    passed: list[int] = []

    def screen(given: Services) -> Done:
        found = given.store.entries.claim(
            EntryState.NEW, now=NOW, limit=given.sizes.screen, holder=given.holder, lease=given.sizes.lease
        )
        if any(entry.id == poison for entry in found):
            raise ZeroDivisionError
        results = [ScreenResult(entry_id=entry.id, state=EntryState.RULED_OUT, reason="gate") for entry in found]
        given.store.entries.record_screen(results, now=NOW)
        passed.extend(entry.id for entry in found)
        return Done(counts={"screened": len(found)})

    runner = Runner(services, Metrics(), jobs={"screen": screen}, followed_by={}, pause=0.0)
    rounds = 1
    while runner._rounds.run("screen", services):
        rounds += 1
    assert sorted(passed) == sorted(others)
    assert rounds < 10
    (setback,) = services.store.setbacks.listed()
    assert (setback.kind, setback.row_id, setback.job, setback.count) == ("entry", poison, "screen", 1)
    assert setback.error == "ZeroDivisionError: "


def test_feeds_left_behind_a_host_that_hangs_are_put_off_with_the_reason(services: Services, silent: str) -> None:
    for number in range(20):
        add_feed(services.store, url=f"{silent}/{number}.xml")
    began = time.monotonic()
    patient = replace(
        services,
        sizes=replace(services.sizes, patience=timedelta(seconds=1.5)),
        clock=lambda: NOW + timedelta(seconds=time.monotonic() - began),
    )
    done = poll_job(patient)
    assert time.monotonic() - began < 5
    assert done.counts["polls_put_off"] > 10
    assert done.counts["polls_put_off"] + done.counts["polls_failed"] == 20
    errors = [feed.last_error or "" for feed in services.store.feeds.all()]
    assert sum("took all of the round's time" in error for error in errors) > 10
    assert all(feed.next_poll_at > NOW for feed in services.store.feeds.all())


@pytest.mark.parametrize("moved", [timedelta(hours=2), timedelta(hours=-2), timedelta(days=3)])
def test_a_clock_that_is_set_during_a_round_puts_nothing_off(services: Services, moved: timedelta) -> None:
    def half_way() -> Callable[[], datetime]:
        times = chain(repeat(NOW, 3), repeat(NOW + moved))
        return lambda: next(times)

    def reply(visit: Visit) -> Reply:
        if visit.path.endswith(".xml"):
            return "200 OK", {"Content-Type": "application/rss+xml"}, feed_of(visit.path)
        return "200 OK", {"Content-Type": "text/html"}, b"<title>A day</title>" + b"<p>What was said that day.</p>" * 50

    with RecordingServer(reply=reply) as server:
        for number in range(20):
            add_feed(services.store, url=server.url("127.0.0.1", f"/{number}.xml"))
        polled = poll_job(replace(services, clock=half_way()))
        assert polled.counts["polls_new"] == 20
        feed = add_feed(services.store, url=server.url("127.0.0.1", "/pages.xml"))
        items = (item(number, url=server.url("127.0.0.1", f"/{number}")) for number in range(20))
        to_read(services.store, *poll(services.store, feed, *items).new_entry_ids)
        counts = read(replace(services, clock=half_way())).counts
    assert "read_put_off" not in counts
    assert sum(counts[name] for name in counts if name.startswith("read_")) == 20


def feed_of(name: str) -> bytes:
    entry = f"<item><title>{name}</title><link>http://127.0.0.1{name}</link><guid>{name}</guid></item>"
    return f'<rss version="2.0"><channel><title>{name}</title>{entry}</channel></rss>'.encode()


def test_an_error_of_a_round_that_the_end_cut_short_is_no_failed_job(services: Services) -> None:
    def poll_cut_short(given: Services) -> Done:
        given.stopping.set()
        raise TransientError("the fetcher is closed")

    metrics = Metrics()
    runner = Runner(services, metrics, jobs={"poll": poll_cut_short}, followed_by={})
    assert not runner._rounds.run("poll", services)
    assert runner.last_error == {}
    assert b'outcome="transient"' not in metrics.page()


def test_a_site_that_hangs_does_not_hold_up_a_round_and_its_pages_keep_their_turn(
    services: Services, silent: str
) -> None:
    feed = add_feed(services.store)
    ids = poll(services.store, feed, *(item(n, url=f"{silent}/{n}") for n in range(20))).new_entry_ids
    to_read(services.store, *ids)
    began = time.monotonic()
    patient = replace(
        services,
        sizes=replace(services.sizes, patience=timedelta(seconds=1.5)),
        clock=lambda: NOW + timedelta(seconds=time.monotonic() - began),
    )
    done = read(patient)
    assert time.monotonic() - began < 5
    assert done.counts.get("read_put_off", 0) + done.counts.get("read_again", 0) == 20
    entries, later = services.store.entries, NOW + timedelta(hours=2)
    assert not entries.claim(EntryState.TO_READ, now=NOW, limit=50, holder="x", lease=services.sizes.lease)
    assert len(entries.claim(EntryState.TO_READ, now=later, limit=50, holder="x", lease=services.sizes.lease)) == 20


def test_an_entry_twice_in_a_document_is_not_news_for_ever(store: Store) -> None:
    feed = add_feed(store)
    document = [item(1), item(2), item(1)]
    assert len(poll(store, feed, *document).new_entry_ids) == 2
    again = poll(store, feed, *document, at=LATER)
    assert (again.new_entry_ids, again.outcome) == ((), "same")


def test_brackets_in_titles_and_outlets_are_shown_as_they_are(services: Services, sqlite_url: str) -> None:
    store = services.store
    feed = add_feed(store, outlet="The [/b] News")
    (entry_id,) = poll(store, feed, item(1)).new_entry_ids
    to_read(store, entry_id)
    words = replace(article(), title="Envoys meet [/red] in Geneva [sic]", source="The [/b] News")
    store.entries.record_read([read_result(entry_id, words)], now=NOW)
    (stored,) = store.findings.claim(now=NOW, limit=1, holder="test", lease=services.sizes.lease)
    store.findings.record(stored, findings(0.9), now=NOW)
    shown = CliRunner().invoke(cli, ["--db", sqlite_url, "status"])
    assert shown.exit_code == 0, shown.output
    assert "[/red] in Geneva [sic]" in shown.output
    daemon = daemon_of(services)
    daemon._look()
    with Path("/dev/null").open("w") as nowhere:
        console = Console(width=140, record=True, file=nowhere)
        console.print(live._screen(daemon, sqlite_url, 1.0, ""))
    assert "The [/b] News" in console.export_text()


def test_half_characters_and_bottomless_lines_do_not_end_a_batch(tmp_path: Path) -> None:
    lines = (
        json.dumps({"id": "a", "title": "Trump \ud800 meets", "text": "Putin and Zelensky \udfff met."}),
        "[" * 100_000,
        json.dumps({"id": "b", "title": "Second", "text": "Fine."}),
    )
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(lines))
    result = CliRunner().invoke(cli, ["analyze", str(path)])
    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "b"]
    assert "line 2" in result.stderr


def test_a_list_in_the_environment_that_is_no_json_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITOR_ALLOW_PRIVATE_HOSTS", "127.0.0.1")
    with pytest.raises(ConfigError, match=r"MONITOR_ALLOW_PRIVATE_HOSTS.*JSON"):
        config.load()


@pytest.mark.parametrize("value", ["inf", "nan", "1e12"])
def test_a_time_without_end_is_told(value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITOR_POLL_CEILING", value)
    with pytest.raises(ConfigError, match="poll_ceiling"):
        config.load()


def test_a_model_closed_under_its_work_says_that_the_job_is_to_be_run_again() -> None:
    model = OnnxClassifier(shipped_folder())
    with ThreadPoolExecutor(1) as threads:
        work = threads.submit(model.screen, [article()] * 300)
        time.sleep(0.2)
        model.close()
        with pytest.raises(TransientError, match="closed"):
            work.result()


def test_a_document_under_the_parser_at_the_end_is_not_blamed() -> None:
    url = "https://news.example/rss"
    body = b"<rss><channel>" + b"<item><title>x</title></item>" * 60_000
    pool = ParserPool(deadline=60)
    with ThreadPoolExecutor(1) as threads:
        parsing = threads.submit(pool.parse, Document(key="k", url=url, final_url=url, status=200, body=body), now=NOW)
        until(lambda: pool._pool._all[0]._process is not None)
        time.sleep(1.0)
        pool.close()
        with pytest.raises(TransientError, match="closed"):
            parsing.result()


def test_a_signal_before_the_daemon_is_up_ends_at_once(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", "--db", f"sqlite:///{tmp_path / 'm.sqlite3'}", "run", "--no-live"],
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: (tmp_path / "m.sqlite3").exists() or process.poll() is not None)
    process.send_signal(signal.SIGTERM)
    started = time.monotonic()
    assert process.wait(10) in {128 + signal.SIGTERM, -signal.SIGTERM}
    assert time.monotonic() - started < 3


def test_fresh_is_refused_beside_another_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").mkdir()
    kept = tmp_path / "var" / "demo.sqlite3"
    kept.write_bytes(b"kept")
    result = CliRunner().invoke(cli, ["--db", f"sqlite:///{tmp_path / 'own.sqlite3'}", "demo", "--fresh"])
    assert result.exit_code == 2
    assert kept.read_bytes() == b"kept"
