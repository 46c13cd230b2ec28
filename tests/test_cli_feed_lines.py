"""How findings about feeds are worded: lengths, sizes, hours, days and bars."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cli.feeds.lines import BARS, days, hours, size, span, sparkline


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (0, "0 s"),
        (90, "90 s"),
        (600, "10 min"),
        (5400, "90 min"),
        (3 * 3600, "3 h"),
        (9000, "2.5 h"),
        (86400 * 3, "3 days"),
    ],
)
def test_a_length_is_told_as_people_say_it(length: float, words: str) -> None:
    assert span(length) == span(timedelta(seconds=length)) == words


def test_sizes_hours_and_days_are_told_short() -> None:
    assert [size(n) for n in (900, 9_999, 45_000, 3_200_000, 12_000_000)] == [
        "900 bytes",
        "9,999 bytes",
        "45 kB",
        "3,200 kB",
        "12.0 MB",
    ]
    assert hours((22, 0, 1, 2, 23, 5)) == "0-2, 5, 22-23"
    assert days((6, 5)) == "Saturday, Sunday"


@given(numbers=st.lists(st.floats(0, 1e9), min_size=1, max_size=24))
def test_every_number_has_a_bar_and_the_largest_the_tallest(numbers: list[float]) -> None:
    bars = sparkline(numbers)
    assert len(bars) == len(numbers)
    assert set(bars) <= set(BARS)
    if max(numbers) > 0:
        assert bars[numbers.index(max(numbers))] == BARS[-1]


@given(numbers=st.sets(st.integers(0, 23)))
def test_hours_in_runs_name_every_hour(numbers: set[int]) -> None:
    named: set[int] = set()
    for run in filter(None, hours(tuple(numbers)).split(", ")):
        first, _, last = run.partition("-")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == numbers
