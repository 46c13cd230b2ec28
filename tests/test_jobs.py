"""The jobs in turn inside one process, and what is shown of them."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from rich.console import Console

from monitor import wiring
from monitor.cli import cli, live
from monitor.config import Settings
from monitor.daemon.service import Daemon
from monitor.jobs import upkeep
from monitor.jobs.services import Services
from monitor.jobs.table import JOBS
from monitor.records.accounts import Role
from monitor.records.articles import EntryState
from monitor.replay.clock import Clock
from monitor.replay.server import Newsroom, catalogue
from monitor.replay.week import load
from monitor.store import Store, pruning
from tests.store_builders import MINUTE, NOW, add_feed, item, matched, poll, screened

OUTLETS = ("dnipro-courier", "kanto-evening-press", "volga-state-news")
ENDS = {EntryState.MATCHED, EntryState.UNMATCHED, EntryState.RULED_OUT}


@dataclass
class House:
    """A store, the services on it and the newsroom they read."""

    store: Store
    services: Services
    newsroom: Newsroom
    url: str

    def work(self) -> dict[str, int]:
        """Run every job until none has anything left to do; the counts of all rounds."""
        counts: dict[str, int] = {}
        for name in ("poll", "screen", "read", "analyse", "upkeep"):
            while done := JOBS[name](self.services):
                for kind, number in done.counts.items():
                    counts[kind] = counts.get(kind, 0) + number
        return counts


@pytest.fixture
def house(store: Store, database_url: str) -> Iterator[House]:
    week = load()
    settings = Settings(allow_private_hosts=("127.0.0.0/8",), host_gap=0.0, max_age_days=36500.0, request_deadline=5.0)
    with ExitStack() as stack:
        newsroom = stack.enter_context(Newsroom(week, clock=Clock(week.end)))
        chosen = [spec for spec in catalogue(newsroom) if any(outlet in spec.url for outlet in OUTLETS)]
        store.feeds.sync(chosen, now=wiring.utc_now())
        services = stack.enter_context(
            wiring.services(settings, store, holder=wiring.holder_name(), stopping=threading.Event())
        )
        yield House(store, services, newsroom, database_url)


def test_from_feeds_to_matches_and_a_second_time_nothing(house: House) -> None:
    counts = house.work()
    assert counts["polls_new"] == len(OUTLETS)
    assert counts["entries_new"] == counts["screened_to_read"] + counts["screened_ruled_out"]
    assert counts["read_page"] == counts["analysed"] == counts["screened_to_read"]
    assert counts["matched_talks"] > 5
    assert counts["matched_missile_aid"] > 5
    rows = {row.state: row.count for row in house.store.entries.by_state() if row.count}
    assert set(rows) <= ENDS
    assert sum(rows.values()) == counts["entries_new"]
    assert house.work() == {}


def test_upkeep_drops_sessions_and_snoozes_whose_time_has_passed_and_keeps_the_audit_log(house: House) -> None:
    long_ago = wiring.utc_now() - timedelta(days=100)
    account = house.store.accounts.add("Ann", Role.ADMIN, None, by="tests", now=long_ago)
    house.store.sessions.begin(account.id, now=long_ago)
    fresh = house.store.sessions.begin(account.id, now=wiring.utc_now())
    house.store.snoozes.set("Ann", matched(house.store).article_id, until=long_ago + timedelta(days=1), now=long_ago)
    JOBS["upkeep"](house.services)
    rows = {table.name: table.rows for table in house.store.upkeep.stats().tables}
    assert (rows["sessions"], rows["snoozes"], rows["audit"]) == (1, 0, 2)
    assert house.store.sessions.holder(fresh, now=wiring.utc_now())


def test_what_is_over_goes_in_rounds_until_nothing_is_left(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "MOST_BATCHES", 2)
    monkeypatch.setattr(pruning, "BATCH", 1)
    feed = add_feed(house.store)
    old = poll(house.store, feed, item(1), item(2), item(3)).new_entry_ids
    house.store.entries.record_screen([screened(entry_id, EntryState.RULED_OUT) for entry_id in old], now=NOW)
    poll(house.store, feed, item(4), at=NOW + MINUTE)
    late = replace(house.services, keep_entries=timedelta(days=30), clock=lambda: NOW + timedelta(days=60))
    assert [JOBS["prune"](late).counts["pruned_entries"] for _ in range(3)] == [2, 1, 0]
    assert not JOBS["prune"](replace(late, keep_entries=None))


def test_a_text_in_windows_1251_arrives_with_its_own_letters(house: House) -> None:
    house.work()
    shown = CliRunner().invoke(cli, ["--db", house.url, "matches", "--json", "--limit", "200"])
    volga = [row for row in json.loads(shown.stdout) if "volga-state-news" in row["url"]]
    assert volga
    assert not any("\ufffd" in row["title"] + row["evidence"] or "вЂ" in row["title"] for row in volga)


def test_the_status_shows_feeds_funnel_and_matches_for_people_and_machines(house: House) -> None:
    house.work()
    people = CliRunner().invoke(cli, ["--db", house.url, "status"])
    assert people.exit_code == 0, people.output
    assert "3 active" in people.output
    assert "matched" in people.output
    machines = json.loads(CliRunner().invoke(cli, ["--db", house.url, "status", "--json"]).stdout)
    assert machines["feeds"]["active"] == 3
    assert {row["state"] for row in machines["funnel"]} >= {"matched", "ruled_out"}
    assert len(machines["matches"]) == 5


def test_the_live_view_shows_health_counts_and_the_last_matches(house: House) -> None:
    with Daemon(house.services, health_host="127.0.0.1", health_port=0, drain_seconds=5) as daemon:
        for _ in range(300):
            seen = daemon.snapshot()
            if seen is not None and seen.matches and seen.totals.get("analysed"):
                break
            threading.Event().wait(0.1)
        console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
        console.print(live._screen(daemon, "sqlite:///x.sqlite3", 61.0, "DEMO"))
        console.file.close()
        text = console.export_text()
    assert "DEMO" in text
    assert "running 1 min 01 s" in text
    assert "polls" in text
    assert any(word in text for word in ("talks", "aid"))
    assert "/health" in text
