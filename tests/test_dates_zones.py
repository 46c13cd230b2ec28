"""Outlets and their clocks."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import available_timezones

import pytest

from monitor.catalogue import catalogue
from monitor.understand.dates.zones import COUNTRIES, local_day, zone_of


@pytest.mark.parametrize(
    ("source", "url", "zone"),
    [
        ("BBC News", "", "Europe/London"),
        ("bbc.com (as reposted)", "", "Europe/London"),
        ("CNN (as reposted)", "", "America/New_York"),
        ("The New York Times", "", "America/New_York"),
        ("thehill.com", "", "America/New_York"),
        ("", "https://www.pravda.com.ua/eng/news/1/", "Europe/Kyiv"),
        ("", "https://www.smh.com.au/world/1", "Australia/Sydney"),
        ("", "https://kyivindependent.com/x", "Europe/Kyiv"),
        ("jpost-me", "", "Asia/Jerusalem"),
        ("Unheard Gazette", "https://unheard.example/1", "UTC"),
        ("Unheard Gazette", "https://www.unheard.co.uk/1", "Europe/London"),
        ("", "https://unheard.io/1", "UTC"),
        ("", "", "UTC"),
        ("localhost", "http://127.0.0.1:8000/1", "UTC"),
    ],
)
def test_an_outlet_has_its_zone(source: str, url: str, zone: str) -> None:
    assert zone_of(source, url) == zone


def test_a_country_that_is_known_decides() -> None:
    assert zone_of("BBC News", country="AU") == "Australia/Sydney"
    assert zone_of("BBC News", country="??") == "Europe/London"


def test_every_zone_exists() -> None:
    assert set(COUNTRIES.values()) <= available_timezones()


def test_every_country_of_the_catalogue_has_a_zone() -> None:
    assert {feed.country for feed in catalogue() if feed.country} <= COUNTRIES.keys()


def test_most_outlets_of_the_catalogue_are_known_by_name_or_address() -> None:
    feeds = [feed for feed in catalogue() if feed.country]
    known = [feed for feed in feeds if zone_of(feed.outlet, feed.homepage) == COUNTRIES[feed.country]]
    assert len(known) >= 0.9 * len(feeds)


def test_midnight_sharp_is_a_date_that_lost_its_time() -> None:
    assert local_day(datetime(2025, 10, 14, tzinfo=UTC), "America/New_York") == date(2025, 10, 14)
    assert local_day(datetime(2025, 10, 14, 0, 1, tzinfo=UTC), "America/New_York") == date(2025, 10, 13)


def test_a_time_without_a_zone_keeps_its_day() -> None:
    assert local_day(datetime(2025, 10, 14, 1), "America/New_York") == date(2025, 10, 14)  # noqa: DTZ001


def test_without_a_known_zone_the_day_is_that_of_the_time_as_it_was_given() -> None:
    given = datetime(2025, 10, 14, 1, 30, tzinfo=timezone(timedelta(hours=3)))
    assert local_day(given, "UTC") == date(2025, 10, 14)


def test_the_first_day_of_the_calendar_has_no_day_before() -> None:
    assert local_day(datetime(1, 1, 1, 1, tzinfo=UTC), "America/New_York") == date(1, 1, 1)
