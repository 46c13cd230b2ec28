"""When a message is tried again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.jobs.telling.retry import FIRST, JITTER, LONGEST, retry_at
from monitor.records.telling.messages import Outcome, Reply

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
POSTPONED = Outcome(reply=Reply.POSTPONED, detail="451 try later")


def _wait(attempts: int, outcome: Outcome = POSTPONED, jitter: float = 0.0) -> timedelta | None:
    again = retry_at(outcome, attempts=attempts, now=NOW, give_up_at=LATER, jitter=jitter)
    return None if again is None else again - NOW


def test_the_wait_doubles_up_to_four_hours() -> None:
    assert [_wait(attempts) for attempts in (1, 2, 3)] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert _wait(40) == LONGEST


def test_what_was_refused_or_accepted_is_never_tried_again() -> None:
    assert _wait(1, Outcome(reply=Reply.REFUSED)) is None
    assert _wait(1, Outcome(reply=Reply.ACCEPTED)) is None


def test_the_other_side_s_wish_is_kept_but_no_longer_than_a_day() -> None:
    assert _wait(1, Outcome(reply=Reply.POSTPONED, retry_after=7200)) == timedelta(hours=2)
    assert _wait(1, Outcome(reply=Reply.POSTPONED, retry_after=1)) == FIRST
    assert _wait(1, Outcome(reply=Reply.POSTPONED, retry_after=1e9)) == timedelta(days=1)


def test_the_last_try_is_made_at_the_end_and_none_after_it() -> None:
    near = NOW + timedelta(hours=1)
    assert retry_at(POSTPONED, attempts=12, now=NOW, give_up_at=near, jitter=0) == near
    assert retry_at(POSTPONED, attempts=13, now=near, give_up_at=near, jitter=0) is None


@given(
    st.integers(min_value=1, max_value=10_000),
    st.floats(min_value=-1, max_value=1),
    st.one_of(st.none(), st.floats(min_value=0, max_value=1e12)),
)
@settings(max_examples=100)
def test_the_next_try_is_always_ahead_and_never_after_the_end(attempts: int, jitter: float, wish: float | None) -> None:
    again = retry_at(
        Outcome(reply=Reply.POSTPONED, retry_after=wish), attempts=attempts, now=NOW, give_up_at=LATER, jitter=jitter
    )
    assert again is not None
    assert NOW + FIRST * (1 - JITTER) <= again <= LATER
