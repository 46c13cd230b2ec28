"""What a rhythm learns from polls, keeps in text, and lets expect."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.polling import Rhythm, from_text, learn, pace
from monitor.polling.expectation import expected, longest_silence, wait

NOW = datetime(2025, 10, 16, 12, tzinfo=UTC)
HOUR, DAY = 3600.0, 86_400.0
CATALOGUE = [NOW - timedelta(hours=4 * at + 1) for at in range(30)]

moments = st.datetimes(datetime(2025, 9, 20), datetime(2025, 11, 20), timezones=st.just(UTC))  # noqa: DTZ001
polls = st.lists(
    st.tuples(st.timedeltas(timedelta(0), timedelta(days=20)), st.lists(moments, max_size=40)), min_size=1, max_size=8
)


def learnt(visits: list[tuple[timedelta, list[datetime]]]) -> Rhythm:
    rhythm, now = Rhythm(), NOW
    for gap, times in visits:
        now += gap
        rhythm = learn(rhythm, times, now=now)
    return rhythm


def a_day(rhythm: Rhythm) -> float:
    return expected(rhythm).rate * DAY


def test_a_back_catalogue_teaches_the_rate_at_the_first_poll() -> None:
    assert a_day(learn(Rhythm(), CATALOGUE, now=NOW)) == pytest.approx(6, rel=0.05)


def test_items_older_than_ten_days_teach_nothing_at_first_sight() -> None:
    old = [NOW - timedelta(days=11 + at) for at in range(30)]
    assert learn(Rhythm(), old, now=NOW).items == 0
    assert learn(Rhythm(), [*CATALOGUE, *old], now=NOW) == learn(Rhythm(), CATALOGUE, now=NOW)


def test_a_feed_that_stamps_its_own_crawl_is_no_flood_at_first_sight() -> None:
    rhythm = learn(Rhythm(), [NOW - timedelta(seconds=5)] * 30, now=NOW)
    assert rhythm.items == 0
    assert a_day(rhythm) == pytest.approx(2)


def test_a_feed_that_stamps_every_item_with_now_at_every_poll_keeps_a_bearable_rate() -> None:
    rhythm = Rhythm()
    for at in range(24 * 7):
        now = NOW + timedelta(hours=at)
        rhythm = learn(rhythm, [now] * 30, now=now)
    assert a_day(rhythm) < 24 * 6
    assert wait(rhythm, 0.5, now=NOW, longest=DAY) > 1000


def test_dates_in_the_future_count_as_now() -> None:
    start = learn(Rhythm(), CATALOGUE, now=NOW)
    ahead = learn(start, [NOW + timedelta(days=900)], now=NOW + timedelta(hours=1))
    assert ahead.newest == NOW + timedelta(hours=1)
    assert ahead.items == pytest.approx(start.items + 1, rel=5e-3)


def test_edits_and_polls_of_the_same_items_do_not_count_again() -> None:
    once = learn(Rhythm(), CATALOGUE, now=NOW)
    again = learn(once, CATALOGUE, now=NOW)
    assert again == once


def test_hours_and_weekdays_are_told_apart() -> None:
    rhythm = Rhythm()
    start = datetime(2025, 9, 1, tzinfo=UTC)
    for hour in range(24 * 28):
        now = start + timedelta(hours=hour + 1)
        busy = now.hour in {10, 11, 12} and now.weekday() < 5
        rhythm = learn(rhythm, [now - timedelta(minutes=at) for at in (5, 25, 45)] if busy else [], now=now)
    feed = expected(rhythm)
    assert feed.hours[10] > 4 * feed.hours[3]
    assert feed.days[2] > 3 * feed.days[6]
    assert feed.share(datetime(2025, 10, 15, 10, tzinfo=UTC)) > 10 * feed.share(datetime(2025, 10, 19, 3, tzinfo=UTC))


def test_a_feed_that_becomes_quiet_is_expected_to_be_quiet_within_weeks() -> None:
    rhythm = learn(Rhythm(), CATALOGUE, now=NOW)
    for at in range(1, 28 * 12):
        rhythm = learn(rhythm, [], now=NOW + timedelta(hours=2 * at))
    assert a_day(rhythm) < 1


def test_a_pause_of_ours_is_not_taken_for_silence_of_the_feed() -> None:
    rhythm = learn(Rhythm(), CATALOGUE, now=NOW)
    after = NOW + timedelta(days=9)
    seen = [after - timedelta(hours=at) for at in range(1, 25)]
    assert a_day(learn(rhythm, seen, now=after)) > a_day(rhythm)


@given(polls)
@settings(deadline=None)
def test_time_only_goes_forward_and_memory_stays_the_same(visits: list[tuple[timedelta, list[datetime]]]) -> None:
    rhythm, now = Rhythm(), NOW
    for gap, times in visits:
        now += gap
        after = learn(rhythm, times, now=now)
        assert after.watched_to == now
        assert after.newest is None or after.newest <= now
        assert rhythm.newest is None or (after.newest is not None and after.newest >= rhythm.newest)
        assert (len(after.hours), len(after.hours_watched), len(after.days), len(after.days_watched)) == (24, 24, 7, 7)
        assert all(number >= 0 for row in (after.hours, after.hours_watched, after.days) for number in row)
        assert len(after.as_text()) < 1200
        rhythm = after


@given(polls)
@settings(deadline=None)
def test_a_clock_that_goes_back_does_not_unlearn(visits: list[tuple[timedelta, list[datetime]]]) -> None:
    rhythm = learnt(visits)
    back = learn(rhythm, [], now=NOW - timedelta(days=1))
    assert back == rhythm


@given(polls)
@settings(deadline=None)
def test_a_rhythm_comes_back_from_its_text(visits: list[tuple[timedelta, list[datetime]]]) -> None:
    rhythm = learnt(visits)
    back = from_text(rhythm.as_text())
    assert back.as_text() == rhythm.as_text()
    assert from_text(back.as_text()) == back
    assert (back.newest, back.watched_to) == (rhythm.newest, rhythm.watched_to)
    assert back.hours == pytest.approx(rhythm.hours, rel=1e-5)
    assert pace(back) == pytest.approx(pace(rhythm), rel=1e-4)


@given(st.text() | st.binary().map(bytes.hex) | st.integers().map(str) | st.lists(st.floats()).map(str))
def test_a_damaged_text_is_an_empty_rhythm(text: str) -> None:
    assert from_text(text) == Rhythm()


@pytest.mark.parametrize("cut", [1, 10, 100, -1])
def test_a_text_that_was_cut_off_is_an_empty_rhythm(cut: int) -> None:
    assert from_text(learn(Rhythm(), CATALOGUE, now=NOW).as_text()[:cut]) == Rhythm()


@pytest.mark.parametrize(
    "text", ["", None, "[1]", "[" * 100_000, "[2,[],[],[],[],null,0]", "[1,[],[],[],[],null,1e99]"]
)
def test_other_texts_are_an_empty_rhythm(text: str | None) -> None:
    assert not from_text(text)


def test_negative_or_endless_numbers_are_damage() -> None:
    text = learn(Rhythm(), CATALOGUE, now=NOW).as_text()
    assert not from_text(text.replace("[0.0,", "[-1.0,", 1))
    assert not from_text(text.replace("[0.0,", "[Infinity,", 1))
    assert not from_text(text.replace("[0.0,", "[NaN,", 1))


@given(polls, st.floats(0.01, 10), st.floats(60, 20 * DAY))
@settings(deadline=None)
def test_the_wait_is_positive_bounded_and_grows_with_the_scale(
    visits: list[tuple[timedelta, list[datetime]]], scale: float, longest: float
) -> None:
    rhythm = learnt(visits)
    short, long = (wait(rhythm, factor * scale, now=NOW, longest=longest) for factor in (1, 2))
    assert 0 < short <= long <= longest


def test_a_silence_is_longer_when_more_odds_are_asked_for() -> None:
    rhythm = learn(Rhythm(), CATALOGUE, now=NOW)
    short, long = (longest_silence(rhythm, since=NOW, odds=odds, limit=90 * DAY) for odds in (10, 1000))
    assert long == pytest.approx(3 * short, rel=0.4)
    # Six items a day: e^-6.9 is one in a thousand.
    assert long == pytest.approx(6.9 / 6 * DAY, rel=0.3)
