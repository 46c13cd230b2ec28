"""Manners hold among all workers: sixteen of them at two hundred hosts, one killed; every host notes who came when."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import psycopg

from benchmarks.postgres import Server
from monitor.records.feeds import FeedSpec
from monitor.store import Store
from monitor.worker import schema
from proof.manners_hosts import Asked, Hosts
from proof.promise import Figure, Part, Promise, Scene

WORKERS, HOSTS, FEEDS = 16, 200, 30
AT_ONCE, GAP = 2, 1.0
LATE = 0.1
"""Seconds by which two requests may come closer than they were sent: one waits longer for the processor here."""
LONGEST = 600.0


def among_workers(scene: Scene) -> Sequence[Figure]:
    """All feeds are due at once; after a while one worker is killed; until every feed was polled."""
    hosts, feeds = max(8, scene.of(HOSTS)), max(4, scene.of(FEEDS))
    workers = WORKERS if scene.share >= 1 else 3
    with Server() as server, Hosts(seed=7) as site:
        # docs/scaling.md: 30 for each worker.
        server.widened(30 * (workers + 2))
        url = server.new()
        with Store.open(url, create=True) as store:
            specs = (FeedSpec(url=site.url(host, feed)) for feed in range(feeds) for host in range(hosts))
            store.feeds.sync(specs, now=datetime.now(UTC))
        schema.upgrade(url)
        started = time.monotonic()
        with _crew(url, scene.folder, workers) as crew:
            killed = False
            while (left := _left(url)) and time.monotonic() - started < LONGEST:
                scene.progress(hosts * feeds - left, hosts * feeds, "feeds polled")
                if not killed and left < hosts * feeds * 0.7:
                    crew[1].kill()
                    killed = True
                time.sleep(1.0)
        return _figures(list(site.seen.values()), left, workers, hosts * feeds, time.monotonic() - started)


def _figures(seen: Sequence[Asked], left: int, workers: int, feeds: int, seconds: float) -> list[Figure]:
    gaps = [second - first for each in seen for first, second in pairwise(each.starts)]
    close = sum(gap < GAP - LATE for gap in gaps)
    most = max((each.most for each in seen), default=0)
    disturbed = sum(each.disturbed for each in seen)
    requests = sum(len(each.starts) for each in seen)
    return [
        Figure(what="workers, hosts, feeds", measured=f"{workers}, {len(seen)}, {feeds:,}"),
        Figure(what="requests", measured=f"{requests:,} in {seconds:.0f} s"),
        Figure(what="feeds never polled", measured=str(left), wanted="0", holds=left == 0),
        Figure(what="most requests at one host at once", measured=f"{most}", wanted="2", holds=most <= AT_ONCE),
        Figure(
            what="shortest gap between two requests at one host, seconds",
            measured=f"{min(gaps, default=0.0):.2f}; {close} below {GAP - LATE:.1f}",
            wanted=f"{GAP:.0f}, less {LATE} for what the machine adds",
            holds=close == 0,
        ),
        Figure(
            what="requests during a pause that a host asked for",
            measured=f"{disturbed}; {sum(each.crossed for each in seen)} met the answer that asks for it on its way",
            wanted="0",
            holds=disturbed == 0,
        ),
    ]  # fmt: skip


@contextmanager
def _crew(url: str, folder: Path, workers: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    environment = os.environ | {
        "MONITOR_DATABASE_URL": url,
        "MONITOR_CATALOGUE": "false",
        "MONITOR_ALLOW_PRIVATE_HOSTS": '["127.1.0.0/16"]',
        "MONITOR_HEALTH_PORT": "0",
        "MONITOR_HOST_GAP": str(GAP),
        "MONITOR_HOST_CONCURRENCY": str(AT_ONCE),
        "MONITOR_PARSE_WORKERS": "1",
        "MONITOR_LOG_FORMAT": "json",
    }
    commands = [["daemon"], *([["worker", "--queues", "poll", "--concurrency", "2"]] * workers)]
    with (folder / "log.jsonl").open("ab") as log:
        crew = [
            subprocess.Popen(
                [sys.executable, "-m", "monitor", *command], cwd=folder, env=environment, stdout=log, stderr=log
            )
            for command in commands
        ]
    try:
        yield crew
    finally:
        for process in crew:
            process.send_signal(signal.SIGTERM)
        for process in crew:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()


def _left(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM feeds WHERE last_polled_at IS NULL").fetchone()
    return int(found[0]) if found else 0


PROMISE = Promise(
    key="manners",
    says="However many workers there are: two requests at once at one host, a second apart, and none in a pause.",
    parts=(Part(name="16 workers, 200 hosts", run=among_workers, minutes=6),),
    quick={
        "tests/test_fetch_sharing.py": "turns at hosts among several fetchers on one table",
        "tests/test_workers.py": "no turn is held when workers were killed and all is done",
    },
)
