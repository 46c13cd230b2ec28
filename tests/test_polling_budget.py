"""One scale for all feeds, so that together they keep to a budget of requests."""

import math
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.polling import Claim, PollFacts, PollPolicy, Rhythm, learn, next_poll, pace, polls_a_day, scaled

NOW = datetime(2025, 10, 13, tzinfo=UTC)
POLICY = PollPolicy()


def policy(budget: float, claims: list[Claim]) -> PollPolicy:
    return PollPolicy(budget=budget, scale=scaled(claims, PollPolicy(budget=budget)))


claims = st.lists(
    st.builds(Claim, pace=st.floats(0.2, 4), least=st.just(0.0) | st.floats(0, 90_000)), min_size=1, max_size=60
)


@given(claims, st.floats(4, 288))
def test_the_budget_is_spent_unless_bounds_forbid_it(feeds: list[Claim], budget: float) -> None:
    most = sum(86_400 / max(POLICY.floor, one.least) for one in feeds) / len(feeds)
    fewest = sum(86_400 / max(POLICY.ceiling, one.least) for one in feeds) / len(feeds)
    spent = polls_a_day(feeds, policy(budget, feeds))
    assert spent == pytest.approx(min(most, max(fewest, budget)), rel=0.01)


@given(claims, st.floats(6, 200))
def test_a_larger_budget_never_means_fewer_polls(feeds: list[Claim], budget: float) -> None:
    assert scaled(feeds, PollPolicy(budget=budget)) >= 0.998 * scaled(feeds, PollPolicy(budget=1.3 * budget))


def test_what_a_held_back_feed_leaves_goes_to_the_others() -> None:
    free = [Claim(pace=1.0)] * 4
    held = [Claim(pace=1.0)] * 3 + [Claim(pace=1.0, least=21_600)]
    assert scaled(held, POLICY) < scaled(free, POLICY)


def test_without_feeds_there_is_a_scale_all_the_same() -> None:
    assert scaled([], PollPolicy(budget=24)) == pytest.approx(1.0)


def test_polls_made_through_a_week_are_those_that_the_formula_granted() -> None:
    """Feeds with different rates and working hours, polled by ``next_poll`` at the scale that ``scaled`` gave."""
    rhythms = [_habit(items, hours) for items in (1, 3, 12) for hours in (range(24), range(6, 18))]
    granted = policy(48, [Claim(pace=pace(rhythm)) for rhythm in rhythms])
    made = 0
    for rhythm in rhythms:
        now = NOW
        while now < NOW + timedelta(days=7):
            now = next_poll(PollFacts(rhythm=rhythm), granted, now=now, jitter=math.sin(made)).at
            made += 1
    assert made / len(rhythms) / 7 == pytest.approx(48, rel=0.05)


def test_the_scale_of_five_thousand_feeds_is_found_in_far_less_than_a_minute() -> None:
    feeds = [Claim(pace=0.5 + at % 100 / 40, least=at % 7 * 600.0) for at in range(5000)]
    started = time.perf_counter()
    scaled(feeds, POLICY)
    assert time.perf_counter() - started < 5


def _habit(items: int, hours: range) -> Rhythm:
    """Three weeks of so many items in each of these hours."""
    rhythm = Rhythm()
    for at in range(21 * 24):
        now = NOW - timedelta(days=21) + timedelta(hours=at + 1)
        begun = now - timedelta(hours=1)
        times = [begun + timedelta(hours=(number + 0.5) / items) for number in range(items)]
        rhythm = learn(rhythm, times if begun.hour in hours else [], now=now)
    return rhythm
