"""Offices read from the knowledge base, and descriptions matched with them by date."""

from datetime import date

import pytest

from monitor.understand.names import link
from monitor.understand.offices import Described, fit, holder, offices, qualifiers

AUTUMN_2025 = date(2025, 10, 14)


def held_by(
    kind: str, country: str, words: str = "", day: date | None = AUTUMN_2025, *, former: bool = False
) -> str | None:
    known = holder(Described(kind=kind, words=qualifiers(words), country=country, former=former), day)
    return known.name if known is not None else None


@pytest.mark.parametrize(
    ("kind", "words", "country", "name"),
    [
        ("leader", "", "UA", "Volodymyr Zelensky"),
        ("president", "", "US", "Donald Trump"),
        ("president", "vice", "US", "JD Vance"),
        ("leader", "", "GB", "Keir Starmer"),
        ("chancellor", "", "DE", "Friedrich Merz"),
        ("minister", "foreign", "RU", "Sergei Lavrov"),
        ("spokesperson", "Kremlin", "RU", "Dmitry Peskov"),
        ("chief", "", "NATO", "Mark Rutte"),
        ("secretary", "state", "US", "Marco Rubio"),
    ],
)
def test_a_country_and_an_office_name_the_holder(kind: str, words: str, country: str, name: str) -> None:
    assert held_by(kind, country, words) == name


def test_the_day_decides_who_held_an_office() -> None:
    assert held_by("president", "US", day=date(2015, 5, 1)) == "Barack Obama"
    assert held_by("president", "US", day=date(2023, 5, 1)) == "Joe Biden"
    assert held_by("president", "US", day=None) == "Donald Trump"


def test_in_a_year_of_change_the_successor_is_meant() -> None:
    assert held_by("chancellor", "DE", day=date(2025, 12, 1)) == "Friedrich Merz"


def test_whoever_is_in_office_is_no_former_president() -> None:
    trump, biden = link("Donald Trump", "person"), link("Joe Biden", "person")
    assert trump is not None
    assert biden is not None
    described = Described(kind="president", country="US", former=True)
    assert fit(described, trump, date(2026, 3, 1)) == 0
    assert fit(described, biden, date(2026, 3, 1)) > 0
    assert fit(described, trump, date(2023, 3, 1)) > 0


def test_a_deputy_is_not_taken_for_the_minister() -> None:
    assert held_by("minister", "RU", "deputy foreign") is None


def test_a_role_with_several_offices_is_read_as_several() -> None:
    shoigu = link("Sergei Shoigu", "person")
    assert shoigu is not None
    assert {(office.kind, office.last) for office in offices(shoigu)} == {("secretary", 9999), ("minister", 2024)}


def test_nobody_is_meant_without_a_country() -> None:
    assert held_by("president", "") is None
