"""Periods: where they end on the recipient's wall, that they tile time, and how they are named."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.digest import periods
from monitor.errors import ConfigError
from monitor.records.telling.subscribers import Cadence, Period, Schedule, Selection

KYIV = "Europe/Kyiv"
ZONES = (
    KYIV, "UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca",
    "America/St_Johns", "Pacific/Chatham", "Asia/Kolkata", "America/Sao_Paulo", "Asia/Tehran", "Africa/Monrovia",
    "Pacific/Kwajalein", "Antarctica/Troll",
)  # fmt: skip
# Days on which something odd happens somewhere, and ordinary ones.
ODD = (
    date(2024, 2, 29), date(2025, 3, 30), date(2025, 10, 26), date(2025, 12, 31), date(2026, 3, 8), date(2026, 11, 1),
    date(2011, 12, 30), date(2026, 4, 5), date(2026, 10, 4), date(2018, 11, 4), date(1993, 8, 21), date(1972, 1, 7),
    date(2026, 2, 15), date(2026, 3, 22),
)  # fmt: skip

moments = st.builds(
    lambda day, seconds: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds),
    st.one_of(st.sampled_from(ODD), st.dates(date(1971, 1, 1), date(2037, 1, 1))),
    st.integers(-2 * 86_400, 3 * 86_400),
)
schedules = st.builds(
    Schedule,
    cadence=st.sampled_from(Cadence),
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def daily(zone: str, hour: int, cadence: Cadence = Cadence.DAILY, weekday: int = 0) -> Schedule:
    return Schedule(cadence=cadence, zone=zone, hour=hour, weekday=weekday)


ENDS = {
    "an ordinary day": (daily(KYIV, 6), utc(2025, 10, 17, 3, 0), utc(2025, 10, 16, 3), utc(2025, 10, 17, 3)),
    "a moment too early": (daily(KYIV, 6), utc(2025, 10, 17, 2, 59, 59), utc(2025, 10, 15, 3), utc(2025, 10, 16, 3)),
    "23 hours in spring": (daily(KYIV, 6), utc(2025, 3, 30, 12), utc(2025, 3, 29, 4), utc(2025, 3, 30, 3)),
    "25 hours in autumn": (daily(KYIV, 6), utc(2025, 10, 26, 12), utc(2025, 10, 25, 3), utc(2025, 10, 26, 4)),
    "an hour that is skipped": (daily(KYIV, 3), utc(2025, 3, 30, 12), utc(2025, 3, 29, 1), utc(2025, 3, 30, 1)),
    "an hour that comes twice": (daily(KYIV, 3), utc(2025, 10, 26, 12), utc(2025, 10, 25, 0), utc(2025, 10, 26, 0)),
    "skipped in New York": (daily("America/New_York", 2), utc(2026, 3, 9, 0), utc(2026, 3, 7, 7), utc(2026, 3, 8, 7)),
    "three quarters": (
        daily("Asia/Kathmandu", 6),
        utc(2026, 1, 5, 0, 15),
        utc(2026, 1, 4, 0, 15),
        utc(2026, 1, 5, 0, 15),
    ),
    "half an hour of gap": (
        daily("Australia/Lord_Howe", 2),
        utc(2026, 10, 4, 0),
        utc(2026, 10, 2, 15, 30),
        utc(2026, 10, 3, 15, 30),
    ),
    "a day that Apia skipped": (
        daily("Pacific/Apia", 6),
        utc(2011, 12, 30, 12),
        utc(2011, 12, 29, 16),
        utc(2011, 12, 30, 10),
    ),
    "the day after it": (daily("Pacific/Apia", 6), utc(2011, 12, 30, 16), utc(2011, 12, 30, 10), utc(2011, 12, 30, 16)),
    "midnight around it": (
        daily("Pacific/Apia", 0),
        utc(2011, 12, 30, 12),
        utc(2011, 12, 29, 10),
        utc(2011, 12, 30, 10),
    ),
    "a leap day": (daily(KYIV, 6), utc(2024, 2, 29, 5), utc(2024, 2, 28, 4), utc(2024, 2, 29, 4)),
    "new year": (daily(KYIV, 6), utc(2026, 1, 1, 5), utc(2025, 12, 31, 4), utc(2026, 1, 1, 4)),
    "Ramadan in Casablanca": (
        daily("Africa/Casablanca", 2),
        utc(2026, 3, 23, 0),
        utc(2026, 3, 21, 2),
        utc(2026, 3, 22, 2),
    ),
    "Monday covers the weekend": (
        daily(KYIV, 6, Cadence.WEEKDAYS),
        utc(2025, 10, 20, 4),
        utc(2025, 10, 17, 3),
        utc(2025, 10, 20, 3),
    ),
    "Sunday has Friday's": (
        daily(KYIV, 6, Cadence.WEEKDAYS),
        utc(2025, 10, 19, 9),
        utc(2025, 10, 16, 3),
        utc(2025, 10, 17, 3),
    ),
    "a week": (daily(KYIV, 6, Cadence.WEEKLY, 4), utc(2025, 10, 30, 9), utc(2025, 10, 17, 3), utc(2025, 10, 24, 3)),
    "an hour": (daily(KYIV, 6, Cadence.HOURLY), utc(2025, 10, 17, 9, 1), utc(2025, 10, 17, 8), utc(2025, 10, 17, 9)),
    "an hour in Kathmandu": (
        daily("Asia/Kathmandu", 6, Cadence.HOURLY),
        utc(2025, 10, 17, 9, 20),
        utc(2025, 10, 17, 8, 15),
        utc(2025, 10, 17, 9, 15),
    ),
    "the hour that comes again": (
        daily(KYIV, 6, Cadence.HOURLY),
        utc(2025, 10, 26, 1, 30),
        utc(2025, 10, 26, 0),
        utc(2025, 10, 26, 1),
    ),
    "Lord Howe's hour and a half": (
        daily("Australia/Lord_Howe", 6, Cadence.HOURLY),
        utc(2026, 10, 3, 16, 10),
        utc(2026, 10, 3, 14, 30),
        utc(2026, 10, 3, 16),
    ),
}


@pytest.mark.parametrize("which", ENDS)
def test_a_period_ends_when_the_clock_on_the_wall_shows_the_hour(which: str) -> None:
    schedule, now, start, end = ENDS[which]
    assert periods.latest(schedule, now=now) == Period(start=start, end=end)


@settings(max_examples=150, deadline=None)
@given(schedules, moments)
def test_periods_tile_time_without_gap_or_overlap(schedule: Schedule, now: datetime) -> None:
    period = periods.latest(schedule, now=now)
    assert period.start < period.end <= now
    # Nothing else has ended since: just before the next end the latest is still this one.
    for moment in (period.end, period.end + timedelta(microseconds=1), now):
        assert periods.latest(schedule, now=moment) == period
    earlier = periods.before(schedule, period)
    assert earlier.end == period.start
    assert earlier == periods.latest(schedule, now=period.start)
    assert earlier == periods.latest(schedule, now=period.end - timedelta(microseconds=1))
    assert periods.missed(schedule, period.start, period) == 0
    assert periods.missed(schedule, earlier.start, period) == 1


@settings(max_examples=50, deadline=None)
@given(schedules, moments, st.integers(0, 12))
def test_whole_periods_are_counted_as_missed(schedule: Schedule, now: datetime, number: int) -> None:
    last = period = periods.latest(schedule, now=now)
    for _ in range(number + 1):
        last = periods.before(schedule, last)
    assert periods.missed(schedule, last.end, period) == number
    # An edition that ended in the middle of a period leaves the whole ones after it.
    assert periods.missed(schedule, last.end - timedelta(seconds=1), period) == number
    assert periods.missed(schedule, last.end + timedelta(seconds=1), period) == max(0, number - 1)
    assert periods.missed(schedule, period.end, period) == 0


@settings(max_examples=50, deadline=None)
@given(schedules, moments)
def test_a_period_ends_on_the_hour_unless_the_hour_is_skipped(schedule: Schedule, now: datetime) -> None:
    end = periods.latest(schedule, now=now).end
    local = end.astimezone(ZoneInfo(schedule.zone))
    before = (end - timedelta(seconds=1)).astimezone(ZoneInfo(schedule.zone))
    jumped = local.utcoffset() > before.utcoffset()  # type: ignore[operator]
    hour = local.hour if schedule.cadence is Cadence.HOURLY else schedule.hour
    assert jumped or (local.hour, local.minute, local.second) == (hour, 0, 0)


def test_a_year_of_downtime_is_counted_too() -> None:
    schedule = daily(KYIV, 6, Cadence.HOURLY)
    period = periods.latest(schedule, now=utc(2026, 6, 1))
    assert periods.missed(schedule, utc(2025, 6, 1), period) == 365 * 24 - 1


WORDS = {
    "06:00–06:00 Europe/Kyiv, Thu 16 – Fri 17 Oct 2025": (KYIV, utc(2025, 10, 16, 3), utc(2025, 10, 17, 3)),
    "06:00–06:00 Europe/Kyiv, Fri 31 Oct – Sat 1 Nov 2025": (KYIV, utc(2025, 10, 31, 4), utc(2025, 11, 1, 4)),
    "06:00–06:00 Europe/Kyiv, Wed 31 Dec 2025 – Thu 1 Jan 2026": (KYIV, utc(2025, 12, 31, 4), utc(2026, 1, 1, 4)),
    "11:00–12:00 Europe/Kyiv, Fri 17 Oct 2025": (KYIV, utc(2025, 10, 17, 8), utc(2025, 10, 17, 9)),
    "23:00–00:00 Europe/Kyiv, Thu 16 – Fri 17 Oct 2025": (KYIV, utc(2025, 10, 16, 20), utc(2025, 10, 16, 21)),
    "06:00–06:00 Europe/Kyiv, Fri 17 – Fri 24 Oct 2025": (KYIV, utc(2025, 10, 17, 3), utc(2025, 10, 24, 3)),
    "03:00 (UTC+3)–03:00 (UTC+2) Europe/Kyiv, Sun 26 Oct 2025": (KYIV, utc(2025, 10, 26, 0), utc(2025, 10, 26, 1)),
    "02:00 (UTC+2)–04:00 (UTC+3) Europe/Kyiv, Sun 30 Mar 2025": (KYIV, utc(2025, 3, 30, 0), utc(2025, 3, 30, 1)),
    "01:00 (UTC+10:30)–03:00 (UTC+11) Australia/Lord_Howe, Sun 4 Oct 2026": (
        "Australia/Lord_Howe", utc(2026, 10, 3, 14, 30), utc(2026, 10, 3, 16)),
}  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_a_period_is_named_as_people_write_it(words: str) -> None:
    zone, start, end = WORDS[words]
    assert periods.in_words(Period(start=start, end=end), zone) == words


@pytest.mark.parametrize(
    ("zone", "near"),
    [
        ("Europe/Kiyv", "Europe/Kyiv"),
        ("kyiv", "Europe/Kyiv"),
        ("europe/kyiv", "Europe/Kyiv"),
        ("New York", "America/New_York"),
        ("America/Newyork", "America/New_York"),
        ("Kathmandu", "Asia/Kathmandu"),
    ],
)
def test_a_wrong_zone_is_told_with_zones_that_may_be_meant(zone: str, near: str) -> None:
    with pytest.raises(ConfigError, match=near) as told:
        periods.check(Schedule(zone=zone))
    assert repr(zone) in str(told.value)


@pytest.mark.parametrize(
    "zone",
    ["", " ", "../../etc/passwd", "/etc/localtime", "localtime", "Europe", "a\0b", "\ud800", "x" * 100_000, "ж" * 99],
)
def test_what_is_no_zone_is_a_config_error_with_a_hint(zone: str) -> None:
    with pytest.raises(ConfigError, match=r"Europe/Kyiv|Did you mean") as told:
        periods.latest(Schedule(zone=zone), now=utc(2026, 1, 1))
    assert len(str(told.value)) < 300


@pytest.mark.parametrize("wrong", [{"hour": 24}, {"hour": -1}, {"weekday": 7}, {"weekday": -1}])
def test_a_wrong_hour_or_day_is_a_config_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="Give one from 0"):
        periods.latest(Schedule(**wrong), now=utc(2026, 1, 1))


def test_a_stream_is_those_who_get_the_same_digest() -> None:
    key = periods.stream_key(daily(KYIV, 6), Selection(topics=("talks", "missile_aid"), languages=("en", "uk")))
    same = periods.stream_key(daily(KYIV, 6), Selection(topics=("missile_aid", "talks"), languages=("uk", "en", "en")))
    assert key == same
    # What has no bearing on when it comes makes no second stream.
    assert periods.stream_key(daily(KYIV, 6, weekday=2), Selection()) == periods.stream_key(daily(KYIV, 6), Selection())
    hourly = [periods.stream_key(daily(KYIV, hour, Cadence.HOURLY), Selection()) for hour in (6, 7)]
    assert hourly[0] == hourly[1]
    others = [
        periods.stream_key(daily(KYIV, 6), Selection()),
        periods.stream_key(daily(KYIV, 7), Selection()),
        periods.stream_key(daily("Europe/Riga", 6), Selection()),
        periods.stream_key(daily(KYIV, 6, Cadence.WEEKDAYS), Selection()),
        periods.stream_key(daily(KYIV, 6, Cadence.WEEKLY), Selection()),
        periods.stream_key(daily(KYIV, 6, Cadence.WEEKLY, 1), Selection()),
        periods.stream_key(daily(KYIV, 6), Selection(search="said:Putin")),
        periods.stream_key(daily(KYIV, 6), Selection(search="said:putin OR x")),
        periods.stream_key(daily(KYIV, 6), Selection(topics=("talks",))),
        periods.stream_key(daily(KYIV, 6), Selection(languages=("talks",))),
        key,
        hourly[0],
    ]
    assert len(set(others)) == len(others)
    # It is stored: another one would begin every stream anew.
    assert periods.stream_key(Schedule(), Selection()) == "c65aa8ebc69ef6eeaac8c88f255795ec"
    assert periods.stream_key(Schedule(), Selection(search="\ud800")) != periods.stream_key(Schedule(), Selection())
