"""Where places lie: coordinates in the knowledge base, and how they are found."""

import math

import pytest

from monitor.understand.knowledge import entries
from monitor.understand.whereabouts import whereabouts

CAPITALS = {
    "United States": "Washington, D.C.", "Ukraine": "Kyiv", "Russia": "Moscow", "United Kingdom": "London",
    "Germany": "Berlin", "France": "Paris", "Poland": "Warsaw", "Hungary": "Budapest", "Belgium": "Brussels",
    "Turkey": "Ankara", "China": "Beijing", "Saudi Arabia": "Riyadh",
}  # fmt: skip
CONTINENTS = {"Europe", "Asia", "Middle East"}
BOXES = {
    "UA": (44, 52.5, 22, 40.5),
    "RU": (41, 78, 19, 180),
    "US": (24, 72, -170, -66),
    "DE": (47, 55.2, 5.8, 15.1),
    "GB": (49.8, 59, -8.2, 1.8),
    "FR": (41, 51.2, -5, 9.7),
    "PL": (49, 55, 14, 24.2),
}
"""South, north, west and east of countries with many places."""


def test_every_place_but_a_continent_has_coordinates() -> None:
    without = {known.name for known in entries() if known.type == "place" and known.at is None}
    assert without == CONTINENTS


def test_coordinates_are_degrees_with_two_decimals() -> None:
    for known in entries():
        if known.at is not None:
            latitude, longitude = known.at
            assert -90 <= latitude <= 90, known.name
            assert -180 <= longitude <= 180, known.name
            assert all(math.isclose(value, round(value, 2)) for value in known.at), known.name


@pytest.mark.parametrize("country", BOXES)
def test_places_lie_in_their_country(country: str) -> None:
    south, north, west, east = BOXES[country]
    there = [known for known in entries() if known.country == country and known.at is not None]
    assert len(there) > 1
    for known in there:
        assert known.at is not None
        assert south <= known.at[0] <= north, known.name
        assert west <= known.at[1] <= east, known.name


def test_people_and_weapons_stand_nowhere() -> None:
    assert all(known.at is None for known in entries() if known.type in {"person", "weapon"})


def test_a_place_is_found_by_any_of_its_names_and_by_its_id() -> None:
    found = whereabouts("Kiev")
    assert found is not None
    assert (found.name, found.latitude, found.longitude, found.is_country) == ("Kyiv", 50.45, 30.52, False)
    assert whereabouts("what a paper calls it", "Q1899") == whereabouts("Kyiv") == found


def test_a_country_lies_at_its_capital_and_says_so() -> None:
    country, capital = whereabouts("Russia"), whereabouts("Moscow")
    assert country is not None
    assert capital is not None
    assert (country.latitude, country.longitude) == (capital.latitude, capital.longitude)
    assert (country.is_country, capital.is_country) == (True, False)


@pytest.mark.parametrize("country", CAPITALS)
def test_a_country_has_the_coordinates_of_its_capital(country: str) -> None:
    there, capital = whereabouts(country), whereabouts(CAPITALS[country])
    assert there is not None
    assert capital is not None
    assert there.is_country
    assert math.isclose(there.latitude, capital.latitude, abs_tol=0.1)
    assert math.isclose(there.longitude, capital.longitude, abs_tol=0.1)


@pytest.mark.parametrize("name", ["the White House", "Kremlin", "the Pentagon"])
def test_a_house_that_is_known_as_an_organisation_is_found(name: str) -> None:
    assert whereabouts(name) is not None


@pytest.mark.parametrize("name", ["", "Europe", "Nowhere-on-Sea", "Donald Trump", "NATO", "\x00", "x" * 10_000])
def test_what_lies_nowhere_is_not_found(name: str) -> None:
    assert whereabouts(name) is None


def test_an_id_that_nobody_knows_leaves_the_name() -> None:
    assert whereabouts("Kyiv", "Q0") == whereabouts("Kyiv")
