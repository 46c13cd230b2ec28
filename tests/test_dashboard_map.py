"""The map's page: names joined with coordinates, and what has none told in words."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.store import Store
from monitor.understand.knowledge import entries
from tests.dashboard_builders import local
from tests.telling_builders import arrive, at, meeting, nothing, weave
from tests.test_store_board_map import naming
from tests.woven_builders import PUTIN, when


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the pages read is tested on both databases by itself."""
    return sqlite_url


@pytest.fixture
def news(store: Store) -> Store:
    arrive(store, 1, nothing(entities=naming("Kyiv", "Averton")), when=at(1, 9))
    day = at(2).date()
    for n, where in enumerate(("Budapest", "Averton Hall")):
        event = meeting("planned", when=when(day), where=where, participants=(f"Person {n}", PUTIN))
        arrive(store, f"e{n}", nothing(events=(event,)), when=at(1, 10 + n))
    weave(store)
    return store


def test_places_and_events_have_coordinates_where_they_are_known(news: Store) -> None:
    days = {"since": str(at(0).date()), "until": str(at(6).date())}
    view = local(news).get("/api/v1/map", params=days).json()
    spots = {spot["name"]: spot for spot in view["spots"]}
    assert set(spots) == {"Kyiv", "Budapest"}
    assert (round(spots["Kyiv"]["latitude"]), round(spots["Kyiv"]["longitude"])) == (50, 31)
    assert spots["Kyiv"]["articles"] == 1
    assert [event["status"] for event in spots["Budapest"]["events"]] == ["planned"]
    assert [place["name"] for place in view["nowhere"]] == ["Averton"]
    assert [event["place"] for event in view["events_nowhere"]] == ["Averton Hall"]


def test_the_page_says_in_words_what_the_map_shows(news: Store) -> None:
    html = local(news).get("/map", params={"since": str(at(0).date()), "until": str(at(6).date())}).text
    for words in ("Kyiv", "Budapest", "Averton Hall", "At places without coordinates", "Natural Earth"):
        assert words in html


def test_a_telephone_gets_a_map_of_its_own(news: Store) -> None:
    client = local(news)
    days = {"since": str(at(0).date()), "until": str(at(6).date())}
    html = client.get("/map", params=days).text
    widths = {}
    for name in ("near", "near_small", "wide", "wide_small"):
        assert f"/charts/map/{name}.json" in html
        widths[name] = client.get(f"/charts/map/{name}.json", params=days).json()["width"]
    assert widths["near_small"] == widths["wide_small"] < 390 < widths["near"] == widths["wide"]


def test_the_names_that_are_seldom_read_are_folded_away(store: Store) -> None:
    towns = [known.name for known in entries() if known.role == "city"][:27]
    arrive(store, 1, nothing(entities=naming(*towns)), when=at(1, 9))
    html = local(store).get("/map", params={"since": str(at(0).date()), "until": str(at(6).date())}).text
    shown, folded = html.split("<summary>2 more places</summary>")
    assert shown.count('<th scope="row">') == 25
    assert folded.count('<th scope="row">') == 2


def test_of_many_events_at_a_place_the_latest_are_seen_first(store: Store) -> None:
    for n in range(5):
        event = meeting("planned", when=when(at(n).date()), where="Budapest", participants=(f"Person {n}", PUTIN))
        arrive(store, f"e{n}", nothing(events=(event,)), when=at(0, 8 + n))
    weave(store)
    html = local(store).get("/map", params={"since": str(at(0).date()), "until": str(at(6).date())}).text
    shown, folded = html.split("<summary>2 earlier events</summary>")
    assert [n for n in range(5) if f"Person {n}" in shown] == [2, 3, 4]
    assert [n for n in range(5) if f"Person {n}" in folded] == [0, 1]


def test_days_without_anything_say_where_the_news_is(news: Store) -> None:
    long_ago = {"since": "1999-01-01", "until": "1999-02-01"}
    html = local(news).get("/map", params=long_ago).text
    assert "Nothing on the map in these days" in html
    assert "The newest match is of" in html


def test_a_year_later_the_last_days_are_shown_unasked(news: Store) -> None:
    later = local(news, now=at(0) + timedelta(days=400)).get("/api/v1/map").json()
    assert {spot["name"] for spot in later["spots"]} == {"Kyiv", "Budapest"}


@pytest.mark.parametrize("days", [{"since": "2026-11-09", "until": "2026-11-01"}, {"since": "2200-01-01"}])
def test_odd_days_are_answered(news: Store, days: dict[str, str]) -> None:
    assert local(news).get("/map", params=days).status_code == 200


def test_the_base_map_goes_into_the_wheel() -> None:
    from monitor.charts import basemap

    assert (Path(basemap.__file__).parent / "outline.json").stat().st_size < 80_000
