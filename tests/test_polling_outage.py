"""Is it the feeds, or is it us?"""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.polling import NETWORK_KINDS, Observation, at_most, is_outage, pause
from monitor.polling.outage import FIRST_PAUSE, LONGEST_PAUSE

NOW = datetime(2025, 10, 16, 12, tzinfo=UTC)


def seen(host: str, *, failed: bool, seconds: float = 10.0, known_bad: bool = False) -> Observation:
    return Observation(at=NOW - timedelta(seconds=seconds), host=host, failed=failed, known_bad=known_bad)


def test_three_hosts_that_fail_together_are_our_outage() -> None:
    """The evening a provider's name server was down, miniflux gave up every feed (miniflux/v2#1893)."""
    down = [seen(f"{name}.example", failed=True) for name in "abc"]
    assert is_outage(down, now=NOW)
    assert not is_outage(down[:2], now=NOW)


def test_many_feeds_of_one_dead_host_are_not_our_outage() -> None:
    """One provider that refuses connections is that provider's trouble (miniflux/v2#3319)."""
    assert not is_outage([seen("a.example", failed=True, seconds=at) for at in range(50)], now=NOW)


def test_when_most_hosts_answer_the_others_have_failed_by_themselves() -> None:
    mixed = [seen(f"{at}.example", failed=at < 4, seconds=at) for at in range(9)]
    assert not is_outage(mixed, now=NOW)
    assert is_outage(mixed[:8], now=NOW)


def test_a_status_or_a_bad_certificate_is_an_answer() -> None:
    assert not NETWORK_KINDS & {"status", "tls", "too_large", "redirect", "protocol", "decode", "refused_address"}


def test_hosts_that_were_broken_before_say_nothing_about_us() -> None:
    dead = [seen(f"{at}.example", failed=True, known_bad=True) for at in range(20)]
    assert not is_outage(dead, now=NOW)
    assert not is_outage([*dead, seen("up.example", failed=True), seen("well.example", failed=True)], now=NOW)


def test_what_failed_long_ago_is_history() -> None:
    old = [seen(f"{name}.example", failed=True, seconds=700) for name in "abcd"]
    assert not is_outage(old, now=NOW)


def test_an_answer_ends_the_outage_and_what_failed_before_it() -> None:
    down = [seen(f"{at}.example", failed=True, seconds=200 + at) for at in range(8)]
    assert is_outage(down, now=NOW)
    assert at_most(down, 50, now=NOW) == 4
    up = [*down, seen("8.example", failed=False, seconds=5)]
    assert not is_outage(up, now=NOW)
    assert at_most(up, 50, now=NOW) == 50


def test_a_host_counts_by_its_latest_answer() -> None:
    back = [
        seen(f"{at}.example", failed=failed, seconds=60 if failed else 30)
        for at in range(5)
        for failed in (True, False)
    ]
    assert not is_outage(back, now=NOW)


@given(st.floats(0, 1e7), st.floats(-1, 1))
def test_in_an_outage_feeds_are_asked_again_soon_and_not_all_at_once(lasted: float, jitter: float) -> None:
    assert FIRST_PAUSE * 0.66 <= pause(lasted, jitter=jitter) <= LONGEST_PAUSE * 1.34
    assert pause(lasted, jitter=-1) < pause(lasted, jitter=1)


@given(
    st.lists(
        st.builds(
            Observation,
            at=st.timedeltas(timedelta(0), timedelta(hours=1)).map(lambda ago: NOW - ago),
            host=st.sampled_from("abcdef"),
            failed=st.booleans(),
            known_bad=st.booleans(),
        )
    )
)
def test_an_outage_needs_three_failing_hosts_and_no_order(observations: list[Observation]) -> None:
    found = is_outage(observations, now=NOW)
    assert found == is_outage(observations[::-1], now=NOW) or len({one.at for one in observations}) < len(observations)
    assert not found or len({one.host for one in observations if one.failed and not one.known_bad}) >= 3
