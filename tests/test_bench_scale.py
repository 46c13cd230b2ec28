"""The parts of the simulation of many feeds that decide what a figure means; no figure is judged here."""

import random
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks import scale_chart, scale_feeds, scale_simulation, scale_words
from benchmarks.polling_simulation import DAY, HOUR
from benchmarks.scale_day import Day, simulated
from benchmarks.scale_feeds import Population, apart, invented, population
from benchmarks.scale_need import detection, needed, planned
from benchmarks.scale_queue import BATCH, PATIENCE, Shape, multiplied, served
from benchmarks.scale_simulation import Size, on_tables, panels
from benchmarks.scale_tables import busiest

TINY = Size(variants=8, copies=5, due=20, polls=10, turns=40, fetches=10, seconds=3.0, workers=1, slots=2, requests=8)


@pytest.fixture(scope="module")
def feeds() -> Population:
    found = list(invented(1).values())
    times = [np.array(times) for times in found[: TINY.variants]]
    return Population(source="invented publishing times", times=times, copies=TINY.copies)


@pytest.fixture(scope="module")
def day(feeds: Population) -> Day:
    return simulated(feeds, budget=48.0, late=1.0)


def test_without_the_real_times_rhythms_are_made_from_a_seed_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(scale_feeds, "TIMES", tmp_path / "absent.csv")
    first, again = population(4, 2), population(4, 2)
    assert "invented" in first.source
    assert "seed" in first.source
    assert [list(times) for times in first.times] == [list(times) for times in again.times]


def test_copies_of_one_feed_publish_at_other_times_but_as_much() -> None:
    found = population(2 * 51, 1)
    assert len(found.times[0]) == len(found.times[51])
    assert not set(found.times[0]) & set(found.times[51])


def test_items_of_one_moment_stay_together_in_a_copy() -> None:
    copy = scale_feeds.copied([10.0, 500.0, 500.0, 900.0], random.Random(1))
    assert len(set(copy)) == 3


def test_a_feed_publishes_as_far_behind_its_variant_as_it_is_apart(feeds: Population) -> None:
    variant = feeds.times[feeds.variant(9)]
    assert feeds.variant(9) == feeds.variant(1)
    assert feeds.published(9, float(variant[0]) + apart(9)) >= 1
    assert feeds.published(9, float(variant[0]) + apart(9) - 1) == 0


def test_a_day_keeps_to_the_budget_and_finds_what_was_published(feeds: Population, day: Day) -> None:
    assert len(day.due) == pytest.approx(48 * TINY.variants, rel=0.15)
    published = sum(int(((times >= feeds.start) & (times < feeds.start + DAY)).sum()) for times in feeds.times)
    assert len(day.found) == pytest.approx(published, rel=0.2)
    assert day.delays.min() >= 0
    assert day.brought.sum() == len(day.found)


def test_every_poll_is_made_once_and_never_before_it_is_due(day: Day) -> None:
    due, news = multiplied(day, TINY.copies, 0.0, DAY)
    done = served(due, news, 2, Shape())
    assert len(done.waited) == len(day.due) * TINY.copies
    assert done.waited.min() > 0
    assert done.rounds <= len(due)


def test_with_too_few_workers_the_line_grows_and_with_more_it_does_not() -> None:
    due = np.sort(np.random.default_rng(1).uniform(0, 600, 30_000))
    news = np.zeros(len(due))
    few, many = (served(due, news, workers, Shape()) for workers in (1, 4))
    assert few.waited[-100:].mean() > 5 * PATIENCE
    assert many.waited[-100:].mean() < PATIENCE


def test_the_results_of_a_batch_are_written_together_as_the_job_does() -> None:
    due = np.zeros(BATCH)
    done = served(due, due, 1, Shape())
    assert done.rounds == 1
    assert len(set(done.waited)) == 1


def test_a_worker_makes_no_more_polls_than_its_core_its_requests_and_its_rounds_allow() -> None:
    assert Shape(requests=16).most(0.0) < 16 / 0.3
    assert Shape(requests=10_000, slots=2).most(0.0) < Shape(requests=10_000, slots=4).most(0.0) < 100
    assert Shape(requests=10_000, slots=1000).most(0.0) == pytest.approx(1 / 0.0035)


def test_workers_are_counted_by_the_hour_and_the_delay_holds_both_waits(day: Day) -> None:
    need = needed(day, TINY.copies, Shape())
    assert (need.workers, len(need.hourly)) == (max(need.hourly), 24)
    assert (detection(day, need) >= day.delays).all()
    assert planned(7) == 10


def test_the_busiest_hour_is_the_one_with_the_most_polls() -> None:
    assert busiest(np.array([10.0, 3 * HOUR, 3 * HOUR + 1, 5 * HOUR])) == 3 * HOUR


def test_the_chart_is_well_formed_and_names_its_curves(day: Day) -> None:
    drawn = scale_chart.drawn(panels(day, [needed(day, TINY.copies, Shape())], TINY.copies), "A title")
    root = ElementTree.fromstring(drawn)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"A title", "half of all items", "polls, 4 rounds, 16 requests"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}polyline"))) == 4


@pytest.mark.postgres
def test_a_slice_runs_through_the_real_queue_and_tables_and_everything_has_a_figure(
    monkeypatch: pytest.MonkeyPatch, postgres_server: str, day: Day
) -> None:
    monkeypatch.setenv("ENDTOEND_POSTGRES", postgres_server)
    # The workers make the same population by themselves, from its numbers alone.
    found = population(TINY.variants, TINY.copies)
    measured = on_tables(found, day, TINY)
    assert measured.slice.transactions > 0
    assert measured.slice.rounds > 0
    assert measured.costs.found["claim_due, 4 threads"].number == TINY.due
    needs = [needed(day, TINY.copies, Shape())]
    lines = scale_words.told(found, day, needs, measured.costs, measured.slice, measured.predicted)
    assert any(line.startswith("| record_polls, one new item, 4 threads | 10 |") for line in lines)


def test_the_usual_size_is_the_one_that_the_title_names() -> None:
    assert Size().variants * Size().copies == 180_000
    assert "180,000" in scale_simulation.TITLE
