"""The decision when to poll again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.polling import LONGEST_WAIT, PollFacts, PollPolicy, Rhythm, learn, least_interval, next_poll

NOW = datetime(2025, 10, 16, 12, tzinfo=UTC)
POLICY = PollPolicy(floor=300, ceiling=7200, start=900)
HOUR = 3600.0


def wait(facts: PollFacts, jitter: float = 0.0, policy: PollPolicy = POLICY) -> float:
    return (next_poll(facts, policy, now=NOW, jitter=jitter).at - NOW).total_seconds()


def hourly(items: int, days: int = 14) -> Rhythm:
    """Items spread evenly over every hour, watched up to NOW."""
    rhythm = Rhythm()
    for hour in range(days * 24, -1, -1):
        now = NOW - timedelta(hours=hour)
        rhythm = learn(rhythm, [now - timedelta(hours=(at + 0.5) / items) for at in range(items)], now=now)
    return rhythm


SLOW, BUSY = learn(Rhythm(), [NOW - timedelta(days=9)], now=NOW), hourly(6)


@pytest.mark.parametrize(
    ("facts", "seconds"),
    [
        (PollFacts(), 900),
        (PollFacts(interval=1000, new_entries=3), 700),
        (PollFacts(interval=1000, new_entries=0), 1250),
        (PollFacts(interval=320, new_entries=9), 300),
        (PollFacts(interval=7000, new_entries=0), 7200),
        (PollFacts(interval=900, failed=True, failures=1), 1800),
        (PollFacts(interval=900, failed=True, failures=30), 7200),
        (PollFacts(interval=900, failed=True, failures=1, retry_after=5400), 5400),
        (PollFacts(interval=900, failed=True, failures=1, retry_after=9e9), 86400),
        (PollFacts(interval=900, new_entries=5, ttl=3600), 3600),
        (PollFacts(interval=900, new_entries=5, fresh_for=3600), 3600),
        (PollFacts(interval=900, new_entries=5, ttl=9e9), 7200),
        (PollFacts(interval=900, pushed=True), 7200),
    ],
)
def test_the_wait_follows_news_failures_and_the_servers_wish(facts: PollFacts, seconds: float) -> None:
    assert wait(facts) == pytest.approx(seconds)


def test_a_busy_feed_is_polled_sooner_than_a_slow_one_by_the_fourth_root_of_its_rate() -> None:
    wide = PollPolicy(floor=1, ceiling=1e6, scale=0.5)
    busy, slow = wait(PollFacts(rhythm=hourly(16)), policy=wide), wait(PollFacts(rhythm=hourly(1)), policy=wide)
    assert slow == pytest.approx(0.5 * HOUR, rel=0.05)
    assert slow / busy == pytest.approx(16**0.25, rel=0.1)


def test_before_the_hour_that_brings_the_news_the_wait_is_shorter_than_after_it() -> None:
    rhythm = Rhythm()
    for day in range(14, 0, -1):
        now = NOW - timedelta(days=day)
        rhythm = learn(rhythm, [now - timedelta(minutes=at) for at in range(1, 60, 6)], now=now)
    facts = PollFacts(rhythm=learn(rhythm, [], now=NOW - timedelta(hours=2)))
    policy = PollPolicy(scale=2.0)
    before = next_poll(facts, policy, now=NOW - timedelta(hours=2), jitter=0).at - (NOW - timedelta(hours=2))
    after = next_poll(facts, policy, now=NOW + timedelta(minutes=30), jitter=0).at - (NOW + timedelta(minutes=30))
    assert before < after


def test_a_failure_leaves_the_learnt_interval_alone() -> None:
    facts = PollFacts(interval=640, failed=True, failures=4)
    assert next_poll(facts, POLICY, now=NOW, jitter=0).interval == 640


def test_failures_alone_never_lead_beyond_six_hours_however_high_the_ceiling() -> None:
    policy = PollPolicy(ceiling=86_400)
    assert wait(PollFacts(interval=900, failed=True, failures=400), policy=policy) == 6 * HOUR


def test_jitter_spreads_feeds_by_a_tenth_each_way() -> None:
    facts = PollFacts(interval=1000, new_entries=1)
    assert wait(facts, -1) == pytest.approx(630)
    assert wait(facts, 1) == pytest.approx(770)


def test_feeds_that_were_asked_to_wait_spread_behind_the_moment_and_never_before_it() -> None:
    facts = PollFacts(interval=900, failed=True, failures=1, retry_after=5000)
    assert [wait(facts, jitter) for jitter in (-1, 0, 1)] == pytest.approx([5000, 5000, 5500])


def test_a_day_of_caching_is_not_believed_of_a_feed_that_brings_news_every_ten_minutes() -> None:
    # Expires far off is a common default of web servers, meant for pictures.
    policy = PollPolicy()
    assert wait(PollFacts(rhythm=BUSY, fresh_for=86_400), policy=policy) == pytest.approx(HOUR)
    assert wait(PollFacts(rhythm=SLOW, fresh_for=86_400), policy=policy) == pytest.approx(6 * HOUR)
    assert wait(PollFacts(rhythm=BUSY, fresh_for=2700), policy=policy) == pytest.approx(2700)


def test_a_hub_that_pushes_leaves_only_backup_polls() -> None:
    facts = PollFacts(rhythm=BUSY, pushed=True)
    assert wait(facts, policy=PollPolicy()) == PollPolicy().backup
    assert least_interval(facts, PollPolicy()) == PollPolicy().backup


def test_a_poll_due_in_a_skipped_hour_moves_to_its_end() -> None:
    facts = PollFacts(interval=1000, new_entries=1, skip_hours=(12, 13))
    found = next_poll(facts, PollPolicy(), now=NOW, jitter=0)
    assert (found.at, found.reason) == (NOW + timedelta(hours=2), "skipped hours")


def test_a_poll_due_on_a_skipped_day_moves_but_not_beyond_the_ceiling() -> None:
    facts = PollFacts(interval=1000, new_entries=1, skip_days=(NOW.weekday(),))
    assert wait(facts, policy=PollPolicy()) == 6 * HOUR
    assert wait(facts, policy=PollPolicy(ceiling=86_400)) == 12 * HOUR


def test_a_feed_whose_every_hour_is_skipped_is_polled_at_the_ceiling() -> None:
    assert wait(PollFacts(rhythm=BUSY, skip_hours=tuple(range(24)))) == POLICY.ceiling


def test_a_dead_name_server_for_a_week_stops_no_feed() -> None:
    """Peers give a feed up after three errors (miniflux/v2#3334, #1893, #3319); a count never decides that here."""
    now, interval = NOW, 900.0
    for failures in range(1, 60):
        facts = PollFacts(interval=interval, failed=True, failures=failures, rhythm=BUSY)
        found = next_poll(facts, PollPolicy(), now=now, jitter=0)
        assert timedelta(minutes=5) <= found.at - now <= timedelta(hours=6)
        now, interval = found.at, found.interval
    again = next_poll(PollFacts(interval=interval, rhythm=BUSY), PollPolicy(), now=now, jitter=0)
    assert again.at - now < timedelta(hours=1)


def test_a_site_that_says_too_many_requests_is_left_alone_for_as_long_as_it_says() -> None:
    """miniflux/v2#2336: feeds of one site were asked again too soon and banned."""
    for jitter in (-1.0, -0.3, 0.0, 1.0):
        found = next_poll(PollFacts(rhythm=BUSY, failed=True, retry_after=7201), PollPolicy(), now=NOW, jitter=jitter)
        assert found.at >= NOW + timedelta(seconds=7201)
        assert found.reason == "Retry-After"


@given(
    interval=st.floats(0, 1e7),
    new=st.integers(0, 500),
    failures=st.integers(0, 10_000),
    wishes=st.tuples(st.none() | st.floats(0, 1e12), st.none() | st.floats(0, 1e12)),
    retry=st.none() | st.floats(0, 1e12),
    rhythm=st.sampled_from([Rhythm(), SLOW, BUSY]),
    skip=st.tuples(st.sets(st.integers(0, 23)), st.sets(st.integers(0, 6))),
    pushed=st.booleans(),
    jitter=st.floats(-1, 1),
    scale=st.floats(1e-6, 1e6),
)
def test_whatever_happened_a_feed_is_polled_again_within_its_bounds_and_never_before_retry_after(
    interval: float,
    new: int,
    failures: int,
    wishes: tuple[float | None, float | None],
    retry: float | None,
    rhythm: Rhythm,
    skip: tuple[set[int], set[int]],
    pushed: bool,
    jitter: float,
    scale: float,
) -> None:
    facts = PollFacts(
        interval=interval,
        new_entries=new,
        failed=failures > 0,
        failures=failures,
        ttl=wishes[0],
        fresh_for=wishes[1],
        retry_after=retry,
        rhythm=rhythm,
        skip_hours=tuple(skip[0]),
        skip_days=tuple(skip[1]),
        pushed=pushed,
    )
    policy = PollPolicy(floor=300, ceiling=7200, scale=scale)
    found = next_poll(facts, policy, now=NOW, jitter=jitter)
    asked = timedelta(seconds=min(retry or 0.0, 86_400.0))
    assert found.at >= NOW + max(timedelta(seconds=policy.floor), asked)
    assert found.at <= NOW + max(timedelta(seconds=policy.ceiling), min(1.1 * asked, LONGEST_WAIT))
    assert found.reason
    assert not failures or found.interval == interval or not interval
