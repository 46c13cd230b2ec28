"""The job that hands stored articles to the model again, beside those that analyse and weave."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from monitor.daemon.metrics import Metrics
from monitor.daemon.runner import Runner
from monitor.jobs.backfill import BATCH
from monitor.jobs.services import Services
from monitor.jobs.table import JOBS
from monitor.records.articles import Article
from monitor.records.findings import Findings, Unread
from monitor.records.reanalysis import ReanalysisState, Wanted
from monitor.store import Store
from monitor.worker import queues
from tests.store_builders import LEASE, NOW, add_feed, article, findings, item, poll, read, to_read
from tests.telling_builders import DAY, weave

LATER = NOW + 30 * DAY
MANY = BATCH + BATCH // 2
PARTS = cast(Any, None)


@dataclass
class NewModel:
    """Finds nothing in anything, but for articles that it cannot read."""

    model: str = "new@1"
    unreadable: str = ""
    seen: list[str] = field(default_factory=list)

    def understand(self, articles: Sequence[Article]) -> Sequence[Findings | Unread]:
        """Note the titles."""
        self.seen += [each.title for each in articles]
        nothing = findings(0.1, model=self.model)
        return [
            Unread(article_id=each.id, language="en", reason="too slow") if each.title == self.unreadable else nothing
            for each in articles
        ]

    def screen(self, articles: Sequence[Article]) -> Sequence[Mapping[str, float] | Unread]:
        """Not asked."""
        raise AssertionError(articles)


def services(store: Store, model: NewModel) -> Services:
    return Services(
        store=store,
        fetcher=PARTS,
        parser=PARTS,
        reader=model,
        pace=PARTS,
        read_policy=PARTS,
        holder="here",
        clock=lambda: LATER,
        dice=lambda: 0.0,
    )


@pytest.fixture
def filled(sqlite_url: str) -> Iterator[Store]:
    """A store with more articles than one batch, every tenth of which matches."""
    with Store.open(sqlite_url) as store:
        feed = add_feed(store)
        ids = poll(store, feed, *(item(n) for n in range(MANY))).new_entry_ids
        to_read(store, *ids)
        store.entries.record_read([read(id_, article(n)) for n, id_ in enumerate(ids)], now=NOW)
        for stored in store.findings.claim(now=NOW, limit=MANY, holder="old", lease=LEASE):
            store.findings.record(stored, findings(0.9 if stored.article_id % 10 == 0 else 0.1), now=NOW)
        weave(store)
        yield store


def ask(store: Store) -> Wanted:
    wanted = Wanted(since=NOW - DAY, until=NOW + DAY)
    store.reanalyses.request(wanted, total=store.reanalyses.count(wanted), now=NOW)
    return wanted


def test_without_a_request_there_is_nothing_to_do(filled: Store) -> None:
    assert not JOBS["backfill"](services(filled, NewModel()))


def test_rounds_count_what_they_did_and_count_none_of_it_as_news(filled: Store) -> None:
    ask(filled)
    parts = services(filled, NewModel(unreadable="Story 7"))
    first = JOBS["backfill"](parts)
    assert first.counts == {"reanalysis_looked_at": BATCH, "reanalysis_marked": BATCH}
    assert not JOBS["backfill"](parts)
    counts: dict[str, int] = {}
    while round_ := JOBS["analyse"](parts) or JOBS["chronicle"](parts) or JOBS["backfill"](parts):
        for name, number in round_.counts.items():
            counts[name] = counts.get(name, 0) + number
    matched = len([n for n in range(1, MANY + 1) if n % 10 == 0])
    assert counts == {
        "reanalysed": MANY - 1,
        "analysed_skipped": 1,
        "taken_out": counts["taken_out"],
        "reanalysis_looked_at": MANY - BATCH,
        "reanalysis_marked": MANY - BATCH,
        "reanalysis_finished": 1,
    }
    assert matched - 1 <= counts["taken_out"] <= matched
    (found,) = filled.reanalyses.listed()
    assert (found.analysed, found.unread, found.withdrawn) == (MANY - 1, 1, counts["taken_out"])


def test_a_runner_walks_the_whole_range_from_one_nudge_on(filled: Store) -> None:
    ask(filled)
    model = NewModel()
    parts = services(filled, model)
    jobs = {name: JOBS[name] for name in ("backfill", "analyse", "chronicle")}
    runner = Runner(parts, Metrics(), jobs=jobs, pause=0.01)
    runner.start()
    runner.submit("backfill")
    ends = time.monotonic() + 60
    while filled.reanalyses.listed()[0].state is not ReanalysisState.DONE and time.monotonic() < ends:
        parts.stopping.wait(0.05)
        # The tick: what the chronicle still had to do may have held a step up.
        runner.submit("backfill")
    parts.stopping.set()
    assert runner.drain(30)
    assert filled.reanalyses.listed()[0].state is ReanalysisState.DONE
    assert sorted(model.seen) == sorted(f"Story {n}" for n in range(MANY))
    assert filled.findings.matches() == ()


def test_a_kill_between_marking_and_understanding_repeats_a_round_at_most(filled: Store) -> None:
    ask(filled)
    parts = services(filled, NewModel())
    JOBS["backfill"](parts)
    held = filled.findings.claim(now=LATER, limit=parts.sizes.articles, holder="killed", lease=LEASE)
    assert len(held) == parts.sizes.articles
    later = replace(parts, clock=lambda: LATER + 2 * LEASE)
    while JOBS["analyse"](later) or JOBS["chronicle"](later) or JOBS["backfill"](later):
        pass
    (found,) = filled.reanalyses.listed()
    assert (found.state, found.marked, found.analysed) == (ReanalysisState.DONE, MANY, MANY)


def test_workers_know_the_job(filled: Store) -> None:
    assert queues.QUEUE_OF["backfill"] == "analyse"
    assert queues.PRIORITY["backfill"] < queues.PRIORITY["analyse"]
    assert queues.TICKS["backfill"] > queues.TICKS["analyse"]
    assert set(JOBS) == set(queues.QUEUE_OF) == set(queues.TICKS)
