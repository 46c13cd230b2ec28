"""How a feed is, in one word and one sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.polling import EMPTIED, FeedFacts, FeedState, Rhythm, judge, learn
from monitor.polling.health import LEAST_SILENCE, LONGEST_SILENCE, STATES, holds_until, plausible_silence

NOW = datetime(2025, 10, 16, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def watched(a_day: float, days: int = 28) -> Rhythm:
    """A feed with so many items a day, spread evenly, watched every two hours."""
    rhythm, due = Rhythm(), 0.0
    for at in range(days * 12):
        now = NOW - timedelta(days=days) + timedelta(hours=2 * at)
        due += a_day / 12
        times = [now - timedelta(minutes=number + 1) for number in range(int(due))]
        rhythm, due = learn(rhythm, times, now=now), due % 1
    return rhythm


WELL = FeedFacts(
    name="The Herald",
    added_at=NOW - 60 * DAY,
    last_polled_at=NOW,
    last_success_at=NOW,
    next_poll_at=NOW + timedelta(minutes=20),
    newest_at=NOW - timedelta(hours=1),
    last_changed_at=NOW - timedelta(hours=1),
    rhythm=watched(24),
)


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, "ok", "newest item 60 min old"),
        ({"last_polled_at": None, "newest_at": None}, "new", "never polled; first poll 2025-10-16 12:20 UTC"),
        ({"failing_since": NOW - DAY, "last_error": "no address"}, "failing", "2025-10-15 12:00 UTC: no address; next"),
        ({"failing_since": NOW - DAY, "last_polled_at": None}, "failing", "no reason was kept"),
        ({"newest_at": NOW - 5 * DAY}, "stale", "its newest item is 5 days old; its rhythm explains at most"),
        ({"last_changed_at": NOW - 9 * DAY}, "frozen", "same content since 2025-10-07"),
        ({"notes": ("unclosed tag", "two roots")}, "partial", "unclosed tag; two roots"),
        ({"notes": ("unclosed tag", EMPTIED)}, "stale", "it holds no entries any more. Open it"),
        ({"moved_to": "https://new.example/"}, "moved", "https://new.example/; watched"),
        ({"moved_to": "https://new.example/", "moved_at": NOW}, "moved", "moved to https://new.example/ on 2025-10-16"),
        ({"gone_at": NOW - DAY, "active": False}, "gone", "410"),
        ({"active": False}, "gone", "by hand"),
        (
            {"newest_at": None, "last_changed_at": None, "rhythm": Rhythm(), "added_at": NOW - 90 * DAY},
            "stale",
            "90 days",
        ),
    ],
)
def test_each_state_has_its_word_and_says_why(changes: dict[str, object], state: str, words: str) -> None:
    found = judge(replace(WELL, **changes), now=NOW)  # type: ignore[arg-type]
    assert found.state == state
    assert words in found.detail


def test_a_feed_that_answers_but_has_stopped_is_found_by_its_own_rhythm() -> None:
    """Sources that went silent behind a 200 were found weeks later, by people (mediacloud/web-search#287)."""
    quiet = timedelta(days=3)
    busy = replace(WELL, newest_at=NOW - quiet)
    weekly = replace(busy, rhythm=watched(1 / 7, days=70))
    assert judge(busy, now=NOW).state == FeedState.STALE
    assert judge(weekly, now=NOW).state == FeedState.OK


def test_the_silence_before_stale_is_at_least_half_a_day_and_at_most_two_months() -> None:
    assert plausible_silence(watched(2000, days=3), NOW) == LEAST_SILENCE
    assert plausible_silence(Rhythm(), NOW) == LONGEST_SILENCE
    assert LEAST_SILENCE < plausible_silence(watched(3), NOW) < LONGEST_SILENCE


def test_being_stale_began_when_the_silence_became_implausible() -> None:
    found = judge(replace(WELL, newest_at=NOW - 5 * DAY), now=NOW)
    assert found.since is not None
    assert NOW - 5 * DAY < found.since < NOW


def test_a_feed_without_dates_is_judged_by_when_its_body_changed() -> None:
    assert judge(replace(WELL, newest_at=None, added_at=NOW), now=NOW).state == FeedState.OK
    old = replace(WELL, newest_at=None, added_at=NOW, last_changed_at=NOW - 30 * DAY)
    assert judge(old, now=NOW).state == FeedState.FROZEN


times = st.none() | st.datetimes(datetime(2025, 1, 1), datetime(2025, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    st.builds(
        FeedFacts,
        active=st.booleans(),
        added_at=times,
        last_polled_at=times,
        failing_since=times,
        newest_at=times,
        last_changed_at=times,
        notes=st.sampled_from([(), ("torn",)]),
        moved_to=st.sampled_from(["", "https://new.example/"]),
        gone_at=times,
    )
)
def test_every_feed_has_a_state_and_a_reason(facts: FeedFacts) -> None:
    found = judge(facts, now=NOW)
    assert found.state in STATES
    assert found.detail


near = st.none() | st.datetimes(datetime(2025, 9, 1), datetime(2025, 10, 17), timezones=st.just(UTC))  # noqa: DTZ001
RHYTHMS = (Rhythm(), watched(24), watched(1), watched(1 / 7, days=70))


@given(
    facts=st.builds(
        FeedFacts,
        active=st.sampled_from([True, True, True, False]),
        added_at=near,
        last_polled_at=near,
        failing_since=st.sampled_from([None, None, NOW - DAY]),
        last_outcome=st.sampled_from(["same", "same", "outage"]),
        next_poll_at=near,
        interval=st.sampled_from([0.0, 900.0, 86_400.0]),
        newest_at=near,
        last_changed_at=near,
        rhythm=st.sampled_from(RHYTHMS),
        notes=st.sampled_from([(), ("torn",), (EMPTIED,)]),
        moved_to=st.sampled_from(["", "https://new.example/"]),
    ),
    after=st.timedeltas(timedelta(0), 90 * DAY),
)
def test_a_verdict_holds_as_long_as_it_says(facts: FeedFacts, after: timedelta) -> None:
    found, until = judge(facts, now=NOW), holds_until(facts, now=NOW)
    later = NOW + after if until is None else min(until, NOW + after)
    again = judge(facts, now=later)
    assert (again.state, again.since) == (found.state, found.since)
    assert until is None or until >= NOW


@pytest.mark.parametrize(
    ("changes", "hours"),
    [({}, 11), ({"newest_at": NOW - 5 * DAY}, 71), ({"last_changed_at": NOW - 9 * DAY, "next_poll_at": None}, None)],
)
def test_a_verdict_is_looked_at_again_only_when_a_silence_may_have_become_too_long(
    changes: dict[str, object], hours: int | None
) -> None:
    facts = replace(WELL, **{"next_poll_at": None} | changes)  # type: ignore[arg-type]
    assert holds_until(facts, now=NOW) == (None if hours is None else NOW + timedelta(hours=hours))


def test_a_feed_with_two_items_a_day_that_stops_is_told_within_two_weeks() -> None:
    # mediacloud/web-search#287: the silence that is judged must not lower the rate that it is judged by.
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)
    items = [start - timedelta(hours=12 * number + 6) for number in range(20)]
    now, rhythm = start, learn(Rhythm(), items, now=start)
    for hours in range(4, 14 * 24, 4):
        now = start + timedelta(hours=hours)
        rhythm = learn(rhythm, [], now=now)
    facts = FeedFacts(added_at=start, last_polled_at=now, last_success_at=now, newest_at=items[0], rhythm=rhythm)
    assert judge(facts, now=now).state == "stale"


def test_the_silence_that_is_judged_does_not_stretch_what_is_plausible() -> None:
    start = datetime(2026, 11, 10, 12, tzinfo=UTC)
    rhythm = Rhythm()
    for hours in range(-7 * 24, 1):
        now = start + timedelta(hours=hours)
        rhythm = learn(rhythm, [now], now=now)
    before = plausible_silence(rhythm, start)
    for hours in range(3, 25, 3):
        rhythm = learn(rhythm, [], now=start + timedelta(hours=hours))
    assert plausible_silence(rhythm, start) == pytest.approx(before, rel=0.1)


@pytest.mark.parametrize("outcome", ["outage", "put off"])
def test_a_feed_that_was_not_asked_is_unreached_and_charged_with_nothing(outcome: str) -> None:
    found = judge(replace(WELL, last_outcome=outcome, last_error="its host asked for a pause."), now=NOW)
    assert (found.state, found.since) == ("unreached", WELL.last_success_at)
    assert "not asked when it was due: its host asked for a pause" in found.detail


def test_a_poll_that_nobody_makes_is_told_after_an_interval_and_a_quarter_of_an_hour_at_least() -> None:
    def state(minutes: float, interval: float) -> str:
        facts = replace(WELL, next_poll_at=NOW - timedelta(minutes=minutes), interval=interval)
        return judge(facts, now=NOW).state

    assert (state(14, 300.0), state(16, 300.0)) == ("ok", "unreached")
    assert (state(59, 3600.0), state(61, 3600.0)) == ("ok", "unreached")
    assert "in quarantine" in judge(replace(WELL, next_poll_at=NOW - timedelta(days=1)), now=NOW).detail
