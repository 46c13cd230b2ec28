"""The decision when to poll again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.polling import LONGEST_WAIT, PollFacts, PollPolicy, next_poll

NOW = datetime(2025, 10, 16, 12, tzinfo=UTC)
POLICY = PollPolicy(floor=300, ceiling=7200, start=900)


def wait(facts: PollFacts, jitter: float = 0.0) -> float:
    return (next_poll(facts, POLICY, now=NOW, jitter=jitter).at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("facts", "seconds"),
    [
        (PollFacts(interval=1000, new_entries=3, failed=False), 700),
        (PollFacts(interval=1000, new_entries=0, failed=False), 1250),
        (PollFacts(interval=320, new_entries=9, failed=False), 300),
        (PollFacts(interval=7000, new_entries=0, failed=False), 7200),
        (PollFacts(interval=900, new_entries=0, failed=True, failures=1), 1800),
        (PollFacts(interval=900, new_entries=0, failed=True, failures=30), 7200),
        (PollFacts(interval=900, new_entries=0, failed=True, failures=1, retry_after=5400), 5400),
        (PollFacts(interval=900, new_entries=0, failed=True, failures=1, retry_after=9e9), 86400),
        (PollFacts(interval=900, new_entries=5, failed=False, ttl=3600), 3600),
        (PollFacts(interval=900, new_entries=5, failed=False, ttl=9e9), 7200),
    ],
)
def test_the_wait_follows_news_failures_and_the_servers_wish(facts: PollFacts, seconds: float) -> None:
    assert wait(facts) == pytest.approx(seconds)


def test_a_failure_leaves_the_learnt_interval_alone() -> None:
    facts = PollFacts(interval=640, new_entries=0, failed=True, failures=4)
    assert next_poll(facts, POLICY, now=NOW, jitter=0).interval == 640


def test_jitter_spreads_feeds_by_a_tenth_each_way() -> None:
    facts = PollFacts(interval=1000, new_entries=1, failed=False)
    assert wait(facts, -1) == pytest.approx(630)
    assert wait(facts, 1) == pytest.approx(770)


@given(
    interval=st.floats(0, 1e7),
    new=st.integers(0, 500),
    failures=st.integers(0, 10_000),
    ttl=st.none() | st.floats(0, 1e12),
    retry=st.none() | st.floats(0, 1e12),
    jitter=st.floats(-1, 1),
)
def test_a_feed_is_always_polled_again_and_never_before_nine_tenths_of_the_floor(
    interval: float, new: int, failures: int, ttl: float | None, retry: float | None, jitter: float
) -> None:
    facts = PollFacts(
        interval=interval, new_entries=new, failed=failures > 0, failures=failures, ttl=ttl, retry_after=retry
    )
    found = next_poll(facts, POLICY, now=NOW, jitter=jitter)
    assert NOW + timedelta(seconds=POLICY.floor * 0.9) <= found.at <= NOW + max(LONGEST_WAIT, timedelta(hours=3))
