"""The candidate beside the live model: it writes its own table, and nothing it does reaches the live path."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from monitor import wiring
from monitor.config import Settings
from monitor.errors import ModelError, StoreError, TransientError
from monitor.jobs.analyse import analyse
from monitor.jobs.services import Services
from monitor.jobs.shadow import Shadow
from monitor.records.articles import StoredArticle
from monitor.records.feedback import Candidate, Figures
from monitor.store import Store
from monitor.understand.reader import Reader
from tests.feedback_builders import FakeClassifier, candidate, registered
from tests.store_builders import (
    MINUTE,
    NOW,
    add_feed,
    article,
    item,
    pending_article,
    poll,
    screened,
)
from tests.store_builders import read as read_result


@pytest.fixture
def stored(store: Store) -> StoredArticle:
    return pending_article(store, 1)


class Opened:
    """Gives readers one after another and remembers for which candidates."""

    def __init__(self, *classifiers: FakeClassifier) -> None:
        self.classifiers = list(classifiers)
        self.names: list[str] = []

    def __call__(self, asked: Candidate) -> Reader:
        self.names.append(asked.name)
        return Reader(self.classifiers[len(self.names) - 1])


def test_without_a_candidate_nothing_is_loaded_and_nothing_said(store: Store, stored: StoredArticle) -> None:
    opened = Opened()
    assert Shadow(opened).score(store, [stored], now=NOW) == 0
    assert opened.names == []


def test_a_candidate_is_loaded_once_and_says_its_score_of_every_topic(store: Store, stored: StoredArticle) -> None:
    store.candidates.add(candidate("first"))
    opened = Opened(FakeClassifier(0.7))
    shadow = Shadow(opened)
    assert [shadow.score(store, [stored], now=NOW) for _ in range(2)] == [1, 1]
    assert opened.names == ["first"]
    said = store.candidates.shadow_scores("first")
    assert [(each.topic, each.score, each.match) for each in said] == [("missile_aid", 0.7, True), ("talks", 0.7, True)]
    assert store.findings.matches() == ()


def test_a_newer_candidate_takes_the_old_one_s_place_and_a_promotion_ends_it(
    store: Store, stored: StoredArticle
) -> None:
    store.candidates.add(candidate("first"))
    opened = Opened(FakeClassifier(), FakeClassifier())
    shadow = Shadow(opened)
    shadow.score(store, [stored], now=NOW)
    store.candidates.add(candidate("second", NOW + MINUTE))
    shadow.score(store, [stored], now=NOW)
    assert opened.names == ["first", "second"]
    assert opened.classifiers[0].closed
    store.candidates.promote("second", Figures(), replaces=None, now=NOW)
    assert shadow.score(store, [stored], now=NOW) == 0
    assert opened.classifiers[1].closed


@pytest.mark.parametrize("trouble", [ZeroDivisionError(), ModelError("weights gone"), MemoryError()])
def test_a_candidate_that_fails_is_left_alone_until_there_is_another(
    store: Store, stored: StoredArticle, trouble: Exception
) -> None:
    store.candidates.add(candidate("first"))
    opened = Opened(FakeClassifier(breaks=trouble), FakeClassifier())
    shadow = Shadow(opened)
    with capture_logs() as lines:
        assert [shadow.score(store, [stored], now=NOW) for _ in range(3)] == [0, 0, 0]
    assert [line["candidate"] for line in lines if line["event"] == "shadow_failed"] == ["first"]
    assert opened.names == ["first"]
    assert opened.classifiers[0].closed
    store.candidates.add(candidate("second", NOW + MINUTE))
    assert shadow.score(store, [stored], now=NOW) == 1


def test_a_candidate_that_cannot_be_opened_is_not_tried_again_each_round(store: Store, stored: StoredArticle) -> None:
    store.candidates.add(candidate("first"))
    tries = []

    def open_candidate(asked: Candidate) -> Reader:
        tries.append(asked.name)
        raise ModelError("its folder is gone")

    shadow = Shadow(open_candidate)
    assert [shadow.score(store, [stored], now=NOW) for _ in range(3)] == [0, 0, 0]
    assert tries == ["first"]


def test_a_lock_only_costs_the_round(store: Store, stored: StoredArticle) -> None:
    store.candidates.add(candidate("first"))
    opened = Opened(FakeClassifier(breaks=TransientError("locked")))
    shadow = Shadow(opened)
    assert shadow.score(store, [stored], now=NOW) == 0
    opened.classifiers[0]._breaks = None
    assert shadow.score(store, [stored], now=NOW) == 1


@pytest.fixture
def services(sqlite_url: str, tmp_path: Path) -> Iterator[Services]:
    """Real services with the shipped model, and a candidate of the same weights in the models' folder."""
    settings = Settings(models_folder=str(tmp_path / "models"))
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(sqlite_url, busy_timeout=0.5))
        registered(store, tmp_path / "models", "first", thresholds={"talks": 1.0, "missile_aid": 1.0})
        yield stack.enter_context(
            wiring.services(settings, store, holder="here:1:a", stopping=threading.Event(), clock=lambda: NOW)
        )


def to_analyse(store: Store, *numbers: int) -> None:
    feed = store.feeds.by_url("https://news.example/rss") or add_feed(store)
    for number in numbers:
        (entry,) = poll(store, feed, item(number), at=NOW + number * MINUTE).new_entry_ids
        store.entries.record_screen([screened(entry)], now=NOW)
        text = "Trump and Putin will meet in Budapest to end the war in Ukraine, the Kremlin said."
        store.entries.record_read([read_result(entry, article(number, text))], now=NOW)


def test_the_analyse_job_scores_with_both_and_only_the_live_one_matches(services: Services) -> None:
    to_analyse(services.store, 1, 2)
    counts = analyse(services).counts
    assert (counts["analysed"], counts["shadow_scored"], counts["matched_talks"]) == (2, 2, 2)
    said = services.store.candidates.shadow_scores("first")
    live = {match.article_id: match.score for match in services.store.findings.matches()}
    assert {each.article_id for each in said} == set(live)
    assert not any(each.match for each in said)
    beside = {each.article_id: each.score for each in said if each.topic == "talks"}
    assert beside == pytest.approx(live, abs=1e-5)


def test_the_analyse_job_does_the_same_with_a_broken_shadow_and_with_none(services: Services) -> None:
    def broken(_: Candidate) -> Reader:
        raise StoreError("no")

    outcomes = []
    choices: list[Callable[[], Shadow | None]] = [lambda: None, lambda: Shadow(broken)]
    for number, choice in enumerate(choices, 1):
        to_analyse(services.store, number)
        outcomes.append(analyse(replace(services, shadow=choice())).counts)
    assert outcomes[0] == outcomes[1] == {"analysed": 1, "matched_talks": 1}


def test_a_candidate_whose_weights_were_exchanged_is_not_used(services: Services, tmp_path: Path) -> None:
    with (tmp_path / "models/first/model.onnx").open("ab") as stream:
        stream.write(b" ")
    to_analyse(services.store, 1)
    with capture_logs() as lines:
        assert "shadow_scored" not in analyse(services).counts
    (line,) = [line for line in lines if line["event"] == "shadow_failed"]
    assert "is not the file that was trained as 'first'" in line["error"]


def test_the_setting_switches_it_off(sqlite_url: str) -> None:
    with (
        Store.open(sqlite_url) as store,
        wiring.services(Settings(shadow=False), store, holder="x", stopping=threading.Event()) as services,
    ):
        assert services.shadow is None
